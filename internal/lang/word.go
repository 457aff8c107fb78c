package lang

import (
	"crypto/rand"
	"strings"
	"unicode/utf8"
)

// Word is one word of a command, without its quotes.
type Word struct {
	Text    string // what the word says, byte for byte
	pattern string // Text with a backslash before each special character that was quoted; empty if no pattern
}

// Plain is a word that means itself, whatever characters are in it.
func Plain(text string) Word { return Word{Text: text} }

// IsPattern says whether the word stands for the names that fit it: an unquoted * ? or [...] is in it.
func (w Word) IsPattern() bool { return w.pattern != "" }

// special are the characters that mean something in a pattern. The last four do so within [ ] only.
const special = `*?[]-!^:`

// mark goes before what the interpreter must carry from the tree to the handlers: a special character
// that was not quoted, a word that was wholly in single quotes, one of our own verbs. It is drawn
// anew for each process, so no line, no variable and no name from a server can hold it.
var mark = "\x01" + rand.Text()

// markQuoted behind a mark says that the word was wholly in single quotes.
const markQuoted = 'q'

// fromField makes a word of a field that the interpreter has expanded.
func fromField(field string) (word Word, quoted bool) {
	if !strings.Contains(field, mark) {
		return Plain(field), false
	}
	var text, pattern strings.Builder
	for field != "" {
		rest, marked := strings.CutPrefix(field, mark)
		if marked && rest != "" && rest[0] == markQuoted {
			quoted, field = true, rest[1:]
			continue
		}
		c := rest[0]
		if !marked && (c == '\\' || strings.IndexByte(special, c) >= 0) {
			pattern.WriteByte('\\')
		}
		text.WriteByte(c)
		pattern.WriteByte(c)
		field = rest[1:]
	}
	word = Word{Text: text.String(), pattern: pattern.String()}
	if !parsePattern(word.pattern).matches() {
		word.pattern = ""
	}
	return word, quoted
}

// plainField is the text of a field, for whoever knows no patterns.
func plainField(field string) string {
	word, _ := fromField(field)
	return word.Text
}

func plainFields(fields []string) []string {
	plain := make([]string, len(fields))
	for i, field := range fields {
		plain[i] = plainField(field)
	}
	return plain
}

// Source is the word the way it could be typed.
func (w Word) Source() string {
	if !w.IsPattern() {
		return Quote(w.Text, 0)
	}
	var b strings.Builder
	for rest := w.pattern; rest != ""; {
		if strings.IndexByte(special, rest[0]) >= 0 {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		rest = strings.TrimPrefix(rest, `\`)
		_, size := utf8.DecodeRuneInString(rest)
		b.WriteString(Quote(rest[:size], 0))
		rest = rest[size:]
	}
	return b.String()
}

// markSpecial puts a mark before each special character of a literal that is not escaped; before those
// of sets only when there may be a set.
func markSpecial(lit string, sets bool) string {
	chars := special
	if !sets {
		chars = "*?"
	}
	if !strings.ContainsAny(lit, chars) {
		return lit
	}
	var b strings.Builder
	for i := 0; i < len(lit); i++ {
		if strings.IndexByte(chars, lit[i]) >= 0 {
			b.WriteString(mark)
		}
		b.WriteByte(lit[i])
		if lit[i] == '\\' && i+1 < len(lit) {
			i++
			b.WriteByte(lit[i])
		}
	}
	return b.String()
}
