package editor

import (
	"bytes"
	"io"
	"math"
	"strings"
	"sync"

	"ftpsh/internal/term"
)

// Screen is the one way to the terminal. At its bottom stands what is live:
// progress rows, and below them the prompt while a line is read. Everything
// else is printed above that, in whole lines, whichever goroutine writes.
//
// A screen needs no [Editor]: it also serves a program that only prints and
// shows progress. Its methods may be called from any goroutine.
type Screen struct {
	mu   sync.Mutex
	out  io.Writer
	size func() (cols, rows int)

	frame      frame // what is live on the terminal, and the cursor in it
	cols, rows int   // for which it was drawn
	status     []string
	prompt     *view

	stdout, stderr *stream
	open           *stream // its unfinished line is on the terminal, the cursor behind it
	parked         bool    // somebody else has the terminal
	backlog        []chunk // what was written meanwhile
}

// chunk is one write that has to wait.
type chunk struct {
	from *stream
	text []byte
}

// Where the terminal does not tell its size, it is taken to be a common one.
const (
	defaultCols = 80
	defaultRows = 24
)

// NewScreen returns the screen of the terminal that out writes to. size may be
// nil, and may return zeros for unknown.
func NewScreen(out io.Writer, size func() (cols, rows int)) *Screen {
	s := &Screen{out: out, size: size}
	s.stdout, s.stderr = &stream{screen: s}, &stream{screen: s}
	s.measure()
	return s
}

// Stdout returns the writer of results. A line that has no end yet is shown
// while nothing is live, and else held back until it has one.
func (s *Screen) Stdout() io.Writer { return s.stdout }

// Stderr returns the writer of everything that is no result.
func (s *Screen) Stderr() io.Writer { return s.stderr }

// Status shows rows of progress, each cut to the width of the screen, in the
// place of those before. No rows, or only empty ones, clear them. Rows may hold
// colour sequences.
func (s *Screen) Status(rows ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = nil
	if strings.Join(rows, "") != "" {
		s.status = append(s.status, rows...)
	}
	s.update(nil)
}

// Refresh draws again what is live; for when the size has changed.
func (s *Screen) Refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.update(nil)
}

// begin starts a prompt, on a fresh line.
func (s *Screen) begin(v view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prompt = &v
	s.update(s.unfinished())
}

// show changes the prompt.
func (s *Screen) show(v view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prompt = &v
	s.update(nil)
}

// commit ends the prompt: v stays on the screen as a line of the past.
func (s *Screen) commit(v view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prompt = nil
	v.menu, v.hint, v.pos = nil, "", 0 // behind a full row, the cursor would take one more
	var b bytes.Buffer
	past := layoutInput(v, s.cols)
	draw(&b, frame{}, past, s.cols)
	down(&b, len(past.rows)-1-past.line)
	b.WriteString("\r\n")
	s.update(b.Bytes())
}

// clear empties the screen; what is live moves to its top.
func (s *Screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parked {
		return
	}
	s.frame = frame{}
	s.open = nil
	s.print([]byte("\x1b[H\x1b[2J"))
}

// bell rings the bell of the terminal.
func (s *Screen) bell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.parked {
		io.WriteString(s.out, "\a")
	}
}

// park takes everything live off the terminal, for another program that is
// going to use it. What is written from now on waits for unpark.
func (s *Screen) park() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parked {
		return
	}
	var b bytes.Buffer
	erase(&b, s.frame)
	s.frame = frame{}
	b.Write(s.unfinished())
	s.out.Write(b.Bytes())
	s.parked = true
}

// close ends what is live. What is written from now on just appears.
func (s *Screen) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prompt, s.status = nil, nil
	s.update(s.unfinished())
}

// unpark takes the terminal back, at the start of a row wherever the other
// program has left the cursor: as many blanks as the screen is wide reach the
// next row from everywhere but the first column.
func (s *Screen) unpark() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.parked {
		return
	}
	s.parked = false
	s.measure()
	io.WriteString(s.out, strings.Repeat(" ", s.cols)+firstColumn+eraseRow)
	backlog := s.backlog
	s.backlog = nil
	s.update(nil)
	for _, c := range backlog {
		c.from.write(c.text)
	}
}

// live reports whether anything stands at the bottom of the screen.
func (s *Screen) live() bool { return s.prompt != nil || len(s.status) > 0 }

// update brings the terminal up to date, with above printed first; above is
// ready for the terminal and ends in a line end. The lock is held.
func (s *Screen) update(above []byte) {
	if s.parked {
		s.stash(above)
		return
	}
	if s.live() {
		above = append(s.retract(), above...)
	}
	s.print(above)
	if !s.live() {
		s.release()
	}
}

// stash keeps what has to be printed once the terminal is back.
func (s *Screen) stash(above []byte) {
	if len(above) > 0 {
		s.backlog = append(s.backlog, chunk{s.stdout, above})
	}
}

// print writes one frame: the old one goes, above is printed in its place, and
// the new one is drawn below that.
func (s *Screen) print(above []byte) error {
	var b bytes.Buffer
	resized := s.measure()
	b.WriteString(beginDrawing)
	if resized {
		up(&b, s.frame.line)
		b.WriteString("\r" + eraseBelow)
		s.frame = frame{}
	}
	if len(above) > 0 {
		erase(&b, s.frame)
		b.Write(above)
		s.frame = frame{}
	}
	next := layout(s.status, s.prompt, s.cols, s.rows)
	if len(next.rows) > 0 || len(s.frame.rows) > 0 {
		draw(&b, s.frame, next, s.cols)
	}
	s.frame = next
	if b.Len() == len(beginDrawing) {
		return nil
	}
	b.WriteString(endDrawing)
	_, err := s.out.Write(b.Bytes())
	return err
}

// measure takes the size of the terminal. If it is another one than before,
// the frame is what the terminal has made of it, and true is returned.
func (s *Screen) measure() (resized bool) {
	cols, rows := s.terminalSize()
	resized = len(s.frame.rows) > 0 && (cols != s.cols || rows != s.rows)
	if resized {
		s.frame = reflowed(s.frame, cols)
	}
	s.cols, s.rows = cols, rows
	return resized
}

func (s *Screen) terminalSize() (cols, rows int) {
	if s.size != nil {
		cols, rows = s.size()
	}
	if cols <= 0 || rows <= 0 {
		return defaultCols, defaultRows
	}
	return cols, rows
}

// width returns the columns of text that holds nothing but what can be measured;
// -1 for anything else, such as a tab, since only the terminal knows then.
func width(text string) int {
	if fit(text, math.MaxInt) != text {
		return -1
	}
	return term.Width(text)
}

// dimensions returns the size of the terminal as of the last drawing.
func (s *Screen) dimensions() (cols, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cols, s.rows
}
