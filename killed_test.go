//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// killing is a run of the program that is killed when so many bytes have moved.
type killing struct {
	*visitor
	server *script.Server
	doom   atomic.Pointer[doom] // of the run under way; nil if it may live
}

// doom is the end of one run.
type doom struct {
	left    atomic.Int64 // bytes until then
	reached chan bool
	killed  chan bool
}

// near says that there is a doom that has not come yet.
func (d *doom) near() bool { return d != nil && d.left.Load() > 0 }

func newKilling(t *testing.T) *killing {
	v, server := atScript(t, script.Options{})
	k := &killing{visitor: v, server: server}
	server.On("RETR", func(c *script.Conversation, name string) {
		f, there := server.Tree.Get(absolute(name))
		doom := k.doom.Load()
		if !there || !doom.near() {
			c.Default("RETR", name)
			return
		}
		c.Reply("150 here it comes")
		d := c.Data()
		rest := f.Content
		if doom.inPieces(func(size int) int {
			n := min(size, len(rest))
			d.Send(string(rest[:n]))
			rest = rest[n:]
			return n
		}) {
			d.Close()
			c.Reply("226 done")
		}
	})
	server.On("STOR", func(c *script.Conversation, name string) {
		doom := k.doom.Load()
		if !doom.near() {
			c.Default("STOR", name)
			return
		}
		c.Reply("150 go on")
		d := c.Data()
		var got []byte
		if doom.inPieces(func(size int) int {
			piece := d.Receive(int64(size))
			got = append(got, piece...)
			server.Tree.Write(absolute(name), got)
			return len(piece)
		}) {
			d.Close()
			c.Reply("226 stored")
		}
	})
	return k
}

func absolute(name string) string { return "/" + strings.TrimPrefix(name, "/") }

// inPieces moves a file to its end, which is where a piece is short, unless it is time to be killed before.
func (d *doom) inPieces(move func(size int) int) (whole bool) {
	const size = 5000
	for {
		n := move(size)
		if before := d.left.Add(int64(-n)); before <= 0 && before > int64(-n) {
			d.reached <- true
			<-d.killed
			return false
		}
		if n < size {
			return true
		}
	}
}

// kills runs a line and kills the program after so many bytes.
func (k *killing) kills(after int64, line string) {
	k.t.Helper()
	end := &doom{reached: make(chan bool, 8), killed: make(chan bool)}
	end.left.Store(after)
	k.doom.Store(end)
	cmd := k.command("-c", line, k.server.Addr())
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	within(k.t, end.reached)
	if err := cmd.Process.Kill(); err != nil {
		k.t.Fatal(err)
	}
	_ = cmd.Wait() // it says that it was killed
	k.doom.Store(nil)
	close(end.killed)
	ftptest.Wait(k.t, "the server to notice", func() bool { return len(k.server.Conversations()) == 0 })
}

func (k *killing) succeeds(out outcome) {
	k.t.Helper()
	if out.status != 0 {
		k.t.Errorf("exit status %d\n%s", out.status, out.stderr)
	}
}

// points are ten random points within so many bytes.
func points(bytes int64) (at []int64) {
	for i := range int64(10) {
		at = append(at, 1+i*bytes/10+rand.Int64N(bytes/10-1))
	}
	return at
}

// parts are what broken downloads have left below a directory here.
func (k *killing) parts(dir string) (names []string) {
	k.t.Helper()
	found, err := filepath.Glob(filepath.Join(k.dir, dir, ".*.ftpsh-part"))
	if err != nil {
		k.t.Fatal(err)
	}
	for _, path := range found {
		names = append(names, filepath.Base(path))
	}
	return names
}

// temporary are what broken uploads have left on the server, made so old that nobody can be at work on them.
func (k *killing) temporary(dir string) (names []string) {
	k.t.Helper()
	for _, f := range k.server.Tree.List(dir) {
		if strings.Contains(f.Name(), ".ftpsh-") {
			names = append(names, f.Name())
			if err := k.server.Tree.Touch(f.Path, time.Now().Add(-2*time.Hour)); err != nil {
				k.t.Fatal(err)
			}
		}
	}
	return names
}

