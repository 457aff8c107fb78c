package transfer

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// staysBeside mirrors a path of the server, with removals, to a directory that has a file of its own. It fails
// unless that file stays.
func (b *bench) staysBeside(t *testing.T, what, source string) {
	t.Helper()
	b.write(t, "mine", "precious")
	plan := mirrored(b.dir, source, false)
	plan.Removals = &Removals{}
	summary, told, err := b.job(t, &Job{}, plan)
	if _, there := b.here(t, "mine"); !there || err == nil || summary.Removed > 0 {
		t.Errorf("%s: %+v, %v\n%q", what, summary, err, told)
	}
}

// A server that is asked to list a file lists the file: as the listing of a directory that meant that all
// else in the target was to be removed.
func TestS60_TheListingOfAFileRemovesNothing(t *testing.T) {
	for _, facts := range []bool{true, false} {
		b := newBench(t)
		if !facts {
			b.Answer("FEAT", "502 no")
			b.Answer("MLSD", "502 no")
			b.Answer("MLST", "502 no")
		}
		b.Tree.Write("/file", []byte("x"))
		b.Tree.Write("/d/file", []byte("x"))
		for _, source := range []string{"file", "/file", "d/file", "/d/file"} {
			b.staysBeside(t, source, source)
		}
	}
}

// vsftpd lists a directory that it cannot open as an empty one, and ends with 226.
func TestS60_ADirectoryThatWasNotOpenedIsNotEmpty(t *testing.T) {
	b := newBench(t)
	b.Answer("FEAT", "502 no")
	b.Answer("MLSD", "502 no")
	b.Answer("MLST", "502 no")
	b.Tree.Mkdir("/locked")
	b.On("LIST", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		c.Data().Close()
		c.Reply("226 Transfer done (but failed to open directory).")
	})
	b.staysBeside(t, "not opened", "/locked")
	if _, told, err := b.job(t, &Job{}, mirrored(b.dir, "/locked", false)); err == nil || !strings.Contains(err.Error(), "failed to open directory") {
		t.Errorf("the reason is told as %v\n%q", err, told)
	}
}

// What real servers answer for what is no directory, or none that they can read.
func TestS60_SourcesThatAreNoDirectoriesOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, root := d.Dir(t)
		for _, name := range []string{"locked", "locked too"} {
			if err := os.Mkdir(filepath.Join(local, name), 0o711); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(local, "file"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("locked", filepath.Join(local, "link")); err != nil {
			t.Fatal(err)
		}
		b := &bench{conn: connectDaemon(t, d), dir: t.TempDir()}
		for _, source := range []string{"file", "locked", "locked too", "link", "missing"} {
			b.staysBeside(t, source, root+"/"+source)
		}
		if err := b.conn.Chdir(t.Context(), root); err != nil {
			t.Fatal(err)
		}
		for _, source := range []string{"file", "locked", "locked too", "link", "missing"} {
			b.staysBeside(t, source, source)
		}
	}, ftptest.Plain)
}

// treeWithLink plants a tree that has a link out of it, to where anybody may write.
func treeWithLink(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"tree", "tree/sub", "outside"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(path, 0o777), os.Chmod(path, 0o777)); err != nil { // whatever the umask
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../outside", filepath.Join(dir, "tree", "link")); err != nil {
		t.Fatal(err)
	}
}

func nothingOutside(t *testing.T, dir string) {
	t.Helper()
	if outside, err := os.ReadDir(filepath.Join(dir, "outside")); err != nil || len(outside) > 0 {
		t.Errorf("outside the tree: %v, %v", outside, err)
	}
}

// pyftpdlib lists a link to a directory as a directory: what was sent into it landed outside the tree.
func TestS51_UploadGoesThroughNoLinkOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, root := d.Dir(t)
		treeWithLink(t, local)
		b := &bench{conn: connectDaemon(t, d), dir: t.TempDir()}
		plant(t, b.dir, map[string]string{"link/": "", "link/f": "evil", "sub/": "", "sub/f": "good"})
		summary, told, err := b.job(t, &Job{}, mirrored(b.dir, root+"/tree", true))
		if err == nil || summary.Moved != 1 || summary.Failed != 1 {
			t.Errorf("%+v, %v\n%q", summary, err, told)
		}
		nothingOutside(t, local)
	}, ftptest.Plain)
}

// cp -r onto a tree of pyftpdlib's went through the link, too: it says that the link is a directory.
func TestS51_CopyGoesThroughNoLinkOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, root := d.Dir(t)
		treeWithLink(t, local)
		plant(t, local, map[string]string{"new/link/": "", "new/link/f": "evil"})
		b := &bench{conn: connectDaemon(t, d), dir: t.TempDir()}
		copies := &Copies{Trees: []TreeCopy{{From: root + "/new", To: root + "/tree"}}}
		summary, told, err := b.job(t, &Job{}, copies)
		if err == nil || summary.Moved != 0 {
			t.Errorf("%+v, %v\n%q", summary, err, told)
		}
		nothingOutside(t, local)
	}, ftptest.Plain)
}

// A directory that a pattern had found was fetched through a link here that has its name.
func TestS51_WhatIsFoundGoesThroughNoLinkHere(t *testing.T) {
	b := newBench(t)
	treeWithLink(t, b.dir)
	b.Tree.Write("/link/f", []byte("evil"))
	tree := mirrored(filepath.Join(b.dir, "tree", "link"), "/link", false)
	tree.Found = true
	if summary, told, err := b.job(t, &Job{}, &Several{Trees: []*Mirror{tree}}); err == nil || summary.Moved > 0 {
		t.Errorf("%+v, %v\n%q", summary, err, told)
	}
	nothingOutside(t, b.dir)
}
