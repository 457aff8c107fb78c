package lang

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern is a word taken apart at its slashes. The language has expanded {a,b} before it makes words.
type Pattern struct {
	Absolute bool // the path starts at the root
	Segments []Segment
}

// Segment is one component of a path: a name, or a pattern for names.
type Segment struct {
	Name    string // its text
	Pattern bool   // it stands for the names that fit it
	Any     bool   // it is **: any number of directories
	atoms   []atom
}

// Pattern takes the word apart. Only characters that were not quoted have a meaning.
func (w Word) Pattern() Pattern {
	if !w.IsPattern() {
		return parsePattern(escapeSpecial(w.Text))
	}
	return parsePattern(w.pattern)
}

// escapeSpecial is a text as a pattern that only the text itself fits.
func escapeSpecial(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if text[i] == '\\' || strings.IndexByte(special, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func parsePattern(text string) Pattern {
	p := Pattern{Absolute: strings.HasPrefix(text, "/")}
	for part := range strings.SplitSeq(text, "/") {
		if part != "" {
			p.Segments = append(p.Segments, parseSegment(part))
		}
	}
	return p
}

// matches says that one of the segments is a pattern.
func (p Pattern) matches() bool {
	return slices.ContainsFunc(p.Segments, func(s Segment) bool { return s.Pattern })
}

func parseSegment(text string) Segment {
	s := Segment{Any: text == "**"}
	var name strings.Builder
	closing := lastClosing(text)
	for at := 0; at < len(text); {
		a, size := parseAtom(text[at:], at < closing)
		s.atoms = append(s.atoms, a)
		s.Pattern = s.Pattern || a.kind != literal
		name.WriteString(unescape(text[at : at+size]))
		at += size
	}
	s.Name = name.String()
	return s
}

// lastClosing is where the last ] stands that is not escaped, or -1. No set begins behind it.
func lastClosing(text string) int {
	last := -1
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case ']':
			last = i
		}
	}
	return last
}

// unescape takes the backslashes away that make characters mean themselves.
func unescape(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// Match says whether a name fits the segment, in time proportional to the product of the two lengths
// at worst. As in a shell, a name that begins with a dot fits only a segment that does.
func (s Segment) Match(name string) bool {
	if s.Pattern && strings.HasPrefix(name, ".") && !(s.atoms[0].kind == literal && s.atoms[0].char == '.') {
		return false
	}
	return s.fits(name)
}

// fits is Match without a rule for dots.
func (s Segment) fits(name string) bool {
	if !s.Pattern {
		return s.Name == name
	}
	next, star, retry := 0, -1, "" // the atom to fit, the last * before it, and what may begin behind that *
	for name != "" {
		char, size := decodeChar(name)
		switch {
		case next < len(s.atoms) && s.atoms[next].kind == anyText:
			star, retry = next, name
			next++
		case next < len(s.atoms) && s.atoms[next].fits(char):
			next++
			name = name[size:]
		case star >= 0:
			_, skipped := decodeChar(retry)
			retry = retry[skipped:]
			next, name = star+1, retry
		default:
			return false
		}
	}
	for next < len(s.atoms) && s.atoms[next].kind == anyText {
		next++
	}
	return next == len(s.atoms)
}

// atom is what one place of a segment asks for.
type atom struct {
	kind atomKind
	char rune     // of a literal
	set  *charSet // of a set
}

// charSet is what stands between [ and ].
type charSet struct {
	ranges  []span
	classes []class
	negate  bool // any character that is not in it
}

type atomKind byte

const (
	literal atomKind = iota
	anyChar          // ?
	anyText          // *
	oneOf            // [...]
)

// span is a range of characters; both ends belong to it.
type span struct{ first, last rune }

type class func(rune) bool

// classes are the names that POSIX gives to sets of characters.
var classes = map[string]class{
	"alnum": func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) },
	"alpha": unicode.IsLetter,
	"blank": func(c rune) bool { return c == ' ' || c == '\t' },
	"cntrl": unicode.IsControl,
	"digit": func(c rune) bool { return c >= '0' && c <= '9' },
	"lower": unicode.IsLower,
	"punct": func(c rune) bool { return unicode.IsPunct(c) || unicode.IsSymbol(c) },
	"space": unicode.IsSpace,
	"upper": unicode.IsUpper,
	"xdigit": func(c rune) bool {
		return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
	},
}

func (a atom) fits(char rune) bool {
	switch a.kind {
	case literal:
		return a.char == char
	case anyChar:
		return true
	}
	in := slices.ContainsFunc(a.set.ranges, func(s span) bool { return s.first <= char && char <= s.last }) ||
		slices.ContainsFunc(a.set.classes, func(is class) bool { return is(char) })
	return in != a.set.negate
}

// parseAtom reads the first atom of a text, and how long it is. A [ without its ] is a character.
func parseAtom(text string, closed bool) (atom, int) {
	switch {
	case text[0] == '*':
		return atom{kind: anyText}, 1
	case text[0] == '?':
		return atom{kind: anyChar}, 1
	case text[0] == '[' && closed:
		if a, size := parseSet(text); size > 0 {
			return a, size
		}
	}
	char, size := member(text)
	return atom{char: char}, size
}

// parseSet reads [...]; its size is 0 if it is not closed.
func parseSet(text string) (atom, int) {
	s, at := &charSet{}, 1
	if at < len(text) && (text[at] == '!' || text[at] == '^') {
		s.negate = true
		at++
	}
	for first := at; at < len(text); {
		if text[at] == ']' && at > first {
			return atom{kind: oneOf, set: s}, at + 1
		}
		if is, size := parseClass(text[at:]); size > 0 {
			s.classes = append(s.classes, is)
			at += size
			continue
		}
		low, size := member(text[at:])
		at += size
		high := low
		if at+1 < len(text) && text[at] == '-' && text[at+1] != ']' {
			high, size = member(text[at+1:])
			at += 1 + size
		}
		s.ranges = append(s.ranges, span{low, high})
	}
	return atom{}, 0
}

// parseClass reads [:name:] within a set; its size is 0 if there is none.
func parseClass(text string) (class, int) {
	if strings.HasPrefix(text, "[:") {
		for name, is := range classes {
			if full := "[:" + name + ":]"; strings.HasPrefix(text, full) {
				return is, len(full)
			}
		}
	}
	return nil, 0
}

// member reads one character, which may stand behind a backslash.
func member(text string) (rune, int) {
	if text[0] == '\\' && len(text) > 1 {
		char, size := decodeChar(text[1:])
		return char, 1 + size
	}
	return decodeChar(text)
}

// decodeChar reads one character; a byte that is no UTF-8 is a character of its own, and fits nothing else.
func decodeChar(text string) (rune, int) {
	char, size := utf8.DecodeRuneInString(text)
	if char == utf8.RuneError && size == 1 {
		return unicode.MaxRune + 1 + rune(text[0]), 1
	}
	return char, size
}
