package lang

import (
	"errors"
	"testing"
)

func TestAliases(t *testing.T) {
	s := newSession(t, nil)
	s.aliases = map[string]string{
		"ll": "ls -l", "two": "cd x; ls", "ls2": "ls2b", "ls2b": "ls2 x", "dir": "dir -a", "sorted": "cat | sort -r",
		"l3": "ll -3", "hi": "!echo hi", "up": "cd ..", "flip": "case on", "h": "?", "every": "for i in 1 2; do get $i; done",
		"bad": "get (", "star": "rm *.c", "q": "quote SITE", "amp": "get a&b", "pg": "sort -r",
	}
	for _, test := range []sample{
		{"ll x", "ls|-l|x", ""},
		{"l3", "ls|-l|-3", ""},
		{"two y; ll", "cd|x ls|y ls|-l", ""},
		{"dir x", "dir|-a|x", ""},
		{"ls2", "ls2|x", ""}, // its own name means itself, and that is unknown
		{"get ll; -\\ll; -'ll'", "get|ll ll ll", ""},
		{"-ll; @ll; if ll; then up; fi", "ls|-l @ls|-l ls|-l cd|..", ""},
		{"echo b | sorted", "echo|b", "b\n"},
		{"printf 'a\\nb\\n' | pg", "", "b\na\n"},
		{"hi there", "", "hi there\n"},
		{"flip; h cd", "case|on ?|cd", ""},
		{"every", "get|1 get|2", ""},
		{"x=$(ll); f() { ll $1; }; f z", "ls|-l ls|-l|z", ""},
		{"star '*.h'", "rm|<*.c>|*.h", ""},
		{"q x", "quote|SITE|x", ""},
	} {
		calls, err := s.run(test.source)
		var unknown statusErr
		if err != nil && !errors.As(err, &unknown) || calls != test.calls {
			t.Errorf("%q calls %q (%v), want %q", test.source, calls, err, test.calls)
		}
	}
	for source, hint := range map[string]string{
		"ls; bad": "unalias bad", "ls; hi": "unalias hi", "amp": "get 'a&b'", "q a$b": "quote 'SITE a$b'",
	} {
		_, err := s.run(source)
		var refused *SyntaxError
		if !errors.As(err, &refused) || refused.Next != hint {
			t.Errorf("%q: %v", source, err)
		}
	}
}

// TestAliasesOfTheSameScript: a script makes aliases for its next lines, which were checked before.
func TestAliasesOfTheSameScript(t *testing.T) {
	for _, test := range []sample{
		{"alias ll 'ls -l'\nll 'a b' *.c", "alias|ll|ls -l ls|-l|a b|<*.c>", ""},
		{"alias two 'cd x; ls'; two y; pwd", "alias|two|cd x; ls cd|x ls|y pwd", "x\n"},
		{"alias no 'fail 5'; -no; if no; then ls; fi; @no || get $?", "alias|no|fail 5 fail|5 fail|5 @fail|5 get|5", ""},
		{"alias a 'b 1'; alias b 'a 2'; -a 3", "alias|a|b 1 alias|b|a 2 a|2|1|3", ""},
		{"alias e '!echo hi'; e you", "alias|e|!echo hi", "hi you\n"},
		{"alias s 'sort -r'; nlst | cat; f() { s2; }; alias s2 'ls'; f", "alias|s|sort -r nlst alias|s2|ls ls", "a\nb c\n"},
		{"alias e 'exit 0'; if e; then ls; fi; ls", "alias|e|exit 0 exit", ""},
	} {
		s := newSession(t, nil)
		calls, err := s.run(test.source)
		if calls != test.calls || s.out.String() != test.out || err != nil && !errors.Is(err, errBye) {
			t.Errorf("%q calls %q (%v) and prints %q, want %q", test.source, calls, err, s.out.String(), test.calls)
		}
	}
	s := newSession(t, nil)
	s.fails("alias bad 'get a&b'; bad", 2, "alias|bad|get a&b")
	s.fails("alias bad2 'get a&b'; (bad2); ls", 2, "alias|bad2|get a&b")
	s.fails("alias no 'fail 5'; no; ls", 5, "alias|no|fail 5 fail|5")
	s.fails("alias ll 'ls -l'; \\ll", 2, "alias|ll|ls -l ll")
}
