package listing

import (
	"strings"
	"time"
)

// eplf reads the Easily Parsed LIST Format (cr.yp.to/ftp/list/eplf.html): facts, a tab, the name.
//
//	+i8388621.48594,m825718503,r,s280,	djb.html
func (p *Parser) eplf(line string) (Entry, Verdict) {
	if !strings.HasPrefix(line, "+") {
		return Entry{}, Unknown
	}
	facts, name, ok := strings.Cut(line[1:], "\t")
	if !ok {
		return Entry{}, Unknown
	}
	e := Entry{Name: name, Type: Other, Size: -1}
	for fact := range strings.SplitSeq(facts, ",") {
		e.setEPLF(fact)
	}
	return e, Found
}

func (e *Entry) setEPLF(fact string) {
	if fact == "" {
		return
	}
	value := fact[1:]
	switch fact[0] {
	case '/':
		e.Type = Dir
	case 'r':
		e.Type = File
	case 's':
		e.Size = size(value)
	case 'i':
		e.Unique = value
	case 'm':
		if n, ok := decimal(value); ok && n <= lastSecond {
			e.Time, e.Precise = time.Unix(n, 0).UTC(), true
		}
	case 'u':
		if len(value) > 1 && value[0] == 'p' {
			e.Perm = octalPerm(value[1:])
		}
	}
}

// lastSecond ends the year 9999, the last that RFC 3339 can write.
const lastSecond = 253402300799

// octalPerm writes a mode in octal digits as ls does, "" for anything else; bits of the file type are let be.
func octalPerm(s string) string {
	if len(s) < 1 || len(s) > 7 || !allOf(s, "01234567") {
		return ""
	}
	mode := 0
	for i := range len(s) {
		mode = mode<<3 | int(s[i]-'0')
	}
	perm := []byte("rwxrwxrwx")
	for i := range perm {
		if mode>>(8-i)&1 == 0 {
			perm[i] = '-'
		}
	}
	for i, special := range "sst" { // setuid, setgid, sticky stand where x does
		if mode>>(11-i)&1 == 0 {
			continue
		}
		at := 3*i + 2
		if perm[at] == '-' {
			special -= 'a' - 'A'
		}
		perm[at] = byte(special)
	}
	return string(perm)
}
