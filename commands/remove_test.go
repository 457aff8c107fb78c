package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ftpsh/internal/lang"
	"ftpsh/internal/script"
)

// gone fails if something is left on the server, or anything else is missing.
func (c *counter) gone(t *testing.T, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if _, there := c.Tree.Get(path); there {
			t.Errorf("%s is left", path)
		}
	}
}

// unsent fails if the server has been sent a verb.
func (c *counter) unsent(t *testing.T, verbs ...string) {
	t.Helper()
	for _, line := range c.Log() {
		for _, verb := range verbs {
			if strings.HasPrefix(line, verb) {
				t.Errorf("the server was sent %s", line)
			}
		}
	}
}

// A tree is removed with names of every kind; what is beside it stays.
func TestRemoveTree(t *testing.T) {
	c := newCounter(t)
	for _, name := range []string{"/t/a/b/c", "/t/-x", "/t/ blank", "/t/\xff", "/t/*", "/t/.hidden", "/t/quo\"te", "/tt/stays", "/stays"} {
		c.Tree.Write(name, []byte("12345"))
	}
	if got, want := c.does(t, "rm -rf t"), "removed 7 files (35 bytes) and 3 directories\n"; got != want {
		t.Errorf("rm says %q, want %q", got, want)
	}
	c.gone(t, "/t")
	c.there(t, "/tt/stays", "12345")
	c.there(t, "/stays", "12345")
	c.Tree.Write("/u/x", nil)
	c.Tree.Write("/v", nil)
	if got := c.does(t, "rm -r u v --dry-run"); !strings.Contains(got, "delete u/x") || !strings.Contains(got, "would remove 2 files (0 bytes) and 1 directory") {
		t.Errorf("rm --dry-run says %q", got)
	}
	c.does(t, "rm -r -v u v --yes")
	c.gone(t, "/u", "/v")
}

// Nothing is removed without a yes, which nobody can give in a script.
func TestRemoveTreeAsks(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/t/a/b", []byte("12345"))
	c.fails(t, "rm -r t", StatusUsage, "nobody can be asked")
	asked := c.answered("n")
	c.shows(t, "rm -r t", "  t/a/b\n  t/a/\n  t/\nnothing removed; 3 left\n")
	c.there(t, "/t/a/b", "12345")
	if want := "remove 1 file (5 bytes) and 2 directories on the server?"; asked.asked[0] != want {
		t.Errorf("asks %q, want %q", asked.asked[0], want)
	}
	c.answered("y")
	c.does(t, "rm -r t")
	c.gone(t, "/t")
}

// The root, and what the session stands in, are never meant.
func TestS58_RemoveRefusesRoots(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a/b/c", nil)
	for _, name := range []string{"/", "//", ".", "..", "a/..", "a/.", "./", "../..", "''"} {
		c.fails(t, "rm -rf "+name, StatusUsage, "left alone")
	}
	c.does(t, "cd a/b")
	for _, name := range []string{"/a", "/a/b", "../../a", "../b"} {
		c.fails(t, "rm -rf "+name, StatusUsage, "left alone")
	}
	c.unsent(t, "DELE", "RMD")
}

// If any listing lacks something, nothing at all is removed.
func TestS60_RemoveOnlyWhatIsKnown(t *testing.T) {
	cut := func(k *script.Conversation) {
		k.Reply("150 here")
		d := k.Data()
		d.Send("type=file;size=1; one\r\n")
		d.Close()
		k.Reply("426 cut")
	}
	for name, list := range map[string]func(k *script.Conversation){
		"cut short":  cut,
		"refused":    func(k *script.Conversation) { k.Reply("550 permission denied") },
		"unsafe":     func(k *script.Conversation) { k.Download([]byte("type=file;size=1; ../../stays\r\n")) },
		"twice":      func(k *script.Conversation) { k.Download([]byte("type=file; x\r\ntype=file; x\r\n")) },
		"not parsed": func(k *script.Conversation) { k.Download([]byte("type=file; x\r\nwhat is this\r\n")) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t)
			c.Tree.Write("/t/a/b", nil)
			c.Tree.Write("/t/z/x", nil)
			c.On("MLSD", func(k *script.Conversation, dir string) {
				if strings.HasSuffix(dir, "/z") {
					list(k)
					return
				}
				k.Default("MLSD", dir)
			})
			_, err := c.run(t, "rm -rf t")
			if err == nil || !strings.Contains(c.err.String()+err.Error(), "nothing was removed, since not all is known") {
				t.Errorf("%v\n%s", err, c.err.String())
			}
			c.unsent(t, "DELE", "RMD")
		})
	}
}

// What cannot be removed is told and counted, and the rest goes on.
func TestRemoveGoesOn(t *testing.T) {
	c := newCounter(t)
	for i := range 5 {
		c.Tree.Write(fmt.Sprint("/t/f", i), nil)
	}
	c.On("DELE", func(k *script.Conversation, name string) {
		if strings.HasSuffix(name, "f2") {
			k.Reply("550 f2: busy")
			return
		}
		k.Default("DELE", name)
	})
	c.fails(t, "rm -rf t missing", StatusFailed, "rm: 3 failed")
	out := c.err.String()
	for _, want := range []string{"rm: missing: not in the listing", "rm: t/f2: 550 f2: busy", "rmdir: t: 550", "removed 4 of 5 files (0 bytes) and 1 directory; 2 left"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if left := len(c.Tree.List("/t")); left != 1 {
		t.Errorf("%d are left", left)
	}
}

// Ctrl-C says what is gone and what is left.
func TestF20_RemoveInterrupted(t *testing.T) {
	c := newCounter(t)
	for i := range 120 {
		c.Tree.Write(fmt.Sprintf("/t/f%03d", i), nil)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c.On("DELE", func(k *script.Conversation, name string) {
		cancel()
		k.Default("DELE", name)
	})
	call, err := c.Parse(ctx, lang.Words("rm -rf t"))
	if err == nil {
		err = c.Run(ctx, call)
	}
	if !errors.Is(err, context.Canceled) || !strings.Contains(c.err.String(), "removed 100 of 120 files (0 bytes) and 1 directory; 21 left") {
		t.Errorf("%v\n%s", err, c.err.String())
	}
	if left := len(c.Tree.List("/t")); left != 20 {
		t.Errorf("%d are left", left)
	}
}

// The names of a large tree are kept on the disk, and the file is gone afterwards.
func TestRemoveLargeTree(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	c := newCounter(t)
	const dirs, files = 20, 200
	for i := range dirs {
		for j := range files {
			c.Tree.Write(fmt.Sprintf("/t/d%d/f%d", i, j), nil)
		}
	}
	if got, want := c.does(t, "rm -rf t"), fmt.Sprintf("removed %d files (0 bytes) and %d directories\n", dirs*files, dirs+1); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "ftpsh*")); err != nil || len(left) > 0 {
		t.Errorf("%s is left", left)
	}
}
