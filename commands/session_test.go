package commands

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ftpsh/internal/config"
	"ftpsh/internal/history"
	"ftpsh/internal/lang"
	"ftpsh/internal/term"
	"ftpsh/remote"
	"ftpsh/trace"
	"ftpsh/transfer"
)

// desk is a session without a server, with what it printed.
type desk struct {
	*Session
	out, err page
}

// page is what several goroutines print.
type page struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *page) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func (p *page) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Reset()
}

func newDesk(t *testing.T, table *Table) *desk {
	t.Helper()
	d := &desk{}
	home := t.TempDir()
	lines, err := history.Open("", 100)
	if err != nil {
		t.Fatal(err)
	}
	d.Session = &Session{
		Latest:   &trace.Latest{},
		Log:      trace.NewLog("ftpsh test", func(err error) { t.Error(err) }),
		Conn:     remote.New(remote.Hooks{}),
		Table:    table,
		Print:    term.NewPrinter(term.PrinterConfig{Out: &d.out, Err: &d.err}),
		Config:   config.New(func(string) string { return "" }, home),
		History:  lines,
		Local:    NewWorkingDir(home, home),
		Toggles:  NewToggles(),
		Activity: &Activity{},
		Jobs:     &transfer.Jobs{},
		Queue:    &Queue{},
		Previous: &Previous{},
		Aliases:  &Aliases{},
		Failed:   &LastFailure{},
	}
	d.Tracer, d.Timing = trace.New(d.Print), trace.NewTiming()
	return d
}

// run types a line and returns what came of it, results before the rest.
func (d *desk) run(t *testing.T, line string) (string, error) {
	t.Helper()
	d.out.Reset()
	d.err.Reset()
	call, err := d.Parse(t.Context(), lang.Words(line))
	if err == nil {
		err = d.Run(t.Context(), call)
	}
	return d.out.String() + d.err.String(), err
}

// shows fails unless the line prints just that.
func (d *desk) shows(t *testing.T, line, want string) {
	t.Helper()
	if got, err := d.run(t, line); err != nil || got != want {
		t.Errorf("%s\n got %q, %v\nwant %q", line, got, err, want)
	}
}

// refuses fails unless the line is refused with these words.
func (d *desk) refuses(t *testing.T, line, want string) {
	t.Helper()
	if _, err := d.run(t, line); err == nil || err.Error() != want {
		t.Errorf("%s\n got %v\nwant %s", line, err, want)
	}
}

// answers is an Asker that has its answers ready, and writes down what it was asked.
type answers struct {
	ready []string
	asked []string
}

func (a *answers) next(prompt string) (string, error) {
	a.asked = append(a.asked, prompt)
	if len(a.ready) == 0 {
		return "", io.EOF
	}
	answer := a.ready[0]
	a.ready = a.ready[1:]
	return answer, nil
}

func (a *answers) Line(_ context.Context, prompt string) (string, error)   { return a.next(prompt) }
func (a *answers) Secret(_ context.Context, prompt string) (string, error) { return a.next(prompt) }

func (a *answers) Confirm(_ context.Context, question string) (bool, error) {
	answer, err := a.next(question)
	return answer == "y", err
}

func (a *answers) Choose(_ context.Context, question, _ string) (rune, error) {
	answer, err := a.next(question)
	return []rune(answer + "\n")[0], err
}

