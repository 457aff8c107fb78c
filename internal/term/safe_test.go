package term

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// harmless fails the test if s could do more to a terminal than be shown. It
// asks the Unicode tables, not the code under test.
func harmless(t *testing.T, in, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Fatalf("Safe(%q) = %q: invalid UTF-8", in, out)
	}
	for _, r := range out {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			t.Fatalf("Safe(%q) = %q: contains %U", in, out, r)
		}
	}
}

func TestS70_Safe(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"plain name.txt", "plain name.txt"},
		{"Grüße 日本 👩‍🚀", "Grüße 日本 👩‍🚀"},
		{`C:\x1b\n`, `C:\x1b\n`},
		{"\x1b]52;c;ZWNobwo=\x07", `\x1b]52;c;ZWNobwo=\x07`},
		{"a\nb\r\tc\x00\x7f", `a\nb\r\tc\x00\x7f`},
		{"\x9b31m", `\x9b31m`},
		{"\u009b31m", `\u009b31m`},
		{"exe.\u202etxt", `exe.\u202etxt`},
		{"\u2066a\u2069\u200f\u061c", `\u2066a\u2069\u200f\u061c`},
		{"a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"\xff\xfe", `\xff\xfe`},
		{"\xed\xa0\x80", `\xed\xa0\x80`},
		{"kept \ufffd", "kept \ufffd"},
		{"\ufffd\xff", "\ufffd\\xff"},
	}
	for _, test := range tests {
		if got := Safe(test.in); got != test.want {
			t.Errorf("Safe(%q) = %q, want %q", test.in, got, test.want)
		}
		harmless(t, test.in, Safe(test.in))
	}
}

func TestS70_SafeOnEveryRune(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		in := string(r)
		out := Safe(in)
		harmless(t, in, out)
		if unicode.IsGraphic(r) && !unicode.In(r, unicode.Zl, unicode.Zp) && out != in {
			t.Fatalf("Safe(%U) = %q: a visible character was changed", r, out)
		}
	}
}

func FuzzS70_Safe(f *testing.F) {
	for _, seed := range []string{"name", "\x1b[31m", "\u202e\xff\u009b", "\\x1b", "a\ufffd\xc3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := Safe(in)
		harmless(t, in, out)
		if again := Safe(out); again != out {
			t.Fatalf("Safe twice: %q, then %q", out, again)
		}
	})
}

func TestS71_LinesCannotForgeOurs(t *testing.T) {
	in := "230-Transfer complete\r\nftpsh> rm *\n\ttab\u2028not a line\r\x1b[1A"
	want := "<-- 230-Transfer complete\n" +
		"<-- ftpsh> rm *\n" +
		`<--         tab\u2028not a line\r\x1b[1A` + "\n"
	if got := Lines("<-- ", in); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLinesEnds(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"a", "| a\n"},
		{"a\n", "| a\n"},
		{"a\r\n\r\n", "| a\n| \n"},
		{"ab\tc\t\td", "| ab      c               d\n"},
	}
	for _, test := range tests {
		if got := Lines("| ", test.in); got != test.want {
			t.Errorf("Lines(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func FuzzS71_Lines(f *testing.F) {
	f.Add("one\ntwo\r\nthree")
	f.Add("\t\xff\n")
	f.Fuzz(func(t *testing.T, text string) {
		for line := range strings.Lines(Lines("> ", text)) {
			body, ok := strings.CutPrefix(line, "> ")
			if !ok || !strings.HasSuffix(line, "\n") {
				t.Fatalf("line %q lacks the prefix or its end", line)
			}
			harmless(t, text, strings.TrimSuffix(body, "\n"))
		}
	})
}
