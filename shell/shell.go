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
	"time"

	"ftpsh/commands"
	"ftpsh/internal/config"
	"ftpsh/internal/editor"
	"ftpsh/internal/lang"
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
	session *commands.Session
	reader  editor.LineReader
	runner  *lang.Runner
	host    *host
	tab     *completer
}

// Complete answers TAB at the prompt.
func (sh *Shell) Complete(ctx context.Context, line string, pos int) editor.Completion {
	return sh.tab.complete(ctx, line, pos)
}

// New makes a shell, and gives the session the ways to ask and to run a script.
func New(c Config) (*Shell, error) {
	s := c.Session
	sh := &Shell{session: s, reader: c.Reader}
	sh.host = &host{shell: sh}
	sh.tab = newCompleter(s, c.Home)
	if c.Asks {
		s.AtLogin = asker{c.Reader}
	}
	if s.Interactive {
		s.Ask = s.AtLogin
	}
	s.Apply = s.Reapply
	s.Cooked, s.Terminal = c.Reader.Cooked, c.Terminal
	if onScreen, ok := c.Reader.(interface{ Screen() *editor.Screen }); ok {
		s.Status = onScreen.Screen().Status
	}
	options := lang.Options{
		Host: sh.host, Stdin: c.Stdin, Stdout: s.Print.Out(), Stderr: s.Print.Err(),
		Terminal: c.Terminal,
		Dir:      s.Local.Dir(), Env: c.Env, Shell: c.Program, Interactive: s.Interactive,
		Cooked:     c.Reader.Cooked,
		KeepQuotes: func() bool { return strings.Contains(strings.ToUpper(s.Conn.System()), "MVS") },
	}
	var err error
	sh.runner, err = lang.New(options)
	s.Source = func(ctx context.Context, path string) error { return sh.runner.Source(ctx, path) }
	return sh, err
}

// Interact runs lines from the prompt until the user leaves, and returns the exit status. The
// first lines come from the command line.
func (sh *Shell) Interact(ctx context.Context, first []string) int {
	for _, line := range first {
		if quit, status := sh.runLine(ctx, line); quit {
			return status
		}
	}
	for {
		line, err := sh.readCommand(ctx)
		switch {
		case errors.Is(err, editor.ErrInterrupted):
			continue
		case ctx.Err() != nil:
			return sh.Leave(ctx, context.Cause(ctx))
		case err != nil:
			return sh.atEnd(ctx, err)
		}
		if quit, status := sh.runLine(ctx, line); quit {
			return status
		}
	}
}

// readCommand reads a line, and the lines that belong to it. If the input ends before they do, what
// there is comes back, for the language to say what is missing.
func (sh *Shell) readCommand(ctx context.Context) (string, error) {
	defer sh.keepAlive(ctx)()
	line, err := sh.reader.ReadLine(ctx, prompt(sh.session))
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
	every := sh.session.Values().Duration("keepalive")
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
				sh.session.Conn.KeepAlive(context.WithoutCancel(ctx))
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

// atEnd is the end of the input at the prompt: it means bye.
func (sh *Shell) atEnd(ctx context.Context, err error) int {
	if !errors.Is(err, io.EOF) {
		return sh.Fail(err)
	}
	_, status := sh.runLine(ctx, "bye")
	return status
}

// runLine remembers a line, runs it under its own Ctrl-C, and reports what the language has to
// say about it. Commands have reported for themselves.
func (sh *Shell) runLine(ctx context.Context, line string) (quit bool, status int) {
	if strings.TrimSpace(line) == "" {
		return false, 0
	}
	sh.remember(line)
	lineCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer sh.reader.Watch(sh.interrupter(cancel))()
	err := sh.run(lineCtx, line, "")
	return errors.Is(err, commands.ErrQuit) || ctx.Err() != nil, sh.status(err)
}

// interrupter ends a command on the first Ctrl-C, and drops the connection on the second, when
// the server does not let the first one through.
func (sh *Shell) interrupter(cancel func()) func() {
	presses := 0
	return func() {
		if presses++; presses > 1 {
			sh.session.Conn.Interrupt()
		}
		cancel()
	}
}

// run gives source to the language, in the local directory of the session.
func (sh *Shell) run(ctx context.Context, source, name string) error {
	if err := sh.runner.SetDir(sh.session.Local.Dir()); err != nil {
		return err
	}
	err := sh.runner.Run(ctx, source, name)
	var reported *lang.ExitError
	if err != nil && !errors.As(err, &reported) && !errors.Is(err, commands.ErrQuit) {
		report(sh.session.Print, err)
	}
	return err
}

// status is the exit status of a run.
func (sh *Shell) status(err error) int {
	var exit *lang.ExitError
	if errors.As(err, &exit) {
		return exit.Status
	}
	return commands.ExitStatus(err)
}

// remember keeps a line in the history unless a secret is in it.
func (sh *Shell) remember(line string) {
	if strings.HasPrefix(line, " ") || sh.session.Table.HoldsSecret(line) {
		return
	}
	if err := sh.session.History.Add(line); err != nil {
		sh.session.Print.Warn("history: %v", err)
	}
}

// RunAll runs lines from the command line, one after the other, up to the first that fails.
func (sh *Shell) RunAll(ctx context.Context, lines []string) int {
	return sh.RunText(ctx, strings.Join(lines, "\n"), "-c")
}

// RunFile runs a script.
func (sh *Shell) RunFile(ctx context.Context, path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return sh.Fail(&commands.LocalError{Op: "script", Path: path, Err: err})
	}
	return sh.RunText(ctx, string(text), path)
}

// RunInput runs lines as they come from a pipe, up to the first that fails.
func (sh *Shell) RunInput(ctx context.Context) int {
	defer sh.reader.Watch(func() {})()
	for {
		line, err := sh.readCommand(ctx)
		if err == nil {
			err = sh.run(ctx, line, "")
		}
		switch {
		case ctx.Err() != nil:
			return sh.Leave(ctx, context.Cause(ctx))
		case errors.Is(err, io.EOF):
			sh.end(ctx)
			return 0
		case err != nil:
			sh.end(ctx)
			return sh.status(err)
		}
	}
}

// RunText runs a script and ends the session.
func (sh *Shell) RunText(ctx context.Context, source, name string) int {
	defer sh.reader.Watch(func() {})()
	err := sh.run(ctx, source, name)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	sh.end(ctx)
	return sh.status(err)
}

// RunRC runs the rc script of the user.
func (sh *Shell) RunRC(ctx context.Context, paths config.Paths) int {
	text, err := paths.RC()
	if err != nil {
		return sh.Fail(&commands.SettingError{Err: err})
	}
	if text == "" {
		return 0
	}
	return sh.status(sh.run(ctx, text, paths.RCPath()))
}

// Fail reports an error and returns its exit status.
func (sh *Shell) Fail(err error) int {
	report(sh.session.Print, err)
	return sh.status(err)
}

// Leave reports an error, if there is one, and ends the session.
func (sh *Shell) Leave(ctx context.Context, err error) int {
	report(sh.session.Print, err)
	sh.end(ctx)
	return sh.status(err)
}

// end says goodbye to the server, if that is still possible.
func (sh *Shell) end(ctx context.Context) {
	if sh.session.Conn.Connected() {
		sh.session.Conn.Close(context.WithoutCancel(ctx), false)
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