func TestMissingArgumentsAreAskedFor(t *testing.T) {
	tests := []struct {
		line    string
		answers []string
		asked   string
		want    string
		problem string
	}{
		{"get", []string{"a", "b"}, "(remote-file) (local-file) ", "remote=a local=b", ""},
		{"get", []string{"a b"}, "(remote-file) ", "remote=a local=b", ""},
		{"get", []string{"'a b' -c", ""}, "(remote-file) (local-file) ", "remote=a b -c", ""},
		{"get -c", []string{"a", ""}, "(remote-file) (local-file) ", "remote=a -c", ""},
		{"get a", nil, "", "remote=a", ""},
		{"get", []string{""}, "(remote-file) ", "", "get: missing remote"},
		{"get", []string{"  "}, "(remote-file) ", "", "get: missing remote"},
		{"get", []string{"a b c"}, "(remote-file) ", "", `get: too many arguments, from "c" on`},
		{"get", nil, "(remote-file) ", "", "EOF"},
		{"get -x", []string{"a"}, "", "", "get: unknown flag -x"},
		{"mdelete", []string{"a *.b"}, "(remote-files) ", "file=a *.b", ""},
		{"account", []string{"-x 'y"}, "Account: ", "password=-x 'y", ""}, // a password is never taken apart
		{"account", []string{""}, "Account: ", "", "account: missing password"},
		{"mdir", nil, "", "", "mdir: missing path"}, // nothing to ask with
	}
	for _, test := range tests {
		d := newDesk(t, sampleTable())
		asker := &answers{ready: test.answers}
		d.Ask = asker
		call, err := d.Parse(t.Context(), lang.Words(test.line))
		switch {
		case test.problem != "" && (err == nil || err.Error() != test.problem):
			t.Errorf("%s %q\n got %v\nwant %s", test.line, test.answers, err, test.problem)
		case test.problem == "" && (err != nil || bound(call) != test.want):
			t.Errorf("%s %q\n got %v, %v\nwant %s", test.line, test.answers, call, err, test.want)
		}
		if got := strings.Join(asker.asked, ""); got != test.asked {
			t.Errorf("%s %q asks %q; want %q", test.line, test.answers, got, test.asked)
		}
	}
}

func TestNothingIsAskedWithoutAnybody(t *testing.T) {
	newDesk(t, sampleTable()).refuses(t, "get", "get: missing remote")
}

func TestNeeds(t *testing.T) {
	ran := false
	table := NewTable(
		Command{Name: "in", Needs: LoggedIn, Run: func(context.Context, *Session, *Call) error { ran = true; return nil }},
		Command{Name: "on", Needs: Connected, Run: func(context.Context, *Session, *Call) error { ran = true; return nil }},
	)
	d := newDesk(t, table)
	for _, line := range []string{"in", "on"} {
		if _, err := d.run(t, line); !errors.Is(err, remote.ErrNotConnected) || ran {
			t.Errorf("%s without a connection: %v, ran: %v", line, err, ran)
		}
	}
}

func TestWorkingDir(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"a/b", "c d"} {
		if err := os.MkdirAll(filepath.Join(home, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	w := NewWorkingDir(filepath.Join(home, "a"), home)
	steps := []struct{ to, want, problem string }{
		{"-", "a", "lcd: there is no previous directory"},
		{"b", "a/b", ""},
		{"..", "a", ""},
		{"-", "a/b", ""},
		{"", "", ""},
		{"~/c d", "c d", ""},
		{"nonesuch", "c d", "lcd: nonesuch: no such file or directory"},
		{"../file", "c d", "lcd: ../file: not a directory"},
		{home, "", ""},
	}
	for _, step := range steps {
		err := w.Change(step.to)
		if (err == nil) != (step.problem == "") || err != nil && err.Error() != step.problem {
			t.Errorf("lcd %q: %v; want %q", step.to, err, step.problem)
		}
		if want := filepath.Join(home, step.want); w.Dir() != want {
			t.Errorf("after lcd %q the directory is %s; want %s", step.to, w.Dir(), want)
		}
	}
	if got := NewWorkingDir("/x", "").Abs("~"); got != "/x/~" {
		t.Errorf("without a home ~ is %s", got)
	}
	if got := w.Abs("~user"); got != filepath.Join(home, "~user") {
		t.Errorf("~user is %s", got)
	}
}

func TestAliasesAreSorted(t *testing.T) {
	var a Aliases
	a.Set("b", "1")
	a.Set("a", "2")
	a.Set("b", "3")
	if line, _ := a.Line("b"); line != "3" || !slices.Equal(a.Names(), []string{"a", "b"}) || !a.Remove("a") || a.Remove("a") {
		t.Errorf("aliases are %v", a.Names())
	}
}
