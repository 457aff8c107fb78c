package editor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"
)

func TestContextEndsRead(t *testing.T) {
	s := newSession(t, Config{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		text, err := s.editor.ReadLine(ctx, "> ")
		s.lines <- answer{text, err}
	}()
	s.types("abc")
	s.sees("> abc▏")
	cancel()
	s.gets("", context.Canceled)
	s.reads()
	s.types("next\r")
	s.gets("next", nil)
}

func TestEndOfInput(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("abc")
	s.typist.Close()
	s.gets("", io.EOF)
	s.reads()
	s.gets("", io.EOF)
}

// A line half typed must not run because the program ends.
func TestCloseEndsRead(t *testing.T) {
	before := runtime.NumGoroutine()
	s := newSession(t, Config{})
	s.reads()
	s.types("rm x")
	s.sees("> rm x▏")
	if err := s.editor.Close(); err != nil {
		t.Fatal(err)
	}
	s.gets("", io.EOF)
	s.reads()
	s.gets("", io.EOF)
	s.vt.Stop()
	waitFor(t, func() bool { return runtime.NumGoroutine() <= before }, func() string {
		buf := make([]byte, 1<<16)
		return "goroutines left:\n" + string(buf[:runtime.Stack(buf, true)])
	})
}

// The last words of a program come after it has given the terminal back.
func TestScreenAfterClose(t *testing.T) {
	s := newSession(t, Config{})
	s.editor.Screen().Status("10%")
	fmt.Fprint(s.editor.Screen().Stdout(), "unfinished")
	s.editor.Close()
	fmt.Fprintln(s.editor.Screen().Stderr(), "connection lost")
	s.sees("\nunfinished\nconnection lost\n▏")
}

func TestPanicInCallbacks(t *testing.T) {
	s := newSession(t, Config{
		Complete: func(context.Context, string, int) Completion { panic("no\x1b[31mgood") },
		History:  panicking{},
	})
	s.reads()
	s.types("a" + tabKey)
	s.sees("\n> a▏\ncompletion: panic: no\\x1b[31mgood")
	s.types(upKey)
	s.sees("\nline editor: a callback panicked: bad\n> a▏")
	s.types(enterKey)
	s.gets("a", nil)
	stop := s.editor.Watch(func() { panic("worse") })
	s.types(ctrlC)
	s.sees("\nline editor: a callback panicked: bad\n> a\nline editor: a callback panicked: worse\n▏")
	stop()
}

type panicking struct{}

func (panicking) Lines() []string { panic("bad") }

// A panic of the editor itself ends the line with an error, and the next one
// can be read.
func TestPanicInTheEditor(t *testing.T) {
	actions[keyPageUp] = func(*reading, key) bool { panic("our own") }
	defer func() { actions[keyPageUp] = func(r *reading, _ key) bool { return r.page(-1) } }()
	s := newSession(t, Config{})
	s.reads()
	s.types("a\x1b[5~")
	select {
	case got := <-s.lines:
		if got.err == nil || got.err.Error() != "line editor: our own" {
			t.Fatalf("read %q, %v", got.text, got.err)
		}
	case <-time.After(patience):
		t.Fatal("no error")
	}
	s.reads()
	s.types("b\r")
	s.gets("b", nil)
}

func TestWatch(t *testing.T) {
	s := newSession(t, Config{})
	cancelled := make(chan int, 2)
	calls := 0
	stop := s.editor.Watch(func() { calls++; cancelled <- calls })
	s.types("rm x\r")
	s.types(ctrlC)
	s.types("ls\r")
	s.types(ctrlC)
	for _, want := range []int{1, 2} {
		select {
		case got := <-cancelled:
			if got != want {
				t.Errorf("call %d, want %d", got, want)
			}
		case <-time.After(patience):
			t.Fatal("not cancelled")
		}
	}
	stop()
	s.types("pwd\r")
	s.reads()
	s.gets("pwd", nil) // what was typed before Ctrl-C is gone, as on any terminal
}

// A Ctrl-C typed right behind Enter is for the command that Enter started, and
// not for the prompt after it.
func TestInterruptBetweenReadAndWatch(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("slow\r\x03")
	s.gets("slow", nil)
	cancelled := make(chan struct{}, 1)
	defer s.editor.Watch(func() { cancelled <- struct{}{} })()
	select {
	case <-cancelled:
	case <-time.After(patience):
		t.Fatal("not cancelled")
	}
}

func TestCooked(t *testing.T) {
	raw := &countingMode{}
	s := newSession(t, Config{Raw: raw})
	out := s.editor.Screen().Stdout()
	fmt.Fprint(out, "unfinished")
	failed := errors.New("exit status 1")
	err := s.editor.Cooked(func() error {
		if raw.raw {
			t.Error("raw while cooked")
		}
		io.WriteString(s.terminal, "program")
		fmt.Fprintln(out, "notice")
		return failed
	})
	if err != failed || !raw.raw {
		t.Errorf("error %v, raw %v", err, raw.raw)
	}
	s.reads()
	s.sees("\nunfinished\nprogram\nnotice\n> ▏")
	s.editor.Close()
	s.editor.Restore()
	if raw.raw || raw.exits != 2 {
		t.Errorf("raw %v after %d exits", raw.raw, raw.exits)
	}
}

type countingMode struct {
	raw   bool
	exits int
}

func (m *countingMode) Enter() error { m.raw = true; return nil }
func (m *countingMode) Exit() error  { m.raw = false; m.exits++; return nil }
