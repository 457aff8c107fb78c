package transfer

import (
	"bytes"
	"io"
)

// In ASCII, lines end in CR LF on the wire (RFC 959 section 3.1.1.1) and in LF here.

// LocalLines writes text from the wire to w as it is to be here. Close writes a CR that stood at the very
// end; it does not close w.
func LocalLines(w io.Writer) io.WriteCloser { return &localLines{w: w} }

// localLines writes text from the wire as it is to be here. A CR that does not stand before an LF is
// kept. Close writes one that stood at the very end.
type localLines struct {
	w      io.Writer
	heldCR bool // the last byte so far was a CR: what it is depends on the next one
}

func (l *localLines) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	text := p
	if l.heldCR {
		text = append([]byte{'\r'}, p...)
	}
	if l.heldCR = text[len(text)-1] == '\r'; l.heldCR {
		text = text[:len(text)-1]
	}
	if _, err := l.w.Write(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes what was held back; it does not close the writer below.
func (l *localLines) Close() error {
	if !l.heldCR {
		return nil
	}
	l.heldCR = false
	_, err := l.w.Write([]byte{'\r'})
	return err
}

// wireLines reads local text as it is to be on the wire. A line that ends in CR LF already is left
// alone.
type wireLines struct {
	r     io.Reader
	ready []byte // converted, not yet handed out
	last  byte   // the last byte read
	err   error
	buf   [32 << 10]byte
}

func (l *wireLines) Read(p []byte) (int, error) {
	for len(l.ready) == 0 && l.err == nil {
		var n int
		n, l.err = l.r.Read(l.buf[:])
		l.convert(l.buf[:n])
	}
	if len(l.ready) == 0 {
		return 0, l.err
	}
	n := copy(p, l.ready)
	l.ready = l.ready[n:]
	return n, nil
}

func (l *wireLines) convert(text []byte) {
	l.ready = make([]byte, 0, len(text)+len(text)/16)
	for _, b := range text {
		if b == '\n' && l.last != '\r' {
			l.ready = append(l.ready, '\r')
		}
		l.ready = append(l.ready, b)
		l.last = b
	}
}
