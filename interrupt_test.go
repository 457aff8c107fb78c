//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
)

// Ctrl-C at the prompt, at a question, at a password, during a listing and during completion: nothing is
// sent, the prompt comes back, and at the end the terminal is as it was.
func TestF21_CtrlCGivesThePromptBack(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/*", []byte("x"))
	server.Tree.Write("/a.txt", []byte("x"))
	stalled := make(chan bool, 8)
	server.On("MLSD", func(c *script.Conversation, directory string) {
		if strings.TrimPrefix(directory, "/") != "slow" {
			c.Default("MLSD", directory)
			return
		}
		c.Reply("150 here it comes")
		d := c.Data()
		stalled <- true
		d.Stall()
		c.Reply("426 aborted")
	})
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.types("delete a.txt\x03")
	x.sees(":/> ")
	x.enters("delete '*'")
	x.sees("?")
	x.types("\x03")
	x.sees(":/> ")
	x.enters("user bob")
	x.sees("password of bob")
	x.types("half a pass\x03")
	x.sees("\n127.0.0.1 (clear):")
	x.asks("user ann", "127.0.0.1 (clear):/> ")
	x.enters("ls slow")
	within(t, stalled)
	x.types("\x03")
	x.sees(":/> ")
	x.types("cd slow/\t")
	within(t, stalled)
	x.types("\x03\x03")
	x.sees("^C\n127.0.0.1 (clear):/> ")
	x.enters("pwd")
	x.sees("/\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	for _, line := range server.Log() {
		if strings.HasPrefix(line, "DELE") || strings.HasPrefix(line, "USER bob") {
			t.Errorf("sent %q", line)
		}
	}
}

// Ctrl-C is for what runs, never for the shell: a program behind "!", a command without a line editor, and
// the connection that the command line asks for. The first two used to end the shell, the last was deaf.
func TestF21_CtrlCNeverEndsTheShell(t *testing.T) {
	for _, sort := range []string{"xterm-256color", "dumb"} {
		t.Run(sort, func(t *testing.T) {
			v, server := atScript(t, script.Options{})
			x := v.sitsAt(sort, server.Addr())
			x.sees(":/> ")
			// What is shown comes from the program itself: a shell that is just starting one loses the signal.
			x.enters("!echo begun >begun; exec tail -f begun")
			x.sees("\nbegun\n")
			x.types("\x03")
			x.sees(":/> ")
			x.enters("echo begun again; sleep 60")
			x.sees("\nbegun again\n")
			x.types("\x03")
			x.sees(":/> ")
			x.types("half a line\x03")
			x.sees(":/> ")
			x.enters("pwd; bye")
			x.sees("\n/\n")
			equal(t, x.leaves(), 0)
		})
	}
}

// Ctrl-C while the target of the command line does not answer gives the prompt.
func TestF21_CtrlCEndsTheFirstConnection(t *testing.T) {
	for _, sort := range []string{"xterm-256color", "dumb"} {
		t.Run(sort, func(t *testing.T) {
			v, server := atScript(t, script.Options{})
			silent := make(chan bool, 8)
			server.OnConnect(func(c *script.Conversation) {
				silent <- true
				c.Stall()
			})
			x := v.sitsAt(sort, server.Addr())
			within(t, silent)
			x.types("\x03")
			x.sees("interrupted")
			x.sees("ftpsh> ")
			x.enters("bye")
			equal(t, x.leaves(), 0)
		})
	}
}

// within waits for a server to have got somewhere.
func within(t testing.TB, signal <-chan bool) {
	t.Helper()
	select {
	case <-signal:
	case <-time.After(10 * time.Second):
		t.Fatal("the server waited in vain")
	}
}

// slow makes a server send the first half of one file and then nothing, until the client gives up. The
// channel says when the half is sent.
func slow(server *script.Server, path, content string) <-chan bool {
	halfway := make(chan bool, 8)
	server.Tree.Write(path, []byte(content))
	server.On("RETR", func(c *script.Conversation, name string) {
		if absolute(name) != path {
			c.Default("RETR", name)
			return
		}
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send(content[:len(content)/2])
		halfway <- true
		d.Stall()
		c.Reply("426 aborted")
	})
	return halfway
}

// Ctrl-C during a download ends the download: what came is kept beside, the prompt is there again, and the
// next command works, on the same connection where the server lets that be.
func TestF20_CtrlCEndsATransfer(t *testing.T) {
	v, server := atScript(t, script.Options{})
	content := strings.Repeat("0123456789abcdef", 20_000)
	halfway := slow(server, "/slow.bin", content)
	x := v.sits(server.Addr())
	x.sees(":/> ")
	for range 3 {
		_ = os.Remove(filepath.Join(v.dir, ".slow.bin.ftpsh-part")) // of the turn before, so that its size tells of this one
		x.enters("get slow.bin")
		within(t, halfway)
		v.waitsFor(".slow.bin.ftpsh-part", len(content)/2)
		x.types("\x03")
		x.sees("interrupted")
		x.sees("\n127.0.0.1 (clear):/> ")
		x.asks("pwd", "127.0.0.1 (clear):/> ")
	}
	names := v.files()
	if slices.Contains(names, "slow.bin") {
		t.Error("a half of a file has its name")
	}
	if !slices.Contains(names, ".slow.bin.ftpsh-part") {
		t.Errorf("the half is lost: %q", names)
	}
	server.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	x.asks("get -c slow.bin", "127.0.0.1 (clear):/> ")
	equal(t, v.file("slow.bin"), content)
	x.enters("bye")
	equal(t, x.leaves(), 0)
	if left := v.files(); !slices.Equal(left, []string{"slow.bin"}) {
		t.Errorf("left behind: %q", left)
	}
}

// A server that does not let go is left at the second Ctrl-C; the next command opens the connection again.
func TestF20_SecondCtrlCDropsTheConnection(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Mkdir("/d")
	stuck := make(chan bool, 1)
	server.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send("half")
		stuck <- true
		c.Stall() // no end of the data, and no ear for ABOR
	})
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.asks("cd d", "127.0.0.1 (clear):/d> ")
	x.enters("get a.bin")
	within(t, stuck)
	started := time.Now()
	x.types("\x03")
	x.types("\x03")
	x.sees("interrupted")
	if took := time.Since(started); took > 3*time.Second {
		t.Errorf("the prompt came after %v", took)
	}
	x.sees("\n127.0.0.1 (lost):/d> ")
	x.enters("pwd")
	x.sees("/d\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	equal(t, len(server.Controls()), 2)
}

// In a script Ctrl-C ends the run, with 130; what came is kept.
func TestF20_InterruptedScript(t *testing.T) {
	v, server := atScript(t, script.Options{})
	halfway := slow(server, "/slow.bin", strings.Repeat("x", 100_000))
	cmd := v.command("-c", "get slow.bin", "-c", "echo never", server.Addr())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	within(t, halfway)
	v.waitsFor(".slow.bin.ftpsh-part", 50_000)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its status is looked at
	equal(t, cmd.ProcessState.ExitCode(), 130)
	equal(t, stdout.String(), "")
	if !slices.Contains(v.files(), ".slow.bin.ftpsh-part") {
		t.Errorf("the half is lost: %q\n%s", v.files(), stderr.String())
	}
}
