package editor

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gdamore/tcell/v3/vt"

	"ftpsh/internal/term"
)

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// terminal is an emulator that an editor or a screen writes to.
type terminal struct {
	t     testing.TB
	vt    vt.MockTerm
	mu    sync.Mutex
	bytes int // written so far
	log   strings.Builder
}

func newTerminal(t testing.TB, cols, rows int) *terminal {
	t.Helper()
	x := &terminal{t: t, vt: vt.NewMockTerm(vt.MockOptSize{X: vt.Col(cols), Y: vt.Row(rows)})}
	if err := x.vt.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.vt.Stop() })
	io.WriteString(x.vt, "\x1b[?2027h") // clusters, as terminals that know them have it
	return x
}

func (x *terminal) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.bytes += len(p)
	x.log.Write(p)
	start := 0
	for i, r := range string(p) {
		if term.Width(string(r)) == 2 {
			x.vt.Write(p[start:i])
			start = i
			x.wrapWide()
		}
	}
	x.vt.Write(p[start:])
	return len(p), nil
}

// wrapWide goes to the next row if a wide rune is next and one column is left.
// Every terminal does; the emulator shows one half of the rune instead.
func (x *terminal) wrapWide() {
	cols, _ := x.size()
	at := x.vt.Pos()
	if int(at.X) != cols-1 {
		return
	}
	last, before := x.vt.GetCell(at), x.vt.GetCell(vt.Coord{X: at.X - 1, Y: at.Y})
	if last.C == "" && before.W < 2 || last.C == " " {
		io.WriteString(x.vt, "\r\n")
	}
}

func (x *terminal) size() (cols, rows int) {
	size, _ := x.vt.WindowSize()
	return size.Width, size.Height
}

// resize changes the size of the window, without the reflow of real ones.
func (x *terminal) resize(cols, rows int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.vt.SetSize(vt.Coord{X: vt.Col(cols), Y: vt.Row(rows)})
}

// written returns what was written since the last call.
func (x *terminal) written() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.log.String()
	x.log.Reset()
	return s
}

// shown returns the screen as text, without blanks at the ends of rows and
// empty rows at the end, and with ▏ where the cursor is.
func (x *terminal) shown() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	cols, rows := x.size()
	cursor := x.vt.Pos()
	var lines []string
	for row := range rows {
		var b strings.Builder
		wide := false
		for col := range cols {
			at := vt.Coord{X: vt.Col(col), Y: vt.Row(row)}
			if at == cursor {
				b.WriteString("▏")
			}
			cell := x.vt.GetCell(at)
			if cell.C == "" && !wide {
				cell.C = " "
			}
			b.WriteString(cell.C)
			wide = cell.W == 2
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// sees waits until the screen is as wanted; the first line end of want is for
// the looks of the test.
func (x *terminal) sees(want string) {
	x.t.Helper()
	want = strings.TrimPrefix(want, "\n")
	waitFor(x.t, func() bool { return x.shown() == want }, func() string {
		return fmt.Sprintf("screen:\n%s\n\nwant:\n%s", x.shown(), want)
	})
}

// waitFor waits for a condition.
func waitFor(t testing.TB, condition func() bool, what func() string) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); {
		if time.Now().After(deadline) {
			t.Fatal(what())
		}
		time.Sleep(time.Millisecond)
	}
}

// session is an editor on an emulator, with somebody who types.
type session struct {
	*terminal
	editor *Editor
	typist *io.PipeWriter
	lines  chan answer
}

type answer struct {
	text string
	err  error
}

// history is a HistorySource.
type history []string

func (h history) Lines() []string { return h }

func newSession(t testing.TB, config Config) *session {
	t.Helper()
	return newSessionOf(t, newTerminal(t, 40, 10), config)
}

func newSessionOf(t testing.TB, x *terminal, config Config) *session {
	t.Helper()
	in, typist := io.Pipe()
	s := &session{terminal: x, typist: typist, lines: make(chan answer, 1)}
	config.In, config.Out, config.Size = in, x, x.size
	editor, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	s.editor = editor
	t.Cleanup(func() { editor.Close() })
	return s
}

// types sends what one read of the terminal would give.
func (s *session) types(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.typist, keys); err != nil {
		s.t.Fatal(err)
	}
}

// reads begins to read a line, whose end comes from [session.gets].
func (s *session) reads() {
	go func() {
		text, err := s.editor.ReadLine(context.Background(), "> ")
		s.lines <- answer{text, err}
	}()
}

func (s *session) gets(text string, err error) {
	s.t.Helper()
	select {
	case got := <-s.lines:
		if got.text != text || got.err != err {
			s.t.Fatalf("read %q, %v; want %q, %v", got.text, got.err, text, err)
		}
	case <-time.After(patience):
		s.t.Fatalf("no line; want %q, %v; screen:\n%s", text, err, s.shown())
	}
}

// Keys by the bytes an xterm sends.
const (
	tabKey    = "\t"
	enterKey  = "\r"
	ctrlC     = "\x03"
	ctrlD     = "\x04"
	escapeKey = "\x1b"
	upKey     = "\x1b[A"
	downKey   = "\x1b[B"
	rightKey  = "\x1b[C"
	leftKey   = "\x1b[D"
	deleteKey = "\x1b[3~"
	homeKey   = "\x1b[H"
	endKey    = "\x1b[F"
)
