package lang

import (
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

// patternOf is the pattern that a word of a line is.
func patternOf(word string) Pattern {
	words := Words("get " + word)
	return words[len(words)-1].Pattern()
}

func TestMatch(t *testing.T) {
	for _, test := range []struct{ pattern, fits, not string }{
		{"*", "a abc ü \xff", ".a"},
		{"*.c", "a.c ab.c .c.c"[:8], "a.cc c .c"},
		{"a*", "a ab", "ba"},
		{"?", "a ü \xff", "ab ."},
		{"??", "ab üü \xff\xfe", "a abc"},
		{"[abc]", "a b c", "d ab"},
		{"[a-c]x", "ax bx", "dx -x"},
		{"[!a-c]", "d - ü", "a c"},
		{"[^a]", "b ^", "a"},
		{"[]a]", "] a", "b"},
		{"[!]a]", "b [", "] a"},
		{"[a-]", "a -", "b"},
		{"[-a]", "a -", "b"},
		{`[a\-c]`, "a - c", "b"},
		{`[a"-"c]`, "a - c", "b"},
		{`[\!a]`, "! a", "b"},
		{`[\]]x`, "]x", "x"},
		{"[a-cx-z]", "b y", "d"},
		{"[ä-ü]", "ö", "a"},
		{"[[:digit:]]*", "1 1a", "a"},
		{"[[:alpha:]_]", "a ü _", "1"},
		{"[[:nope:]]", ":] n]", "n"},
		{"[a", "[a", "a"},
		{"a]", "a]", "a"},
		{"[]", "[]", ""},
		{`\*`, "*", "a"},
		{`'*'*`, "* *a", "a"},
		{".*", ".a", "a"},
		{"*a*b*", "ab xaybz", "ba"},
		{"*.tar.*z", "a.tar.gz a.tar.tar.xz", "a.tar.gzz.x"},
		{`\\*`, `\a`, "a"},
		{"$'\\xff'*", "\xff \xffa", "\xfe"},
	} {
		p := patternOf(test.pattern)
		if len(p.Segments) != 1 {
			t.Errorf("%s has %d segments", test.pattern, len(p.Segments))
			continue
		}
		for name := range strings.FieldsSeq(test.fits) {
			if !p.Segments[0].Match(name) {
				t.Errorf("%s does not fit %q", test.pattern, name)
			}
		}
		for name := range strings.FieldsSeq(test.not) {
			if p.Segments[0].Match(name) {
				t.Errorf("%s fits %q", test.pattern, name)
			}
		}
	}
}

func TestPatternSegments(t *testing.T) {
	p := patternOf(`/pub/'*'x/*.c/**/a\ b/.`)
	var kinds []string
	for _, s := range p.Segments {
		kind := s.Name
		switch {
		case s.Any:
			kind = "any " + kind
		case s.Pattern:
			kind = "pattern " + kind
		}
		kinds = append(kinds, kind)
	}
	if got := strings.Join(kinds, ", "); !p.Absolute || got != "pub, *x, pattern *.c, any **, a b, ." {
		t.Errorf("absolute %v: %s", p.Absolute, got)
	}
	if p := Plain("/a*/[b]").Pattern(); p.matches() || !p.Segments[0].Match("a*") || p.Segments[1].Name != "[b]" {
		t.Errorf("a plain word is %+v", p)
	}
	if p := patternOf(`*"*"`); p.Segments[0].Any {
		t.Error(`*"*" is taken as **`)
	}
}

// TestS61_PatternsThatTakeLong: each of these would take ages if every * were tried in every place.
func TestS61_PatternsThatTakeLong(t *testing.T) {
	name := strings.Repeat("a", 20_000)
	for _, pattern := range []string{strings.Repeat("*a", 100) + "*b", strings.Repeat("*", 1000) + "b", strings.Repeat("a*", 100) + "b"} {
		p := patternOf(pattern)
		if p.Segments[0].Match(name) || !p.Segments[0].Match(name+"b") {
			t.Errorf("%.20s... decides wrongly", pattern)
		}
	}
	patternOf(strings.Repeat("[", 20_000))
	patternOf(strings.Repeat("[[:", 20_000))
}

// FuzzMatch compares with package path, as far as its patterns mean the same.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?[c-e]x", "aabdex")
	f.Add("[!a]*", "ba")
	f.Add(`\*a`, "*a")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		p := parsePattern(pattern)
		for _, s := range p.Segments {
			s.Match(name)
		}
		if strings.ContainsAny(pattern, "/![:^-]\\") || strings.HasPrefix(name, ".") || strings.Contains(name, "/") || pattern == "" {
			return
		}
		want, err := path.Match(pattern, name)
		if err == nil && utf8.ValidString(name) && utf8.ValidString(pattern) && p.Segments[0].Match(name) != want {
			t.Errorf("%q and %q: want %v", pattern, name, want)
		}
	})
}
