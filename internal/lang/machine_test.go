package lang

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestProgramsGetTheEnvironment(t *testing.T) {
	s := newSession(t, func(o *Options) {
		o.Env = append(o.Env, "FTPSH_X=1", "HIDDEN=1")
		o.Session = func() []string { return []string{"FTPSH_HOST=example"} }
	})
	s.runs("x=2; export y=3; unset HIDDEN", "", "")
	s.runs("!echo $HOME $FTPSH_X $FTPSH_HOST ${x-none} $y ${HIDDEN-none}", "", "/home/me 1 example none 3 none\n")
	s.runs("y=5; FTPSH_X=2", "", "")
	s.runs("!echo $y $FTPSH_X $PWD", "", "5 2 "+s.options.Dir+"\n")
	s.runs("echo | z=4 sh -c 'echo $z $HOME ~'", "echo", "4 /home/me /home/me\n")
	s.runs("echo | echo ~ ~/x *.c", "echo", "/home/me /home/me/x *.c\n")
}

// TestOnlyPipesAndBangRunPrograms: a word that nobody knows never runs what happens to have that name here.
func TestOnlyPipesAndBangRunPrograms(t *testing.T) {
	s := newSession(t, nil)
	s.write("prog", "#!/bin/sh\necho ran\n")
	os.Chmod(s.path("prog"), 0o700)
	s.fails("touch x", 2, "touch|x")
	s.fails("sh -c ls", 2, "sh|-c|ls")
	s.fails("ls | put x", 127, "ls")
	if got := s.err.String(); !strings.Contains(got, "behind a pipe the command is { put ...; }") {
		t.Errorf("says %q", got)
	}
	s.fails(s.path("prog"), 2, s.path("prog"))
	s.fails("x=prog; ./$x", 2, "./prog")
	s.names = "\x01program\n"
	s.fails("x=$(nlst); $x sh -c 'echo ran'", 2, "nlst \x01program|sh|-c|echo ran")
	s.runs("!./prog", "", "ran\n")
	s.runs("echo | ./prog", "echo", "ran\n")
}

func TestBangWithoutALineIsTheShell(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out.WriteString("typed into the shell\n")
	out.Close()
	s := newSession(t, func(o *Options) { o.Stdin = in })
	s.fails(" ! ", 127, "") // "typed" is no program
}

// TestTerminal: a program that uses the terminal gets the terminal, as it likes it; one whose output goes
// elsewhere does not disturb it.
func TestTerminal(t *testing.T) {
	terminal, err := os.Create(filepath.Join(t.TempDir(), "terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	cooked := 0
	s := newSession(t, func(o *Options) {
		o.Interactive, o.Stdin = true, terminal
		o.Terminal = func() *os.File { return terminal }
		o.Cooked = func(f func() error) error { cooked++; return f() }
	})
	shown := func(source, want string, times int) {
		t.Helper()
		terminal.Truncate(0)
		terminal.Seek(0, 0)
		cooked = 0
		_, err := s.run(source)
		if got, _ := os.ReadFile(terminal.Name()); string(got) != want || cooked != times {
			t.Errorf("%q (%v) shows %q, %d times cooked", source, err, got, cooked)
		}
	}
	shown("!echo a; echo b >&2", "a\nb\n", 1)
	shown("echo a | cat", "a\n", 1)
	shown("echo a | cat > f", "", 0)
	shown("echo a | cat | cat | cat", "a\n", 1)
	shown("echo a | sh -c 'echo b >&2' 2> f", "", 1)
	shown("echo a | { cat; }", "", 0)
	if s.out.String() != "a\n" {
		t.Errorf("ours print %q", s.out.String())
	}
}

// TestPromptKeepsTheTerminal: at the prompt a command reads nothing, the terminal is the editor's.
func TestPromptKeepsTheTerminal(t *testing.T) {
	in, _ := os.Open(os.DevNull)
	defer in.Close()
	s := newSession(t, func(o *Options) { o.Interactive, o.Stdin = true, in })
	s.runs("cat; cat <<< x", "cat cat", "x\n")
	s.fails("read -r x", 1, "")
	if !strings.Contains(s.err.String(), "nothing to read") {
		t.Errorf("says %q", s.err.String())
	}
}

func TestInterruptEndsAProgram(t *testing.T) {
	s := newSession(t, interactive)
	ctx, cancel := context.WithCancel(t.Context())
	fifo := s.path("started")
	go func() {
		for !exists(fifo) {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	err := s.runner.Run(ctx, "!trap 'exit 0' INT; touch started; while :; do sleep 0.01; done", "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func TestInterruptEndsALoop(t *testing.T) {
	s := newSession(t, interactive)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.runner.Run(ctx, "while true; do :; done", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestRedirections(t *testing.T) {
	home := t.TempDir()
	s := newSession(t, func(o *Options) { o.Env = append(o.Env, "HOME="+home) })
	s.runs("echo a > f; echo b >> f; cat < f; fail 2> 'e 1' || cat < e\\ 1; fail &> all || cat < all; { fail 2>&1 || :; } | cat; echo c >&2",
		"echo|a echo|b cat fail cat fail cat fail echo|c", "a\nb\nit failed\nit failed\nit failed\n")
	s.runs("x='e 1'; cat < $x; echo y > \"$x\"; ls > ~/g; cat < /dev/null", "cat echo|y ls cat", "it failed\n")
	if !exists(filepath.Join(home, "g")) {
		t.Error("~ is not the home directory")
	}
	if s.err.String() != "c\n" {
		t.Errorf("stderr has %q", s.err.String())
	}
}

func TestEcho(t *testing.T) {
	var lines []string
	s := newSession(t, func(o *Options) { o.Echo = func(line string) { lines = append(lines, line) } })
	s.runs("ls; set -x; get 'a b' *.c [a-c]$'\\x1b'; @get y; x=z; f() { put $x; }; f q; set +x; ls", "ls get|a b|<*.c>|<[a-c]\x1b> @get|y put|z ls", "")
	want := []string{`get a\ b *.c [a-c]$'\x1b'`, "f q", "put z", "set +x"}
	if !slices.Equal(lines, want) {
		t.Errorf("echoes %q, want %q", lines, want)
	}
	s = newSession(t, nil)
	s.fails("set -x", 2, "")
	s.runs("set -n", "set|-n", "") // not one of the language
}
