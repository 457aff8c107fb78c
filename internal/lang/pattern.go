package lang

import (
	"strings"
	"unicode/utf8"
)

// Pattern is a word taken apart at its slashes.
type Pattern struct {
	Absolute bool
	Segments []Segment
}

// Segment is one component of a path: a name, or a pattern for names.
type Segment struct {
	Name    string // when it is no pattern
	tokens  []token
	Pattern bool
	Any     bool // **: any number of directories
}

// token is one character of a pattern, or one of its operators.
type token struct {
	kind   byte // 'c' a character, '?' any one, '*' any number, '[' one of a set
	char   rune
	set    string
	negate bool
}

// Pattern takes the word apart. Only characters that were not quoted have a meaning.
func (w Word) Pattern() Pattern {
	text := w.marked
	if text == "" {
		text = w.Text
	}
	p := Pattern{Absolute: strings.HasPrefix(text, "/")}
	for _, part := range strings.Split(text, "/") {
		if part != "" {
			p.Segments = append(p.Segments, parseSegment(part))
		}
	}
	return p
}

func parseSegment(text string) Segment {
	s := Segment{Name: unmark(text)}
	if s.Name == text {
		return s
	}
	s.Pattern, s.Any = true, s.Name == "**"
	for text != "" {
		var t token
		t, text = nextToken(text)
		s.tokens = append(s.tokens, t)
	}
	return s
}

// nextToken takes one token off a marked text. A [ without its ] is itself.
func nextToken(text string) (token, string) {
	if text[0] != mark || len(text) == 1 || !strings.ContainsRune(patternSet, rune(text[1])) {
		char, size := decode(text)
		return token{kind: 'c', char: char}, text[size:]
	}
	text = text[1:]
	switch text[0] {
	case '*', '?':
		return token{kind: text[0]}, text[1:]
	case '[':
		if set, rest, ok := parseSet(text[1:]); ok {
			return set, rest
		}
	}
	return token{kind: 'c', char: rune(text[0])}, text[1:]
}

// decode reads one character; a byte that is no UTF-8 is a character of its own.
func decode(text string) (rune, int) {
	char, size := utf8.DecodeRuneInString(text)
	if char == utf8.RuneError && size == 1 {
		return rune(text[0]) + 0xDC00, 1
	}
	return char, size
}

func parseSet(text string) (token, string, bool) {
	end := strings.IndexByte(text, ']')
	if end == 0 || end == 1 && text[0] == mark || end == 1 && (text[0] == '!' || text[0] == '^') {
		if next := strings.IndexByte(text[end+1:], ']'); next >= 0 {
			end += 1 + next
		}
	}
	if end <= 0 {
		return token{}, text, false
	}
	set := unmark(text[:end])
	t := token{kind: '['}
	if strings.HasPrefix(set, "!") || strings.HasPrefix(set, "^") {
		t.negate, set = true, set[1:]
	}
	t.set = set
	return t, text[end+1:], set != ""
}

// in says whether a character is in the set, whose ranges are a-z.
func (t token) in(char rune) bool {
	chars := []rune(t.set)
	for i := 0; i < len(chars); i++ {
		if i+2 < len(chars) && chars[i+1] == '-' {
			if chars[i] <= char && char <= chars[i+2] {
				return true
			}
			i += 2
			continue
		}
		if chars[i] == char {
			return true
		}
	}
	return false
}

func (t token) fits(char rune) bool {
	switch t.kind {
	case 'c':
		return t.char == char
	case '?':
		return true
	}
	return t.in(char) != t.negate
}

// Match says whether a name fits the segment, in time proportional to the product of the lengths
// at worst. A name that begins with a dot fits only a segment that does.
func (s Segment) Match(name string) bool {
	if !s.Pattern {
		return s.Name == name
	}
	if strings.HasPrefix(name, ".") && !(s.tokens[0].kind == 'c' && s.tokens[0].char == '.') {
		return false
	}
	star, back := -1, ""
	t := 0
	for name != "" {
		char, size := decode(name)
		switch {
		case t < len(s.tokens) && s.tokens[t].kind == '*':
			star, back = t, name
			t++
		case t < len(s.tokens) && s.tokens[t].fits(char):
			t++
			name = name[size:]
		case star >= 0:
			_, skip := decode(back)
			back = back[skip:]
			t, name = star+1, back
		default:
			return false
		}
	}
	for t < len(s.tokens) && s.tokens[t].kind == '*' {
		t++
	}
	return t == len(s.tokens)
}
