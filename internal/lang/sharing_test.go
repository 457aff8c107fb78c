package lang

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
)

func TestPipes(t *testing.T) {
	for _, test := range []sample{
		// A plain command behind a pipe is a local program, whatever its name is here.
		{"nlst | cat", "nlst", "a\nb c\n"},
		{"nlst | sort -r | head -n 1", "nlst", "b c\n"},
		{"for i in 1 2; do echo $i; done | cat -n | tr -d ' \\t'", "echo|1 echo|2", "11\n22\n"},
		{"P=cat; nlst | $P", "nlst", "a\nb c\n"},
		{"nlst | LC_ALL=C sort -r", "nlst", "b c\na\n"},
		{"nlst |& cat", "nlst", "a\nb c\n"},
		{"{ fail || echo x; } 2>/dev/null | cat", "fail echo|x", "x\n"},
		{"echo '*' | grep '*' | sed s/'*'/y/", "echo|*", "y\n"},

		// A compound command, or a function, runs ours, when the left side is done.
		{"nlst | while read -r f; do get \"$f\"; done", "nlst get|a get|b c", ""},
		{"for i in 1 2 3; do nlst | { cd b; pwd; }; done; cd c | { pwd; }", "nlst cd|b pwd nlst cd|b pwd nlst cd|b pwd cd|c pwd", "b\nb\nb\nc\n"},
		{"nlst | { cd x; cat; }", "nlst cd|x cat", "a\nb c\n"},
		{"nlst | if read -r f; then get $f; fi", "nlst get|a", ""},
		{"nlst | (read -r f; cd y; get $f); pwd", "nlst cd|y get|a pwd", "/\n"},
		{"f() { read -r x; get $x; }; nlst | f", "nlst get|a", ""},
		{"nlst | sort -r | while read -r f; do get $f; done", "nlst get|b|c get|a", ""},
		{"nlst | while read -r f; do echo \"$f\" | while read -r g; do get \"$g\"; done; done",
			"nlst echo|a get|a echo|b c get|b c", ""},
		{"nlst | while read -r f; do echo $f; done | { cat; pwd; }", "nlst echo|a echo|b|c cat pwd", "a\nb c\n/\n"},
		{"nlst | { read -r f; get $f; read -r f; get \"$f\"; }", "nlst get|a get|b c", ""},

		// What is put together from ours for a local program waits as well.
		{"echo a | grep $(echo a)", "echo|a echo|a", "a\n"},
		{"echo a | cat > $(pwd)dev/null", "echo|a pwd", ""},

		// read stays in the shell.
		{"pwd | read -r d; get $d", "pwd get|/", ""},
	} {
		newSession(t, nil).runs(test.source, test.calls, test.out)
	}
}

// TestReaderThatStops: the program that reads may have seen enough, and that is quiet.
func TestReaderThatStops(t *testing.T) {
	line := strings.Repeat("x", 1023) + "\n"
	s := newSession(t, nil)
	s.runs("spew | head -n 1; ls", "spew ls", line)
	s.names = strings.Repeat(line, 1000)
	s.runs("nlst | while read -r f; do echo 1; break; done", "nlst echo|1", "1\n")
	if s.err.String() != "" {
		t.Errorf("says %q", s.err.String())
	}
}

func TestManyLinesThroughAPipe(t *testing.T) {
	s := newSession(t, nil)
	s.names = strings.Repeat("some name\n", 50_000)
	s.runs("nlst | { cat; } | wc -l | tr -d ' '", "nlst cat", "50000\n")
}

