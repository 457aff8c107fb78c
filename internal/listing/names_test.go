package listing

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

func TestLastElement(t *testing.T) {
	for _, tt := range []struct {
		name, dir, element string
		same               bool
	}{
		{"a", "", "a", true},
		{"a", "pub", "a", true},
		{"./a", "", "a", true},
		{"./a", ".", "a", true},
		{"pub/a", "pub", "a", true},
		{"pub/a", "pub/", "a", true},
		{"pub/a", "./pub", "a", true},
		{"pub//a", "pub", "a", true},
		{"/a", "/", "a", true},
		{"//a", "/", "a", true},
		{"/pub/a", "/pub", "a", true},
		{"/pub/a", "pub", "a", false},
		{"pub/a", "", "a", false},
		{"/a", "", "a", false},
		{"a", "/", "a", true},
		{"../a", "", "a", false},
		{"../a", "..", "a", true},
		{"pub/../a", "pub", "a", false},
		{"pub/sub/a", "pub", "a", false},
		{"a/", "", "a", true},
		{"pub/a/", "pub", "a", true},
		{"..", "", "..", true},
		{"/", "/", "/", false},
		{"//", "/", "", false},
		{"", "", "", true},
	} {
		element, same := LastElement(tt.name, tt.dir)
		if same != tt.same || same && element != tt.element {
			t.Errorf("LastElement(%q, %q) = %q, %v; want %q, %v", tt.name, tt.dir, element, same, tt.element, tt.same)
		}
	}
}

// D23: names like these were handed on as they came.
func TestS50_SafeName(t *testing.T) {
	for _, name := range []string{"", ".", "..", "../x", "/etc/x", "a/b", "a/", "/", "a\x00b", "\x00"} {
		err := SafeName(name)
		var unsafe *NameError
		if !errors.As(err, &unsafe) || unsafe.Name != name {
			t.Errorf("SafeName(%q) = %v", name, err)
		} else if !strings.HasPrefix(err.Error(), "unsafe name "+strconv.Quote(name)+": ") {
			t.Errorf("message %q", err)
		}
	}
	for _, name := range []string{"a", "...", ".x", " ", "a b", "\\", "..\\x", "C:x", "-", "|touch x", "~root", "$(x)", "\xff", "a\nb", "a\rb"} {
		if err := SafeName(name); err != nil {
			t.Errorf("SafeName(%q) = %v", name, err)
		}
	}
}

func TestS54_LocalName(t *testing.T) {
	for name, want := range map[string]string{
		"plain.txt":    "plain.txt",
		"grüße 日本.txt": "grüße 日本.txt",
		"a:b":          "a%3Ab",
		"C:x":          "C%3Ax",
		`..\x`:         "..%5Cx",
		`\\?\x`:        "%5C%5C%3F%5Cx",
		`<>"|*`:        "%3C%3E%22%7C%2A",
		"a.":           "a%2E",
		"a..":          "a.%2E",
		"...":          "..%2E",
		"a ":           "a%20",
		"a. .":         "a. %2E",
		" a":           " a",
		"NUL":          "%4EUL",
		"nul":          "%6Eul",
		"con.txt":      "%63on.txt",
		"con .tar.gz":  "%63on .tar.gz",
		"con:x":        "%63on%3Ax",
		"COM1":         "%43OM1",
		"com¹.log":     "%63om¹.log",
		"LPT9.x":       "%4CPT9.x",
		"lpt²":         "%6Cpt²",
		"CONIN$":       "%43ONIN$",
		"conout$":      "%63onout$",
		"console":      "console",
		"COM10":        "COM10",
		"COM":          "COM",
		"nul1":         "nul1",
		"x.con":        "x.con",
		"100%":         "100%",
		"100% done":    "100% done",
		"a%3Ab":        "a%253Ab",
		"a%3ab":        "a%253ab",
		"%%41":         "%%2541",
		"%\xff":        "%%FF",
		"a\x1b\x7f\tb": "a%1B%7F%09b",
		"\xff\xfe":     "%FF%FE",
		"%4EUL":        "%254EUL",
		"�":            "�",
	} {
		got, err := LocalName(name, true)
		if err != nil || got != want {
			t.Errorf("LocalName(%q) = %q, %v; want %q", name, got, err, want)
		}
		if back := unescape(got); back != name {
			t.Errorf("%q comes back as %q", name, back)
		}
		if unix, err := LocalName(name, false); err != nil || unix != name {
			t.Errorf("on Unix %q is %q, %v", name, unix, err)
		}
	}
	for _, name := range []string{"", ".", "..", "a/b", "a\x00"} {
		for _, windows := range []bool{false, true} {
			if _, err := LocalName(name, windows); err == nil {
				t.Errorf("LocalName(%q, %v): no error", name, windows)
			}
		}
	}
}

// unescape is the way back from a local name on Windows.
func unescape(local string) string {
	var name []byte
	for local != "" {
		if isEscape(local) {
			b, _ := strconv.ParseUint(local[1:3], 16, 8)
			name, local = append(name, byte(b)), local[3:]
			continue
		}
		name, local = append(name, local[0]), local[1:]
	}
	return string(name)
}
