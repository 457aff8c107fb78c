package lang

import (
	"fmt"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for line, want := range map[string]string{
		// Each token is start-end:text, with C for a command's place, P behind a pipe, the open quote and
		// * for a pattern.
		"":                       "0-0:|C",
		"ls":                     "0-2:ls|C",
		"get ":                   "0-3:get|C 4-4:|",
		"get a\\ b 'c d":         `0-3:get|C 4-8:a b| 9-13:c d|'`,
		`get "a b" "c'd`:         `0-3:get|C 4-9:a b| 10-14:c'd|"`,
		`get a"b c`:              `0-3:get|C 4-9:ab c|"`,
		"get *.c '*'":            "0-3:get|C 4-7:*.c|* 8-11:*|",
		"get [a-c] [a":           "0-3:get|C 4-9:[a-c]|* 10-12:[a|",
		"cd x; ls y":             "6-8:ls|C 9-10:y|",
		"cd x && -get y":         "8-12:-get|C 13-14:y|",
		"cd x || @ge":            "8-11:@ge|C",
		"ls | gre":               "5-8:gre|CP",
		"ls | grep x":            "5-9:grep|CP 10-11:x|P",
		"ls |& grep ":            "6-10:grep|CP 11-11:|P",
		"ls | cat; ge":           "10-12:ge|C",
		"ls & ge":                "5-7:ge|C",
		"ls > f":                 "0-2:ls|C 5-6:f|",
		"ls 2>f 2>&1 x":          "0-2:ls|C 5-6:f| 10-11:1| 12-13:x|",
		"ls &> f":                "0-2:ls|C 6-7:f|",
		"if ls; then ge":         "12-14:ge|C",
		"while ! ge":             "8-10:ge|C",
		"x=1 get a":              "4-7:get|C 8-9:a|",
		"x=":                     "0-2:x=|C",
		"get x=1":                "0-3:get|C 4-7:x=1|",
		"get $x ${y}":            "0-3:get|C 4-6:$x| 7-11:${y}|",
		`get $'a\x41\'`:          "0-3:get|C 4-13:aA'|'",
		`get $'\xff\u00e9\101'x`: "0-3:get|C 4-22:\xfféAx|",
		"get a\\":                "0-3:get|C 4-6:a\\|",
		"get a\\\nb":             "0-3:get|C 4-8:ab|",
		"get a\nls b":            "6-8:ls|C 9-10:b|",
		`get "a\b\"c"`:           `0-3:get|C 4-12:a\b"c|`,
		"get \xff":               "0-3:get|C 4-5:\xff|",
		"'if' x":                 "0-4:if|C 5-6:x|",
	} {
		var got []string
		for _, token := range split(line, false) {
			marks := ""
			if token.Command {
				marks += "C"
			}
			if token.Piped {
				marks += "P"
			}
			if token.Open != 0 {
				marks += string(token.Open)
			}
			if token.Word().IsPattern() {
				marks += "*"
			}
			got = append(got, fmt.Sprintf("%d-%d:%s|%s", token.Start, token.End, token.Text, marks))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q is %s, want %s", line, s, want)
		}
	}
}

func TestSplitOnWindows(t *testing.T) {
	tokens := split(`get C:\dir\x\ y "a\b`, true)
	if tokens[1].Text != `C:\dir\x y` || tokens[2].Text != `a\b` {
		t.Errorf("%+v", tokens)
	}
}

func TestWords(t *testing.T) {
	words := Words("get a\\ b *.c ''  ")
	if len(words) != 4 || words[1] != Plain("a b") || !words[2].IsPattern() || words[3] != Plain("") {
		t.Errorf("%+v", words)
	}
}

// FuzzSplit: offsets stay inside the line, in order, and nothing is lost at its end.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{`get "a b`, "a;b|c&&d", "x=1 if a 2>&1", `$'\x`, "\\", "a\\\n", "'\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, windows := range []bool{false, true} {
			at := 0
			tokens := split(line, windows)
			for _, token := range tokens {
				if token.Start < at || token.End < token.Start || token.End > len(line) {
					t.Fatalf("%q: %+v", line, tokens)
				}
				at = token.End
			}
			if at != len(line) {
				t.Errorf("%q ends at %d", line, at)
			}
		}
		bareText(line)
	})
}
