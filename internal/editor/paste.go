package editor

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// cleanPaste makes pasted text fit to stand in a line: every kind of line end
// is \n, those at the end are gone, and control characters other than the tab
// are dropped, so that a clipboard cannot press keys.
func cleanPaste(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	s = strings.TrimRight(s, "\n")
	if strings.IndexFunc(s, dropped) < 0 {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if !dropped(r) {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

func dropped(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f
}

// linesHint says what Enter will do with several lines. They stay in one piece
// on the prompt until then: none ever runs by itself.
func linesHint(text string) string {
	lines := strings.Count(text, "\n") + 1
	if lines == 1 {
		return ""
	}
	return fmt.Sprintf("%d lines: Enter runs them in order, Ctrl-C drops them", lines)
}
