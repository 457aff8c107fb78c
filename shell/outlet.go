package shell

import (
	"bytes"
	"io"
	"sync"
)

// outlet is what a seat prints through. In front it hands everything on at once; behind, whole lines only,
// with a mark, so that what a job says neither tears the prompt nor mixes with what others print.
type outlet struct {
	out, err *outletStream
	rows     func(rows ...string) // shows progress; nil where there is no place for it

	mu     sync.Mutex
	behind bool
}

// outletStream is one of the two streams of an outlet.
type outletStream struct {
	*outlet
	to   io.Writer
	mark string // of lines that are written behind
	tail []byte // the beginning of a line
}

// longestTail is how much of a line is held back, in bytes.
const longestTail = 32 << 10

// newOutlet makes an outlet that is in front.
func newOutlet(out, err io.Writer, rows func(...string)) *outlet {
	o := &outlet{rows: rows}
	o.out, o.err = &outletStream{outlet: o, to: out}, &outletStream{outlet: o, to: err}
	return o
}

// Write prints, or holds back.
func (s *outletStream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.behind {
		return s.to.Write(p)
	}
	s.tail = append(s.tail, p...)
	end := bytes.LastIndexByte(s.tail, '\n') + 1
	if end == 0 && len(s.tail) > longestTail {
		end = len(s.tail)
	}
	whole := s.tail[:end]
	s.tail = bytes.Clone(s.tail[end:])
	return len(p), s.print(whole)
}

// print writes lines with their marks. The lock is held.
func (s *outletStream) print(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	var marked bytes.Buffer
	for line := range bytes.Lines(lines) {
		marked.WriteString(s.mark)
		marked.Write(line)
	}
	if s.mark != "" && !bytes.HasSuffix(lines, []byte("\n")) {
		marked.WriteByte('\n')
	}
	_, err := s.to.Write(marked.Bytes())
	return err
}

// status shows rows of progress, in front.
func (o *outlet) status(rows ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.behind && o.rows != nil {
		o.rows(rows...)
	}
}

// hide takes the outlet behind, with the marks of its lines.
func (o *outlet) hide(outMark, errMark string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.behind && o.rows != nil {
		o.rows("")
	}
	o.behind, o.out.mark, o.err.mark = true, outMark, errMark
}

// show brings the outlet to the front. A line that was begun goes on there.
func (o *outlet) show() {
	o.flush()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.behind = false
}

// flush prints lines that were begun.
func (o *outlet) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range []*outletStream{o.out, o.err} {
		_ = s.print(s.tail) // who reads may have gone
		s.tail = nil
	}
}

// isBehind says that nobody looks at it.
func (o *outlet) isBehind() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.behind
}