var killedContent = func() string {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "%9d\n", i)
	}
	return b.String()
}()

// A download is killed: the old file is whole, clean finds the part, and get goes on from it.
func TestF18_KilledDownload(t *testing.T) {
	k := newKilling(t)
	k.server.Tree.Write("/big", []byte(killedContent))
	for i, at := range points(int64(len(killedContent))) {
		again := "get -c big"
		if i%2 == 0 {
			k.writes("big", "old")
			again = "get -f big"
		}
		k.kills(at, "get -f big")
		if i%2 == 0 {
			equal(t, k.file("big"), "old")
		} else if slices.Contains(k.files(), "big") {
			t.Errorf("after %d bytes the file has its name", at)
		}
		out := k.tries(k.server.Addr(), "-clean", again)
		k.succeeds(out)
		contains(t, out.stdout, k.parts(".")...)
		equal(t, k.file("big"), killedContent)
		if err := os.Remove(filepath.Join(k.dir, "big")); err != nil {
			t.Fatal(err)
		}
		k.does(k.server.Addr(), "clean -f")
		equal(t, len(k.files()), 0)
	}
}

// An upload is killed: the old file is whole, clean finds the temporary name, and the same put does it all.
func TestF18_KilledUpload(t *testing.T) {
	k := newKilling(t)
	k.writes("big", killedContent)
	for _, at := range points(int64(len(killedContent))) {
		k.server.Tree.Write("/big", []byte("old"))
		k.kills(at, "put -f big")
		f, _ := k.server.Tree.Get("/big")
		equal(t, string(f.Content), "old")
		left := k.temporary("/")
		equal(t, len(left), 1)
		out := k.tries(k.server.Addr(), "-clean -r .", "put -f big")
		k.succeeds(out)
		contains(t, out.stdout, left...)
		f, _ = k.server.Tree.Get("/big")
		equal(t, string(f.Content), killedContent)
		k.temporary("/")
		k.does(k.server.Addr(), "clean -f -r .")
		equal(t, len(k.server.Tree.List("/")), 1)
	}
}

// A mirror is killed, in either direction: what has its name is whole, and the same mirror does the rest.
func TestF18_KilledMirror(t *testing.T) {
	const files = 8
	content := killedContent[:30_000]
	t.Run("down", func(t *testing.T) {
		k := newKilling(t)
		for i := range files {
			k.server.Tree.Write(fmt.Sprintf("/d/f%d", i), []byte(content))
		}
		for _, at := range points(files * int64(len(content))) {
			k.kills(at, "mirror -P 2 d")
			for i := range files {
				if text, err := os.ReadFile(filepath.Join(k.dir, "d", fmt.Sprint("f", i))); err == nil {
					equal(t, string(text), content)
				}
			}
			out := k.tries(k.server.Addr(), "-clean d", "mirror d", "diff -r d d")
			k.succeeds(out)
			contains(t, out.stdout, k.parts("d")...)
			if err := os.RemoveAll(filepath.Join(k.dir, "d")); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("up", func(t *testing.T) {
		k := newKilling(t)
		if err := os.Mkdir(filepath.Join(k.dir, "d"), 0o777); err != nil {
			t.Fatal(err)
		}
		for i := range files {
			k.writes(fmt.Sprintf("d/f%d", i), content)
		}
		for _, at := range points(files * int64(len(content))) {
			k.kills(at, "mirror -R -P 2 d")
			for _, f := range k.server.Tree.List("/d") {
				if !strings.Contains(f.Name(), ".ftpsh-") {
					equal(t, string(f.Content), content)
				}
			}
			left := k.temporary("/d")
			out := k.tries(k.server.Addr(), "-clean -r d", "clean -f -r d", "mirror -R d", "diff -r d d", "rm -r -f d")
			k.succeeds(out)
			contains(t, out.stdout, left...)
		}
	})
}
