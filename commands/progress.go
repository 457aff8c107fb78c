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

// progress follows one transfer: it lets the activity of the session know, and shows how it goes where
// somebody is to see it.
func (s *Session) progress() transfer.Progress {
	f := &following{Session: s, draw: s.drawing()}
	if s.isSeen() && s.On("hash") {
		f.draw, f.marks = nil, &hashMarks{out: s.Print.Err(), size: s.Toggles.HashSize()}
	}
	return f
}

// isSeen says that somebody looks at what is printed beside the results.
func (s *Session) isSeen() bool { return !s.Print.IsQuiet() && s.Print.ErrIsTerminal() }

// drawing is what draws rows of progress; nil when nobody is to see them.
func (s *Session) drawing() func(rows ...string) {
	if s.isSeen() && s.On("progress") {
		return s.showStatus
	}
	return nil
}

// watched is something that can tell how far it is.
type watched interface {
	Tick()
	Lines() []string
}

// watch keeps an eye on something, and lets the activity of the session tell of it, until stop is called.
func (s *Session) watch(w watched) (stop func()) {
	end, ended := s.Activity.begin(w.Lines), poll(w.Tick)
	return func() {
		ended()
		end()
	}
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

// following is the progress of one transfer.
type following struct {
	*Session
	draw  func(rows ...string)
	marks *hashMarks // in place of a row
	meter *term.Meter
	stop  func()
}

// Started is part of [transfer.Progress].
func (f *following) Started(m transfer.Moving) {
	f.meter = term.NewMeter(term.MeterConfig{
		Name: m.Name, Total: m.Total, Start: m.From, Moved: m.Moved,
		Now: time.Now, Width: f.statusWidth, Draw: f.draw,
	})
	f.stop = f.watch(f.meter)
	if f.marks != nil {
		f.marks.begin(m.Moved)
	}
}

// Done is part of [transfer.Progress].
func (f *following) Done(moved int64) {
	f.stop()
	f.meter.Finish()
	if f.marks != nil {
		f.marks.end(moved)
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

func (h *hashMarks) begin(moved func() int64) {
	h.printed = 0
	h.stop = poll(func() { h.print(moved()) })
}

// print catches up with what has moved.
func (h *hashMarks) print(moved int64) {
	if marks := moved/h.size - h.printed; marks > 0 {
		h.printed += marks
		io.WriteString(h.out, strings.Repeat("#", int(marks)))
	}
}

// end ends the row of marks.
func (h *hashMarks) end(moved int64) {
	h.stop()
	h.print(moved)
	io.WriteString(h.out, "\n")
}
