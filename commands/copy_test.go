package commands

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
)

// Files are copied under other names, into directories, several at a time, with every byte.
func TestCp(t *testing.T) {
	c := newCounter(t)
	all := bytes.Repeat([]byte("0123456789abcdef\r\n\x00\xff"), 20_000)
	c.Tree.Write("/a", all)
	c.Tree.Write("/b", nil)
	c.Tree.Mkdir("/d")
	c.does(t, "cp a copy")
	c.there(t, "/copy", string(all))
	c.does(t, "cp a b d")
	c.there(t, "/d/a", string(all))
	c.there(t, "/d/b", "")
	c.does(t, "ascii")
	c.does(t, "cp a copied-in-ascii")
	c.there(t, "/copied-in-ascii", string(all))
	c.fails(t, "cp a b new", StatusUsage, "new: no directory")
	c.fails(t, "cp d new", StatusFailed, "cp: d: a directory")
	c.fails(t, "cp missing new", StatusFailed, "550")
	c.fails(t, "cp a b", StatusFailed, "exists")
	c.fails(t, "cp a a -f", StatusUsage, "onto itself")
	c.there(t, "/b", "")
	c.does(t, "cp -f a b")
	c.there(t, "/b", string(all))
	for _, f := range c.Tree.List("/") {
		if strings.Contains(f.Path, ".ftpsh") {
			t.Errorf("%s is left", f.Path)
		}
	}
}

func TestCpTree(t *testing.T) {
	c := newCounter(t)
	for _, name := range []string{"/t/a/b/c", "/t/-x", "/t/ blank", "/t/\xff", "/t/.hidden"} {
		c.Tree.Write(name, []byte(name))
	}
	day := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	if err := c.Tree.Touch("/t/-x", day); err != nil {
		t.Fatal(err)
	}
	c.does(t, "cp -rp t u")
	for _, name := range []string{"/a/b/c", "/-x", "/ blank", "/\xff", "/.hidden"} {
		c.there(t, "/u"+name, "/t"+name)
	}
	if f, _ := c.Tree.Get("/u/-x"); !f.Time.Equal(day) {
		t.Errorf("the copy has the time %s", f.Time)
	}
	c.Tree.Mkdir("/into")
	c.does(t, "cp -r t into")
	c.there(t, "/into/t/a/b/c", "/t/a/b/c")
	c.fails(t, "cp -r t t/a", StatusUsage, "into itself")
	c.fails(t, "cp -r / into", StatusUsage, "into itself")
	if got := c.does(t, "cp -r t dry --dry-run"); !strings.Contains(got, "would move 5 files") {
		t.Errorf("--dry-run says %q", got)
	}
	c.gone(t, "/dry")
}

// A server that gives no second connection has the bytes go through a file here.
func TestCpOverOneConnection(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a", []byte("text"))
	c.OnConnect(func(k *script.Conversation) {
		k.Reply("421 too many")
		k.Close()
	})
	c.does(t, "cp a b")
	c.there(t, "/b", "text")
}

// A copy that lacks bytes never gets its name.
func TestS44_CpOfHalfAFile(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a", []byte(strings.Repeat("x", 1000)))
	c.Tree.Write("/old", []byte("old"))
	c.On("RETR", func(k *script.Conversation, _ string) { k.Download([]byte(strings.Repeat("x", 500))) })
	c.fails(t, "cp a b", StatusIncomplete, "500 bytes of 1000")
	c.gone(t, "/b")
	c.fails(t, "cp -f a old", StatusIncomplete, "500 bytes of 1000")
	c.there(t, "/old", "old")
}

// mv --copy moves what the server does not rename, and removes nothing unless all was copied.
func TestMoveByCopy(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/t/a/b", []byte("text"))
	c.Tree.Write("/t/c", nil)
	c.On("RNTO", func(k *script.Conversation, to string) {
		if strings.HasPrefix(to, "/disk") {
			k.Reply("550 cross-device link")
			return
		}
		k.Default("RNTO", to)
	})
	c.Tree.Mkdir("/disk2")
	_, err := c.run(t, "mv /t /disk2")
	if err == nil || hintOf(err) != "mv --copy /t /disk2/t moves it through this machine" {
		t.Errorf("%v, hint %q", err, hintOf(err))
	}
	c.On("RNTO", func(k *script.Conversation, to string) {
		if to == "/disk2/t" {
			k.Reply("550 cross-device link")
			return
		}
		k.Default("RNTO", to)
	})
	c.does(t, "mv --copy /t /disk2")
	c.there(t, "/disk2/t/a/b", "text")
	c.there(t, "/disk2/t/c", "")
	c.gone(t, "/t")
}

// What could not be read stays where it is, and so does all around it.
func TestMoveByCopyKeepsWhatItCouldNotCopy(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/t/a", []byte("text"))
	c.Tree.Write("/t/b", []byte("text"))
	c.On("RNTO", func(k *script.Conversation, to string) {
		if to == "u" {
			k.Reply("550 cross-device link")
			return
		}
		k.Default("RNTO", to)
	})
	c.On("RETR", func(k *script.Conversation, name string) {
		if strings.HasSuffix(name, "/b") {
			k.Reply("550 not yours")
			return
		}
		k.Default("RETR", name)
	})
	c.fails(t, "mv --copy t u", StatusFailed, "mv: 1 failed")
	if got := c.err.String(); !strings.Contains(got, "t/b: 550 not yours") {
		t.Errorf("says %q", got)
	}
	c.there(t, "/t/a", "text")
	c.unsent(t, "DELE t", "RMD")
}
