package commands

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
)

// plantBoth puts a file on both sides, with the same time.
func (c *counter) plantBoth(t *testing.T, name, here, there string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(c.dir, name)), 0o777); err != nil {
		t.Fatal(err)
	}
	c.write(t, name, here)
	c.Tree.Write("/"+name, []byte(there))
	c.age(t, name, 0)
}

// age sets when the file here was changed, seen from the one on the server.
func (c *counter) age(t *testing.T, name string, later time.Duration) {
	t.Helper()
	f, _ := c.Tree.Get("/" + name)
	at := f.Time.Add(later)
	if err := os.Chtimes(filepath.Join(c.dir, name), at, at); err != nil {
		t.Fatal(err)
	}
}

// differs fails unless diff finds just that.
func (c *counter) differs(t *testing.T, line, want string) {
	t.Helper()
	_, err := c.run(t, line)
	if got := c.out.String(); got != want || ExitStatus(err) != int(StatusFailed) || !as[*ToldError](err) {
		t.Errorf("%s\n got %q, %v\nwant %q", line, got, err, want)
	}
}

func TestDiff(t *testing.T) {
	c := newCounter(t)
	c.plantBoth(t, "same", "abc", "abc")
	c.plantBoth(t, "sub/same", "abc", "abc")
	c.shows(t, "diff -r", "0 differ, 0 only here, 0 only on the server; 2 files the same\n")
	c.plantBoth(t, "size", "abc", "abcd")
	c.plantBoth(t, "newer", "abc", "abc")
	c.age(t, "newer", 10*time.Second)
	c.plantBoth(t, "sub/older", "abc", "abc")
	c.age(t, "sub/older", -10*time.Second)
	c.plantBoth(t, "second", "abc", "abc")
	c.age(t, "second", time.Second) // as exact as FTP is
	c.write(t, "only", "")
	c.Tree.Write("/there/x", nil)
	c.Tree.Write("/-x", nil)
	c.differs(t, "diff", "> -x\n! newer: newer here\n< only\n! size: 3 bytes here, 4 on the server\n> there/\n")
	c.differs(t, "diff -r", "> -x\n! newer: newer here\n< only\n! size: 3 bytes here, 4 on the server\n! sub/older: newer on the server\n> there/\n")
	c.differs(t, "diff -r --size-only", "> -x\n< only\n! size: 3 bytes here, 4 on the server\n> there/\n")
	c.differs(t, "diff -rq", "")
	c.differs(t, "diff sub", "! older: newer on the server\n")
	c.differs(t, "diff size", "! size: 3 bytes here, 4 on the server\n")
	c.does(t, "diff --size-only same sub")
	c.does(t, "diff --size-only same sub/same")
	c.fails(t, "diff nonesuch", StatusLocal, "no such file")
	c.fails(t, "diff same nonesuch", StatusFailed, "550")
	c.fails(t, "diff sub same", StatusFailed, "sub is a directory")
	if got, _ := c.run(t, "diff --json size"); !strings.Contains(got, `{"path":"size","why":"3 bytes here, 4 on the server","local":{"name":"size",`) {
		t.Errorf("JSON is %s", got)
	}
}

// Of files of the same size the contents count, as the server reckons them, or fetched.
func TestDiffContent(t *testing.T) {
	c := newCounter(t)
	c.plantBoth(t, "same", "abc", "abc")
	c.age(t, "same", time.Hour)
	c.plantBoth(t, "other", "abc", "abd")
	c.fails(t, "diff --content", StatusFailed, "offers no checksums")
	c.differs(t, "diff --download", "! other: the same size, other content\n")
	c.On("FEAT", func(k *script.Conversation, _ string) {
		k.Reply("211-features", " MLST type*;size*;modify*;", " XSHA256", "211 end")
	})
	c.On("XSHA256", func(k *script.Conversation, name string) {
		f, _ := c.Tree.Get("/" + name)
		sum := sha256.Sum256(f.Content)
		k.Reply("250 " + strings.ToUpper(hex.EncodeToString(sum[:])))
	})
	c.does(t, "close")
	c.connect(t)
	c.differs(t, "diff --content", "! other: the same size, other content\n")
	c.does(t, "diff --content same")
}

// What cannot be listed is told, and nothing is said of what only the other side has.
func TestS60_DiffOfWhatCannotBeListed(t *testing.T) {
	c := newCounter(t)
	c.plantBoth(t, "a/x", "abc", "abc")
	c.plantBoth(t, "b", "abc", "abc")
	c.On("MLSD", func(k *script.Conversation, dir string) {
		if strings.HasSuffix(dir, "a") {
			k.Reply("550 a: permission denied")
			return
		}
		k.Default("MLSD", dir)
	})
	c.fails(t, "diff -r", StatusFailed, "a: permission denied")
	if got := c.out.String(); got != "" {
		t.Errorf("diff prints %q", got)
	}
}
