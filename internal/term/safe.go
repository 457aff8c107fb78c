package term

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Safe returns s as one line that any terminal can be given. C0 controls, DEL
// and invalid UTF-8 become \x1b, \n, \xff; C1 controls, bidi controls and the
// line and paragraph separators become \u009b, \u202e, \u2028. Everything else
// is kept, the backslash included, so Safe(Safe(s)) == Safe(s).
func Safe(s string) string {
	if isPrintable(s) || utf8.ValidString(s) && strings.IndexFunc(s, mustEscape) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for rest := s; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, rest[0])
		case mustEscape(r):
			b.WriteString(escape(r))
		default:
			b.WriteString(rest[:size])
		}
		rest = rest[size:]
	}
	return b.String()
}

// isPrintable reports whether s is printable ASCII, as nearly everything is: it costs a fifth of the question
// in Unicode.
func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Lines is [Safe] for text of several lines, such as a greeting: every line
// starts with prefix, so that none can pass for a line of our own, and ends
// with a newline. CR LF and LF end a line; tabs become blanks.
func Lines(prefix, text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		b.WriteString(prefix)
		b.WriteString(Safe(expandTabs(strings.TrimSuffix(line, "\r"))))
		b.WriteByte('\n')
	}
	return b.String()
}

// mustEscape reports whether r must not reach a terminal.
func mustEscape(r rune) bool {
	return r < ' ' || r >= 0x7f && r <= 0x9f || reorders(r)
}

// reorders reports whether r moves the text around it: the bidi controls of
// UAX #9 and the two separators that some terminals treat as line ends.
func reorders(r rune) bool {
	switch {
	case r == 0x061c, r == 0x200e, r == 0x200f:
		return true
	case r >= 0x2028 && r <= 0x202e:
		return true
	}
	return r >= 0x2066 && r <= 0x2069
}

// escape spells a control in ASCII.
func escape(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r <= 0x7f:
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// tabStop is the distance of tab stops on every terminal.
const tabStop = 8

// expandTabs turns tabs into blanks up to the next tab stop.
func expandTabs(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	column := 0
	for i, field := range strings.Split(s, "\t") {
		if i > 0 {
			blanks := tabStop - column%tabStop
			b.WriteString(strings.Repeat(" ", blanks))
			column += blanks
		}
		b.WriteString(field)
		column += Width(Safe(field))
	}
	return b.String()
}
