package commands

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
	"ftpsh/internal/term"
)

// lists makes the server list every directory as these facts (RFC 3659).
func (c *counter) lists(lines ...string) {
	c.On("MLSD", func(c *script.Conversation, _ string) {
		c.Download([]byte(strings.Join(lines, "\r\n") + "\r\n"))
	})
}

// onTerminal makes the session print as on a terminal.
func (c *counter) onTerminal() {
	c.Print = term.NewPrinter(term.PrinterConfig{Out: &c.out, Err: &c.err, OutTerminal: true, Color: term.ColorNever})
}

func TestFindNewer(t *testing.T) {
	c := newCounter(t)
	day := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	for i, name := range []string{"old", "middle", "new"} {
		c.Tree.Write("/t/"+name, nil)
		if err := c.Tree.Touch("/t/"+name, day.AddDate(0, 0, i)); err != nil {
			t.Fatal(err)
		}
	}
	c.write(t, "stamp", "")
	if err := os.Chtimes(filepath.Join(c.dir, "stamp"), day, day); err != nil {
		t.Fatal(err)
	}
	c.shows(t, "find t -type f -newer stamp", "t/middle\nt/new\n")
	c.shows(t, "find t -type f -newer t/middle", "t/new\n")
	c.shows(t, "find t -type f ! -newer t/middle", "t/middle\nt/old\n")
	c.shows(t, "find t -type f -newer t/new -o -name old", "t/old\n")
}

// A pipe gets the names as they are, a terminal gets them safe, JSON both.
func TestS01_FindNames(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/t/a\x1b[2Jb", nil)
	c.Tree.Write("/t/\xff\xfe", nil)
	c.Tree.Write("/t/-x", nil)
	c.shows(t, "find t -type f", "t/-x\nt/a\x1b[2Jb\nt/\xff\xfe\n")
	c.shows(t, "find t -type f -print0", "t/-x\x00t/a\x1b[2Jb\x00t/\xff\xfe\x00")
	if got := c.does(t, "find t -name $'\\xff*' --json"); !strings.Contains(got, `"name_bytes":"dC///g=="`) {
		t.Errorf("JSON is %s", got)
	}
	c.onTerminal()
	c.shows(t, "find t -type f", "t/-x\nt/a\\x1b[2Jb\nt/\\xff\\xfe\n")
	for _, line := range []string{"find t -ls", "du -a t", "tree t"} {
		if got := c.does(t, line); strings.Contains(got, "\x1b") || strings.Contains(got, "\xff") {
			t.Errorf("%s prints %q", line, got)
		}
	}
}

// What a server makes up ends, is told, and does not keep the rest from being found.
func TestS58_FindEnds(t *testing.T) {
	c := newCounter(t)
	c.lists(`type=cdir;unique=1; .`, `type=dir;unique=1; again`, `type=file;size=1; ../up`, `type=file;size=1; ok`)
	c.fails(t, "find", StatusFailed, `unsafe name "../up"`)
	if got := c.out.String(); got != ".\n./again\n./ok\n" {
		t.Errorf("find prints %q", got)
	}
	c.lists(`type=dir; deeper`, `type=file;size=1; beside`)
	c.fails(t, "du -s", StatusFailed, "more than 100 directories")
	c.fails(t, "tree -d", StatusFailed, "more than 100 directories")
}

// A directory that cannot be listed, or not to its end, is told; the rest is shown.
func TestS60_FindTellsWhatItMisses(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/t/a/x", nil)
	c.Tree.Write("/t/b/y", nil)
	c.On("MLSD", func(k *script.Conversation, dir string) {
		if strings.HasSuffix(dir, "/a") {
			k.Reply("550 a: permission denied")
			return
		}
		k.Default("MLSD", dir)
	})
	c.fails(t, "find t", StatusFailed, "find: t/a: 550 a: permission denied")
	if got := c.out.String(); got != "t\nt/a\nt/b\nt/b/y\n" {
		t.Errorf("find prints %q", got)
	}
	c.On("MLSD", func(k *script.Conversation, _ string) {
		k.Reply("150 here")
		d := k.Data()
		d.Send("type=file;size=1; one\r\n")
		d.Close()
		k.Reply("426 cut")
	})
	c.fails(t, "du", StatusTemporary, "du: 426 cut")
}

// The first lines are there before the last directory is.
func TestFindStreams(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/t/a", nil)
	c.Tree.Write("/t/z/b", nil)
	seen := ""
	c.On("MLSD", func(k *script.Conversation, dir string) {
		if strings.HasSuffix(dir, "/z") {
			seen = c.out.String()
		}
		k.Default("MLSD", dir)
	})
	c.does(t, "find t")
	if seen != "t\nt/a\nt/z\n" {
		t.Errorf("before the last directory find has printed %q", seen)
	}
}

// What find deletes is collected first, and asked about; what -print prints before that stays printed.
func TestFindDelete(t *testing.T) {
	c := newCounter(t)
	for _, name := range []string{"/t/a.bak", "/t/d/b.bak", "/t/d/keep", "/t/e.bak/c.bak", "/t/keep"} {
		c.Tree.Write(name, nil)
	}
	c.fails(t, "find t -name *.bak -delete", StatusUsage, "nobody can be asked")
	c.answered("n")
	c.shows(t, "find t -name *.bak -print -delete",
		"t/a.bak\nt/d/b.bak\nt/e.bak/c.bak\nt/e.bak\n"+"  t/a.bak\n  t/d/b.bak\n  t/e.bak/c.bak\n  t/e.bak/\nnothing removed; 4 left\n")
	c.answered("y")
	c.does(t, "find t -name *.bak -delete")
	c.gone(t, "/t/a.bak", "/t/d/b.bak", "/t/e.bak")
	c.there(t, "/t/d/keep", "")
	c.does(t, "find t -name keep ! -path */d/* -delete --yes")
	c.gone(t, "/t/keep")
	c.does(t, "cd t")
	c.does(t, "find -delete --yes") // all but the directory itself
	if left := len(c.Tree.List("/t")); left != 0 {
		t.Errorf("%d are left", left)
	}
	c.there(t, "/t", "")
}

func TestS60_FindDeletesOnlyWhatIsKnown(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/t/a/x", nil)
	c.Tree.Write("/t/b/y", nil)
	c.On("MLSD", func(k *script.Conversation, dir string) {
		if strings.HasSuffix(dir, "/a") {
			k.Reply("550 a: permission denied")
			return
		}
		k.Default("MLSD", dir)
	})
	_, err := c.run(t, "find t -type f -delete --yes")
	if err == nil || !strings.Contains(c.err.String()+err.Error(), "nothing was removed") {
		t.Errorf("%v\n%s", err, c.err.String())
	}
	c.unsent(t, "DELE", "RMD")
}
