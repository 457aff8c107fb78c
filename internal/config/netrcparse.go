package config

import (
	"errors"
	"fmt"
	"strings"
)

// maxNetrcLine bounds a line, in bytes.
const maxNetrcLine = 16 << 10

// netrcEntry is what follows one machine or default.
type netrcEntry struct {
	Login
	host      string
	isDefault bool
	line      int  // of machine or default, from 1
	init      int  // the line of its macdef init, 0 if it has none
	odd       bool // a word in it is not known
}

// parseNetrc reads the entries, the default last, since it comes into question
// when no machine does. The error concerns the line returned with it.
//
// The grammar: words are separated by blanks and line ends. A word in double
// quotes may hold blanks; in it a backslash takes the next character as it is.
// Where a keyword may stand, # starts a comment up to the end of the line.
// After macdef and a name all lines are text, up to the first empty one.
func parseNetrc(text string) (entries []netrcEntry, line int, err error) {
	if line, err := checkNetrcBytes(text); err != nil {
		return nil, line, err
	}
	scanner := netrcScanner{rest: strings.TrimPrefix(text, "\ufeff"), line: 1}
	var machines, defaults []netrcEntry
	current := &netrcEntry{} // words before the first entry end here
	for scanner.more() {
		line, keyword := scanner.line, scanner.keyword()
		switch keyword {
		case "machine":
			machines = append(machines, netrcEntry{line: line})
			current = &machines[len(machines)-1]
		case "default":
			defaults = append(defaults, netrcEntry{line: line, isDefault: true})
			current = &defaults[len(defaults)-1]
		}
		if err := current.read(keyword, line, &scanner); err != nil {
			return nil, line, err
		}
	}
	return append(machines, defaults...), 0, nil
}

// read takes what follows a keyword.
func (e *netrcEntry) read(keyword string, line int, scanner *netrcScanner) (err error) {
	switch keyword {
	case "default":
	case "machine":
		e.host, err = scanner.value(keyword)
	case "login", "user":
		e.User, err = scanner.value(keyword)
	case "password", "passwd":
		e.Password, err = scanner.value(keyword)
	case "account":
		e.Account, err = scanner.value(keyword)
	case "macdef":
		var name string
		if name, err = scanner.value(keyword); name == "init" {
			e.init = line
		}
		scanner.skipMacro()
	default:
		e.odd = true
	}
	return err
}

// checkNetrcBytes refuses control bytes, which would reach the server or the
// terminal, and lines that nobody has written by hand.
func checkNetrcBytes(text string) (line int, err error) {
	for s := range strings.Lines(text) {
		line++
		s = strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
		if len(s) > maxNetrcLine {
			return line, fmt.Errorf("line is longer than %d bytes", maxNetrcLine)
		}
		for i := range len(s) {
			if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
				return line, errors.New("line has a control byte")
			}
		}
	}
	return 0, nil
}

// netrcScanner takes words off the text of a file.
type netrcScanner struct {
	rest string
	line int // of the next word
}

// netrcBlanks separate words.
const netrcBlanks = " \t\r\n"

// more goes to the next keyword, past comments, and reports whether there is
// one.
func (s *netrcScanner) more() bool {
	for s.skipBlanks(); strings.HasPrefix(s.rest, "#"); s.skipBlanks() {
		s.skipLine()
	}
	return s.rest != ""
}

// keyword takes a word as it is.
func (s *netrcScanner) keyword() string {
	return s.take(wordLen(s.rest))
}

// value takes the word after a keyword, with its quotes off.
func (s *netrcScanner) value(keyword string) (string, error) {
	s.skipBlanks()
	switch {
	case s.rest == "":
		return "", fmt.Errorf("nothing follows %s", keyword)
	case s.rest[0] != '"':
		return s.take(wordLen(s.rest)), nil
	}
	var b strings.Builder
	for i := 1; i < len(s.rest) && s.rest[i] != '\n'; i++ {
		switch c := s.rest[i]; {
		case c == '"':
			s.take(i + 1)
			return b.String(), nil
		case c == '\\' && i+1 < len(s.rest) && s.rest[i+1] != '\n':
			i++
			b.WriteByte(s.rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("quote is not closed on its line")
}

// skipMacro goes behind the first empty line.
func (s *netrcScanner) skipMacro() {
	s.skipLine()
	for s.rest != "" {
		empty := strings.HasPrefix(strings.TrimPrefix(s.rest, "\r"), "\n")
		s.skipLine()
		if empty {
			return
		}
	}
}

func (s *netrcScanner) skipBlanks() {
	s.take(len(s.rest) - len(strings.TrimLeft(s.rest, netrcBlanks)))
}

// skipLine goes to the start of the next line.
func (s *netrcScanner) skipLine() {
	n := strings.IndexByte(s.rest, '\n') + 1
	if n == 0 {
		n = len(s.rest)
	}
	s.take(n)
}

// take takes n bytes off and keeps count of the lines.
func (s *netrcScanner) take(n int) string {
	taken := s.rest[:n]
	s.rest = s.rest[n:]
	s.line += strings.Count(taken, "\n")
	return taken
}

// wordLen is the length of the word at the start of s.
func wordLen(s string) int {
	if n := strings.IndexAny(s, netrcBlanks); n >= 0 {
		return n
	}
	return len(s)
}
