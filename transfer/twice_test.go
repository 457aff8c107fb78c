package transfer

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// Two mirrors into one directory at once: the one that comes second to a file is refused, and no part is left.
// Such a file was fetched by both, and the later copy stayed as .NAME~1.ftpsh-part.
func TestF15_TwoMirrorsAtOnce(t *testing.T) {
	b := newBench(t)
	tree := b.forest(20)
	var both sync.WaitGroup
	for range 2 {
		conn := connect(t, b.Addr(), "ann", "secret", remote.Options{}, wire.TLSNever)
		both.Go(func() {
			plan := mirrored(b.dir, "/d", false)
			plan.Settings.Preserve = true
			job := &Job{Op: "mirror", Conn: conn, Workers: 3}
			if _, err := job.Run(t.Context(), plan); err != nil && !errors.Is(err, ErrBusy) {
				t.Error(err)
			}
		})
	}
	both.Wait()
	sameTree(t, files(t, b.dir), tree)
}

// Both have looked for the part of one file, and found none, when the first of them makes it.
func TestF15_APartThatAppearsMeanwhileIsBusy(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("text"))
	meanwhile := func(c *script.Conversation, name string) {
		root := localTree(t, b.dir).Root
		first, err := newPart(root, "a", newRecord(b.conn, "/a", facts{size: 4}), making{})
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { first.file.Close() })
		c.Default("RETR", name)
	}
	b.On("RETR", meanwhile)
	node := Node{Name: "a", Size: 4}
	_, err := b.get(t, Download{Remote: "/a", Part: true, Known: &node})
	wants(t, err, ErrBusy, statusLocal, "another ftpsh is fetching it")
	if got := fmt.Sprint(b.names(t)); got != "[.a.ftpsh-part .a.ftpsh-part.json]" {
		t.Errorf("here are %s", got)
	}
	b.usable(t)
}

// A file that another transfer brings meanwhile is not needed twice; one that is another one is not replaced.
func TestF15_AFileThatAppearsMeanwhile(t *testing.T) {
	for _, test := range []struct{ text, want string }{{"text", "[a]"}, {"mine", "[.a.ftpsh-part .a.ftpsh-part.json a]"}} {
		b := newBench(t)
		b.Tree.Write("/a", []byte("text"))
		other := benchFor2(t, b)
		b.On("RETR", func(c *script.Conversation, name string) {
			b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
			if _, err := other.get(t, Download{Remote: "/a", Preserve: true}); err != nil {
				t.Error(err)
			}
			if test.text != "text" {
				b.write(t, "a", test.text)
			}
			c.Default("RETR", name)
		})
		result, err := b.get(t, Download{Remote: "/a", Preserve: true, Part: true})
		if same := test.text == "text"; same != (err == nil) || same != (result.Skipped != "") {
			t.Errorf("%s: %+v, %v", test.text, result, err)
		}
		if got, _ := b.here(t, "a"); got != test.text || fmt.Sprint(b.names(t)) != test.want {
			t.Errorf("a is %q; here are %q", got, b.names(t))
		}
	}
}
