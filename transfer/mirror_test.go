package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"ftpsh/internal/script"
	"ftpsh/remote"
)

// forest puts n files of some bytes into each of three directories below /d.
func (b *bench) forest(n int) map[string]string {
	tree := map[string]string{}
	for i := range 3 * n {
		dir := fmt.Sprintf("dir %d/", i%3)
		name, text := fmt.Sprintf("%sf%d", dir, i), strings.Repeat("x", i)
		tree[dir], tree[name] = "", text
		b.Tree.Write("/d/"+name, []byte(text))
	}
	return tree
}

// down mirrors /d into the local directory.
func (b *bench) down(t *testing.T, j *Job) (Summary, []string, error) {
	t.Helper()
	return b.job(t, j, mirrored(b.dir, "/d", false))
}

// up mirrors the local directory to /d.
func (b *bench) up(t *testing.T, j *Job) (Summary, []string, error) {
	t.Helper()
	return b.job(t, j, mirrored(b.dir, "/d", true))
}

func (b *bench) job(t *testing.T, j *Job, plan Plan) (Summary, []string, error) {
	t.Helper()
	seen := &onlooker{}
	j.Op, j.Conn, j.Observer = "mirror", b.conn, seen
	summary, err := j.Run(t.Context(), plan)
	return summary, seen.told(), err
}

