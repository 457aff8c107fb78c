//go:build unix

package editor

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// process is the try-out on a terminal of its own.
type process struct {
	*terminal
	master, tty *os.File
	cmd         *exec.Cmd
	exited      chan error
	found       string // the mode of the terminal before
}

// start runs a command, or the try-out alone, on a new terminal.
func start(t *testing.T, command ...string) *process {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	x := newTerminal(t, 60, 12)
	p := &process{terminal: x, master: master, tty: tty, exited: make(chan error, 1)}
	p.setSize(60, 12)
	p.found = p.mode()
	if len(command) == 0 {
		command = []string{executable(t)}
	}
	p.cmd = exec.Command(command[0], command[1:]...)
	p.cmd.Env = append(os.Environ(), tryOut+"=1", "GORACE=atexit_sleep_ms=0")
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = tty, tty, tty
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go io.Copy(x, master)
	go func() { p.exited <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		tty.Close()
		master.Close()
	})
	return p
}

func executable(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// mode is the mode of the terminal, as stty writes it.
func (p *process) mode() string {
	p.t.Helper()
	cmd := exec.Command("stty", "-g")
	cmd.Stdin = p.tty
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func (p *process) setSize(cols, rows int) {
	p.t.Helper()
	p.resize(cols, rows)
	if err := pty.Setsize(p.master, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) types(keys string) {
	p.t.Helper()
	if _, err := io.WriteString(p.master, keys); err != nil {
		p.t.Fatal(err)
	}
}

// ends waits for the end of the process, after which the terminal has to be as
// it was found.
func (p *process) ends(status string) {
	p.t.Helper()
	select {
	case err := <-p.exited:
		got := "exit status 0"
		if err != nil {
			got = err.Error()
		}
		if got != status {
			p.t.Errorf("%s, want %s", got, status)
		}
	case <-time.After(patience):
		p.t.Fatalf("still runs; screen:\n%s", p.shown())
	}
	if mode := p.mode(); mode != p.found {
		p.t.Errorf("the terminal is left as\n%s, was\n%s", mode, p.found)
	}
}

const tryOutPrompt = "ftpsh:/pub> "

// F21: Ctrl-C at the prompt and while a password is read submits nothing, and
// the terminal is restored at the end.
func TestF21_InterruptOnATerminal(t *testing.T) {
	p := start(t)
	p.sees(tryOutPrompt + "▏")
	if p.mode() == p.found {
		t.Error("the terminal is not raw")
	}
	p.types("rm *")
	p.sees(tryOutPrompt + "rm *▏")
	p.types(ctrlC)
	p.sees(tryOutPrompt + "rm *^C\n" + tryOutPrompt + "▏")
	p.types("secret\r")
	p.sees(tryOutPrompt + "rm *^C\n" + tryOutPrompt + "secret\npassword: ▏")
	p.types("hunter2")
	p.types(ctrlC)
	p.sees(tryOutPrompt + "rm *^C\n" + tryOutPrompt + "secret\npassword: ^C\nsecret \"\" interrupted\n" + tryOutPrompt + "▏")
	p.types(ctrlD)
	p.ends("exit status 0")
	if strings.Contains(p.written(), "hunter2") {
		t.Error("the password was shown")
	}
}

// S79: a terminal that does not bracket a paste.
func TestS79_PasteOnATerminal(t *testing.T) {
	p := start(t)
	p.sees(tryOutPrompt + "▏")
	p.types("ls one\rrm two\r")
	p.sees(tryOutPrompt + "ls one\nrm two▏\n2 lines: Enter runs them in order, Ctrl-C drops them")
	p.types(enterKey)
	p.sees(tryOutPrompt + "ls one\nrm two\nline \"ls one\\nrm two\"\n" + tryOutPrompt + "▏")
	p.types(ctrlD)
	p.ends("exit status 0")
}

func TestTerminalIsRestoredAfterPanic(t *testing.T) {
	p := start(t)
	p.sees(tryOutPrompt + "▏")
	p.types("panic\r")
	p.ends("exit status 2")
}

func TestTerminalIsRestoredAfterSignal(t *testing.T) {
	p := start(t)
	p.sees(tryOutPrompt + "▏")
	p.types("half a line")
	p.sees(tryOutPrompt + "half a line▏")
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.ends("exit status 143")
}

// The library's Ctrl-Z froze for ever where a process cannot be stopped, as in
// an orphaned process group, which this one is.
func TestSuspendOfOrphan(t *testing.T) {
	p := start(t)
	p.sees(tryOutPrompt + "▏")
	p.types("abc")
	p.types("\x1a")
	p.types("d")
	p.sees(tryOutPrompt + "abcd▏")
	p.types(ctrlC + ctrlD)
	p.ends("exit status 0")
}

// Ctrl-Z stops the job and leaves the terminal to the shell; fg brings back the
// line.
func TestSuspend(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mode")
	p := start(t, "sh", "-c", `set -m; "$0"; stty -g >"$1"; echo stopped; fg >/dev/null`, executable(t), file)
	p.sees(tryOutPrompt + "▏")
	p.types("hello")
	p.sees(tryOutPrompt + "hello▏")
	p.types("\x1a")
	waitFor(t, func() bool { return strings.HasSuffix(p.shown(), "stopped\n"+tryOutPrompt+"hello▏") }, p.shown)
	if mode, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(mode)) != p.found {
		t.Errorf("stopped with the terminal as\n%s, was\n%s, %v", mode, p.found, err)
	}
	p.types(" world\r")
	waitFor(t, func() bool { return strings.HasSuffix(p.shown(), "line \"hello world\"\n"+tryOutPrompt+"▏") }, p.shown)
	p.types(ctrlD)
	p.ends("exit status 0")
}

// Every key typed while another program has the terminal is for that program.
func TestCookedOnATerminal(t *testing.T) {
	p := start(t)
	p.sees(tryOutPrompt + "▏")
	p.types("! printf 'ready '; read x; echo \"got $x\"\r")
	waitFor(t, func() bool { return strings.HasSuffix(p.shown(), "ready ▏") }, p.shown)
	p.types("all of it\n")
	waitFor(t, func() bool {
		return strings.HasSuffix(p.shown(), "ready all of it\ngot all of it\nstatus <nil>\n"+tryOutPrompt+"▏")
	}, p.shown)
	p.types("! exec cat\r")
	waitFor(t, func() bool { return p.mode() == p.found }, p.shown)
	p.types("line\n")
	waitFor(t, func() bool { return strings.HasSuffix(p.shown(), "line\nline\n▏") }, p.shown)
	p.types(ctrlC)
	waitFor(t, func() bool { return strings.HasSuffix(p.shown(), "status signal: interrupt\n"+tryOutPrompt+"▏") }, p.shown)
	p.types(ctrlD)
	p.ends("exit status 0")
}

func TestResizeOnATerminal(t *testing.T) {
	p := start(t)
	p.sees(tryOutPrompt + "▏")
	p.types("get file\t")
	p.types("\t")
	waitFor(t, func() bool { return strings.Contains(p.shown(), "300 candidates") }, p.shown)
	p.written()
	p.setSize(60, 6)
	waitFor(t, func() bool { return strings.Contains(p.written(), "300 candidates") }, p.shown)
	if rows := strings.Count(p.shown(), "\n") + 1; rows > 6 {
		t.Errorf("%d rows", rows)
	}
}
