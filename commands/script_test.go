package commands

import (
	"context"
	"errors"
	"testing"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/internal/term"
)

func TestAlias(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.shows(t, "alias", "")
	d.shows(t, "alias ll 'echo -n'", "")
	d.shows(t, "alias up=echo up", "")
	d.shows(t, "alias", "alias ll 'echo -n'\nalias up 'echo up'\n")
	d.shows(t, "alias up", "alias up 'echo up'\n")
	d.shows(t, "unalias up", "")
	d.refuses(t, "alias up", `alias: no alias "up"`)
	d.refuses(t, "unalias up", `unalias: no alias "up"`)
	d.refuses(t, "alias help x", "alias: help is a command")
	d.refuses(t, "alias 'a b' x", `alias: "a b" cannot stand for a command`)
}

func TestEcho(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.shows(t, "echo a  'b  c' -n", "a b  c -n\n")
	d.shows(t, "echo -n a", "a")
	d.shows(t, "echo", "\n")
	d.shows(t, "echo -- -x", "-x\n")
	d.shows(t, "echo \x1b[2J", "\x1b[2J\n") // a pipe gets what was said
}

// TestS71_EchoIsSafeOnATerminal: a variable may hold what a server said.
func TestS71_EchoIsSafeOnATerminal(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.Print = d.Print.To(&d.out, true)
	d.shows(t, "echo 'a\x1b[2Jb\nc\td'", `a\x1b[2Jb`+"\n"+`c\td`+"\n")
}

func TestHistory(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	for _, line := range []string{"one", "two", "three\x1b"} {
		if err := d.History.Add(line); err != nil {
			t.Fatal(err)
		}
	}
	d.shows(t, "history", "1\tone\n2\ttwo\n3\tthree\\x1b\n")
	d.shows(t, "history 2", "2\ttwo\n3\tthree\\x1b\n")
	d.shows(t, "history 99", "1\tone\n2\ttwo\n3\tthree\\x1b\n")
	d.Print = term.NewPrinter(term.PrinterConfig{Out: &d.out, Err: &d.err, OutTerminal: true, Color: term.ColorNever})
	d.shows(t, "history 1", "3  three\\x1b\n")
}

func TestSource(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	failure := errors.New("line 3")
	var ran string
	d.Source = func(_ context.Context, path string) error { ran = path; return failure }
	if _, err := d.run(t, "source ~/x"); err != failure || ran != d.Local.Abs("x") {
		t.Errorf("source ran %s: %v", ran, err)
	}
}

func TestSleepEndsEarlyWhenInterrupted(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	if _, err := d.run(t, "sleep 0.001"); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	call, err := d.Parse(ctx, lang.Words("sleep 1h"))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := d.Run(ctx, call); !errors.Is(err, context.Canceled) || time.Since(start) > time.Minute {
		t.Errorf("sleep: %v after %v", err, time.Since(start))
	}
}
