// Package trace makes the conversation with the server visible: it turns the events of package
// wire into lines of text, as many as the debug level asks for.
//
//	0  nothing, or the replies alone when verbose is on
//	1  commands and replies, each reply with the time since its command
//	2  also the raw bytes of each reply line, and the data connections
//	3  also our own decisions and TLS handshakes
package trace

import (
	"crypto/tls"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

// MaxLevel is the highest debug level that shows more than the one below it.
const MaxLevel = 3

// Tracer prints events. Its methods may be called from any goroutine.
type Tracer struct {
	printer *term.Printer
	level   atomic.Int32
	verbose atomic.Bool
}

// New makes a tracer that prints to the printer's Err, at level 0.
func New(printer *term.Printer) *Tracer { return &Tracer{printer: printer} }

// SetLevel changes how much is printed, from the next event on.
func (t *Tracer) SetLevel(level int) { t.level.Store(int32(level)) }

// Level is the debug level in force.
func (t *Tracer) Level() int { return int(t.level.Load()) }

// SetVerbose says whether replies are printed at level 0.
func (t *Tracer) SetVerbose(on bool) { t.verbose.Store(on) }

// Verbose says whether replies are printed at level 0.
func (t *Tracer) Verbose() bool { return t.verbose.Load() }

// Event prints one event, or not.
func (t *Tracer) Event(e wire.Event) {
	level := t.Level()
	if level == 0 && !(t.Verbose() && e.Kind == wire.Received) {
		return
	}
	if role, text := line(e, level); text != "" {
		fmt.Fprintln(t.printer.Err(), t.printer.PaintErr(role, term.Safe(text)))
	}
}

// line words an event for a level; an empty text is one that the level does not show.
func line(e wire.Event, level int) (term.Role, string) {
	switch {
	case e.Kind == wire.Sent:
		return term.RoleSent, "--> " + e.Text
	case e.Kind == wire.Received:
		return received(e, level)
	case e.Kind == wire.Closed:
		return term.RoleNote, "=== " + e.Text
	case e.Kind == wire.Connected:
		return term.RoleNote, fmt.Sprintf("=== connected to %s (%s)", e.Text, milliseconds(e.Since))
	case e.Kind == wire.DataOpened && level >= 2:
		return term.RoleNote, "=== " + opened(e)
	case e.Kind == wire.DataClosed && level >= 2:
		return term.RoleNote, "=== " + closed(*e.Data)
	case e.Kind == wire.Secured && level >= 2:
		return term.RoleNote, fmt.Sprintf("=== TLS on the control connection: %s (%s)", describeTLS(e.TLS), milliseconds(e.Since))
	case e.Kind == wire.Decision && level >= 3:
		return term.RoleNote, "=== " + e.Text
	}
	return term.RoleNote, ""
}

// received shows a reply line, with its time where the level has it, raw from level 2 on.
func received(e wire.Event, level int) (term.Role, string) {
	role := term.RoleReceived
	if strings.HasPrefix(e.Text, "4") || strings.HasPrefix(e.Text, "5") {
		role = term.RoleRefused
	}
	switch {
	case level == 0:
		return role, "<-- " + e.Text
	case level == 1:
		return role, fmt.Sprintf("<-- %s (%s)", e.Text, milliseconds(e.Since))
	}
	return role, fmt.Sprintf("<-- %s (%s)", strconv.QuoteToGraphic(string(e.Raw)), milliseconds(e.Since))
}

// opened tells how a data connection was made: the mode, the address announced and the one used.
func opened(e wire.Event) string {
	text := fmt.Sprintf("data connection by %s: announced %s, used %s (%s)",
		e.Data.Mode, e.Data.Announced, e.Data.Used, milliseconds(e.Since))
	if e.Data.TLS != nil {
		text += ", " + describeTLS(e.Data.TLS)
	}
	return text
}

// closed tells what a data connection has carried and how it ended.
func closed(d wire.DataReport) string {
	end := "clean end"
	if d.Err != nil {
		end = d.Err.Error()
	}
	return fmt.Sprintf("data connection closed: %d bytes in %s, %s/s, %s",
		d.Bytes, milliseconds(d.Took), term.HumanSize(perSecond(d.Bytes, d.Took)), end)
}

func perSecond(bytes int64, took time.Duration) int64 {
	return int64(float64(bytes) / max(took.Seconds(), 1e-6))
}

// describeTLS names what was agreed on.
func describeTLS(state *tls.ConnectionState) string {
	session := "new session"
	if state.DidResume {
		session = "resumed"
	}
	return fmt.Sprintf("%s, %s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite), session)
}

func milliseconds(d time.Duration) string {
	if d < 10*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
