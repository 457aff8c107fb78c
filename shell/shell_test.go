package shell

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ftpsh/commands"
	"ftpsh/internal/config"
	"ftpsh/internal/editor"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/history"
	"ftpsh/internal/term"
	"ftpsh/remote"
	"ftpsh/trace"
	"ftpsh/transfer"
)

// paper is what several goroutines print on.
type paper struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *paper) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// person is somebody at a terminal that is not there: a line is a text, or the error that reading it ends in.
type person struct {
	mu      sync.Mutex
	lines   []any
	prompts []string
	cancel  func() // what Ctrl-C does; nil while nothing runs
}

func (p *person) ReadLine(_ context.Context, prompt string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prompts = append(p.prompts, prompt)
	if len(p.lines) == 0 {
		return "", io.EOF
	}
	line := p.lines[0]
	p.lines = p.lines[1:]
	if err, ends := line.(error); ends {
		return "", err
	}
	return line.(string), nil
}

func (p *person) ReadText(context.Context, string) (string, error)   { return "", io.EOF }
func (p *person) ReadSecret(context.Context, string) (string, error) { return "", io.EOF }

// Ask takes the answer that Enter gives.
func (p *person) Ask(_ context.Context, _, keys string) (rune, error) {
	return rune(strings.ToLower(keys[strings.IndexFunc(keys, func(r rune) bool { return r >= 'A' && r <= 'Z' }):])[0]), nil
}

func (p *person) Watch(cancel func()) (stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel = cancel
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.cancel = nil
	}
}

func (p *person) Cooked(f func() error) error { return f() }
func (p *person) Close() error                { return nil }

// interrupt presses Ctrl-C as soon as something runs.
func (p *person) interrupt(t *testing.T) {
	ftptest.Wait(t, "something that runs", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.cancel == nil {
			return false
		}
		p.cancel()
		return true
	})
}

// room is a shell without a server, its person, and what it printed.
type room struct {
	*Shell
	person   *person
	out, err paper
	running  chan bool // gets something when the command "hang" has begun
}

// enter makes a room, where a person sits or a script is run.
func enter(t *testing.T, interactive bool, lines ...any) *room {
	t.Helper()
	r := &room{person: &person{lines: lines}, running: make(chan bool, 1)}
	past, err := history.Open("", 100)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	s := &commands.Session{
		Table:   commands.NewTable(append(commands.All(), r.inventions()...)...),
		Print:   term.NewPrinter(term.PrinterConfig{Out: &r.out, Err: &r.err}),
		Timing:  trace.NewTiming(),
		Latest:  &trace.Latest{},
		Log:     trace.NewLog("ftpsh test", func(err error) { t.Error(err) }),
		Config:  config.New(func(string) string { return "" }, home),
		History: past,
		Local:   commands.NewWorkingDir(home, home),
		Toggles: commands.NewToggles(), Previous: &commands.Previous{}, Aliases: &commands.Aliases{},
		Failed: &commands.LastFailure{}, Activity: &commands.Activity{},
		Jobs: &transfer.Jobs{}, Queue: &commands.Queue{},
		Interactive: interactive,
	}
	s.Tracer = trace.New(s.Print)
	s.Conn = remote.New(s.Hooks())
	if r.Shell, err = New(Config{Session: s, Reader: r.person, Asks: interactive, Env: os.Environ(), Home: home}); err != nil {
		t.Fatal(err)
	}
	return r
}

// inventions are commands that do what no command should.
func (r *room) inventions() []commands.Command {
	hang := func(ctx context.Context, _ *commands.Session, _ *commands.Call) error {
		r.running <- true
		<-ctx.Done()
		return context.Cause(ctx)
	}
	panics := func(context.Context, *commands.Session, *commands.Call) error { panic("out of cheese") }
	return []commands.Command{
		{Name: "hang", Group: commands.Scripting, Short: "wait for the end", Examples: []string{"hang"}, Run: hang},
		{Name: "panic", Group: commands.Scripting, Short: "lose the head", Examples: []string{"panic"}, Run: panics},
	}
}

// loop runs the lines to their end, while others act.
func (r *room) loop(ctx context.Context, meanwhile func()) int {
	status := make(chan int)
	go func() { status <- r.Finish(ctx, r.Loop(ctx)) }()
	meanwhile()
	return <-status
}

func (r *room) printed(t *testing.T, out, err string) {
	t.Helper()
	if r.out.String() != out || r.err.String() != err {
		t.Errorf("printed\n%q and\n%q, want\n%q and\n%q", r.out.String(), r.err.String(), out, err)
	}
}

func nothing() {}

// A script ends at its first failure, with its status.
func TestLoopOfAScript(t *testing.T) {
	r := enter(t, false, "echo a", "nonesuch", "echo b")
	if status := r.loop(t.Context(), nothing); status != 2 {
		t.Errorf("status %d", status)
	}
	if r.out.String() != "a\n" || !strings.Contains(r.err.String(), `unknown command "nonesuch"`) {
		t.Errorf("printed %q and %q", r.out.String(), r.err.String())
	}
}

