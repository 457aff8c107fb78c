package shell

import (
	"context"
	"errors"
	"io"

	"ftpsh/commands"
	"ftpsh/internal/lang"
)

// host is the command table as the language sees it.
type host struct{ shell *Shell }

// Find looks a word up in the table.
func (h *host) Find(word string) lang.Found {
	table := h.shell.session.Table
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
func (h *host) Alias(name string) (string, bool) { return h.shell.session.Aliases.Line(name) }

// Quits says whether an error ends the run: bye, or a signal.
func (h *host) Quits(err error) bool {
	return errors.Is(err, commands.ErrQuit)
}

// Run binds one line to its command and runs it. Whatever goes wrong is reported here, once.
func (h *host) Run(ctx context.Context, call lang.Call) error {
	err := h.run(ctx, call)
	if errors.Is(err, io.ErrClosedPipe) || brokenPipe(err) {
		return nil // the program on the other side of the pipe has seen enough
	}
	if err == nil || h.Quits(err) {
		return err
	}
	if ctx.Err() == nil { // else the end of the whole run is reported
		report(h.shell.session, err)
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
			h.shell.session.Conn.Interrupt()
			err = &internalError{command: name, reason: reason}
		}
	}()
	s := *h.shell.session
	if call.Stdout != h.shell.session.Print.Out() {
		s.Print = s.Print.To(call.Stdout, false)
	}
	bound, err := s.Parse(ctx, call.Words)
	if err != nil {
		return err
	}
	bound.Stdin = call.Stdin
	before := s.Local.Dir()
	h.shell.tab.lister.yield()
	err = s.Run(ctx, bound)
	if changesServer(bound.Command.Group) {
		h.shell.tab.remote.Reset()
	}
	if err != nil {
		return err
	}
	if dir := s.Local.Dir(); dir != before {
		return h.shell.runner.SetDir(dir)
	}
	return nil
}

// changesServer says that a command of the group may have made what TAB knows untrue.
func changesServer(g commands.Group) bool {
	return g == commands.Transfer || g == commands.RemoteFiles || g == commands.Connection || g == commands.Protocol
}

// Fork keeps the remote directory and type for ( ) and $( ).
func (h *host) Fork(context.Context) (restore func() error) {
	conn := h.shell.session.Conn
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

// Background is for a later version: a job needs a connection of its own.
func (h *host) Background(_ context.Context, source string) error {
	err := &commands.StateError{Op: "&", Problem: "background jobs are not offered yet", Next: source, Status: commands.StatusUsage}
	report(h.shell.session, err)
	return err
}
