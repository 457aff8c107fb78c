package commands

import (
	"context"
	"os"
	"time"

	"ftpsh/internal/config"
	"ftpsh/internal/history"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
	"ftpsh/trace"
	"ftpsh/transfer"
)

// Session is all that a handler may touch. It is copied for each call, with Print set to where
// that call's results go; whatever a call may change is behind a pointer.
type Session struct {
	Conn     *remote.Conn // never nil, maybe closed
	Table    *Table
	Print    *term.Printer
	Tracer   *trace.Tracer
	Timing   *trace.Timing
	Latest   *trace.Latest
	Log      *trace.Log // closed unless a log is written
	Config   *config.Config
	Netrc    config.Netrc
	History  *history.File
	Local    *WorkingDir
	Previous *Previous // remote directory, for cd -
	Toggles  *Toggles
	Aliases  *Aliases
	Failed   *LastFailure
	Activity *Activity
	Jobs     *transfer.Jobs
	Queue    *Queue

	// Ask is nil when there is nobody to answer: then a question is not asked, and the safe
	// answer is taken or the command fails.
	Ask Asker
	// AtLogin answers the questions of a connection: passwords, certificates. It is there for -c
	// on a terminal too, where nothing else is asked.
	AtLogin     Asker
	JSON        bool // listings as JSON, as with --json
	Interactive bool // lines come from a person at a prompt
	NoLogin     bool // open logs in only where it is told as whom, as with -n

	// Apply makes a setting that was changed hold for the open connection; it may be nil.
	Apply func(setting string) error

	// Cooked runs a program that uses the terminal itself, and writes to Terminal: a pager.
	Cooked   func(run func() error) error
	Terminal func() *os.File // nil when standard output is none

	// Status shows rows below everything else; "" takes them away. It may be nil.
	Status func(rows ...string)

	// Source runs the lines of a file as if they had been typed here.
	Source func(ctx context.Context, path string) error

	// Launch begins a job on a connection of its own, or runs it at once where there is none to be had. It
	// is called from a command, with its context.
	Launch func(ctx context.Context, title string, run LaunchFunc) error
	// Foreground shows a job until it is over or sent back, and returns what it has come to.
	Foreground func(ctx context.Context, job *transfer.Background) error
}

// Fork is a copy of the session, which still has to get a connection: what it changes is its own, but for
// settings and aliases.
func (s *Session) Fork() *Session {
	other := *s
	other.Conn = nil
	other.Local, other.Previous, other.Toggles = s.Local.clone(), s.Previous.clone(), s.Toggles.clone()
	other.Failed, other.Activity = &LastFailure{}, &Activity{}
	return &other
}

// Beside is a fork of the session for a job, which asks nothing.
func (s *Session) Beside() *Session {
	other := s.Fork()
	other.Ask, other.AtLogin, other.Interactive = nil, nil, false
	other.Timing = trace.NewTiming()
	return other
}

// Asker puts questions to the person at the terminal. A Ctrl-C at the question ends ctx's command:
// the method returns an error.
type Asker interface {
	// Confirm asks a question that yes or no answers.
	Confirm(ctx context.Context, question string) (bool, error)
	// Line asks for text, which is not remembered.
	Line(ctx context.Context, prompt string) (string, error)
	// Secret asks for text that does not appear.
	Secret(ctx context.Context, prompt string) (string, error)
	// Choose asks a question that one of the keys answers.
	Choose(ctx context.Context, question, keys string) (rune, error)
}

// Values are the settings in force at the server of the session.
func (s *Session) Values() config.Values {
	site := s.Conn.Site()
	return s.Config.At(site.Host, site.Port)
}

// Set changes a setting for this session, and for its connection.
func (s *Session) Set(name, text string) error {
	if err := s.Config.Set(config.SourceCommand, name, text); err != nil {
		return err
	}
	return s.apply(name)
}

func (s *Session) apply(setting string) error {
	if s.Apply == nil {
		return nil
	}
	return s.Apply(setting)
}

// Run checks that what the command needs is there, and runs it. Its errors are about the command as it was
// typed, whatever operations it is made of.
func (s *Session) Run(ctx context.Context, c *Call) error {
	s.Timing.Begin(c.title())
	err := s.run(ctx, c)
	if err == context.Canceled && ctx.Err() == nil {
		err = &StoppedError{}
	}
	callErrors(err, c.Verb)
	s.Failed.note(err)
	if code := replyCode(err); code != 0 {
		s.Latest.Settle(code)
	}
	return err
}

func (s *Session) run(ctx context.Context, c *Call) error {
	if err := s.ready(ctx, c.Command.Needs); err != nil {
		return err
	}
	if err := s.expandSingle(ctx, c); err != nil {
		return err
	}
	if c.gives("limit-rate") {
		defer s.Conn.LimitRate(c.Number("limit-rate"))()
	}
	return c.Command.Run(ctx, s, c)
}

// observe hands on what happens on the wire.
func (s *Session) observe(e wire.Event) {
	s.Timing.Event(e)
	s.Tracer.Event(e)
	s.Latest.Event(e)
	s.Log.Event(e)
}

// Decide shows and keeps a choice of ours that the server does not hear of, as debug 3 tells them.
func (s *Session) Decide(decision string) {
	s.observe(wire.Event{Time: time.Now(), Kind: wire.Decision, Text: decision})
}

func (s *Session) ready(ctx context.Context, need Need) error {
	switch need {
	case Connected:
		if !s.Conn.Opened() {
			return remote.ErrNotConnected
		}
	case LoggedIn:
		return s.Conn.Ready(ctx)
	}
	return nil
}
