package lang

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// runWith is run with options of the test's own.
func runWith(t *testing.T, change func(*Options), source string) (*fake, string, error) {
	t.Helper()
	f := &fake{}
	var out bytes.Buffer
	o := Options{Host: f, Stdout: &out, Stderr: &out, Dir: t.TempDir(), Env: os.Environ()}
	change(&o)
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	f.runner = r
	err = r.Run(context.Background(), source, "script")
	return f, out.String(), err
}

func calls(t *testing.T, f *fake, want string) {
	t.Helper()
	if got := strings.Join(f.calls, " "); got != want {
		t.Errorf("calls %q, want %q", got, want)
	}
}

func TestWindowsKeepsBackslashes(t *testing.T) {
	f, _, err := runWith(t, func(o *Options) { o.Windows = true }, `get C:\dir\a.txt ..\b "C:\x" a\ b`)
	if err != nil {
		t.Fatal(err)
	}
	calls(t, f, `get|C:\dir\a.txt|..\b|C:\x|a b`)
}

func TestMVSKeepsSingleQuotes(t *testing.T) {
	f, _, err := runWith(t, func(o *Options) { o.KeepQuotes = func() bool { return true } }, `get 'HLQ.DATA' "'X'" a'b'`)
	if err != nil {
		t.Fatal(err)
	}
	calls(t, f, `get|'HLQ.DATA'|'X'|ab`)
}

func TestScriptsFromElsewhere(t *testing.T) {
	for _, source := range []string{"cd a\r\nget b\r\n", "\uFEFFcd a\nget b", "cd a # c\n\n# x\nget b\n", "cd \\\na\nget b"} {
		f, _, err := runWith(t, func(*Options) {}, source)
		if err != nil {
			t.Errorf("%q: %v", source, err)
		}
		calls(t, f, "cd|a get|b")
	}
}

func TestErrorsNameTheLine(t *testing.T) {
	f, _, err := runWith(t, func(*Options) {}, "cd a\n!true\nget b&c\n")
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Line != 3 || !strings.HasPrefix(err.Error(), "script:3: ") {
		t.Errorf("%v", err)
	}
	calls(t, f, "")
}

func TestRedirectionsAreLocalFiles(t *testing.T) {
	dir := t.TempDir()
	_, _, err := runWith(t, func(o *Options) { o.Dir = dir }, "cat x > out; cat x >> out; echo $(cat x | sort) > sorted")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"out": "b\na\nb\na\n", "sorted": "a b\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
}

func TestHereDocumentsAreNotCommands(t *testing.T) {
	_, out, err := runWith(t, func(*Options) {}, "nlist | cat - <<E\n!not this\n? nor this\nE\n")
	if err != nil || !strings.Contains(out, "!not this\n? nor this\n") {
		t.Errorf("%q, %v", out, err)
	}
}

func TestUnsetVariablesEndTheLine(t *testing.T) {
	f, out, err := runWith(t, func(*Options) {}, "get $nope; ls")
	if err == nil || !strings.Contains(out, "nope") {
		t.Errorf("%v, %q", err, out)
	}
	calls(t, f, "")
}

func TestSourceRunsInTheSameRunner(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "s"), []byte("x='a b'\nget *.c '*'\n!exit 3\n"), 0o600)
	f, _, err := runWith(t, func(o *Options) { o.Dir = dir }, "source "+filepath.Join(dir, "s")+" || ls; get \"$x\"")
	if err != nil {
		t.Fatal(err)
	}
	calls(t, f, "source|"+filepath.Join(dir, "s")+" get|*.c~|* ls get|a b")
}

func TestCancelEndsALoop(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	f := &fake{}
	r, err := New(Options{Host: f, Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, Dir: t.TempDir(), Interactive: true})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx, "while true; do ls; done", "") }()
	select {
	case err = <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the loop goes on")
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestLocalProgramsKeepTheirStatus(t *testing.T) {
	for source, want := range map[string]int{"!exit 3": 3, "ls | grep nope": 1, "ls | no-such-program": 127} {
		_, _, err := runWith(t, func(*Options) {}, source)
		var exit *ExitError
		if !errors.As(err, &exit) || exit.Status != want {
			t.Errorf("%q: %v, want %d", source, err, want)
		}
	}
}

func TestAPipeThatClosesEarlyIsNoFailure(t *testing.T) {
	_, out, err := runWith(t, func(*Options) {}, "cat x | head -n 1")
	if err != nil || out != "b\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestIncomplete(t *testing.T) {
	for source, want := range map[string]bool{"ls": false, `get "a`: true, "if ls": true, "ls |": true, "get a \\": true, "for i in 1; do": true, "get a)": false} {
		if got := Incomplete(source); got != want {
			t.Errorf("Incomplete(%q) is %v", source, got)
		}
	}
}
