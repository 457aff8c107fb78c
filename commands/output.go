package commands

import (
	"bytes"
	"io"
	"strings"

	"ftpsh/internal/term"
)

// contents is where the contents of a file from the server go: as they are into a file or a pipe,
// made safe line by line where a terminal would take them for its own language. Close writes what
// is left of the last line.
func (s *Session) contents() io.WriteCloser {
	if !s.Print.OutIsTerminal() {
		return nopCloser{s.Print.Out()}
	}
	return &safeWriter{to: s.Print.Out()}
}

// mark stands before each line of a reply on a terminal, so that none can pass for a line of ours.
func (s *Session) mark() string {
	if s.Print.OutIsTerminal() {
		return "| "
	}
	return ""
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// safeWriter makes text safe for a terminal and keeps its lines.
type safeWriter struct {
	to      io.Writer
	partial []byte
}

// longestPartial bounds what is held back of a line without an end.
const longestPartial = 32 << 10

func (w *safeWriter) Write(p []byte) (int, error) {
	w.partial = append(w.partial, p...)
	end := bytes.LastIndexByte(w.partial, '\n') + 1
	if end == 0 && len(w.partial) > longestPartial {
		end = len(w.partial)
	}
	if end == 0 {
		return len(p), nil
	}
	err := w.write(w.partial[:end])
	w.partial = append(w.partial[:0], w.partial[end:]...)
	return len(p), err
}

// Close writes the last line.
func (w *safeWriter) Close() error {
	if len(w.partial) == 0 {
		return nil
	}
	err := w.write(w.partial)
	w.partial = nil
	if err == nil {
		_, err = io.WriteString(w.to, "\n")
	}
	return err
}

func (w *safeWriter) write(p []byte) error {
	text := strings.ReplaceAll(string(p), "\r\n", "\n")
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		bare, ended := strings.CutSuffix(line, "\n")
		lines[i] = strings.ReplaceAll(term.Safe(strings.ReplaceAll(bare, "\t", "    ")), "\n", "")
		if ended {
			lines[i] += "\n"
		}
	}
	_, err := io.WriteString(w.to, strings.Join(lines, ""))
	return err
}