// A person stays at the prompt after a failure, a panic, and a Ctrl-C on a line; the end of the input leaves.
func TestLoopOfAPerson(t *testing.T) {
	r := enter(t, true, "nonesuch", editor.ErrInterrupted, "panic", "echo 'two", "lines'", io.EOF)
	if status := r.loop(t.Context(), nothing); status != 0 {
		t.Errorf("status %d", status)
	}
	if r.out.String() != "two\nlines\n" || !strings.Contains(r.err.String(), "panic: internal error: out of cheese\n") {
		t.Errorf("printed %q and %q", r.out.String(), r.err.String())
	}
	want := []string{"ftpsh> ", "ftpsh> ", "ftpsh> ", "ftpsh> ", "> ", "ftpsh> "}
	if !slices.Equal(r.person.prompts, want) {
		t.Errorf("the prompts were %q", r.person.prompts)
	}
	if got := r.session().History.Lines(); !slices.Equal(got, []string{"nonesuch", "panic", "echo 'two\nlines'"}) {
		t.Errorf("remembered %q", got)
	}
}

// Ctrl-C ends what runs, and nothing else.
func TestLoopIsInterrupted(t *testing.T) {
	r := enter(t, true, "hang; echo never", "echo next")
	status := r.loop(t.Context(), func() {
		<-r.running
		r.person.interrupt(t)
	})
	if status != 0 {
		t.Errorf("status %d", status)
	}
	r.printed(t, "next\n", "interrupted\n")
}

// Ctrl-Z makes a job of what runs; it is told of once when it is over.
func TestSuspendMakesAJob(t *testing.T) {
	r := enter(t, true, "hang", "jobs", "kill %1; wait", "jobs; echo none")
	r.loop(t.Context(), func() {
		<-r.running
		r.Suspend()
	})
	if got := r.out.String(); !strings.HasPrefix(got, "[1] running for ") || !strings.HasSuffix(got, ": hang\nnone\n") {
		t.Errorf("printed %q", got)
	}
	if got := r.err.String(); got != "[1] goes on beside the prompt: hang\n[1] killed: hang\n" {
		t.Errorf("told %q", got)
	}
}

// A job that Ctrl-Z has made has run since its command began: jobs counted from Ctrl-Z on.
func TestSuspendedJobsRunSinceTheyBegan(t *testing.T) {
	r := enter(t, true, "hang", "hang", "kill %1; wait")
	r.loop(t.Context(), func() {
		<-r.running
		ran := time.Now()
		r.Suspend()
		<-r.running
		if job := r.session().Jobs.All()[0]; job.Begun.After(ran) {
			t.Errorf("it ran at %v, and has begun at %v", ran, job.Begun)
		}
		r.person.interrupt(t)
	})
}

// A command that belongs to the prompt cannot be sent behind it.
func TestSuspendOfWait(t *testing.T) {
	r := enter(t, true, "hang &", "wait", "kill %1; wait")
	r.loop(t.Context(), func() {
		<-r.running
		ftptest.Wait(t, "wait to run", func() bool {
			c := r.seat().command.Load()
			return c != nil && c.Name == "wait"
		})
		r.Suspend()
		ftptest.Wait(t, "the answer to Ctrl-Z", func() bool {
			return strings.Contains(r.err.String(), "wait cannot become a job; it goes on here\n")
		})
		r.person.interrupt(t)
	})
	if got := r.err.String(); !strings.Contains(got, "interrupted\n[1] killed: hang\n") {
		t.Errorf("told %q", got)
	}
}

// At its end a script waits for its jobs, whose failure is its own; a signal ends them.
func TestFinishWaitsForJobs(t *testing.T) {
	r := enter(t, false, "nonesuch & echo on")
	if status := r.loop(t.Context(), nothing); status != 2 || r.out.String() != "on\n" {
		t.Errorf("status %d, printed %q", status, r.out.String())
	}
	r = enter(t, false, "hang &")
	ctx, cancel := context.WithCancelCause(t.Context())
	status := r.loop(ctx, func() {
		<-r.running
		cancel(transfer.KilledError{})
	})
	if status != 128+15 || len(r.session().Jobs.Running()) > 0 {
		t.Errorf("status %d, running: %d", status, len(r.session().Jobs.Running()))
	}
}

// SIGUSR1 asks how far everything is, also when there is nothing.
func TestTellProgress(t *testing.T) {
	r := enter(t, true)
	r.TellProgress()
	r.printed(t, "", "nothing is being moved\n")
}

// Behind the prompt only whole lines are printed, with a mark, and no rows; in front all goes on at once.
func TestOutlet(t *testing.T) {
	var out, err paper
	var rows [][]string
	o := newOutlet(&out, &err, func(r ...string) { rows = append(rows, r) })
	write := func(w io.Writer, text string) {
		if n, e := io.WriteString(w, text); n != len(text) || e != nil {
			t.Fatal(n, e)
		}
	}
	write(o.out, "a")
	o.status("row")
	o.hide("", "[1] ")
	write(o.err, "one\ntwo\nthr")
	write(o.out, "b\nc")
	o.status("never seen")
	if got := out.String() + "|" + err.String(); got != "ab\n|[1] one\n[1] two\n" {
		t.Errorf("behind: %q", got)
	}
	o.show()
	write(o.err, "ee\n")
	if got := out.String() + "|" + err.String(); got != "ab\nc|[1] one\n[1] two\n[1] thr\nee\n" {
		t.Errorf("in front again: %q", got)
	}
	if len(rows) != 2 || rows[1][0] != "" {
		t.Errorf("rows: %q", rows)
	}
}

// What a line that cannot be read any more ends in is the status of the run.
func TestLoopEndsWithItsInput(t *testing.T) {
	r := enter(t, true, errors.New("input/output error"))
	if status := r.loop(t.Context(), nothing); status == 0 || r.err.String() != "input/output error\n" {
		t.Errorf("status %d, told %q", status, r.err.String())
	}
}
