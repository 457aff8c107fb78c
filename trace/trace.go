// Package trace makes the conversation with the server visible. It turns the events of package
// wire into lines of text, as many as the debug level asks for, adds up where the time went, and
// explains what a reply means.
//
// The debug levels, each with all of the one before it:
//
//	0  nothing, or the replies alone when verbose is on
//	1  commands and replies, each reply with the time since its command
//	2  the raw bytes of each line, how names were resolved, TLS, and the data connections
//	3  our own decisions and the details of TLS handshakes
//	4  the first bytes of each data connection, in hex
package trace

import (
	"sync/atomic"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

// MaxLevel is the highest debug level.
const MaxLevel = 4

// Tracer prints events. Its methods may be called from any goroutine.
type Tracer struct {
	printer *term.Printer
	level   atomic.Int32
	verbose atomic.Bool
}

// New makes a tracer that prints to the printer's Err, at level 0.
func New(printer *term.Printer) *Tracer { return &Tracer{printer: printer} }

// SetLevel changes how much is printed, from the next event on. There is nothing above MaxLevel.
func (t *Tracer) SetLevel(level int) { t.level.Store(int32(min(level, MaxLevel))) }

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
	role, lines := Render(e, level)
	if len(lines) == 0 {
		return
	}
	text := make([]byte, 0, usualLine*len(lines)) // one write: nothing comes between the lines of an event
	for _, line := range lines {
		text = append(append(text, t.printer.PaintErr(role, term.Safe(line))...), '\n')
	}
	_, _ = t.printer.Err().Write(text)
}

// usualLine is how long few lines are longer than, in bytes.
const usualLine = 128
