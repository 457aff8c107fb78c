package lang

import "testing"

// sample is a source, what it calls and what it prints.
type sample struct{ source, calls, out string }

// samples are run directly, and once more from a script (source_test.go).
var samples = []sample{
	// Words, quotes, comments, continuation lines.
	{"get a b", "get|a|b", ""},
	{`get "a b" c\ d 'e  f' $'g\th'`, "get|a b|c d|e  f|g\th", ""},
	{`get a"b c"d`, "get|ab cd", ""},
	{`get "" ''`, "get||", ""},
	{"get x # not this", "get|x", ""},
	{"# only this\n\n   \nget x", "get|x", ""},
	{"get a#b", "get|a#b", ""},
	{"get \\\n x", "get|x", ""},
	{"get 'a\nb'", "get|a\nb", ""},
	{"get x \\", "get|x", ""},

	{"(ls # c\n# d\n)\nget $(pwd # e\n) # f\nif ls; then # g\n :\nfi", "ls pwd get|/ ls", ""},

	// Lists and compound commands.
	{"cd a; pwd", "cd|a pwd", "a\n"},
	{"fail || ls; ls && get x", "fail ls ls get|x", ""},
	{"if fail; then ls; else get x; fi", "fail get|x", ""},
	{"for i in 1 2; do get f$i; done", "get|f1 get|f2", ""},
	{"for ((i=0; i<2; i++)); do get $i; done", "get|0 get|1", ""},
	{"i=0\nwhile test $i -lt 2; do\n  get $i\n  i=$((i+1))\ndone", "get|0 get|1", ""},
	{"until true; do ls; done", "", ""},
	{"x=b; case $x in\na) ls;;\nb|c) get $x;;\nesac", "get|b", ""},
	{"{ cd a; pwd; }", "cd|a pwd", "a\n"},
	{"if [ -n x ] && [[ abc == a* ]]; then ls; fi", "ls", ""},
	{"if ! fail; then ls; fi", "fail ls", ""},
	{"for i in 1 2 3; do if test $i = 2; then continue; fi; get $i; done", "get|1 get|3", ""},
	{"while true; do get a; break; done", "get|a", ""},

	// Variables.
	{"x='a b'; get $x \"$x\"", "get|a|b|a b", ""},
	{"x=1; get ${x}y ${nope:-z}", "get|1y|z", ""},
	{"f=a.tar.gz; get ${f%.gz} ${#f}", "get|a.tar|8", ""},
	{"fail 5 || get $?", "fail|5 get|5", ""},
	{"x=(a 'b c'); get \"${x[@]}\"", "get|a|b c", ""},
	{"set -- a b; get $2 $#", "get|b|2", ""},
	{"export x=1; get $x", "get|1", ""},
	{"x=$(pwd); get $x", "pwd get|/", ""},
	{"get $((1+2))", "get|3", ""},

	// Functions.
	{"f() { get $1 \"$@\"; }; f q 'r s'", "get|q|q|r s", ""},
	{"function f { local x=1; get $x; }; f", "get|1", ""},
	{"f() { return 3; }; f || get $?", "get|3", ""},

	// Our names come before the builtins of the interpreter.
	{"cd a; type x; umask 022; hash; history; jobs; kill 1; wait; help cd; alias; echo a\\\\tb",
		"cd|a type|x umask|022 hash history jobs kill|1 wait help|cd alias echo|a\\tb", "a\\tb\n"},
	{"pw; verb", "pw verb", ""},
	{"set debug 1; set; unset debug; unset -s site debug", "set|debug|1 set unset|debug unset|-s|site|debug", ""},
	{"x=1; unset x; get ${x-gone}", "get|gone", ""},
	{"cmd=get; $cmd a; 'get' b; \"g\"et c", "get|a get|b get|c", ""},
	{"$'\\x67et' a; \"get\" b; \"\" || ls", "get|a get|b  ls", ""},
	{"printf '%s-' a b; test a = a; true; :", "", "a-b-"},

	// Classic forms.
	{"case", "case", ""},
	{"case on", "case|on", ""},
	{"  case off  ", "case|off", ""},
	{"?", "?", ""},
	{"? get; ls", "?|get ls", ""},

	// case by itself was the toggle only when nothing else was on its line.
	{"case on; ls; case; case off", "case|on ls case case|off", ""},
	{"if case on; then case off && ls; fi; (case) | cat", "case|on case|off ls case", ""},
	{"true\nif ls\nthen\n  case off # x\nfi\nls", "ls case|off ls", ""},
	{"for case in on off; do case $case in on) ls;; esac; done; get case on", "ls get|case|on", ""},
	{"cat <<E; case on\ncase off; case\nE", "cat case|on", "case off; case\n"},
	{"!echo hi", "", "hi\n"},
	{" ! echo 'a b' | tr a-z A-Z; echo $((1+1)) \"$HOME\"", "", "A B\n2 /home/me\n"},
	{"-fail; ls", "fail ls", ""},
	{"-!exit 3\nls", "ls", ""},
	{"@get x; -@fail; @-fail", "@get|x @fail @fail", ""},
	{"-nonesuch x; ls", "nonesuch|x ls", ""},
	{"f() { fail; ls; }; -f; get x", "fail ls get|x", ""},
	{"-test a = b; ls", "ls", ""},
	{"$ x", "$|x", ""},

	// Patterns and ~.
	{`rm *.txt '*' \* "*" a?b [x] a[b`, "rm|<*.txt>|*|*|*|<a?b>|<[x]>|a[b", ""},
	{"x='*'; rm $x \"$x\"", "rm|*|*", ""},
	{"rm a'*'* *\"?\"", "rm|<a**>|<*?>", ""},
	{"get {a,b*}.{c,h}", "get|a.c|a.h|<b*.c>|<b*.h>", ""},
	{`get \{a,b} '{a,b}' {a`, "get|{a,b}|{a,b}|{a", ""},
	{"get ~ ~bob/x ~/y a~", "get|~|~bob/x|~/y|a~", ""},
	{"f() { get $1 $2; }; f *.c ~/x; printf '%s ' *.c", "get|*.c|~/x", "*.c "},

	// Words that go to the server as they are.
	{`quote SITE {a,b} ~x * "c $HOME" 'd;e' f\ g h\\ i`, `quote|SITE|{a,b}|~x|*|c /home/me|d;e|f g|h\|i`, ""},
	{"quote PWD; site x | cat; quote y && ls # z", "quote|PWD site|x quote|y ls", ""},

	// Here-documents.
	{"cat <<E\n!not this\n? nor this\n$HOME\nE\nls", "cat ls", "!not this\n? nor this\n/home/me\n"},
	{"cat <<'E'\n$x `y` $$\nE\n", "cat", "$x `y` $$\n"},
	{"cat <<E\nE\n!echo b", "cat", "b\n"},
	{"cat <<<a", "cat", "a\n"},
	{"cat <<-E | cat\n\ta\n\tE", "cat", "a\n"},
	{"if true; then\n  cat <<E\nx\nE\n  ls\nfi", "cat ls", "x\n"},
}

func TestLines(t *testing.T) {
	for _, sample := range samples {
		newSession(t, nil).runs(sample.source, sample.calls, sample.out)
	}
}

func TestTimeKeepsPatterns(t *testing.T) {
	s := newSession(t, nil)
	if calls, err := s.run("time ls *.c"); err != nil || calls != "ls|<*.c>" {
		t.Errorf("calls %q, %v", calls, err)
	}
}
