//go:build unix

package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// The program is stopped in the middle of a download and goes on later, at a terminal of another width: the server has
// hung up meanwhile, which ends the download with what came kept, the terminal is as it should be, and the next line
// connects again.
func TestF23_StoppedDuringADownload(t *testing.T) {
	v, server := atScript(t, script.Options{})
	content := strings.Repeat("x", 100_000)
	halfway := slow(server, "/slow.bin", content)
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.enters("get slow.bin")
	within(t, halfway)
	v.waitsFor(".slow.bin.ftpsh-part", len(content)/2)
	x.signals(syscall.SIGSTOP)
	if err := pty.Setsize(x.terminal, &pty.Winsize{Rows: 24, Cols: 40}); err != nil {
		t.Fatal(err)
	}
	for _, c := range server.Conversations() {
		c.Close()
	}
	time.Sleep(100 * time.Millisecond) // nothing happens that could be waited for
	x.signals(syscall.SIGCONT)
	x.sees("are kept in")
	x.sees(":/> ")
	server.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	x.enters("get -c slow.bin")
	v.waitsFor("slow.bin", len(content))
	x.sees(":/> ")
	for _, line := range strings.Split(x.behind("are kept in"), "\n") {
		if len([]rune(line)) > 40 && strings.Contains(line, "%") {
			t.Errorf("a row of progress is longer than the terminal is wide: %q", line)
		}
	}
	x.enters("bye")
	equal(t, x.leaves(), 0)
}

func (x *typist) signals(signal os.Signal) {
	x.t.Helper()
	if err := x.cmd.Process.Signal(signal); err != nil {
		x.t.Fatal(err)
	}
}

// behind is what the terminal was sent after a text.
func (x *typist) behind(text string) string {
	shown, _ := x.shown()
	_, rest, _ := strings.Cut(shown, text)
	return rest
}

// A signal ends a script with a mirror that runs: what has come of the files is kept, and the same mirror goes on.
func TestF22_SignalsDuringAMirror(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		v, server := atScript(t, script.Options{})
		content := strings.Repeat("x", 100_000)
		server.Tree.Write("/d/a", []byte("a"))
		halfway := slow(server, "/d/slow.bin", content)
		cmd := v.command("-c", "mirror -P 2 d", "-c", "echo never", server.Addr())
		var output strings.Builder
		cmd.Stdout, cmd.Stderr = &output, &output
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		within(t, halfway)
		v.waitsFor("d/.slow.bin.ftpsh-part", len(content)/2)
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		ftptest.Wait(t, "the end of the program", func() bool { return len(ended) > 0 })
		<-ended
		equal(t, cmd.ProcessState.ExitCode(), 128+int(signal))
		v.waitsFor("d/.slow.bin.ftpsh-part", len(content)/2)
		if strings.Contains(output.String(), "never") {
			t.Errorf("the script went on:\n%s", output.String())
		}
		server.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
		v.does(server.Addr(), "mirror d")
		equal(t, v.file("d/slow.bin"), content)
	}
}
