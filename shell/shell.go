// Package shell is the loop: it reads a line, runs it, and reports how that went.
//
// The line editor and the language are below it; which commands there are, and what they do, is
// the business of the session that it is given.
package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"ftpsh/commands"
	"ftpsh/internal/config"
	"ftpsh/internal/editor"
	"ftpsh/internal/lang"
	"ftpsh/internal/term"
)

// Config is what a Shell works with.
type Config struct {
	Session  *commands.Session
	Reader   editor.LineReader
	Asks     bool // a person is there to answer
	Stdin    *os.File
	Terminal *os.File // where local programs write; nil for where commands do
	Env      []string // for local programs
	Home     string   // what ~ stands for
	Program  string   // the user's shell, for the ! command
}

// Shell runs lines for one session.
type Shell struct {
	config Config
	reader editor.LineReader
	print  *term.Printer
	prompt atomic.Pointer[seat] // where the next line runs
	jobs   jobs

	interactive bool
}

// seat is where the next line runs.
func (sh *Shell) seat() *seat { return sh.prompt.Load() }

// session is the session of the prompt.
func (sh *Shell) session() *commands.Session { return sh.seat().session }

// Complete answers TAB at the prompt.
func (sh *Shell) Complete(ctx context.Context, line string, pos int) editor.Completion {
	return sh.seat().tab.complete(ctx, line, pos)
}

// New makes a shell, and gives the session the ways to ask, to run a script and to begin jobs.
func New(c Config) (*Shell, error) {
	s := c.Session
	sh := &Shell{config: c, reader: c.Reader, print: s.Print, jobs: jobs{table: s.Jobs}, interactive: s.Interactive}
	if c.Asks {
		s.AtLogin = asker{c.Reader}
	}
	if s.Interactive {
		s.Ask = s.AtLogin
	}
	s.Foreground, s.Launch = sh.foreground, sh.launch
	at, err := sh.newSeat(s, nil, false)
	sh.prompt.Store(at)
	return sh, err
}

// Loop runs lines as they come, and returns the exit status: from a person, whom a failure leaves at the
// prompt, until there is a command that leaves; or from a pipe, as a script.
func (sh *Shell) Loop(ctx context.Context) (status int) {
	for over := false; !over; {
		line, err := sh.readCommand(ctx)
		switch {
		case errors.Is(err, editor.ErrInterrupted):
			continue
		case ctx.Err() != nil:
			return sh.Fail(context.Cause(ctx))
		case errors.Is(err, io.EOF) && !sh.session().Interactive:
			return status
		case errors.Is(err, io.EOF):
			line = "bye"
		case err != nil:
			return sh.Fail(err)
		default:
			sh.remember(line)
		}
		status, over = sh.Run(ctx, line, "")
	}
	return status
}

// readCommand reads a line, and the lines that belong to it. If the input ends before they do, what
// there is comes back, for the language to say what is missing.
func (sh *Shell) readCommand(ctx context.Context) (string, error) {
	defer sh.keepAlive(ctx)()
	sh.tellEnded()
	line, err := sh.reader.ReadLine(ctx, promptOf(sh.session()))
	for err == nil && lang.Incomplete(line) {
		var more string
		more, err = sh.reader.ReadLine(ctx, "> ")
		if errors.Is(err, io.EOF) {
			return line, nil
		}
		line += "\n" + more
	}
	return line, err
}

// keepAlive sends a NOOP now and then while the user thinks, if the setting asks for it.
func (sh *Shell) keepAlive(ctx context.Context) (stop func()) {
	every := sh.session().Values().Duration("keepalive")
	if every <= 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				sh.session().Conn.KeepAlive(context.WithoutCancel(ctx))
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// Run runs a source, which may be many lines, and returns the status of what was last; name is what
// errors call it. What the language has to say is reported; commands have reported for themselves. Over
// says that nothing is to run after it: it has left, it was ended from outside, or a script has failed. A
// source that Ctrl-Z makes a job goes on without us.
func (sh *Shell) Run(ctx context.Context, source, name string) (status int, over bool) {
	suspended, forget := sh.jobs.onSuspend() // before anything runs that a Ctrl-Z could mean
	defer forget()
	work := sh.seat().begin(ctx, source, name)
	defer sh.reader.Watch(sh.interrupter(work.seat, work.stop))()
	for {
		select {
		case err := <-work.ended:
			work.stop(nil)
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return sh.ended(ctx, err, name)
		case <-suspended:
			if sh.detach(work) {
				return statusSuspended, false
			}
		}
	}
}

// ended tells what is left to tell of a source that has ended.
func (sh *Shell) ended(ctx context.Context, err error, name string) (status int, over bool) {
	s := sh.session()
	var exit *lang.ExitError
	if !errors.As(err, &exit) {
		report(s, err)
		return commands.ExitStatus(err), ctx.Err() != nil || errors.Is(err, commands.ErrQuit) || err != nil && !s.Interactive
	}
	switch {
	case errors.Is(err, commands.ErrQuit):
		return exit.Status, true
	case !exit.Ended || s.Interactive:
		return exit.Status, false
	case exit.Rest || name == "": // line by line, there may be more
		s.Print.Hint("the script ends here; -COMMAND goes on after its failure, set +e after any")
	}
	return exit.Status, true
}

// Interruptible runs f under a context that Ctrl-C ends.
func (sh *Shell) Interruptible(ctx context.Context, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer sh.reader.Watch(sh.interrupter(sh.seat(), cancel))()
	return f(ctx)
}

// interrupter ends what runs at a seat on the first Ctrl-C, and drops its connection on the second, when
// the server does not let the first one through.
func (sh *Shell) interrupter(at *seat, cancel context.CancelCauseFunc) func() {
	presses := 0
	return func() {
		if presses++; presses > 1 {
			sh.jobs.breakFront(at.session.Conn.Interrupt)
		}
		cancel(context.Canceled)
	}
}

// remember keeps a line in the history unless a secret is in it.
func (sh *Shell) remember(line string) {
	if !sh.session().Interactive || strings.TrimSpace(line) == "" || strings.HasPrefix(line, " ") || sh.session().Table.HoldsSecret(line) {
		return
	}
	if err := sh.session().History.Add(line); err != nil {
		sh.session().Print.Warn("history: %v", err)
	}
}

// RunRC runs the rc script of the user. Its failure is told, and ends a script that has not begun.
func (sh *Shell) RunRC(ctx context.Context, paths config.Paths) (status int, over bool) {
	text, err := paths.RC()
	if err != nil {
		return sh.Fail(&commands.SettingError{Err: err}), !sh.session().Interactive
	}
	return sh.Run(ctx, text, paths.RCPath())
}

// Fail reports an error, if there is one, and returns its exit status.
func (sh *Shell) Fail(err error) int {
	report(sh.session(), err)
	return commands.ExitStatus(err)
}

// End says goodbye to the server, if that is still possible.
func (sh *Shell) End() {
	if sh.session().Conn.Connected() {
		sh.session().Conn.Leave()
	}
}

// internalError is a panic, caught at the boundary of a command.
type internalError struct {
	command string
	reason  any
}

func (e *internalError) Error() string {
	return fmt.Sprintf("%s: internal error: %v", e.command, e.reason)
}

// Hint says what would help to mend it.
func (e *internalError) Hint() string {
	return "the connection was dropped; please report this with the output of debug 2"
}
