package wire

import (
	"bytes"
	"context"
	"io"
	"os"
	"sync"
	"testing"
	"time"
)

// fakeClock is a time that passes only while somebody waits.
type fakeClock struct {
	mu      sync.Mutex
	at      time.Time
	longest time.Duration // wait
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *fakeClock) sleep(_ context.Context, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	c.longest = max(c.longest, d)
}

// limited is a limit at a rate by a clock of its own.
func limited(rate int64, within *Limit) (*Limit, *fakeClock) {
	clock := &fakeClock{at: time.Unix(1e9, 0)}
	l := &Limit{within: within, now: clock.now, sleep: clock.sleep}
	l.Set(rate)
	return l, clock
}

// within says that a time is the right one, but for a piece more or less.
func inTime(t *testing.T, what string, got time.Duration, bytes, rate int64) {
	t.Helper()
	want := time.Duration(float64(bytes) / float64(rate) * float64(time.Second))
	if got < want-2*pieceTime || got > want+2*pieceTime {
		t.Errorf("%s: %d bytes at %d a second take %v, want %v", what, bytes, rate, got, want)
	}
}

const limitedSize = 3 << 20

// Contents keep to the rate whichever way they are copied, and no wait is long.
func TestLimitedCopies(t *testing.T) {
	t.Parallel()
	content := numbered(limitedSize)
	for _, rate := range []int64{100_000, 1 << 20, 40 << 20} {
		for name, copies := range map[string]func(t *testing.T, d *Data) error{
			"into a file":   func(t *testing.T, d *Data) error { return sameAs(t, d, content, fileOf(t, nil)) },
			"into a writer": func(t *testing.T, d *Data) error { return sameAs(t, d, content, &bytes.Buffer{}) },
			"of a file":     func(t *testing.T, d *Data) error { _, err := d.ReadFrom(fileOf(t, content)); return err },
			"of a reader":   func(t *testing.T, d *Data) error { _, err := d.ReadFrom(bytes.NewReader(content)); return err },
		} {
			l, clock := limited(rate, nil)
			began := clock.now()
			d, server := standing(t, 10*time.Second)
			d.control.opts.Limit = func() *Limit { return l }
			go func() {
				if name[0] == 'i' {
					_, _ = server.Write(content)
					_ = server.CloseWrite()
					return
				}
				_, _ = io.Copy(io.Discard, server)
			}()
			if err := copies(t, d); err != nil || d.Bytes() != limitedSize {
				t.Errorf("%s: %d bytes, %v", name, d.Bytes(), err)
			}
			inTime(t, name, clock.now().Sub(began), limitedSize, rate)
			if clock.longest > 200*time.Millisecond {
				t.Errorf("%s: waits of %v", name, clock.longest)
			}
			d.tcp.Close()
		}
	}
}

func sameAs(t *testing.T, d *Data, content []byte, into io.ReadWriter) error {
	err := d.CopyTo(into)
	if file, is := into.(*os.File); is {
		_, _ = file.Seek(0, io.SeekStart)
	}
	if got, _ := io.ReadAll(into); !bytes.Equal(got, content) {
		t.Errorf("%d bytes, and not the same", len(got))
	}
	return err
}

// All connections share one rate, each gets its turn, and one within another keeps to both.
func TestASharedLimit(t *testing.T) {
	t.Parallel()
	session, clock := limited(1<<20, nil)
	inner := &Limit{within: session, now: clock.now, sleep: clock.sleep}
	inner.Set(1 << 30)
	began, total := clock.now(), int64(0)
	for range 1000 {
		for _, l := range []*Limit{session, inner, session} {
			total += l.take(t.Context(), 1<<20)
		}
	}
	inTime(t, "three", clock.now().Sub(began), total, 1<<20)
	if inner.Rate() != 1<<20 || NewLimit(5, session).Rate() != 5 || (*Limit)(nil).Rate() != 0 {
		t.Error("the rate that holds is the lowest")
	}
}

// What moves slowly by a limit of its own leaves the others the rest of the one around it: each of its
// pieces cost the outer limit one of the outer's own pieces.
func TestASlowLimitWithinAnother(t *testing.T) {
	t.Parallel()
	outer, clock := limited(1<<20, nil)
	inner := &Limit{within: outer, now: clock.now, sleep: clock.sleep}
	inner.Set(100_000)
	began, moved := clock.now(), int64(0)
	for range 50 {
		moved += inner.take(t.Context(), limitedSize) + outer.take(t.Context(), limitedSize)
	}
	inTime(t, "both", clock.now().Sub(began), moved, 1<<20)
}

// What is changed while bytes move holds from the next piece on; off is off.
func TestALimitThatChanges(t *testing.T) {
	t.Parallel()
	l, clock := limited(1000, nil)
	began := clock.now()
	move := func(n int64) {
		for n > 0 {
			n -= l.take(t.Context(), n)
		}
	}
	move(2000)
	l.Set(10_000)
	move(10_000)
	inTime(t, "two rates", clock.now().Sub(began), 3000, 1000)
	l.Set(0)
	at := clock.now()
	if n := l.take(t.Context(), 1<<40); n != 1<<40 || clock.now() != at {
		t.Errorf("without a limit, %d at once, after %v", n, clock.now().Sub(at))
	}
	l.Set(1000)
	move(1000)
	inTime(t, "again", clock.now().Sub(at), 1000, 1000)
}

// A wait ends with the transfer.
func TestALimitLetsGo(t *testing.T) {
	t.Parallel()
	l := NewLimit(1, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan struct{})
	go func() {
		for range 1000 {
			l.take(ctx, 1)
		}
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("it waits for a transfer that has ended")
	}
}

// What was allowed for one file and not used is left for the next: many small ones move at the rate, too.
func TestALimitOfSmallFiles(t *testing.T) {
	t.Parallel()
	l, clock := limited(100_000, nil)
	began := clock.now()
	c := &Control{opts: Options{Limit: func() *Limit { return l }}}
	for range 500 {
		d := &Data{control: c, ctx: t.Context()}
		for left := int64(1000); left > 0; {
			n := min(left, d.allow(64<<10))
			d.count(n)
			left -= n
		}
	}
	inTime(t, "small files", clock.now().Sub(began), 500_000, 100_000)
}
