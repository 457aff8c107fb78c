package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"ftpsh/internal/wire"
	"ftpsh/trace"
)

var statusCommand = Command{
	Name: "status", Group: Connection, Classic: true,
	Short:    "show the connection, the directory and every switch",
	Examples: []string{"status"},
	Run: func(_ context.Context, s *Session, _ *Call) error {
		s.printRows(s.statusRows())
		return nil
	},
}

// statusRows are the name and the value of everything that status shows, on one screen.
func (s *Session) statusRows() [][2]string {
	rows := [][2]string{{"server", "not connected"}}
	if s.Conn.Opened() {
		rows = s.connectionRows()
	}
	rows = append(rows, [2]string{"local", s.Local.Dir()}, [2]string{"watching", s.watching()}, [2]string{"jobs", s.jobs()})
	return append(rows, toggleRows(s)...)
}

func (s *Session) connectionRows() [][2]string {
	site := s.Conn.Site()
	where := fmt.Sprintf("%s port %d, %s", site.Host, pinPort(&site), s.protection())
	if !s.Conn.Connected() {
		where = site.Host + ", connection lost: the next command opens it again"
	}
	user := "not logged in"
	if s.Conn.LoggedIn() {
		user = site.User
	}
	times := s.Timing.Report().Session
	security := "none"
	if s.tlsState() != nil {
		security = fmt.Sprintf("certificate %s, %s", s.Conn.Control().Trust(), s.dataProtection())
	}
	return [][2]string{
		{"server", where},
		{"security", security},
		{"user", user},
		{"directory", s.Conn.Dir()},
		{"type", describeType(s.Conn.TransferType())},
		{"mode", s.mode()},
		{"system", s.Conn.System()},
		{"connected", fmt.Sprintf("for %s; idle for %s", ago(s.Conn.Since()), ago(times.Started.Add(times.Elapsed)))},
		{"last reply", s.lastReply()},
		{"so far", counters(times)},
	}
}

func ago(t time.Time) string { return max(time.Since(t), 0).Round(time.Second).String() }

// protection says in words how the connection is protected.
func (s *Session) protection() string {
	state := s.tlsState()
	if state == nil {
		return "not encrypted"
	}
	return describeVersion(state)
}

// mode says how data connections come about.
func (s *Session) mode() string {
	commands, classic := "EPSV", "PASV"
	side := "passive, we connect"
	if !s.On("passive") {
		commands, classic, side = "EPRT", "PORT", "active, the server connects"
	}
	if !s.On("epsv") {
		return side + " (" + classic + ")"
	}
	return fmt.Sprintf("%s (%s, else %s)", side, commands, classic)
}

func (s *Session) lastReply() string {
	reply, command := s.Conn.Last()
	text := fmt.Sprintf("%d %s", reply.Code, lastLine(reply))
	if command == "" {
		return text
	}
	return command + ": " + text
}

func lastLine(r wire.Reply) string {
	if len(r.Lines) == 0 {
		return ""
	}
	return r.Lines[len(r.Lines)-1]
}

// counters are what the session has done.
func counters(t trace.Times) string {
	return fmt.Sprintf("%d commands, %d refused; %d control and %d data connections; %d bytes received, %d sent",
		t.Parts[trace.Command].Count, t.Refused, t.Parts[trace.TCPConnect].Count, t.Parts[trace.DataConnect].Count, t.Received, t.Sent)
}

// watching says what is shown and kept of the conversation.
func (s *Session) watching() string {
	text := fmt.Sprintf("debug %d", s.Tracer.Level())
	if log, ok := s.Log.State(); ok {
		text += ", log " + log.Name
	}
	return text
}

// jobs says what runs beside the prompt.
func (s *Session) jobs() string {
	running := s.Jobs.Running()
	if len(running) == 0 {
		return "none"
	}
	titles := make([]string, len(running))
	for i, job := range running {
		titles[i] = fmt.Sprintf("%%%d %s", job.Number(), job.Title)
	}
	return strings.Join(titles, ", ")
}

// toggleRows are the switches by their state.
func toggleRows(s *Session) [][2]string {
	var on, off []string
	for _, t := range toggles {
		if s.On(t.Name) {
			on = append(on, t.Name)
		} else {
			off = append(off, t.Name)
		}
	}
	return [][2]string{{"on", strings.Join(on, " ")}, {"off", strings.Join(off, " ")}}
}
