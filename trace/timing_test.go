package trace

import (
	"fmt"
	"testing"
	"time"

	"ftpsh/internal/wire"
)

// clock makes events with times of its own.
type clock struct {
	now time.Time
	t   *Timing
}

func (c *clock) after(ms int, e wire.Event) {
	c.now = c.now.Add(time.Duration(ms) * time.Millisecond)
	e.Time = c.now
	c.t.Event(e)
}

func (c *clock) reply(ms, since, code int, verb string) {
	c.after(ms, wire.Event{Kind: wire.Received, Verb: verb, Code: code, Last: true, Since: time.Duration(since) * time.Millisecond})
}

func (c *clock) send(line string) {
	c.after(0, wire.Event{Kind: wire.Sent, Text: line, Verb: wire.Verb(line)})
}

// retrieve plays a download of 20 ms: 150 after 3 ms, the first byte after 5, the end of the data after
// 15, the final reply after 20.
func (c *clock) retrieve(name string) {
	c.send("RETR " + name)
	c.after(1, wire.Event{Kind: wire.DataOpened, Data: &wire.DataReport{Used: "x", Connect: time.Millisecond}})
	c.reply(2, 3, 150, "RETR")
	c.after(2, wire.Event{Kind: wire.DataBegan, Data: &wire.DataReport{First: 5 * time.Millisecond}})
	c.after(10, wire.Event{Kind: wire.DataClosed, Data: &wire.DataReport{Used: "x", First: 5 * time.Millisecond, Bytes: 7}})
	c.reply(5, 20, 226, "RETR")
}

func newClock() *clock { return &clock{now: time.Now(), t: NewTiming()} }

func TestTimingOfATransfer(t *testing.T) {
	c := newClock()
	c.t.Begin("open x")
	c.after(0, wire.Event{Kind: wire.Resolved, Since: 4 * time.Millisecond})
	c.after(2, wire.Event{Kind: wire.Connected, Since: 2 * time.Millisecond})
	c.reply(9, 0, 220, "")
	c.t.Begin("get a")
	c.send("EPSV")
	c.reply(2, 2, 229, "EPSV")
	c.retrieve("a")
	c.t.Begin("help") // says nothing to the server
	r := c.t.Report()
	want := map[Part]string{
		NameLookup: "0 1", TCPConnect: "0 1", Greeting: "0 1", Command: "2 2",
		DataConnect: "1 1", FirstByte: "1 1", Transfer: "1 1", FinalReply: "1 1", TLSConnect: "0 0", DataTLS: "0 0",
	}
	for part, counts := range want {
		if got := fmt.Sprint(r.Last.Parts[part].Count, " ", r.Session.Parts[part].Count); got != counts {
			t.Errorf("%v: counted %s, want %s", part, got, counts)
		}
	}
	for part, ms := range map[Part]int{NameLookup: 4, Greeting: 9, Command: 5, FirstByte: 5, Transfer: 10, FinalReply: 5} {
		if got := r.Session.Parts[part].Total; got != time.Duration(ms)*time.Millisecond {
			t.Errorf("%v took %v, want %d ms", part, got, ms)
		}
	}
	if r.Last.Name != "get a" || r.Last.Received != 7 || r.Last.Waits["RETR"].Count != 1 {
		t.Errorf("the last command is %+v", r.Last)
	}
	if r.RoundTrip != 2*time.Millisecond {
		t.Errorf("a round trip of %v", r.RoundTrip)
	}
}

// A final reply that comes before the end of the data has not been waited for.
func TestTimingOfAnEarlyFinalReply(t *testing.T) {
	c := newClock()
	c.send("RETR a")
	c.reply(1, 1, 150, "RETR")
	c.reply(1, 2, 226, "RETR")
	c.after(5, wire.Event{Kind: wire.DataClosed, Data: &wire.DataReport{Used: "x"}})
	c.retrieve("b")
	r := c.t.Report()
	if got := r.Session.Parts[FinalReply]; got.Count != 2 || got.Total != 5*time.Millisecond {
		t.Errorf("final replies: %+v", got)
	}
	if got := r.Session.Waits["RETR"]; got.Count != 2 || got.Total != 4*time.Millisecond {
		t.Errorf("waits: %+v", got)
	}
}

func TestTimingKeepsTheSlowestFive(t *testing.T) {
	c := newClock()
	for _, ms := range []int{3, 9, 1, 7, 5, 8, 2} {
		line := fmt.Sprintf("STAT %d", ms)
		c.send(line)
		c.send("NOOP")
		c.reply(ms, ms, 211, "STAT")
		c.reply(0, 0, 200, "NOOP")
	}
	slowest := c.t.Report().Slowest
	if len(slowest) != 5 || slowest[0].Took != 9*time.Millisecond || slowest[4].Took != 3*time.Millisecond || slowest[0].Line != "STAT 9" {
		t.Errorf("slowest: %+v", slowest)
	}
	c.t.Reset()
	if r := c.t.Report(); len(r.Slowest) != 0 || r.Session.Parts[Command].Count != 0 {
		t.Errorf("after a reset: %+v", r)
	}
}
