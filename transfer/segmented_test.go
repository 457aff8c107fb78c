package transfer

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// asked is a server that tells at which offset each file is asked for.
type asked struct {
	mu      sync.Mutex
	changed *sync.Cond
	rest    map[*script.Conversation]int64
	offsets []int64
}

// watchOffsets has serve play each RETR, after its offset has been counted.
func (b *bench) watchOffsets(serve func(c *script.Conversation, name string, offset int64)) *asked {
	a := &asked{rest: map[*script.Conversation]int64{}}
	a.changed = sync.NewCond(&a.mu)
	b.On("REST", func(c *script.Conversation, offset string) {
		a.mu.Lock()
		a.rest[c], _ = strconv.ParseInt(offset, 10, 64)
		a.mu.Unlock()
		c.Default("REST", offset)
	})
	b.On("RETR", func(c *script.Conversation, name string) {
		a.mu.Lock()
		offset := a.rest[c]
		delete(a.rest, c)
		a.offsets = append(a.offsets, offset)
		a.changed.Broadcast()
		a.mu.Unlock()
		serve(c, name, offset)
	})
	return a
}

// wait waits until what was asked for is as it is to be, or the server ends.
func (a *asked) wait(c *script.Conversation, enough func(offsets []int64) bool) {
	go func() {
		<-c.Done()
		a.changed.Broadcast()
	}()
	a.mu.Lock()
	defer a.mu.Unlock()
	for !enough(a.offsets) {
		select {
		case <-c.Done():
			return
		default:
			a.changed.Wait()
		}
	}
}

// sendSlowly sends the beginning, and the rest when it is told to.
func sendSlowly(c *script.Conversation, content string, goOn func()) {
	c.Reply("150 here it comes")
	d := c.Data()
	d.Send(content[:100_000])
	goOn()
	d.Send(content[100_000:])
	if d.Err() != nil {
		d.Reset()
		c.Reply("426 you have had enough")
		return
	}
	d.Close()
	c.Reply("226 done")
}

const large = 6 << 20

func (b *bench) writeLarge() {
	b.Tree.Write("/a", random(large))
	b.Tree.Touch("/a", time.Unix(1.5e9, 0))
}

// expectWhole is for a file that has arrived, with nothing left beside it.
func (b *bench) expectWhole(t *testing.T, result Result, err error) {
	t.Helper()
	if got, _ := b.here(t, "a"); err != nil || !result.Verified || got != b.there("/a") {
		t.Errorf("%+v, %v: %d bytes", result, err, len(got))
	}
	if names := b.names(t); !slices.Equal(names, []string{"a"}) {
		t.Errorf("left behind: %v", names)
	}
}

// A connection that stands still keeps next to nothing to itself.
func TestSlowFlowIsNeverLast(t *testing.T) {
	b := newBench(t)
	b.writeLarge()
	var a *asked
	a = b.watchOffsets(func(c *script.Conversation, name string, offset int64) {
		if offset > 0 {
			c.Default("RETR", name)
			return
		}
		sendSlowly(c, b.there("/a"), func() {
			a.wait(c, func(offsets []int64) bool {
				return slices.ContainsFunc(offsets, func(at int64) bool { return at > 0 && at < 1<<20 })
			})
		})
	})
	result, err := b.get(t, Download{Remote: "/a", Segments: 4})
	b.expectWhole(t, result, err)
	if result.Bytes != large || len(a.offsets) < 4 {
		t.Errorf("%d bytes moved, at %v", result.Bytes, a.offsets)
	}
	b.usable(t)
}

// untilProbed sends the beginning of /a until the end of it has been asked for.
func (b *bench) untilProbed(a **asked) func(c *script.Conversation, name string, offset int64) {
	return func(c *script.Conversation, name string, offset int64) {
		if offset > 0 {
			c.Default("RETR", name)
			return
		}
		sendSlowly(c, b.there("/a"), func() {
			(*a).wait(c, func(offsets []int64) bool { return len(offsets) > 1 })
		})
	}
}

