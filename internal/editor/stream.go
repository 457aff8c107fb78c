package editor

import (
	"bytes"
	"io"
)

// stream is one of the writers of a screen. Each keeps its own unfinished
// line, so that what others write never falls into it.
type stream struct {
	screen *Screen
	tail   []byte // of the unfinished line; on the terminal if this stream is open
	lost   bool   // the line is open, and too long to be kept
}

// maxTail is how long an unfinished line may grow, in bytes. A longer one is
// broken when something live has to be shown.
const maxTail = 32 << 10

// Write prints whole lines above what is live, and the rest when it can.
func (w *stream) Write(p []byte) (int, error) {
	s := w.screen
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.parked {
		s.backlog = append(s.backlog, chunk{w, bytes.Clone(p)})
		return len(p), nil
	}
	if err := w.write(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (w *stream) write(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if w.screen.live() {
		return w.writeAbove(p)
	}
	return w.writeThrough(p)
}

// writeAbove prints what is complete above the frame, and holds the rest back.
func (w *stream) writeAbove(p []byte) error {
	w.tail = append(w.tail, p...)
	end := bytes.LastIndexByte(w.tail, '\n') + 1
	whole := withReturns(w.tail[:end])
	w.tail = bytes.Clone(w.tail[end:])
	if len(w.tail) > maxTail {
		whole = append(append(whole, withReturns(w.tail)...), "\r\n"...)
		w.tail = nil
	}
	if len(whole) == 0 {
		return nil
	}
	return w.screen.print(whole)
}

// writeThrough prints at once, since nothing is live. The unfinished line of
// another stream makes room, and comes back when this one has ended its own.
func (w *stream) writeThrough(p []byte) error {
	s := w.screen
	var out []byte
	if s.open != w {
		out = append(s.retract(), w.tail...)
	}
	out = append(out, p...)
	_, err := s.out.Write(withReturns(out))
	s.open = w
	w.follow(p)
	if s.open == nil {
		s.release()
	}
	return err
}

// follow keeps track of the unfinished line that p goes on with.
func (w *stream) follow(p []byte) {
	if end := bytes.LastIndexByte(p, '\n') + 1; end > 0 {
		w.tail, w.lost = nil, false
		p = p[end:]
		if len(p) == 0 {
			w.screen.open = nil
			return
		}
	}
	w.lost = w.lost || len(w.tail)+len(p) > maxTail
	if !w.lost {
		w.tail = append(w.tail, p...)
	}
}

// retract returns what takes the open line off the terminal, if there is one:
// its text is held back from then on. A line that takes more than one row, or
// of which the width is not known, is ended instead.
func (s *Screen) retract() []byte {
	w := s.open
	if w == nil {
		return nil
	}
	s.open = nil
	if !w.lost {
		if n := width(string(w.tail)); n >= 0 && n < s.cols {
			return []byte("\r" + eraseRow)
		}
	}
	w.tail, w.lost = nil, false
	return []byte("\r\n")
}

// release shows the lines that were held back while something was live. Only
// the last of them stays open.
func (s *Screen) release() {
	for _, w := range []*stream{s.stdout, s.stderr} {
		if s.open == w || len(w.tail) == 0 {
			continue
		}
		var out []byte
		if s.open != nil {
			out = s.end(s.open)
		}
		s.out.Write(append(out, withReturns(w.tail)...))
		s.open = w
	}
}

// unfinished ends all unfinished lines and returns what prints them so.
func (s *Screen) unfinished() (out []byte) {
	if s.open != nil {
		out = s.end(s.open)
		s.open = nil
	}
	for _, w := range []*stream{s.stdout, s.stderr} {
		if len(w.tail) > 0 {
			out = append(out, withReturns(w.tail)...)
			out = append(out, s.end(w)...)
		}
	}
	return out
}

// end forgets the unfinished line of a stream and returns the line end.
func (s *Screen) end(w *stream) []byte {
	w.tail, w.lost = nil, false
	return []byte("\r\n")
}

// withReturns puts a carriage return before each line end, which the terminal
// does not do itself in raw mode.
func withReturns(p []byte) []byte {
	return bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))
}

var _ io.Writer = (*stream)(nil)