func TestPipeLeavesNoFile(t *testing.T) {
	tmp := t.TempDir()
	s := newSession(t, func(o *Options) { o.Env = append(o.Env, "TMPDIR="+tmp) })
	s.runs("nlst | { cat; }", "nlst cat", "a\nb c\n")
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPipeWithoutRoomForItsOutput(t *testing.T) {
	s := newSession(t, func(o *Options) { o.Env = append(o.Env, "TMPDIR="+o.Dir+"/nowhere") })
	s.fails("nlst | { cat; }", 7, "nlst")
	if !strings.Contains(s.err.String(), "cannot be kept") {
		t.Errorf("says %q", s.err.String())
	}
}

func TestInterruptEndsAPipe(t *testing.T) {
	s := newSession(t, interactive)
	pressed := errors.New("Ctrl-C")
	for _, source := range []string{"slow | { cat; }", "slow | cat", "nlst | while read -r f; do slow; done", "(slow)", "x=$(slow)"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		s.onSlow = func() { cancel(pressed) }
		if err := s.runner.Run(ctx, source, ""); !errors.Is(err, pressed) {
			t.Errorf("%q: %v", source, err)
		}
	}
	s.runs("nlst | { cat; }", "nlst cat", "a\nb c\n")
}

// TestSubshells: ( ) and $( ) change neither the remote directory nor variables, however they end.
func TestSubshells(t *testing.T) {
	for _, test := range []sample{
		{"cd a; (cd b; pwd); pwd", "cd|a cd|b pwd pwd", "b\na\n"},
		{"x=$(cd b; pwd); echo $x; pwd", "cd|b pwd echo|b pwd", "b\n/\n"},
		{"(cd a; (cd b; pwd); pwd); pwd", "cd|a cd|b pwd pwd pwd", "b\na\n/\n"},
		{"x=1; (x=2); get $x", "get|1", ""},
		{"(cd a; fail) || pwd", "cd|a fail pwd", "/\n"},
		{"(cd a; fail; ls) || get x; pwd", "cd|a fail ls pwd", "/\n"},
		{"x=$(cd a; fail; ls; fail) || pwd", "cd|a fail ls fail pwd", "/\n"},
		{"if ! (cd a; fail; ls); then get x; fi; while (fail; false); do :; done", "cd|a fail ls fail", ""},
		{"{ fail; echo x; } | cat || get x", "fail echo|x", "x\n"},
		{"(cd a; exit 3) || get $?; pwd", "cd|a get|3 pwd", "/\n"},
		{"x=$(cd a; exit 3; ls) || pwd", "cd|a pwd", "/\n"},
		{"fail 4 || (get $?)", "fail|4 get|4", ""},
		{"(cd a; pwd) | cat; pwd", "cd|a pwd pwd", "a\n/\n"},
		{"get $(echo a b) \"$(echo c d)\"", "echo|a|b echo|c|d get|a|b|c d", ""},
		{"(ls) > /dev/null 2>&1 && get x", "ls get|x", ""},
		{"if (fail); then ls; else get x; fi", "fail get|x", ""},
	} {
		newSession(t, nil).runs(test.source, test.calls, test.out)
	}
	s := newSession(t, nil)
	s.fails("(cd a; fail 5)", 5, "cd|a fail|5")
	s.fails("x=$(cd a; fail 6); ls", 6, "cd|a fail|6")
	s.fails("(cd a; exit 4); ls", 4, "cd|a")
	s.fails("(cd a; fail 5; ls); ls", 5, "cd|a fail|5")
	s.fails("{ fail 5; ls; } | cat; ls", 5, "fail|5")
	for _, source := range []string{"(cd a; bye; ls); pwd", "x=$(cd a; bye); pwd", "bye | cat; pwd", "(cd a; bye) || pwd", "f() { (cd a; bye); }; if f; then pwd; else pwd; fi"} {
		if calls, err := s.run(source); err != errBye || !strings.HasSuffix(calls, "bye") {
			t.Errorf("%q: %v, calls %q", source, err, calls)
		}
	}
	if s.dir != "/" {
		t.Errorf("the directory is %s", s.dir)
	}
}

// TestLocalDirectoryFollows: the local directory is the host's, and redirections follow it.
func TestLocalDirectoryFollows(t *testing.T) {
	s := newSession(t, nil)
	sub := t.TempDir()
	s.runs("lcd "+sub+"; pwd > f; (pwd > g); pwd | cat > h; if true; then test -f f && get $PWD; fi\n!ls",
		"lcd|"+sub+" pwd pwd pwd get|"+sub, "f\ng\nh\n")
	if err := s.runner.SetDir(s.options.Dir); err != nil {
		t.Fatal(err)
	}
	s.runs("echo x > here; test -f here && cat < here", "echo|x cat", "x\n")
	if err := s.runner.SetDir(s.path("here")); err == nil {
		t.Error("a file is taken as the local directory")
	}
	s.fails("lcd "+sub+"/nowhere", 1, "lcd|"+sub+"/nowhere")
}

// TestDirectoryThatIsGone: a subshell that cannot go back fails, and says why.
func TestDirectoryThatIsGone(t *testing.T) {
	s := newSession(t, nil)
	s.gone = errors.New("550 no such directory")
	s.fails("(cd a); ls", 1, "cd|a")
	if !strings.Contains(s.err.String(), "550 no such directory") {
		t.Errorf("says %q", s.err.String())
	}
}
