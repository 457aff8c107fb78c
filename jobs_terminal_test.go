//go:build unix

package main

import (
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"ftpsh/internal/script"
)

// held makes a server send the first half of slow.bin, and the rest only once it is let go.
func held(server *script.Server, content string) (halfway <-chan bool, letGo func()) {
	half, rest := make(chan bool, 8), make(chan bool)
	server.Tree.Write("/slow.bin", []byte(content))
	server.Tree.Write("/a.txt", []byte("a"))
	server.Tree.Mkdir("/d")
	server.On("RETR", func(c *script.Conversation, name string) {
		if name != "slow.bin" {
			c.Default("RETR", name)
			return
		}
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send(content[:len(content)/2])
		half <- true
		select {
		case <-rest:
		case <-c.Done():
		}
		d.Send(content[len(content)/2:])
		d.Close()
		c.Reply("226 done")
	})
	return half, func() { close(rest) }
}

const slowContent = "0123456789abcdef"

// Ctrl-Z makes a job of a download: it goes on with its connection, the prompt with another one, in the same
// directory. Its end is told once, before the next prompt.
func TestCtrlZMakesAJob(t *testing.T) {
	v, server := atScript(t, script.Options{})
	halfway, letGo := held(server, slowContent)
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.enters("x=1; get slow.bin")
	within(t, halfway)
	x.types("\x1a")
	x.sees("[1] goes on beside the prompt: x=1; get slow.bin")
	x.sees(":/> ")
	x.asks("cd d; pwd", "/d\n")
	x.sees(":/d> ")
	x.enters("jobs -v")
	x.sees("[1] running for")
	x.sees("slow.bin: ")
	x.sees(" of 16 (")
	x.sees(":/d> ")
	letGo()
	v.waitsFor("slow.bin", len(slowContent))
	x.sees("[1] slow.bin: 16 bytes")
	x.enters("wait; pwd")
	x.sees("done: x=1; get slow.bin")
	x.sees("/d\n")
	x.sees(":/d> ")
	x.asks("jobs; echo none", "none\n")
	for _, c := range server.Conversations() {
		c.Close()
	}
	x.enters("pwd")
	x.sees("\nconnecting to 127.0.0.1 again") // it bore the number of the job whose connection was the prompt's
	x.sees("/d\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	equal(t, len(server.Controls()), 3)
	equal(t, v.file("slow.bin"), slowContent)
}

// fg brings a job to the front; Ctrl-Z sends it back, Ctrl-C ends it with what has come kept.
func TestForeground(t *testing.T) {
	v, server := atScript(t, script.Options{})
	halfway, letGo := held(server, slowContent)
	defer letGo()
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.enters("get slow.bin &")
	x.sees("[1] get slow.bin")
	x.sees(":/> ")
	within(t, halfway)
	x.enters("fg %get")
	x.sees("\nget slow.bin")
	x.types("\x1a")
	x.sees("[1] goes on beside the prompt: get slow.bin")
	x.sees(":/> ")
	x.enters("fg; echo $?")
	x.sees("\nget slow.bin")
	v.waitsFor(".slow.bin.ftpsh-part", len(slowContent)/2)
	x.types("\x03")
	x.sees(":/> ")
	x.asks("jobs; echo none", "none\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	if names := v.files(); !slices.Contains(names, ".slow.bin.ftpsh-part") {
		t.Errorf("what came is lost: %q", names)
	}
}

// Where the server allows no second connection, a download stays where it is, and a job runs at once.
func TestJobsOfAServerForOne(t *testing.T) {
	v, server := atScript(t, script.Options{})
	var connections atomic.Int32
	server.OnConnect(func(c *script.Conversation) {
		if connections.Add(1) > 1 {
			c.Reply("421 too many connections")
			c.Close()
			return
		}
		c.Reply("220 ready")
	})
	halfway, letGo := held(server, slowContent)
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.enters("get slow.bin")
	within(t, halfway)
	x.types("\x1a")
	x.sees("421 too many connections; it goes on here")
	letGo()
	x.sees(":/> ")
	equal(t, v.file("slow.bin"), slowContent)
	x.enters("{ cd d; get /a.txt; } & pwd")
	x.sees("it runs here")
	x.sees("/\n")
	x.sees(":/> ")
	equal(t, v.file("a.txt"), "a")
	x.enters("bye")
	equal(t, x.leaves(), 0)
}

// Leaving with jobs asks: to stay, to wait, to end them.
func TestLeavingWithJobsAsks(t *testing.T) {
	v, server := atScript(t, script.Options{})
	halfway, letGo := held(server, slowContent)
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.enters("get slow.bin &")
	within(t, halfway)
	x.sees(":/> ")
	x.enters("bye")
	x.sees("1 job runs; what about that? [w]ait [k]ill [C]ancel")
	x.types("c")
	x.sees(":/> ")
	x.types("\x04")
	x.sees("[C]ancel")
	x.types("w")
	letGo()
	equal(t, x.leaves(), 0)
	equal(t, v.file("slow.bin"), slowContent)
}

// Leaving asks, too, about lines in a queue that nobody has started again: they were dropped without a word.
func TestLeavingAStoppedQueueAsks(t *testing.T) {
	v, server := atScript(t, script.Options{})
	halfway, letGo := held(server, slowContent)
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.enters("get slow.bin &")
	within(t, halfway)
	x.sees("[1] get slow.bin\n127.0.0.1 (clear):/> ")
	x.asks("queue stop; queue add get a.txt; queue add echo b", "127.0.0.1 (clear):/> ")
	x.enters("bye")
	x.sees("2 lines wait in the queue\n1 job runs;")
	x.types("w")
	letGo()
	x.sees("2 lines wait in the queue, which is stopped; leave all the same? [y/N]")
	x.types("n")
	x.sees("\n127.0.0.1 (clear):/> ")
	x.enters("queue start; wait")
	x.sees("done: queue")
	x.sees("\n127.0.0.1 (clear):/> ")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	equal(t, v.file("a.txt"), "a")
}

// Signals end a session and its jobs, with what has come kept; SIGUSR1 only asks how far they are.
func TestF22_SignalsWithJobs(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		v, server := atScript(t, script.Options{})
		halfway := slow(server, "/slow.bin", strings.Repeat("x", 100_000))
		x := v.sits(server.Addr())
		x.sees(":/> ")
		x.enters("get slow.bin &")
		within(t, halfway)
		v.waitsFor(".slow.bin.ftpsh-part", 50_000)
		x.sees(":/> ")
		if err := x.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		x.sees("[1] slow.bin: ")
		x.sees(" of 98K (")
		if err := x.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		equal(t, x.leaves(), 128+int(signal))
		if names := v.files(); !slices.Contains(names, ".slow.bin.ftpsh-part") {
			t.Errorf("what came is lost: %q", names)
		}
	}
}
