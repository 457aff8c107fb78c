package editor

import (
	"io"
	"os"
	"os/signal"
	"sync"

	"ftpsh/internal/term"
)

// RawMode switches a terminal between raw mode and the mode it was found in.
type RawMode interface {
	Enter() error
	Exit() error
}

// fileMode is the mode of a terminal that is a file.
type fileMode struct {
	fd      int
	restore func() error
}

func (m *fileMode) Enter() (err error) {
	m.restore, err = term.MakeRaw(m.fd)
	return err
}

func (m *fileMode) Exit() error { return m.restore() }

// FileMode returns the mode of a terminal that is a file, nil for any other file.
func FileMode(f *os.File) RawMode {
	if !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &fileMode{fd: int(f.Fd())}
}

// noMode is for what is no terminal.
type noMode struct{}

func (noMode) Enter() error { return nil }
func (noMode) Exit() error  { return nil }

// What the terminal is told besides raw mode: to bracket pastes; and at the end,
// also that nothing of an unfinished frame stays in force.
const (
	bracketPastes = "\x1b[?2004h"
	endSession    = "\x1b[?2026l\x1b[?25h\x1b[?2004l" + resetStyle
)

// tty switches the terminal. Its lock is its own, held for no longer than the
// switch takes, so that leave works while everything else hangs.
type tty struct {
	mu   sync.Mutex
	mode RawMode
	out  io.Writer
	raw  bool
}

func newTTY(config Config) *tty {
	t := &tty{mode: config.Raw, out: config.Out}
	if f, ok := config.In.(*os.File); ok && t.mode == nil {
		t.mode = FileMode(f)
	}
	if t.mode == nil {
		t.mode = noMode{}
	}
	return t
}

func (t *tty) enter() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.raw {
		return nil
	}
	if err := t.mode.Enter(); err != nil {
		return err
	}
	t.raw = true
	enableSequences(t.out)
	io.WriteString(t.out, bracketPastes)
	return nil
}

func (t *tty) leave() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.raw {
		return nil
	}
	t.raw = false
	io.WriteString(t.out, endSession)
	return t.mode.Exit()
}

// again enters raw mode once more, for a terminal that another program has
// changed behind our back.
func (t *tty) again() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.raw && t.mode.Exit() == nil && t.mode.Enter() == nil {
		io.WriteString(t.out, bracketPastes)
	}
}

// Cooked implements [LineReader]. What is written to the screen meanwhile
// appears afterwards; f itself must use the terminal directly. An interrupt
// from the keyboard goes to the program that f runs and does not end this one.
func (e *Editor) Cooked(f func() error) error {
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, keyboardSignals...)
	defer signal.Stop(caught)
	var err error
	if switched := e.lend(func() { err = f() }); switched != nil {
		return switched
	}
	return err
}

// lend gives the terminal away while f runs. The error is that of switching
// back to raw mode.
func (e *Editor) lend(f func()) (err error) {
	e.input.pause()
	defer e.input.resume()
	e.screen.park()
	defer e.screen.unpark()
	if err := e.tty.leave(); err != nil {
		return err
	}
	defer func() { err = e.tty.enter() }()
	f()
	return nil
}

// suspend is Ctrl-Z: the process stops until it is continued.
func (e *Editor) suspend() { e.lend(stopProcess) }
