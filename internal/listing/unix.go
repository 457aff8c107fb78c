package listing

import (
	"strconv"
	"strings"
)

// permLetters are the letters of ls in the nine places of permissions; l and L are mandatory locks on Solaris.
const permLetters = "rwx-sStTlL"

// unix reads ls -l and all that imitates it. The columns in front of the date differ (no links, no group, a
// group with blanks, inode and blocks in front), so the line is read from a size that a date follows.
func (p *Parser) unix(line string) (Entry, Verdict) {
	line = withoutInode(line)
	if len(line) < 12 {
		return Entry{}, Unknown
	}
	t, ok := unixType(line[0])
	perm, rest := line[1:10], line[10:]
	if strings.IndexByte(".+@*", rest[0]) >= 0 { // SELinux, ACL, extended attributes
		rest = rest[1:]
	}
	if !ok || !isSpace(rest[0]) {
		return Entry{}, Unknown
	}
	var f fields
	f.split(rest)
	if perm == "?????????" {
		return unixUnreadable(&f)
	}
	if !allOf(perm, permLetters) {
		return Entry{}, Unknown
	}
	e := Entry{Type: t, Size: -1, Perm: perm}
	if !p.unixColumns(&f, &e, line[0]) {
		return Entry{}, Unknown
	}
	finishUnixName(&e)
	return e, Found
}

// withoutInode drops the numbers that ls -i and -s put in front.
func withoutInode(line string) string {
	for range 2 {
		trimmed := skipSpace(line)
		n := leadingDigits(trimmed)
		if n == 0 || n == len(trimmed) || !isSpace(trimmed[n]) {
			break
		}
		line = skipSpace(trimmed[n:])
	}
	return line
}

func unixType(c byte) (Type, bool) {
	switch c {
	case '-', 'C', 'M': // plain, contiguous (Masscomp), migrated (Cray)
		return File, true
	case 'd':
		return Dir, true
	case 'l':
		return Link, true
	}
	return Other, strings.IndexByte("bcpsDnPwm?", c) >= 0
}

// unixUnreadable is the line of GNU ls for a name that it could not stat: every column is a question mark.
func unixUnreadable(f *fields) (Entry, Verdict) {
	i := 0
	for f.at(i) == "?" {
		i++
	}
	if i < 4 {
		return Entry{}, Unknown
	}
	e := unread(f.from(i))
	e.Type = Other
	return e, Found
}

// unixColumns finds the size and the date, then takes the owner from what is left of them and the name from
// what is right. It tries the exact ways before the ones that leave something unknown.
func (p *Parser) unixColumns(f *fields, e *Entry, kind byte) bool {
	device := kind == 'b' || kind == 'c'
	for i := range f.n {
		if !isSize(f.at(i)) && !device {
			continue
		}
		if d, used := p.dateAt(f, i+1); used > 0 {
			e.Time, e.Precise = p.when(d), d.zoned
			e.setUnix(f, i, i+1+used, device)
			if used == 1 { // a day alone is padded where its time would stand
				e.Name = skipSpace(e.Name)
			}
			return true
		}
	}
	for i := range f.n {
		if isSize(f.at(i)) && foreignDate(f, i+1) {
			e.setUnix(f, i, i+4, device)
			return true
		}
	}
	return p.unixGluedSize(f, e) || unixDateless(f, e)
}

// isSize says that s can stand in the size column: a number, or one that ls -h rounded.
func isSize(s string) bool {
	n := leadingDigits(s)
	return n > 0 && (n == len(s) || allOf(s[n:], "0123456789.,kKMGTPE"))
}

// roundedSize reads "33.5k" and the like of ls -h; -1 and false for anything else.
func roundedSize(s string) (int64, bool) {
	if s == "" {
		return -1, false
	}
	power := strings.IndexByte("kMGTPE", s[len(s)-1])
	if s[len(s)-1] == 'K' {
		power = 0
	}
	n, err := strconv.ParseFloat(s[:len(s)-1], 64)
	n *= float64(int64(1) << (10 * (power + 1)))
	if power < 0 || err != nil || n < 0 || n >= 1<<62 {
		return -1, false
	}
	return int64(n), true
}

// unixGluedSize reads a line whose group has grown into its size ("staff123456 Feb 12 17:20").
func (p *Parser) unixGluedSize(f *fields, e *Entry) bool {
	for i := range f.n {
		word := f.at(i)
		at := len(word)
		for at > 0 && isDigit(word[at-1]) {
			at--
		}
		if at == 0 || at == len(word) {
			continue
		}
		if d, used := p.dateAt(f, i+1); used > 0 {
			e.Time, e.Size, e.Name = p.when(d), size(word[at:]), f.after(i+used)
			before := *f
			before.end[i] = before.start[i] + at
			e.setOwner(&before, i+1)
			return true
		}
	}
	return false
}

// unixDateless reads a line that has all columns but the date: only where the name is one word, for else a date
// that we cannot read would become a part of it.
func unixDateless(f *fields, e *Entry) bool {
	if f.n != 5 || size(f.at(0)) < 0 || size(f.at(3)) < 0 {
		return false
	}
	e.setUnix(f, 3, 4, false)
	return true
}

// setUnix fills in the entry from a line with its size in word i and its name right before word name.
func (e *Entry) setUnix(f *fields, i, name int, device bool) {
	if device { // "8, 1", "8,1" or 0x801 stands for the size
		if i > 0 && strings.HasSuffix(f.at(i-1), ",") {
			i--
		}
	} else if e.Size = size(f.at(i)); e.Size < 0 {
		e.Size, e.Approx = roundedSize(f.at(i))
	}
	e.setOwner(f, i)
	e.Name = f.after(name - 1)
}

// setOwner reads the columns before word end: links, owner and group, of which any may be missing. NetPresenz
// has the sizes of the two forks there, or the word folder and a count.
func (e *Entry) setOwner(f *fields, end int) {
	start := 0
	if size(f.at(0)) >= 0 {
		start = 1
	}
	switch n := end - start; {
	case n == 1 && (start == 0 && f.at(0) == "folder" || start == 1 && e.isForks(f)):
		return
	case n == 1:
		e.Owner = f.at(start)
	case n > 1:
		e.Owner, e.Group = f.at(start), f.between(start+1, end)
	}
}

// isForks says that words 0 and 1 are a resource and a data fork, which the size adds up.
func (e *Entry) isForks(f *fields) bool {
	resource, data := size(f.at(0)), size(f.at(1))
	return data > 0 && resource <= e.Size && data == e.Size-resource
}

// finishUnixName parts a link from its target and takes the slash of ls -F off a directory.
func finishUnixName(e *Entry) {
	switch e.Type {
	case Link:
		// The size of a link is the length of its target: that finds the right arrow in "a -> b -> c".
		if at := len(e.Name) - len(" -> ") - int(min(e.Size, 1<<16)); e.Size > 0 && at > 0 && strings.HasPrefix(e.Name[at:], " -> ") {
			e.Name, e.Target = e.Name[:at], e.Name[at+len(" -> "):]
		} else {
			e.Name, e.Target, _ = strings.Cut(e.Name, " -> ")
		}
	case Dir:
		e.Name = trimSlash(e.Name)
	}
}

func trimSlash(name string) string {
	if len(name) > 1 {
		return strings.TrimSuffix(name, "/")
	}
	return name
}
