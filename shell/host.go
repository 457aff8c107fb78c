package shell

import (
	"context"
	"errors"

	"ftpsh/commands"
	"ftpsh/internal/lang"
)

// host is the command table as the language sees it.
type host struct{ *seat }

// Find looks a word up in the table.
func (h *host) Find(word string) lang.Found {
	table := h.session.Table
	command, err := table.Find(word)
	switch exact := table.Has(word); {
	case err != nil:
		return lang.NotFound
	case exact && command.Verbatim:
		return lang.ExactRaw
	case exact:
		return lang.Exact
	case command.Verbatim:
		return lang.PrefixRaw
	}
	return lang.Prefix
}

// Alias is the line that a name stands for.
func (h *host) Alias(name string) (string, bool) { return h.session.Aliases.Line(name) }

// Quits says whether an error ends the run: bye, or a signal.
func (h *host) Quits(err error) bool {
	return errors.Is(err, commands.ErrQuit)
}

// Run binds one line to its command and runs it. Whatever goes wrong is reported here, once.
func (h *host) Run(ctx context.Context, call lang.Call) error {
	err := h.run(ctx, call)
	if lang.IsClosedPipe(err) {
		return nil // the program on the other side of the pipe has seen enough
	}
	if err == nil || h.Quits(err) {
		return err
	}
	if ctx.Err() == nil { // else the end of the whole run is reported
		report(h.session, err)
	}
	return &reportedError{err}
}

// reportedError is a failure that has been reported, with the exit status that it stands for.
type reportedError struct{ error }

func (e *reportedError) Unwrap() error { return e.error }

// ExitStatus is what the failure means to a script.
func (e *reportedError) ExitStatus() int { return commands.ExitStatus(e.error) }

// run is Run without the report. A panic in a command ends the command, not the shell: the state
// of its connection is unknown, so that is dropped.
func (h *host) run(ctx context.Context, call lang.Call) (err error) {
	name := call.Words[0].Text
	defer func() {
		if reason := recover(); reason != nil {
			h.session.Conn.Interrupt()
			err = &internalError{command: name, reason: reason}
		}
	}()
	s := *h.session
	if call.Stdout != h.session.Print.Out() {
		s.Print = s.Print.To(call.Stdout, false)
	}
	bound, err := s.Parse(ctx, call.Words)
	if err != nil {
		return err
	}
	if bound.Command.Alone && h.isJob.Load() {
		return &commands.StateError{Op: bound.Verb, Problem: "it belongs to the prompt; a job cannot do it", Status: commands.StatusUsage}
	}
	bound.Stdin = call.Stdin
	h.command.Store(bound.Command)
	defer h.command.Store(nil)
	before := s.Local.Dir()
	h.tab.lister.yield()
	err = s.Run(ctx, bound)
	if changesServer(bound.Command.Group) {
		h.tab.remote.Reset()
	}
	if err != nil {
		return err
	}
	if dir := s.Local.Dir(); dir != before {
		return h.runner.SetDir(dir)
	}
	return nil
}

// changesServer says that a command of the group may have made what TAB knows untrue.
func changesServer(g commands.Group) bool {
	return g == commands.Transfer || g == commands.RemoteFiles || g == commands.Connection || g == commands.Protocol
}

// Fork keeps the remote directory and type for ( ) and $( ).
func (h *host) Fork(context.Context) (restore func() error) {
	conn := h.session.Conn
	dir, transferType := conn.Dir(), conn.TransferType()
	return func() error {
		ctx := context.Background()
		if !conn.LoggedIn() || dir == "" {
			return nil
		}
		if conn.TransferType() != transferType {
			if err := conn.SetType(ctx, transferType); err != nil {
				return err
			}
		}
		if conn.Dir() != dir {
			return conn.Chdir(ctx, dir)
		}
		return nil
	}
}

// Background begins a job.
func (h *host) Background(ctx context.Context, statement *lang.Statement) error {
	run := func(ctx context.Context, at *seat) error { return at.runner.RunStatement(ctx, statement) }
	err := h.shell.launchFrom(ctx, h.seat, h.session.Table.Masked(statement.Source), statement.State, run)
	if err != nil {
		report(h.session, err)
		return &reportedError{err}
	}
	return nil
}
