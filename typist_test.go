//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/term"

	"ftpsh/internal/ftptest"
)

// typist is a visitor at a terminal on which the program runs.
type typist struct {
	*visitor
	terminal *os.File // the side of the person
	device   *os.File // the side of the program
	modes    *term.State
	cmd      *exec.Cmd
	ended    chan struct{} // closed when the program has

	mu   sync.Mutex
	raw  []byte // all that the terminal was sent
	text []byte // the same without control sequences
	seen int    // how much of text sees has gone past
}

// sits starts the program on a terminal of 24 rows of 80 columns.
func (v *visitor) sits(args ...string) *typist {
	v.t.Helper()
	return v.sitsAt("xterm-256color", args...)
}

// sitsAt is sits at a terminal of some sort.
func (v *visitor) sitsAt(sort string, args ...string) *typist {
	v.t.Helper()
	x := &typist{visitor: v, cmd: v.command(args...), ended: make(chan struct{})}
	if err := x.start(sort); err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(x.stops)
	read := make(chan struct{})
	go func() {
		defer close(read)
		x.watch()
	}()
	go func() {
		defer close(x.ended)
		_ = x.cmd.Wait() // leaves asks for the status
		after, err := term.GetState(int(x.device.Fd()))
		if x.cmd.ProcessState.Exited() && (err != nil || !reflect.DeepEqual(after, x.modes)) {
			v.t.Errorf("the terminal has the modes %+v, had %+v (%v)", after, x.modes, err)
		}
		_ = x.device.Close()
		<-read
	}()
	return x
}

func (x *typist) start(sort string) (err error) {
	if x.terminal, x.device, err = pty.Open(); err != nil {
		return err
	}
	if err = pty.Setsize(x.terminal, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		return err
	}
	if x.modes, err = term.GetState(int(x.device.Fd())); err != nil {
		return err
	}
	x.cmd.Env = append(slices.Clone(x.cmd.Env), "TERM="+sort)
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = x.device, x.device, x.device
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	return x.cmd.Start()
}

// watch keeps what the terminal is sent until the program has closed it.
func (x *typist) watch() {
	var strip stripper
	chunk := make([]byte, 4096)
	for {
		n, err := x.terminal.Read(chunk)
		x.mu.Lock()
		x.raw = append(x.raw, chunk[:n]...)
		x.text = strip.appendText(x.text, chunk[:n])
		x.mu.Unlock()
		if err != nil {
			return // EIO: nobody has the other side any more
		}
	}
}

// stops ends a program that has not ended by itself, and looks through what it printed.
func (x *typist) stops() {
	select {
	case <-x.ended:
	default:
		_ = x.cmd.Process.Kill()
		<-x.ended
	}
	_ = x.terminal.Close()
	x.search("the terminal", string(x.raw))
	if x.t.Failed() {
		x.t.Logf("the terminal was sent\n%s", x.text)
	}
}

// types presses keys.
func (x *typist) types(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.terminal, keys); err != nil {
		x.t.Fatal(err)
	}
}

// enters types a line.
func (x *typist) enters(line string) {
	x.t.Helper()
	x.types(line + "\r")
}

// asks types a line and waits for the next prompt, which contains what follows.
func (x *typist) asks(line, prompt string) {
	x.t.Helper()
	x.enters(line)
	x.sees("\n" + prompt)
}

// sees waits until a text appears, behind what was seen before.
func (x *typist) sees(want string) {
	x.t.Helper()
	ftptest.Wait(x.t, want+" on the terminal", func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		at := strings.Index(string(x.text[x.seen:]), want)
		if at < 0 {
			return false
		}
		x.seen += at + len(want)
		return true
	})
}

// shown is what the terminal was sent so far, without and with control sequences.
func (x *typist) shown() (text, raw string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return string(x.text), string(x.raw)
}

// leaves waits for the end of the program and returns its exit status.
func (x *typist) leaves() int {
	x.t.Helper()
	ftptest.Wait(x.t, "the end of the program", func() bool {
		select {
		case <-x.ended:
			return true
		default:
			return false
		}
	})
	return x.cmd.ProcessState.ExitCode()
}

// stripper takes control sequences (ECMA-48) and CR out of what a terminal is sent.
type stripper struct{ within byte }

func (s *stripper) appendText(text, sent []byte) []byte {
	for _, b := range sent {
		switch {
		case s.within == 0 && b == '\x1b':
			s.within = b
		case s.within == 0 && b != '\r':
			text = append(text, b)
		case s.within == '\x1b' && (b == '[' || b == ']'):
			s.within = b
		case s.within == '\x1b', s.within == '[' && b >= '@' && b <= '~', s.within == ']' && b == '\a':
			s.within = 0
		}
	}
	return text
}

func TestStripper(t *testing.T) {
	var s stripper
	text := s.appendText(nil, []byte("a\x1b[1;31mb\x1b]0;title\ac\x1b"))
	text = s.appendText(text, []byte("[Kd\x1b=\re"))
	if string(text) != "abcde" {
		t.Errorf("%q", text)
	}
}
