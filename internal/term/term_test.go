//go:build unix

package term

import (
	"os"
	"testing"

	"github.com/creack/pty"
)

// openPTY returns the two ends of a pseudo-terminal.
func openPTY(t *testing.T) (master, terminal *os.File) {
	t.Helper()
	master, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { terminal.Close(); master.Close() })
	return master, terminal
}

func TestTerminalIsKnown(t *testing.T) {
	master, terminal := openPTY(t)
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 132}); err != nil {
		t.Fatal(err)
	}
	if !IsTerminal(int(terminal.Fd())) {
		t.Error("a pseudo-terminal is a terminal")
	}
	if cols, rows, ok := Size(int(terminal.Fd())); cols != 132 || rows != 24 || !ok {
		t.Errorf("size %d x %d, %v", cols, rows, ok)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	if _, _, ok := Size(int(writer.Fd())); ok || IsTerminal(int(writer.Fd())) {
		t.Error("a pipe is none")
	}
	if _, err := MakeRaw(int(writer.Fd())); err == nil {
		t.Error("a pipe cannot be made raw")
	}
}

// In raw mode the terminal neither echoes nor waits for the end of the line;
// after restore it does both again.
func TestMakeRawAndBack(t *testing.T) {
	master, terminal := openPTY(t)
	fd := int(terminal.Fd())
	restore, err := MakeRaw(fd)
	if err != nil {
		t.Fatal(err)
	}
	typed(t, master, terminal, "\x03", "\x03")
	for range 2 {
		if err := restore(); err != nil {
			t.Fatal(err)
		}
	}
	typed(t, master, terminal, "x\r", "x\n")
	echo := make([]byte, 8)
	if n, _ := master.Read(echo); string(echo[:n]) != "x\r\n" {
		t.Errorf("echo %q: was the raw mode left, and nothing echoed in it?", echo[:n])
	}
}

// typed sends keys and checks what the program reads.
func typed(t *testing.T, master, terminal *os.File, keys, want string) {
	t.Helper()
	if _, err := master.WriteString(keys); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 8)
	if n, err := terminal.Read(got); string(got[:n]) != want {
		t.Errorf("read %q, %v, want %q", got[:n], err, want)
	}
}
