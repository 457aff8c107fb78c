package lang

import (
	"errors"
	"strings"
	"testing"
)

// TestRefused: none of these runs in part, and each says what to type instead.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ source, problem, hint string }{
		// A glued &.
		{"get a&b", "an & within a word", "get 'a&b'"},
		{"get a& b", "an & within a word", "get 'a&' b"},
		{"get a &b", "an & within a word", "get a '&b'"},
		{"ls; get x\nget a&b.txt c", "an & within a word", "get 'a&b.txt' c"},
		{"(get a&b)", "an & within a word", "(get 'a&b')"},
		{`get "R"&D`, "an & within a word", "get 'R&D'"},

		// Syntax errors at a parenthesis, a backquote or a quote.
		{"get a (1).txt", "syntax error", "get a '(1).txt'"},
		{"get (1)", "needs quotes", "get '(1)'"},
		{"get a(1).txt", "syntax error", "get 'a(1).txt'"},
		{"get a)", "syntax error", "get 'a)'"},
		{"get a+(1).txt b?(2)", "needs quotes", "get 'a+(1).txt' b?(2)"},
		{"get `date`.txt", "a backquote", "get '`date`.txt'"},
		{"get a`b", "syntax error", "get 'a`b'"},
		{"get don't", "syntax error", `get "don't"`},
		{"get \"a b", "syntax error", `get "a b"`},
		{"get <(ls)", "one connection", "get '<(ls)'"},
		{"if ls", "syntax error", ""},
		{"ls |", "syntax error", ""},
		{"case x; ls", "syntax error", ""},

		// Unset variables, and those that mean nothing here.
		{"ls; get $nope.txt", "nope: unbound variable", "ls; get '$nope.txt'"},
		{`get "a $nope"`, "nope: unbound variable", "get 'a $nope'"},
		{"get $1", "1: unbound variable", "get '$1'"},
		{"cat <<E\n$nope\nE\n", "nope: unbound variable", "cat <<'E'"},
		{"x=$nope", "nope: unbound variable", "x='$nope'"},
		{"get $$ x", "$$ means nothing", "get '$$' x"},
		{"get a$!b", "$! means nothing", "get 'a$!b'"},
		{`get "$0"`, "$0 means nothing", "get '$0'"},

		// Commands whose words go to the server as they are.
		{"quote SITE a$b", "$ stands in single quotes", "quote 'SITE a$b'"},
		{"quote $(ls)", "$ stands in single quotes", "quote '$(ls)'"},
		{"site x > y", "> stands in quotes", "site 'x > y'"},
		{"quote a >b c", "> stands in quotes", "quote 'a >b c'"},
		{"quote a 2>&1", ">& stands in quotes", "quote 'a 2>&1'"},
		{"literal a;b", "; stands in quotes", "literal 'a;b'"},
		{"quote a|b", "| stands in quotes", "quote 'a|b'"},
		{"user bob p&w", "an & within a word", notShown},
		{"user bob a#b #pw", "# stands in quotes", notShown},
		{`user DOMAIN\bob pw`, `\ stands in single quotes`, notShown},
		{"account p<w", "< stands in quotes", notShown},
		{"us bob p$HOME", "$ stands in single quotes", notShown}, // a prefix went unchecked
		{"quo NOOP$HOME", "$ stands in single quotes", "quo 'NOOP$HOME'"},
		{"sit x;y", "; stands in quotes", "sit 'x;y'"},
		{"remopts UTF8 a`b`", "` stands in single quotes", "remopts 'UTF8 a`b`'"},

		// Patterns where nobody expands them.
		{"for f in *.txt; do get $f; done", "patterns", "nlst *.txt | while read -r f; do ...; done"},
		{"ls > *.txt", "patterns", "ls > '*.txt'"},

		// What goes past the checks or makes no sense.
		{"eval ls", "eval: ", "source FILE checks a script as a whole"},
		{"trap ls EXIT", "trap: ", "-COMMAND and COMMAND || OTHER deal with failures"},
		{"exec ls", "exec: ", "!PROGRAM runs a local program"},
		{"builtin cd x", "builtin: ", "the name alone runs it"},
		{"command ls", "command: ", "the name alone runs it"},
		{"pushd x", "pushd: ", "cd - goes back"},
		{"popd", "popd: ", "cd - goes back"},
		{"shopt -s extglob", "shopt: ", ""},
		{". x", ".: its lines", "source FILE"},
		{"-eval ls", "eval: ", "source FILE checks a script as a whole"},
		{"time 'ev'al ls", "eval: ", "source FILE checks a script as a whole"},
		{"coproc ls", "coproc", ""},
		{"select x in a; do ls; done", "select", ""},
		{"case a in $$) ls;; esac", "$$ means nothing", "case a in '$$') ls;; esac"},
		{"x=($$)", "$$ means nothing", "x=('$$')"},
		{"time get a&b", "an & within a word", "time get 'a&b'"},

		// A password is not shown again.
		{"quote PASS se&cret", "an & within a word", notShown},
		{"quote PASS se$cret", "$ stands in single quotes", notShown},
		{"account se`cret`", "` stands in single quotes", notShown},
		{"us ann se$cret", "$ stands in single quotes", notShown},
		{"ls; user ann se(cret", "syntax error", notShown},
		{"user ann 'secret", "syntax error", notShown},
		{"open ftp://ann:se&cret@h", "an & within a word", notShown},
		{"get $cret ftp://ann:pw@h", "unbound variable", notShown},
		{"get() { ls; }", "get is a command; a function needs another name", "myget() { ...; }"},
		{"eval() { ls; }", "eval is a command", "myeval() { ...; }"},
		{"f() { ls; }; declare -f f", "declare -f is not offered", ""},
		{"() ls", "without a name", ""},
		{"ls <> x", "not offered", ""},
		{"ls >| x", "not offered", ""},
		{"ls 3> x", "only 0, 1 and 2", ""},
		{"ls >& x", ">& takes", ""},

		// A ! or a ; where they mean something else than the user.
		{"cd a; !date -u", "beginning of a line", "!date -u"},
		{"ls | !sort", "without !", "ls | sort"},
		{"get FILE.TXT;1 x", "a ; within a word", "get 'FILE.TXT;1' x"},

		{"open ftp://h/a;type=i b", "a ; within a word", "open 'ftp://h/a;type=i' b"},

		{strings.Repeat("pwd && ", 100_000) + "pwd", "too many commands", "a line for each command"}, // ten seconds, to be checked
		{"get " + strings.Repeat("$(", 400_000), "too many (", ""},                                   // a stack overflow, which ends the process
		{"get a\x1bb", "control character 0x1b", `a name that holds it is written as $'\x1b'`},
		{"ls\x00", "control character 0x00", `a name that holds it is written as $'\x00'`},
		{"get \xe9", "not in UTF-8", `a byte that is not is written by its number: $'\xe9'`},
	} {
		s := newSession(t, nil)
		calls, err := s.run(test.source)
		var refused *SyntaxError
		switch {
		case !errors.As(err, &refused):
			t.Errorf("%q is not refused: %v", test.source, err)
		case calls != "":
			t.Errorf("%q runs in part: %s", test.source, calls)
		case !strings.Contains(refused.Problem, test.problem) || refused.Next != test.hint || refused.ExitStatus() != 2:
			t.Errorf("%q: %q, hint %q; want %q, %q", test.source, refused.Problem, refused.Next, test.problem, test.hint)
		}
	}
}

