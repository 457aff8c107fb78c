package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"ftpsh/trace"
)

// logCommands keep the conversation in a file.
func logCommands() []Command {
	return []Command{{
		Name: "log", Group: Protocol,
		Short: "write the conversation with the server into a file",
		Args:  []Arg{{Name: "file", Kind: LocalPath, Choices: []string{"off"}, Optional: true}},
		Flags: []Flag{
			{Letter: 'f', Help: "replace an existing file"},
			{Letter: 'a', Help: "go on at the end of an existing file"},
			{Long: "redact", Help: "mask host, user, paths and addresses, so that the log can be shown to anybody"},
			{Long: "data", Value: "on|off", Kind: Choice, Choices: []string{"on", "off"}, Help: "record what files and listings contain, up to set log-data-limit"},
			{Long: "text", Value: "file", Kind: LocalPath, Help: "write the same as text, as debug 3 shows it, into another file"},
		},
		Details: `Each line of the log is a JSON object: a command, a reply with its time, a data connection, a decision.
log off ends it, log alone tells what is being written. Passwords are never in it. Start it before
open, and the whole session can be played again: ftpsh --replay FILE is a session with a server that
answers as the recorded one did, ftpsh log show FILE prints the log as text.`,
		Examples: []string{"log session.jsonl", "log --redact -f session.jsonl", "log --data on", "log off"},
		Run:      runLog,
	}}
}

func runLog(_ context.Context, s *Session, c *Call) error {
	switch name := c.Arg("file"); {
	case name == "off":
		return s.endLog()
	case name != "":
		return s.StartLog(name, trace.LogOptions{
			Replace: c.Has("f"), Append: c.Has("a"), Redact: c.Has("redact"), Data: c.Value("data") == "on", Text: c.Value("text"),
		})
	case c.Has("f") || c.Has("a") || c.Has("redact") || c.Has("text"):
		return usage(c.Command, "which file is the log to be written to?")
	case c.Has("data"):
		return s.switchLogData(c.Value("data") == "on")
	}
	s.tellLog()
	return nil
}

// StartLog begins a log in a local file, in the place of one that is being written.
func (s *Session) StartLog(name string, o trace.LogOptions) error {
	if o.Replace && o.Append {
		return &StateError{Op: "log", Problem: "-f and -a exclude each other", Next: "log -a " + quoted(name)}
	}
	if o.Redact && o.Data {
		return &StateError{Op: "log", Problem: "what files contain cannot be masked, so --redact and --data on exclude each other", Next: "log --redact " + quoted(name)}
	}
	o.Limit = int64(s.Values().Int("log-data-limit"))
	if o.Text != "" {
		o.Text = s.Local.Abs(o.Text)
	}
	if err := s.Log.Open(s.Local.Abs(name), o); err != nil {
		return s.logRefused(name, err)
	}
	if s.Conn.Opened() {
		s.Log.Know(s.Conn.Site().Host, s.Conn.Site().User)
	}
	s.tellLog()
	return nil
}

// logRefused words why a log cannot be begun, and what to type instead.
func (s *Session) logRefused(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		name = s.Local.Short(path.Path)
	}
	local := &LocalError{Op: "log", Path: name, Err: err}
	if errors.Is(err, fs.ErrExist) {
		return &HintedError{Err: local, Next: "log -f " + quoted(name) + " replaces it, log -a " + quoted(name) + " goes on at its end"}
	}
	return local
}

func (s *Session) endLog() error {
	state, on := s.Log.State()
	if !on {
		s.tellLog()
		return nil
	}
	if err := s.Log.Close(); err != nil {
		return &LocalError{Op: "log", Path: s.Local.Short(state.Name), Err: err}
	}
	s.Print.Note("log off: %s has %d events", s.Local.Short(state.Name), state.Events)
	if state.Cut > 0 {
		s.Print.Note("data connections of which only the first %d bytes were recorded: %d (set log-data-limit)", state.Limit, state.Cut)
	}
	return nil
}

// switchLogData switches the recording of contents for the log that is being written.
func (s *Session) switchLogData(on bool) error {
	state, running := s.Log.State()
	switch {
	case !running:
		return &StateError{Op: "log", Problem: "no log is being written", Next: "log --data on FILE"}
	case on && state.Redact:
		return &StateError{Op: "log", Problem: "this log masks names, and what files contain cannot be masked", Next: "log off"}
	}
	s.Log.SetData(on, int64(s.Values().Int("log-data-limit")))
	s.tellLog()
	return nil
}

// tellLog says what is being written.
func (s *Session) tellLog() {
	state, on := s.Log.State()
	if !on {
		s.Print.Note("log off")
		return
	}
	parts := []string{"log " + s.Local.Short(state.Name)}
	if state.Events > 0 {
		parts = append(parts, fmt.Sprintf("%d events", state.Events))
	}
	if state.Redact {
		parts = append(parts, "names are masked")
	}
	if state.Data {
		parts = append(parts, fmt.Sprintf("with up to %d bytes of each data connection", state.Limit))
	}
	s.Print.Note("%s", strings.Join(parts, ", "))
}