// What keeps a file from coming in segments is told, and it comes in one stream.
func TestOneStreamWhereSegmentsCannotBe(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(b *bench)
		told  string
	}{
		"REST is ignored": {func(b *bench) {
			var a *asked
			a = b.watchOffsets(b.untilProbed(&a))
			b.Answer("REST", "350 sure")
			first := sync.Once{}
			b.On("RETR", func(c *script.Conversation, name string) {
				a.mu.Lock()
				a.offsets = append(a.offsets, 0)
				a.changed.Broadcast()
				a.mu.Unlock()
				own := false
				first.Do(func() { own = true })
				if !own {
					c.Default("RETR", name)
					return
				}
				sendSlowly(c, b.there("/a"), func() {
					a.wait(c, func(offsets []int64) bool { return len(offsets) > 1 })
				})
			})
		}, "cannot start in the middle"},
		"the server does not tell the size": {func(b *bench) {
			b.Answer("SIZE", "502 no")
			b.Answer("MLST", "502 no")
			b.Answer("FEAT", "502 no")
		}, "does not tell the size"},
		"nobody else is let in": {func(b *bench) {
			b.OnConnect(func(c *script.Conversation) { c.Reply("421 too many connections"); c.Close() })
		}, "too many connections"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.writeLarge()
			test.spoil(b)
			if name == "the server does not tell the size" {
				b.conn = connect(t, b.Addr(), "ann", "secret", remote.Options{}, wire.TLSNever)
			}
			result, err := b.get(t, Download{Remote: "/a", Segments: 4})
			if got, _ := b.here(t, "a"); err != nil || got != b.there("/a") {
				t.Errorf("%+v, %v: %d bytes", result, err, len(got))
			}
			told := strings.Join(result.Notes, "; ")
			tooLate := told == "" && name == "REST is ignored" // the stream was over before the server was found out
			if !strings.Contains(told, test.told) && !tooLate {
				t.Errorf("the notes are %q", told)
			}
		})
	}
}

// Connections that break give their segments back.
func TestBrokenFlowsGoOn(t *testing.T) {
	b := newBench(t)
	b.writeLarge()
	var a *asked
	broken := 0
	a = b.watchOffsets(func(c *script.Conversation, name string, offset int64) {
		a.mu.Lock()
		breaks := offset > 0 && offset < large-overlapSize && broken < 5
		if breaks {
			broken++
		}
		a.mu.Unlock()
		switch {
		case offset == 0:
			sendSlowly(c, b.there("/a"), func() {
				a.wait(c, func(offsets []int64) bool { return len(offsets) > 6 })
			})
		case breaks:
			c.Reply("150 here it comes")
			d := c.Data()
			d.Send(b.there("/a")[offset : offset+70_000])
			d.Reset()
			c.Reply("426 it broke")
		default:
			c.Default("RETR", name)
		}
	})
	result, err := b.get(t, Download{Remote: "/a", Segments: 3, Retries: 10})
	b.expectWhole(t, result, err)
	if broken < 5 {
		t.Errorf("%d connections broke, at %v", broken, a.offsets)
	}
}

// Segments of two versions make no file.
func TestSourceThatChangesIsFound(t *testing.T) {
	for name, change := range map[string]func(b *bench){
		"longer": func(b *bench) { b.Tree.Write("/a", random(large+10)) },
		"newer":  func(b *bench) { b.Tree.Touch("/a", time.Unix(1.6e9, 0)) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.writeLarge()
			before := b.there("/a")
			var a *asked
			a = b.watchOffsets(func(c *script.Conversation, name string, offset int64) {
				if offset > 0 {
					c.Default("RETR", name)
					return
				}
				sendSlowly(c, before, func() {
					a.wait(c, func(offsets []int64) bool { return len(offsets) > 1 })
					change(b)
				})
			})
			result, err := b.get(t, Download{Remote: "/a", Segments: 2})
			wants(t, err, ErrChanged, statusIncomplete, "changed while it was fetched")
			if names := b.names(t); len(names) > 0 {
				t.Errorf("left behind: %v (%+v)", names, result)
			}
		})
	}
}

// leaveSegments writes a part of /a by hand as a killed download leaves it, with gaps.
func (b *bench) leaveSegments(t *testing.T, name, content string, gaps ...span) {
	t.Helper()
	f, err := look(t.Context(), b.conn, name, true)
	if err != nil {
		t.Fatal(err)
	}
	r := newRecord(b.conn, name, f)
	r.Missing = gaps
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	part := []byte(content)
	for _, gap := range gaps {
		clear(part[gap.From:gap.To])
	}
	b.write(t, ".a.ftpsh-part", string(part))
	b.write(t, ".a.ftpsh-part.json", string(text))
}

var gaps = []span{{100_000, 900_000}, {1_000_000, 1_000_001}, {1_000_010, 4_000_000}, {large - 500_000, large}}

