package lang

import (
	"io"
	"strings"
	"testing"
	"unicode"
)

func TestQuote(t *testing.T) {
	for _, test := range []struct {
		text string
		open rune
		want string
	}{
		{"a b", 0, `a\ b`}, {"a b", '\'', `'a b'`}, {"a b", '"', `"a b"`},
		{"it's", '\'', `"it's"`}, {"it's", '"', `"it's"`}, {"it's", 0, `it\'s`},
		{`a"$b`, '"', `"a\"\$b"`}, {"", 0, "''"}, {"", '"', `""`},
		{"~a", 0, `\~a`}, {"a~", 0, "a~"}, {"#a", 0, `\#a`}, {"a#=!", 0, "a#=!"}, {"!a", 0, `\!a`},
		{"*.{c,h}", 0, `\*.\{c,h\}`},
		{"a\nb\x1b\x7f", 0, `$'a\nb\x1b\x7f'`}, {"a\nb", '"', `$'a\nb'`}, {"\xff\xfe", '\'', `$'\xff\xfe'`},
		{"\u202egnp", 0, `$'\u202egnp'`}, {"\U000e0001", 0, `$'\U000e0001'`}, {"ü 日本", '\'', "'ü 日本'"}, {"a\u00a0b", 0, `$'a\u00a0b'`},
	} {
		if got := Quote(test.text, test.open); got != test.want {
			t.Errorf("Quote(%q, %q) is %s, want %s", test.text, test.open, got, test.want)
		}
	}
}

var quoteSeeds = []string{
	"a b", "-x", "~", "~/x", "a'b", `a"b`, "\x01\xff", "", "*", "a\nb", "!x", "é", "$(x)", "`x`", "\\", `a\b`, "case", "?", "@x",
	"#x", "a=b", "{a,b}", "a{1..3}", "[x]", "[", "a;b", "a&b", "<", "\u202e", "\x7f", "a\\\nb", "'", `'"`, "$'x'", "if", "}", "%1", "^a",
	"=", "a,b", "\t", " ", "\u2028", "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", "x\xc3",
}

// FuzzQuote: the language, and TAB, read exactly what was quoted.
func FuzzQuote(f *testing.F) {
	for _, s := range quoteSeeds {
		for _, open := range []byte{0, '\'', '"'} {
			f.Add(s, open)
		}
	}
	host := &fakeHost{}
	runner, err := New(Options{Host: host, Stdout: io.Discard, Stderr: io.Discard, Dir: f.TempDir()})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string, style byte) {
		if strings.Contains(s, "\x00") {
			return // no name holds it
		}
		open := rune(0)
		if style == '\'' || style == '"' {
			open = rune(style)
		}
		host.t, host.calls = t, nil
		line := "get " + Quote(s, open)
		if i := strings.IndexFunc(line, func(c rune) bool { return !unicode.IsPrint(c) }); i >= 0 {
			t.Errorf("%q: what is at %d does not show", line, i)
		}
		for _, windows := range []bool{false, true} {
			tokens := split(line, windows)
			if last := tokens[len(tokens)-1]; len(tokens) != 2 || last.Text != s || last.Word().IsPattern() || last.Open != 0 {
				t.Errorf("%q: TAB reads %+v (windows: %v)", line, tokens, windows)
			}
		}
		if err := runner.Run(t.Context(), line, ""); err != nil || len(host.calls) != 1 || host.calls[0] != "get|"+s {
			t.Errorf("%q: the language reads %q: %v", line, host.calls, err)
		}
	})
}
