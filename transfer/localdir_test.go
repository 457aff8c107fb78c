package transfer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
)

// partsOf waits until a part of a file is here, and beside it for that file as many names as are expected at
// least, all told; these are what it returns.
func (b *bench) partsOf(t *testing.T, name string, least int) (names []string) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(time.Millisecond) {
		names, _ = filepath.Glob(filepath.Join(b.dir, partName(name, 0)+"*"))
		if len(names) >= least && slices.ContainsFunc(names, func(path string) bool { return strings.HasSuffix(path, partSuffix) }) {
			return names
		}
	}
	t.Errorf("there is no part, or no record: %q", names)
	return names
}

// Once it is known what permissions new files get, a small file needs no record while it comes, and has the
// same permissions.
func TestASmallFileOfATreeNeedsNoRecord(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"1", "2", "3"} {
		b.Tree.Write("/d/"+name, []byte("content"))
	}
	b.Tree.Write("/d/4", make([]byte, smallPart+1))
	b.On("RETR", func(c *script.Conversation, path string) {
		c.Reply("150 here it comes")
		d := c.Data()
		name := filepath.Base(path)
		least := 1
		if name == "4" {
			least = 2
		}
		if beside := b.partsOf(t, name, least); len(beside) > 1 && name != "1" && name != "4" {
			t.Errorf("beside the part of %s: %q", name, beside)
		}
		file, _ := b.Tree.Get(path)
		_, _ = d.Write(file.Content)
		d.Close()
		c.Reply("226 done")
	})
	summary, told, err := b.down(t, &Job{Workers: 1})
	if err != nil || summary.Moved != 4 {
		t.Fatalf("%+v, %v\n%s", summary, err, told)
	}
	var modes []os.FileMode
	for _, name := range []string{"1", "2", "3", "4"} {
		info, err := os.Stat(filepath.Join(b.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		modes = append(modes, info.Mode())
	}
	if len(slices.Compact(modes)) != 1 {
		t.Errorf("permissions: %v", modes)
	}
}

// What a small file that broke off has brought is gone on from, as of any other.
func TestASmallFileOfATreeThatBreaksOffIsKept(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/d/1", []byte("content"))
	b.Tree.Write("/d/2", []byte("content"))
	broken := false
	b.On("RETR", func(c *script.Conversation, path string) {
		if strings.HasSuffix(path, "1") || broken {
			c.Default("RETR", path)
			return
		}
		broken = true
		c.Reply("150 here it comes")
		d := c.Data()
		_, _ = d.Write([]byte("cont"))
		d.Close()
		c.Reply("551 it cannot be read any further")
	})
	if summary, told, err := b.down(t, &Job{Workers: 1}); err == nil || summary.Moved != 1 {
		t.Fatalf("%+v, %v\n%s", summary, err, told)
	}
	left, err := Leftovers(b.dir)
	if err != nil || len(left) != 1 || left[0].Bytes != 4 || left[0].Size != 7 || left[0].Path != "/d/2" {
		t.Fatalf("%+v, %v", left, err)
	}
	summary, told, err := b.down(t, &Job{Workers: 1})
	if err != nil || summary.Moved != 1 || summary.Bytes != 3 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
	if text, _ := b.here(t, "2"); text != "content" || len(b.names(t)) != 2 {
		t.Errorf("%q; %q", text, b.names(t))
	}
}

// A download of a small file that was killed has left a part that nobody can go on from: it goes. One that
// somebody writes to stays.
func TestAPartThatIsAnOrphanMakesRoom(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"1", "2", "3"} {
		b.Tree.Write("/d/"+name, []byte("content"))
	}
	b.write(t, partName("1", 0), "cont")
	b.write(t, partName("2", 0), "")
	b.write(t, partName("3", 0), "of another")
	other, err := os.OpenFile(filepath.Join(b.dir, partName("3", 0)), os.O_RDWR, 0)
	if err != nil || lock(other) != nil {
		t.Fatal(err)
	}
	defer other.Close()
	summary, told, err := b.down(t, &Job{})
	if err == nil || summary.Moved != 2 || summary.Failed != 1 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
	if text, there := b.here(t, partName("3", 0)); !there || text != "of another" || len(b.names(t)) != 3 {
		t.Errorf("%q: %q", text, b.names(t))
	}
}

// Whether there is room for a file of a tree was asked about a directory that does not exist, and so never
// known.
func TestF09_ThereIsNoRoomForAFileOfATree(t *testing.T) {
	b := newBench(t)
	conn := b.conn
	if _, known := freeSpace(b.dir); !known {
		t.Log("this disk does not tell")
		return
	}
	root, err := os.OpenRoot(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := root.Mkdir("sub", 0o777); err != nil {
		t.Fatal(err)
	}
	node := &Node{Name: "f", Size: 1 << 60}
	b.Tree.Write("/f", []byte("content"))
	_, err = Get(t.Context(), conn, Download{Remote: "/f", Root: root, Dir: "sub", Name: "f", Known: node})
	if err == nil || !strings.Contains(err.Error(), "has room for") {
		t.Errorf("%v", err)
	}
}
