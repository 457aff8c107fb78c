package editor

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isWord reports whether r belongs to a word of the word motions: letters,
// marks and digits of any script. A path is several words.
func isWord(r rune) bool { return unicode.In(r, unicode.Letter, unicode.Mark, unicode.Digit) }

// isInk is the other notion of a word, that of Ctrl-W: up to a blank.
func isInk(r rune) bool { return !unicode.IsSpace(r) }

// wordStart returns where the word before the cursor starts.
func (l *line) wordStart(inWord func(rune) bool) int {
	before := l.text[:l.pos]
	before = strings.TrimRightFunc(before, func(r rune) bool { return !inWord(r) })
	return len(strings.TrimRightFunc(before, inWord))
}

// wordEnd returns where the word after the cursor ends.
func (l *line) wordEnd() int {
	after := l.text[l.pos:]
	after = strings.TrimLeftFunc(after, func(r rune) bool { return !isWord(r) })
	return len(l.text) - len(strings.TrimLeftFunc(after, isWord))
}

// lastWord returns the last word of a line as it stands there, with its
// quotes; blanks inside quotes or behind a backslash do not end one.
func lastWord(s string) string {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	start, quote := 0, rune(0)
	escaped := false
	for i, r := range s {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && quote != '\'':
			escaped = true
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case unicode.IsSpace(r):
			start = i + utf8.RuneLen(r)
		}
	}
	return s[start:]
}

// killRing keeps what was killed, for yank. It outlives the line; the text of
// a secret never enters it.
type killRing struct {
	entries []string // oldest first
	yanked  int      // index of the entry that was yanked last
}

// maxKills is how many entries a ring keeps.
const maxKills = 32

// push adds killed text. Kills that follow one another grow one entry, at the
// side from which the text was taken.
func (k *killRing) push(text string, forward, grow bool) {
	switch last := len(k.entries) - 1; {
	case text == "":
	case grow && last >= 0 && forward:
		k.entries[last] += text
	case grow && last >= 0:
		k.entries[last] = text + k.entries[last]
	default:
		k.entries = append(k.entries, text)
		k.entries = k.entries[max(0, len(k.entries)-maxKills):]
	}
	k.yanked = len(k.entries) - 1
}

// yank returns the last entry, "" if there is none.
func (k *killRing) yank() string {
	k.yanked = len(k.entries)
	return k.yankPop()
}

// yankPop returns the entry before the one yanked last, round and round.
func (k *killRing) yankPop() string {
	if len(k.entries) == 0 {
		return ""
	}
	k.yanked = (k.yanked - 1 + len(k.entries)) % len(k.entries)
	return k.entries[k.yanked]
}
