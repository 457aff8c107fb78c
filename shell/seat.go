package shell

import (
	"context"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"ftpsh/commands"
	"ftpsh/internal/editor"
	"ftpsh/internal/lang"
)

// seat is where lines run: at the prompt, or in a job. It has of its own what the others must not change:
// the connection, the directories, the variables.
type seat struct {
	shell   *Shell
	session *commands.Session
	runner  *lang.Runner
	outlet  *outlet
	tab     *completer
	command atomic.Pointer[commands.Command] // that runs
	isJob   atomic.Bool
}

// newSeat makes a seat for a session, which gets the seat's ways to print and to run scripts. The variables
// and functions are those of a state; if there is none, those of the environment.
func (sh *Shell) newSeat(s *commands.Session, state *lang.State, isJob bool) (*seat, error) {
	c := &sh.config
	at := &seat{shell: sh, session: s}
	at.isJob.Store(isJob)
	var rows func(...string)
	if onScreen, ok := c.Reader.(interface{ Screen() *editor.Screen }); ok {
		rows = onScreen.Screen().Status
	}
	at.outlet = newOutlet(sh.print.Out(), sh.print.Err(), rows)
	if isJob || s.Interactive { // else programs get the streams themselves, and nothing can go behind
		s.Print = sh.print.Through(at.outlet.out, at.outlet.err)
	}
	if isJob || rows != nil {
		s.Status = at.outlet.status
	}
	at.tab = newCompleter(s, c.Home)
	s.Apply = s.Reapply
	s.Cooked = at.cooked
	s.Terminal = at.terminal
	options := at.options(state)
	var err error
	at.runner, err = lang.New(options)
	s.Source = func(ctx context.Context, path string) error { return at.runner.Source(ctx, path) }
	return at, err
}

// options are those of the seat's Runner.
func (at *seat) options(state *lang.State) lang.Options {
	sh, s := at.shell, at.session
	c := &sh.config
	options := lang.Options{
		Host: &host{at}, Stdin: c.Stdin, Stdout: s.Print.Out(), Stderr: s.Print.Err(),
		Terminal: at.terminal, State: state,
		Dir: s.Local.Dir(), Env: c.Env, Shell: c.Program, Interactive: sh.interactive,
		Cooked:     at.cooked,
		Session:    func() []string { return environment(s) },
		Echo:       func(line string) { s.Print.Echo("%s", s.Table.Masked(line)) },
		KeepQuotes: func() bool { return strings.Contains(strings.ToUpper(s.Conn.System()), "MVS") },
	}
	if at.isJob.Load() {
		options.Stdin = nil
	}
	return options
}

// terminal is where programs write that are run in front; nil for where commands do.
func (at *seat) terminal() *os.File {
	if at.outlet.isBehind() {
		return nil
	}
	return at.shell.config.Terminal
}

// cooked runs a program that uses the terminal, which a job does not have.
func (at *seat) cooked(run func() error) error {
	if at.outlet.isBehind() {
		return errNoTerminal
	}
	return at.shell.reader.Cooked(run)
}

// work is a source that runs at a seat.
type work struct {
	seat   *seat
	source string
	begun  time.Time
	before *lang.State // of the seat, for whoever has the prompt next
	stop   context.CancelCauseFunc
	ctx    context.Context // that ends by stop
	ended  chan error
}

// begin runs a source on a goroutine of its own.
func (at *seat) begin(ctx context.Context, source, name string) *work {
	w := &work{seat: at, source: source, begun: time.Now(), ended: make(chan error, 1)}
	if at.session.Interactive {
		w.before = at.runner.State()
	}
	w.ctx, w.stop = context.WithCancelCause(at.mark(ctx))
	go func() { w.ended <- at.runner.Run(w.ctx, source, name) }()
	return w
}

// seatKey is the key of the context of what runs at a seat.
type seatKey struct{}

// mark lets a context tell where its commands run.
func (at *seat) mark(ctx context.Context) context.Context {
	return context.WithValue(ctx, seatKey{}, at)
}

// mayAsk says that a question of a command will be seen. A job asks nothing.
func mayAsk(ctx context.Context) error {
	if at, ok := ctx.Value(seatKey{}).(*seat); ok && at.outlet.isBehind() {
		return errNoTerminal
	}
	return nil
}

// errNoTerminal is what becomes of a question of a job.
var errNoTerminal = &commands.StateError{Problem: "a job cannot use the terminal", Next: "fg brings it to the front; then the same command again"}
