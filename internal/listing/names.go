package listing

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// names reads a line of NLST: a name and nothing else. It may carry the directory it was asked for, or a
// slash that marks a directory.
func (p *Parser) names(line string) (Entry, Verdict) {
	if line == "" {
		return Entry{}, Heading
	}
	e := unread(line)
	if strings.HasSuffix(line, "/") {
		e.Type = Dir
	}
	if name, same := LastElement(line, p.dir); same {
		e.Name = name
	}
	return e, Found
}

// LastElement parts a name that NLST has sent into its last element and the rest. same says that the rest is
// nothing or the directory that was asked for ("" is the working directory), so that the element lies in it;
// otherwise the server names something elsewhere. A slash at the end of the name does not count.
func LastElement(name, dir string) (element string, same bool) {
	name = trimSlash(name)
	at := strings.LastIndexByte(name, '/')
	if at < 0 {
		return name, true
	}
	element = name[at+1:]
	return element, element != "" && directory(name[:at+1]) == directory(dir)
}

// directory is a path for comparing: without "./" in front and slashes behind. Nothing else is resolved, for
// ".." means what the server wants.
func directory(path string) string {
	for strings.HasPrefix(path, "./") {
		path = strings.TrimLeft(path[2:], "/")
	}
	if path == "." {
		return ""
	}
	if trimmed := strings.TrimRight(path, "/"); trimmed != "" || path == "" {
		return trimmed
	}
	return "/"
}

// A NameError tells why a name from a server must not become a part of a path.
type NameError struct {
	Name   string // as the server sent it: clean it before it meets a terminal
	Reason string
}

// Error names the name, quoted as Go does, and the reason.
func (e *NameError) Error() string { return "unsafe name " + strconv.Quote(e.Name) + ": " + e.Reason }

// SafeName returns nil for a name that is one component of a path, else a *NameError: empty, "." and "..",
// and names with a slash or NUL are none. Backslashes, colons and the like matter on Windows only, see
// LocalName.
func SafeName(name string) error {
	reason := ""
	switch {
	case name == "":
		reason = "empty"
	case name == "." || name == "..":
		reason = "names a directory itself"
	case strings.Contains(name, "/"):
		reason = "more than one component"
	case strings.Contains(name, "\x00"):
		reason = "has a NUL byte"
	default:
		return nil
	}
	return &NameError{Name: name, Reason: reason}
}

// LocalName is the name under which a server's file may stand on the disk, or SafeName's error. On Unix it is
// the name itself, byte for byte. On Windows, whatever would not be a plain file there or not keep its name
// is written as %XX: the characters <>:"\|?* and control characters, bytes that are no UTF-8, a dot or blank
// at the end, the first letter of a device (NUL, con.txt). A % is escaped where it would read as such an
// escape, so the way back is unique: every %XX is a byte.
func LocalName(name string, windows bool) (string, error) {
	if err := SafeName(name); err != nil || !windows {
		return name, err
	}
	var local strings.Builder
	device := isDevice(name)
	for i := 0; i < len(name); {
		r, width := utf8.DecodeRuneInString(name[i:])
		last := i+width == len(name)
		switch {
		case i == 0 && device,
			r == utf8.RuneError && width == 1,
			r < ' ' || r == 0x7F || r < utf8.RuneSelf && strings.IndexByte(`<>:"\|?*`, byte(r)) >= 0,
			last && (r == '.' || r == ' '),
			r == '%' && isEscape(name[i:]):
			escape(&local, name[i:i+width])
		default:
			local.WriteString(name[i : i+width])
		}
		i += width
	}
	return local.String(), nil
}

const hexDigits = "0123456789ABCDEF"

func escape(w *strings.Builder, s string) {
	for i := range len(s) {
		w.WriteByte('%')
		w.WriteByte(hexDigits[s[i]>>4])
		w.WriteByte(hexDigits[s[i]&15])
	}
}

// isEscape says that s begins like the escape of a byte.
func isEscape(s string) bool {
	return len(s) >= 3 && s[0] == '%' && allOf(s[1:3], hexDigits+"abcdef")
}

// isDevice knows the names that Windows takes for devices in every directory, with any extension and blanks
// before it.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base, _, _ = strings.Cut(base, ":")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(base, "COM")
	if !ok {
		port, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}