// TestHintsRun: where a hint is a line, the line is taken.
func TestHintsRun(t *testing.T) {
	for _, source := range []string{"get a&b", "get a (1).txt", "get don't", "get $nope.txt", "quote a;b", `quote SITE C:\dir`, "site x > y", "get FILE.TXT;1"} {
		s := newSession(t, nil)
		_, err := s.run(source)
		var refused *SyntaxError
		if !errors.As(err, &refused) {
			t.Errorf("%q: %v", source, err)
			continue
		}
		if _, err := s.run(refused.Next); err != nil {
			t.Errorf("%q, the hint for %q: %v", refused.Next, source, err)
		}
	}
}

// TestRefusedAtRunTime: a command word that is put together is refused as well.
func TestRefusedAtRunTime(t *testing.T) {
	s := newSession(t, nil)
	s.fails("x=eval; $x ls", 2, "")
	s.fails("x=exec; get a; $x ls", 2, "get|a")
}

func TestErrorsNameTheLine(t *testing.T) {
	s := newSession(t, nil)
	for source, want := range map[string]string{
		"cd a\n!true\nget b&c\n":          "script:3: ",
		"cd a\n\n# x\nif ls; then\nget (": "script:5: ",
		"cd a\nget $nope":                 "script:2: ",
		"ls\n\x02":                        "script:2: ",
		"ls\nfor f in\\\n *; do ls; done": "script:3: ",
		"f() {\n ls\n eval x\n}":          "script:3: ",
	} {
		if err := s.runner.Run(t.Context(), source, "script"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
	if len(s.calls) > 0 {
		t.Errorf("something ran: %q", s.calls)
	}
}

func TestUnsetVariables(t *testing.T) {
	for source, calls := range map[string]string{
		"get ${nope-x} ${nope:-y} ${nope+z}":              "get|x|y",
		"f() { get $1; }; f a":                            "get|a",
		"read -r a b <<< 'x y'; get $a $b":                "get|x|y",
		"read -r <<< x; get $REPLY":                       "get|x",
		": ${x:=1}; get $x":                               "get|1",
		"((i=3)); get $i":                                 "get|3",
		"get $HOME $# $PWD_X":                             "",
		"set +u; get a$nope":                              "get|a",
		"declare -a l; l+=(x); get ${l[0]}":               "get|x",
		"f() { v=1; }; f; get $v":                         "get|1",
		"while getopts a o; do get $o; done":              "",
		"for ((j=0; j<1; j++)); do get $j; done":          "get|0",
		"for w in a; do :; done; get $w $OPTIND $RANDOM_": "",
	} {
		if got, _ := newSession(t, nil).run(source); got != calls {
			t.Errorf("%q calls %q, want %q", source, got, calls)
		}
	}
	s := newSession(t, nil)
	s.runs("f() { get $later $1; }\nset -- a b", "", "")
	s.runs("later=x; f y; get $2; x=1;y=2; get $y", "get|x|y get|b get|2", "")
	s.runs("set +u", "", "")
	s.runs("get a$nope", "get|a", "")
	s.runs("set -o nounset", "", "")
	s.fails("get a$nope", 2, "")
	s.fails("g() { get $nope; }; get a; g", 2, "get|a") // it was 1, as if the server had refused something

	s = newSession(t, interactive)
	s.runs("x=1", "", "")
	s.runs("get $x", "get|1", "")
	s.runs("unset x; get ${x-gone}", "get|gone", "")
	s.fails("get a; get $x; get b", 2, "get|a") // it was set when the line was read
	s.runs("get c", "get|c", "")
}

// TestWindowsKeepsBackslashes: C:\dir is a path where paths look like that.
func TestWindowsKeepsBackslashes(t *testing.T) {
	s := newSession(t, func(o *Options) { o.Windows = true })
	s.runs(`get C:\dir\a.txt ..\b "C:\x" a\ b \*.c C:\*.c; \case on; user D\bob`, `get|C:\dir\a.txt|..\b|C:\x|a b|*.c|C:*.c case|on user|D\bob`, "")
	s.runs(`x=D:\y; get $x`, `get|D:\y`, "")
}

// TestMVSKeepsSingleQuotes: on MVS a name in quotes is complete, one without is below the prefix.
func TestMVSKeepsSingleQuotes(t *testing.T) {
	mvs := false
	s := newSession(t, func(o *Options) { o.KeepQuotes = func() bool { return mvs } })
	s.runs("cd 'A.B'", "cd|A.B", "")
	mvs = true
	s.runs(`get 'HLQ.DATA' "'X'" "y" a'b' 'A*' ''`, "get|'HLQ.DATA'|'X'|y|ab|'A*'|''", "")
	s.runs("quote 'SITE x' 'A.B'; printf '%s' 'C.D'; echo x | cat 'E' 2>&1 || :", "quote|SITE x|'A.B' echo|x", "C.Dcat: E: No such file or directory\n")
}