// onlyTold fails unless these are the failures that were told.
func onlyTold(t *testing.T, told []string, want ...string) {
	t.Helper()
	told = slices.DeleteFunc(told, func(line string) bool { return !strings.HasPrefix(line, "failed ") })
	if !slices.Equal(told, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

// A server that gives two connections and refuses the third: the job does with two.
func TestJobMakesDoWithFewerConnections(t *testing.T) {
	for _, refusal := range []string{"421 too many connections", "530 too many of you"} {
		b := newBench(t)
		tree := b.forest(20)
		var connections atomic.Int32
		b.OnConnect(func(c *script.Conversation) {
			if connections.Add(1) >= 2 {
				c.Reply(refusal)
				c.Close()
				return
			}
			c.Reply("220 ready")
		})
		summary, told, err := b.down(t, &Job{Workers: 6})
		if err != nil || summary.Moved != 60 {
			t.Errorf("%s: %+v, %v\n%s", refusal, summary, err, told)
		}
		sameTree(t, files(t, b.dir), tree)
	}
}

// The connection of one worker breaks in the middle of a file: the file is gone on with.
func TestJobGoesOnWhenAConnectionBreaks(t *testing.T) {
	b := newBench(t)
	tree := b.forest(10)
	whole := string(random(300_000))
	tree["big"] = whole
	b.Tree.Write("/d/big", []byte(whole))
	var broken atomic.Bool
	b.On("RETR", func(c *script.Conversation, name string) {
		if !strings.HasSuffix(name, "big") || broken.Swap(true) {
			c.Default("RETR", name)
			return
		}
		c.Reply("150 here")
		d := c.Data()
		d.Send(whole[:100_000])
		c.Cut()
		d.Close()
	})
	summary, told, err := b.down(t, &Job{Workers: 3, Retries: 2})
	if err != nil || summary.Moved != 31 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
	sameTree(t, files(t, b.dir), tree)
}

// A job that failed in part does what is left when it is run again, and starts no file anew of which a
// part is here.
func TestJobRunAgainDoesWhatIsLeft(t *testing.T) {
	b := newBench(t)
	tree := b.forest(5)
	whole := string(random(300_000))
	tree["big"] = whole
	b.Tree.Write("/d/big", []byte(whole))
	b.On("RETR", func(c *script.Conversation, name string) {
		if !strings.HasSuffix(name, "big") {
			c.Default("RETR", name)
			return
		}
		c.Reply("150 here")
		d := c.Data()
		d.Send(whole[:200_000])
		d.Close()
		c.Reply("451 the disk cannot be read")
	})
	summary, told, err := b.down(t, &Job{Workers: 3})
	var failed *JobError
	if !errors.As(err, &failed) || failed.Failed != 1 || summary.Moved != 15 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	summary, told, err = b.down(t, &Job{Workers: 3})
	if err != nil || summary.Moved != 1 || summary.Same != 15 || summary.Bytes != 100_000 {
		t.Errorf("again: %+v, %v\n%s", summary, err, told)
	}
	sameTree(t, files(t, b.dir), tree)
}

func TestJobStopsAtTheFirstFailure(t *testing.T) {
	b := newBench(t)
	b.forest(20)
	b.Answer("RETR", "550 no")
	summary, told, err := b.down(t, &Job{Workers: 1, FailFast: true})
	if err == nil || summary.Failed != 1 || summary.Left < 19 || summary.Moved != 0 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
}

// The server's disk is full: what would come next is not tried.
func TestF08_JobStopsWhenTheServerIsFull(t *testing.T) {
	b := newBench(t)
	plant(t, b.dir, sampleTree())
	b.On("STOR", func(c *script.Conversation, _ string) {
		c.Reply("150 go on")
		c.Data().Reset()
		c.Reply("552 quota exceeded")
	})
	summary, told, err := b.up(t, &Job{Workers: 1})
	if err == nil || summary.Failed != 1 || summary.Left == 0 || !strings.Contains(strings.Join(told, "\n"), "552 quota exceeded") {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
	if !exhausted(&pair{}, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}) || exhausted(&pair{}, os.ErrNotExist) {
		t.Error("a full disk here is not known as one")
	}
}

// Nothing that a server calls its files is written anywhere but into the target.
func TestS50_MirrorStaysInside(t *testing.T) {
	b := newBench(t)
	b.lists(`type=file;size=1; ../up`, `type=file;size=1; /etc/ftpsh-x`, `type=dir; ..`, `type=dir; ../dir`, `type=file;size=2; ok`, `type=file;size=1; `)
	b.Tree.Write("/d/ok", []byte("ok"))
	summary, told, err := b.down(t, &Job{})
	if err == nil || summary.Moved != 1 || summary.Failed < 3 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
	sameTree(t, files(t, b.dir), map[string]string{"ok": "ok"})
	if _, err := os.Stat(filepath.Join(b.dir, "..", "up")); err == nil {
		t.Error("a file was written outside the target")
	}
}

// A link that lies here must not be gone through, wherever it leads, nor a link of the server's be made.
func TestS51_MirrorGoesThroughNoLink(t *testing.T) {
	b := newBench(t)
	outside := t.TempDir()
	b.Tree.Write("/d/dir/file", []byte("new"))
	b.Tree.Write("/d/linked", []byte("text"))
	if err := os.Symlink(outside, filepath.Join(b.dir, "dir")); err != nil {
		t.Fatal(err)
	}
	_, told, err := b.down(t, &Job{})
	if err == nil {
		t.Error("nothing was refused")
	}
	onlyTold(t, told, "failed "+filepath.Base(b.dir)+"/dir: a symbolic link on the other side")
	if len(files(t, outside)) > 0 {
		t.Error("a file was written outside the target")
	}
	b.lists(`type=OS.unix=slink:/outside; way`, `type=dir; way`, `type=OS.unix=slink:/outside; other`)
	_, told, _ = b.down(t, &Job{})
	onlyTold(t, told, "failed /d/way: listed twice")
	if _, err := os.Lstat(filepath.Join(b.dir, "other")); err == nil {
		t.Error("a link of the server's was made here")
	}
}

// What is missing in a listing that may lack something is not gone.
func TestS60_NothingIsRemovedAfterAnIncompleteListing(t *testing.T) {
	for name, rude := range map[string]func(c *script.Conversation){
		"cut": func(c *script.Conversation) {
			c.Reply("150 here")
			c.Data().Close()
			c.Reply("426 cut")
		},
		"broken off within a line": func(c *script.Conversation) { c.Download([]byte("type=file;size=2; a\r\ntype=fi")) },
		"a strange line":           func(c *script.Conversation) { c.Download([]byte("type=file;size=2; a\r\nI am no fact\r\n")) },
		"a hostile name":           func(c *script.Conversation) { c.Download([]byte("type=file;size=2; a\r\ntype=file;size=1; ../b\r\n")) },
	} {
		b := newBench(t)
		b.Tree.Write("/d/a", []byte("aa"))
		b.Tree.Write("/d/sub/b", []byte("bb"))
		if _, told, err := b.down(t, &Job{}); err != nil {
			t.Fatal(err, told)
		}
		plant(t, b.dir, map[string]string{"precious": "p", "sub/precious": "p"})
		b.On("MLSD", func(c *script.Conversation, dir string) {
			if strings.HasSuffix(dir, "sub") {
				c.Default("MLSD", dir)
				return
			}
			rude(c)
		})
		plan := mirrored(b.dir, "/d", false)
		plan.Removals = &Removals{}
		summary, told, err := b.job(t, &Job{}, plan)
		if err == nil || summary.Removed > 0 || summary.Failed != 1 { // one thing is wrong: it was counted twice
			t.Errorf("%s: %+v, %v\n%s", name, summary, err, told)
		}
		for _, kept := range []string{"precious", "sub/precious", "sub/b"} {
			if _, err := os.Stat(filepath.Join(b.dir, kept)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A mirror leaves what other transfers are at work on, on both sides.
func TestMirrorLeavesUnfinishedTransfersAlone(t *testing.T) {
	b := newBench(t)
	plant(t, b.dir, map[string]string{"a": "a", ".x.ftpsh-part": "half", ".x.ftpsh-part.json": "{}"})
	b.Tree.Write("/d/.y.ftpsh-abcdefgh", []byte("half"))
	plan := mirrored(b.dir, "/d", true)
	plan.Removals = &Removals{}
	summary, told, err := b.job(t, &Job{}, plan)
	if err != nil || summary.Moved != 1 || summary.Skipped != 2 || summary.Removed != 0 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
}

// The file on the server is the old one or the new one, whole, whatever goes wrong with the new one.
func TestS45_MirrorReplacesNothingByHalf(t *testing.T) {
	for name, rude := range map[string]func(b *bench){
		"half is stored": func(b *bench) {
			b.On("STOR", func(c *script.Conversation, name string) {
				content, _ := c.Upload("150 go on")
				b.Tree.Write(absolute(name), content[:len(content)/2])
				c.Reply("226 done")
			})
		},
		"cannot be renamed": func(b *bench) { b.Answer("RNTO", "553 not allowed") },
		"breaks off": func(b *bench) {
			b.On("STOR", func(c *script.Conversation, _ string) {
				c.Reply("150 go on")
				c.Data().Reset()
				c.Reply("451 it broke off")
			})
		},
	} {
		b := newBench(t)
		b.Tree.Write("/d/a", []byte("old"))
		plant(t, b.dir, map[string]string{"a": "new and longer"})
		rude(b)
		summary, told, err := b.up(t, &Job{Retries: 1})
		if err == nil || summary.Failed != 1 {
			t.Errorf("%s: %+v, %v\n%s", name, summary, err, told)
		}
		if got := b.there("/d/a"); got != "old" {
			t.Errorf("%s: the file on the server is %q", name, got)
		}
	}
}

func absolute(name string) string { return "/" + strings.TrimPrefix(name, "/") }

// A file that changes while it is sent does not get its name.
func TestF11_MirrorSendsNoMixture(t *testing.T) {
	b := newBench(t)
	plant(t, b.dir, map[string]string{"log": strings.Repeat("a", 100), "quiet": "q"})
	b.On("STOR", func(c *script.Conversation, name string) {
		if strings.Contains(name, "log") {
			file, err := os.OpenFile(filepath.Join(b.dir, "log"), os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = file.WriteString("more")
				err = errors.Join(err, file.Close())
			}
			if err != nil {
				t.Error(err)
			}
		}
		c.Default("STOR", name)
	})
	summary, told, err := b.up(t, &Job{Workers: 1})
	if err == nil || summary.Moved != 1 || !strings.Contains(strings.Join(told, "\n"), "the file changed while it was sent") {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
	if _, there := b.Tree.Get("/d/log"); there {
		t.Error("the file got its name")
	}
}

// A server that cannot rename is told once; its files are stored directly.
func TestMirrorToAServerThatDoesNotRename(t *testing.T) {
	b := newBench(t)
	plant(t, b.dir, sampleTree())
	b.Answer("RNFR", "502 not here")
	summary, told, err := b.up(t, &Job{Workers: 2})
	if err != nil || summary.Moved != 34 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
	for name, text := range sampleTree() {
		if got := b.there("/d/" + name); !strings.HasSuffix(name, "/") && got != text {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// Times that a listing tells by the minute are asked for before a file is taken for another, or the same.
func TestF17_MirrorAsksForExactTimes(t *testing.T) {
	b := benchFor(t, script.Options{}, remote.Options{NoMLSD: true}, 0)
	b.forest(3)
	if _, told, err := b.down(t, &Job{}); err != nil {
		t.Fatal(err, told)
	}
	summary, told, err := b.down(t, &Job{})
	if err != nil || summary.Moved != 0 || summary.Same != 9 {
		t.Errorf("again: %+v, %v\n%s", summary, err, told)
	}
	b.Tree.Write("/d/dir 0/f3", []byte("yyy"))
	f, _ := b.Tree.Get("/d/dir 0/f3")
	if err := b.Tree.Touch("/d/dir 0/f3", f.Time.Add(3e9)); err != nil {
		t.Fatal(err)
	}
	summary, told, err = b.down(t, &Job{})
	if got, _ := os.ReadFile(filepath.Join(b.dir, "dir 0/f3")); err != nil || summary.Moved != 1 || !bytes.Equal(got, []byte("yyy")) {
		t.Errorf("a file of the same size, three seconds younger: %+v, %v, %q\n%s", summary, err, got, told)
	}
}

// A download begins before the tree is known: the server does not list the second directory until the
// first file has been asked for.
func TestJobMovesBeforeAllIsKnown(t *testing.T) {
	b := newBench(t)
	for i := range 40 {
		b.Tree.Write(fmt.Sprintf("/d/a/%d", i), []byte("x"))
	}
	b.Tree.Write("/d/b/1", []byte("y"))
	moving := make(chan bool)
	var once sync.Once
	b.On("RETR", func(c *script.Conversation, name string) {
		once.Do(func() { close(moving) })
		c.Default("RETR", name)
	})
	b.On("MLSD", func(c *script.Conversation, dir string) {
		if strings.HasSuffix(dir, "/b") {
			select {
			case <-moving:
			case <-c.Done():
			}
		}
		c.Default("MLSD", dir)
	})
	if summary, told, err := b.down(t, &Job{Workers: 1}); err != nil || summary.Moved != 41 {
		t.Errorf("%+v, %v\n%s", summary, err, told)
	}
}
