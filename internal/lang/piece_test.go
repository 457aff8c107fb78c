package lang

import (
	"strings"
	"testing"
)

func TestScriptsFromElsewhere(t *testing.T) {
	for _, source := range []string{
		"cd a\r\nget b\r\n", "\uFEFFcd a\nget b", "cd a # c\r\n\r\n# x\r\nget b\r\n", "cd \\\r\na\r\nget b", "\n\ncd a\n\n;get b"[:7] + "\nget b",
		"cd a;\nget b &&\n true", "\tcd a\n  get b\n\\\n",
	} {
		newSession(t, nil).runs(source, "cd|a get|b", "")
	}
}

// TestClassicFormsOnlyWhereALineBegins: within something that is open, ! and case mean what they mean to
// a shell.
func TestClassicFormsOnlyWhereALineBegins(t *testing.T) {
	for _, test := range []sample{
		{"if true; then\n! fail\nfi", "fail", ""},
		{"get 'a\n!echo x\ncase'", "get|a\n!echo x\ncase", ""},
		{"x=a\ncase $x in\na)\n  ls;;\nesac", "ls", ""},
		{"ls &&\n! fail", "ls fail", ""},
		{"nlst |\ncat", "nlst", "a\nb c\n"},
		{"get \\\n!x", "get|!x", ""},
		{"f() {\n  ?\n}\nls", "ls", ""},
		{"!echo it's fine \" ( \\\nls", "ls", ""},
	} {
		s := newSession(t, interactive)
		if calls, err := s.run(test.source); calls != test.calls {
			t.Errorf("%q calls %q, want %q (%v)", test.source, calls, test.calls, err)
		}
	}
}

func TestIncomplete(t *testing.T) {
	for source, want := range map[string]bool{
		"ls": false, "": false, "# x \\": false, `get "a`: true, "get 'a": true, "if ls": true, "if ls; then\nls": true,
		"if ls; then\nls\nfi": false, "ls |": true, "ls &&": true, "ls; ": false, "get a \\": true, "get a \\\\": false,
		"get 'a\\": true, "for i in 1; do": true, "f() {": true, "get a)": false, "get (": false, "cat <<E": true, "cat <<E\nx": true,
		"cat <<E\nx\nE": false, "cat <<E\nE": false, "x=$(ls": true, "{ ls": true, "(ls": true, "case": false, "case on": false, "ls; case on": false, "if case": true,
		"case x": true, "case x in": true, "!echo \"": false, "!echo \\": false, "-!x '": false, "?": false, "\xff": false,
		"ls\n!echo '\nget \"": true, "get $'a": true, "while true": true, "}": false,
	} {
		if got := Incomplete(source); got != want {
			t.Errorf("Incomplete(%q) is %v", source, got)
		}
	}
}

// FuzzRead: whatever is typed, it is understood or refused, and the pieces are the source.
func FuzzRead(f *testing.F) {
	for _, s := range samples {
		f.Add(s.source)
	}
	for _, s := range []string{"cat <<E\n", "get (", "`", "a&b", "quote a;b", "${", "x=(", "[[", "((", "!x\n-!y", "case\ncase on", "case on;(case)|case", "case off\n\n", "\\", "get \\\n\\\n", "f() {\n!x\n}", "<<a<<b\na\nb", "ll;ll x|ll"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		Incomplete(source)
		s := newSession(t, nil)
		s.aliases["ll"] = "ls -l | cat"
		stmts, err := s.runner.read(source, "x")
		if err != nil {
			if _, ok := err.(*SyntaxError); !ok {
				t.Errorf("%q: %T %v", source, err, err)
			}
			return
		}
		text, err := printed(stmts)
		if err != nil {
			t.Fatalf("%q: %v", source, err)
		}
		if _, err := splitPieces(strings.TrimRight(text, "\n"), ""); err != nil {
			t.Errorf("%q is printed as %q, which cannot be read: %v", source, text, err)
		}
	})
}