// A part with gaps is gone on with, in segments or in one stream.
func TestF18_SegmentsGoOnAfterKill(t *testing.T) {
	for _, segments := range []int{0, 3} {
		b := newBench(t)
		b.writeLarge()
		b.leaveSegments(t, "/a", b.there("/a"), gaps...)
		result, err := b.get(t, Download{Remote: "/a", Resume: true, Segments: segments})
		b.expectWhole(t, result, err)
		if result.Bytes != sum(gaps) {
			t.Errorf("%d bytes moved, %d were missing", result.Bytes, sum(gaps))
		}
	}
}

// What a killed download leaves behind at any moment is enough to go on from.
func TestF18_RecordTellsNoMoreThanThereIs(t *testing.T) {
	b := newBench(t)
	b.writeLarge()
	copied := t.TempDir()
	var a *asked
	a = b.watchOffsets(func(c *script.Conversation, name string, offset int64) {
		if offset > 0 {
			c.Default("RETR", name)
			return
		}
		sendSlowly(c, b.there("/a"), func() {
			a.wait(c, func(offsets []int64) bool { return len(offsets) > 3 })
			for _, name := range []string{".a.ftpsh-part.json", ".a.ftpsh-part"} { // the record first: it must not know more
				text, err := os.ReadFile(filepath.Join(b.dir, name))
				if err != nil {
					t.Error(err)
				}
				os.WriteFile(filepath.Join(copied, name), text, 0o600)
			}
		})
	})
	result, err := b.get(t, Download{Remote: "/a", Segments: 4})
	b.expectWhole(t, result, err)
	b.dir = copied
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	result, err = b.get(t, Download{Remote: "/a", Resume: true, Segments: 2})
	b.expectWhole(t, result, err)
}

// One that is interrupted keeps what came, and goes on in one stream as well.
func TestF20_CancelledSegments(t *testing.T) {
	b := newBench(t)
	b.writeLarge()
	arriving := make(firstBytes)
	ctx, cancel := context.WithCancel(t.Context())
	var a *asked
	a = b.watchOffsets(func(c *script.Conversation, name string, offset int64) {
		if offset > 0 {
			c.Default("RETR", name)
			return
		}
		sendSlowly(c, b.there("/a"), func() {
			a.wait(c, func(offsets []int64) bool { return len(offsets) > 3 })
			<-arriving // or there is nothing to keep
			cancel()
			<-c.Done()
		})
	})
	result, err := Get(ctx, b.conn, Download{Remote: "/a", Dir: b.dir, Name: "a", Segments: 4, Progress: arriving})
	if err != context.Canceled || result.Kept != ".a.ftpsh-part" {
		t.Fatalf("%+v, %v", result, err)
	}
	left, err := Leftovers(b.dir)
	if err != nil || len(left) != 1 || left[0].Bytes >= large {
		t.Errorf("left are %+v, %v", left, err)
	}
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	before := result.Bytes
	result, err = b.get(t, Download{Remote: "/a", Resume: true})
	b.expectWhole(t, result, err)
	if result.Bytes > large-before+large/4 {
		t.Errorf("%d bytes moved after %d", result.Bytes, before)
	}
}

// firstBytes is a progress that is closed when something has arrived.
type firstBytes chan struct{}

func (f firstBytes) Started(m Moving) {
	go func() {
		for m.Moved() == 0 {
			time.Sleep(time.Millisecond)
		}
		close(f)
	}()
}

func (f firstBytes) Done(int64) {}

// What is here of another file is never spliced with segments, even if REST is ignored and all bytes are alike.
func TestS48_F14_SegmentsOfAnotherFile(t *testing.T) {
	for name, spoil := range map[string]func(b *bench){
		"other bytes":     func(b *bench) { b.Tree.Write("/a", random(large)) },
		"REST is ignored": func(b *bench) { b.Answer("REST", "350 sure") },
		"REST is refused": func(b *bench) { b.Answer("REST", "502 not here") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.Tree.Write("/a", []byte(strings.Repeat("x", large)))
			b.Tree.Touch("/a", time.Unix(1.5e9, 0))
			b.leaveSegments(t, "/a", b.there("/a"), gaps...)
			spoil(b)
			b.Tree.Touch("/a", time.Unix(1.5e9, 0))
			result, err := b.get(t, Download{Remote: "/a", Resume: true, Segments: 3})
			if got, _ := b.here(t, "a"); err != nil || got != b.there("/a") {
				t.Errorf("%+v, %v: %d bytes", result, err, len(got))
			}
			if _, kept := b.here(t, ".a.ftpsh-part"); !kept || !strings.Contains(strings.Join(result.Notes, "\n"), "anew") {
				t.Errorf("the notes are %q", result.Notes)
			}
		})
	}
}

func TestSegmentsOfDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, path := d.Dir(t)
		content := string(random(large))
		if err := os.WriteFile(filepath.Join(local, "a"), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		b := &bench{conn: connectDaemon(t, d), dir: t.TempDir()}
		b.leaveSegments(t, path+"/a", content, gaps...)
		for _, resume := range []bool{true, false} {
			result, err := b.get(t, Download{Remote: path + "/a", Resume: resume, Segments: 3, Policy: Overwrite})
			if got, _ := b.here(t, "a"); err != nil || !result.Verified || got != content {
				t.Errorf("%+v, %v: %d bytes", result, err, len(got))
			}
		}
		if _, err := b.conn.Size(t.Context(), path+"/a"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	}, ftptest.Plain, ftptest.Explicit)
}

func TestSpans(t *testing.T) {
	missing := joinSpans([]span{{50, 60}, {10, 20}, {20, 30}, {5, 5}})
	if want := []span{{10, 30}, {50, 60}}; !slices.Equal(missing, want) || sum(missing) != 30 {
		t.Fatalf("joined: %v", missing)
	}
	for _, test := range []struct{ at, before, after int64 }{{0, 0, 10}, {10, 10, 0}, {15, 0, 0}, {30, 0, 20}, {50, 20, 0}, {60, 0, 40}, {70, 10, 30}} {
		if before, after := haveBefore(missing, test.at), haveAfter(missing, test.at, 100); before != test.before || after != test.after {
			t.Errorf("at %d: %d before, %d after", test.at, before, after)
		}
	}
}

// A server that gives no more connections, in whatever words, makes a segmented download one of fewer segments.
func TestCrowdedServersGiveFewerSegments(t *testing.T) {
	for name, test := range map[string]struct {
		refuse string
		after  int // connections that it gives
	}{
		"421, one connection":  {"421 too many connections", 1},
		"421, two connections": {"421 too many connections", 2},
		"530, two connections": {"530 too many of you", 2},
		"434, two connections": {"434 no more", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.writeLarge()
			var given atomic.Int32
			given.Store(1)
			b.OnConnect(func(c *script.Conversation) {
				if given.Add(1) > int32(test.after) {
					c.Reply(test.refuse)
					c.Close()
					return
				}
				c.Reply("220 ready")
			})
			result, err := b.get(t, Download{Remote: "/a", Segments: 5})
			b.expectWhole(t, result, err)
			b.usable(t)
		})
	}
}

// A single stream that is slow for its file goes over to segments by itself, once another connection has shown
// that the server can do that; one that is fast enough, or short, does not.
func TestSlowStreamsGoOverToSegments(t *testing.T) {
	for _, test := range []struct {
		written, rest int64
		took          time.Duration
		slow          bool
	}{
		{1 << 20, 100 << 20, 2 * time.Second, false}, // too early to tell
		{1 << 20, 100 << 20, 3 * time.Second, true},  // five minutes are to come
		{90 << 20, 10 << 20, 3 * time.Second, false}, // a moment is to come
		{10 << 20, 35 << 20, 3 * time.Second, true},  // just more than ten seconds
		{10 << 20, 33 << 20, 3 * time.Second, false}, // just less
		{0, 1 << 20, 3 * time.Second, true},          // nothing has come
	} {
		if got := isSlow(test.written, test.rest, test.took); got != test.slow {
			t.Errorf("%d bytes in %v, %d to come: slow is %v", test.written, test.took, test.rest, got)
		}
	}
	b := newBench(t)
	b.writeLarge()
	a := b.watchOffsets(func(c *script.Conversation, name string, offset int64) {
		if offset > 0 {
			c.Default("RETR", name)
			return
		}
		c.Reply("150 here it comes")
		d := c.Data()
		for at := 0; at < large && d.Err() == nil && c.Pause(50*time.Millisecond); at += 20_000 {
			d.Send(b.there("/a")[at : at+20_000])
		}
		d.Reset()
		c.Reply("426 you have had enough")
	})
	result, err := b.get(t, Download{Remote: "/a", Segments: 3, WhenSlow: true})
	b.expectWhole(t, result, err)
	if len(a.offsets) < 3 {
		t.Errorf("asked for at %v", a.offsets)
	}
	b.usable(t)
}
