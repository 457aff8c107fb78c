package commands

import (
	"fmt"
	"io"
	"strings"
	"time"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// pollEvery is how often a transfer is asked how far it is. One that ends sooner shows nothing.
const pollEvery = 100 * time.Millisecond

// progress is told how a transfer goes: it shows that, where somebody is to see it.
func (s *Session) progress() transfer.Progress {
	return &followed{activity: s.Activity, shown: s.shownProgress()}
}

// shownProgress is what shows how a transfer goes; nil when nobody is to see it.
func (s *Session) shownProgress() transfer.Progress {
	switch {
	case s.Print.IsQuiet() || !s.Print.ErrIsTerminal():
		return nil
	case s.On("hash"):
		return &hashMarks{out: s.Print.Err(), size: s.Toggles.HashSize()}
	case s.On("progress"):
		return &meter{session: s}
	}
	return nil
}

// poll calls look again and again in the background, until the returned function is called.
func poll(look func()) (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(pollEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				look()
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-ended
	}
}

// meter draws a row with name, bytes, rate and the time that is left.
type meter struct {
	session *Session
	row     *term.Meter
	stop    func()
}

// Started begins to draw, a moment later.
func (m *meter) Started(moving transfer.Moving) {
	seen := int64(0)
	m.stop = poll(func() {
		if m.row == nil {
			m.row = term.NewMeter(term.MeterConfig{
				Name: moving.Name, Total: moving.Total, Start: moving.From,
				Now: time.Now, Width: m.session.statusWidth, Draw: m.session.showStatus,
			})
		}
		now := moving.Moved()
		if now > seen {
			m.row.Add(now - seen)
		} else {
			m.row.Tick()
		}
		seen = now
	})
}

// Done takes the row away.
func (m *meter) Done(int64) {
	m.stop()
	if m.row != nil {
		m.row.Finish()
		m.row = nil
	}
}

// statusWidth is how wide a row may be: in the last column, a cursor would wrap.
func (s *Session) statusWidth() int { return max(0, s.Print.Width()-1) }

// showStatus draws rows where they go: below everything else, or over the last line of a terminal
// that has no such place.
func (s *Session) showStatus(rows ...string) {
	if s.Status != nil {
		s.Status(rows...)
		return
	}
	room := s.statusWidth()
	row := term.Cut(rows[len(rows)-1], room) // of several, the one about all
	fmt.Fprintf(s.Print.Err(), "\r%s%s\r%s", row, strings.Repeat(" ", room-term.Width(row)), row)
}

// hashMarks prints a # for every so many bytes.
type hashMarks struct {
	out     io.Writer
	size    int64
	printed int64
	stop    func()
}

// Started begins to print.
func (h *hashMarks) Started(moving transfer.Moving) {
	h.printed = 0
	h.stop = poll(func() { h.print(moving.Moved()) })
}

// print catches up with what has moved.
func (h *hashMarks) print(moved int64) {
	if marks := moved/h.size - h.printed; marks > 0 {
		h.printed += marks
		io.WriteString(h.out, strings.Repeat("#", int(marks)))
	}
}

// Done ends the row of marks.
func (h *hashMarks) Done(moved int64) {
	h.stop()
	h.print(moved)
	io.WriteString(h.out, "\n")
}
