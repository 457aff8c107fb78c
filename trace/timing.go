package trace

import (
	"maps"
	"slices"
	"sync"
	"time"

	"ftpsh/internal/wire"
)

// Part is a part of the time that a session takes.
type Part int

// The parts, in the order in which they happen. Some overlap: a data connection connects while its
// command travels, and the first byte comes after both.
const (
	NameLookup  Part = iota // DNS
	TCPConnect              // the control connection
	Greeting                // from there to the server's first reply
	TLSConnect              // the handshake on the control connection
	Command                 // from each command to its first reply
	DataConnect             // TCP of a data connection
	DataTLS                 // the handshake on it
	FirstByte               // from the command to the first byte of data
	Transfer                // from the first byte to the end of the data
	FinalReply              // from the end of the data to the reply that says so
	partCount
)

var partNames = [partCount]string{
	"name lookup", "TCP connect", "greeting", "TLS handshake", "commands",
	"data connect", "data TLS", "first byte", "transfer", "final reply",
}

func (p Part) String() string { return partNames[p] }

// Parts are all parts, in their order.
func Parts() []Part {
	all := make([]Part, partCount)
	for i := range all {
		all[i] = Part(i)
	}
	return all
}

// Tally is how often something happened and how long that took.
type Tally struct {
	Count          int
	Total, Longest time.Duration
}

func (t *Tally) add(d time.Duration) {
	t.Count++
	t.Total += d
	t.Longest = max(t.Longest, d)
}

// Times are where the time of a typed command, or of the whole session, went.
type Times struct {
	Name    string // the command, as far as it holds no secret
	Started time.Time
	Elapsed time.Duration // until the last event
	Parts   [partCount]Tally
	Waits   map[string]Tally // the part Command by verb

	Received, Sent int64 // bytes of data, from and to the server
	Refused        int   // replies of class 4 and 5
}

// Exchange is one command on the wire, from its leaving to its final reply.
type Exchange struct {
	Line string // masked
	Code int    // of the final reply
	Took time.Duration
}

// slowestKept is how many of the slowest exchanges are remembered.
const slowestKept = 5

// Report is what timing has to tell. Of the two Times, Last is that of the latest command that had
// to do with the server.
type Report struct {
	Last, Session Times
	RoundTrip     time.Duration // an estimate: the shortest wait for a reply; 0 when there was none
	Slowest       []Exchange    // slowest first
}

// Timing adds up where the time goes, from the events of a session. Its methods may be called from
// any goroutine.
type Timing struct {
	mu       sync.Mutex
	report   Report
	next     Times // of a command that has not said anything to the server yet
	underway map[int]*underway
}

// underway is what has begun and not ended on one connection.
type underway struct {
	lines     []string  // commands without their final reply
	connected time.Time // zero once the server has spoken
	started   bool      // a 1xx has come: the next reply is about the end of its data
	dataBegan time.Time // zero before the first byte
	dataEnded time.Time // zero before the end
}

// NewTiming starts counting.
func NewTiming() *Timing {
	t := &Timing{}
	t.Reset()
	return t
}

// Reset forgets everything and starts anew.
func (t *Timing) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report = Report{Session: newTimes("session")}
	t.next = Times{}
	t.underway = map[int]*underway{}
}

func newTimes(name string) Times {
	return Times{Name: name, Started: time.Now(), Waits: map[string]Tally{}}
}

// Begin says that what follows belongs to a command typed. One that says nothing to the server
// leaves the times of the one before it.
func (t *Timing) Begin(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = newTimes(name)
}

// Report is a copy of the state.
func (t *Timing) Report() Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.report
	r.Last, r.Session = r.Last.clone(), r.Session.clone()
	r.Slowest = slices.Clone(r.Slowest)
	return r
}

// Event counts one event.
func (t *Timing) Event(e wire.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Kind == wire.Decision {
		return
	}
	if t.next.Name != "" {
		t.report.Last, t.next = t.next, Times{}
	}
	u := t.underway[e.Conn]
	if u == nil {
		u = &underway{}
		t.underway[e.Conn] = u
	}
	t.count(e, u)
	for _, times := range t.counted() {
		times.Elapsed = e.Time.Sub(times.Started)
	}
}

func (t *Timing) count(e wire.Event, u *underway) {
	switch e.Kind {
	case wire.Resolved:
		t.add(NameLookup, e.Since)
	case wire.Connected:
		t.add(TCPConnect, e.Since)
		*u = underway{connected: e.Time}
	case wire.Secured:
		t.add(TLSConnect, e.Since)
	case wire.Sent:
		u.lines = append(u.lines, e.Text)
	case wire.Received:
		if e.Last {
			t.replied(e, u)
		}
	case wire.DataOpened:
		t.add(DataConnect, e.Data.Connect)
		if e.Data.TLS != nil {
			t.add(DataTLS, e.Data.Handshake)
		}
	case wire.DataBegan:
		t.add(FirstByte, e.Data.First)
		u.dataBegan = e.Time
	case wire.DataClosed:
		t.dataClosed(e, u)
	}
}

// replied counts a whole reply: the first one to a command, or the one after its data.
func (t *Timing) replied(e wire.Event, u *underway) {
	if e.Code >= 400 {
		for _, times := range t.counted() {
			times.Refused++
		}
	}
	switch {
	case e.Verb == "":
		t.greeted(e, u)
		return
	case u.started && e.Code >= 200:
		t.add(FinalReply, since(u.dataEnded, e.Time))
	case !u.started:
		t.waited(e.Verb, e.Since)
	}
	if u.started = e.Code < 200; u.started {
		u.dataBegan, u.dataEnded = time.Time{}, time.Time{}
		return
	}
	t.exchanged(Exchange{Line: u.answered(e.Verb), Code: e.Code, Took: e.Since})
}

// greeted counts the first reply on a connection, which no command has asked for.
func (t *Timing) greeted(e wire.Event, u *underway) {
	if !u.connected.IsZero() && e.Code >= 200 {
		t.add(Greeting, e.Time.Sub(u.connected))
		u.connected = time.Time{}
	}
}

// since is the time from a moment that may be unknown, and may be later.
func since(from, to time.Time) time.Duration {
	if from.IsZero() {
		return 0
	}
	return max(to.Sub(from), 0)
}

func (t *Timing) dataClosed(e wire.Event, u *underway) {
	u.dataEnded = e.Time
	if e.Data.Used == "" { // it never stood
		t.add(DataConnect, e.Data.Took)
	}
	if e.Data.First > 0 {
		t.add(Transfer, since(u.dataBegan, e.Time))
	}
	for _, times := range t.counted() {
		if e.Data.Upload {
			times.Sent += e.Data.Bytes
		} else {
			times.Received += e.Data.Bytes
		}
	}
}

// counted are the times that an event counts in.
func (t *Timing) counted() [2]*Times { return [2]*Times{&t.report.Last, &t.report.Session} }

func (t *Timing) add(p Part, d time.Duration) {
	for _, times := range t.counted() {
		times.Parts[p].add(d)
	}
}

// waited counts the wait for the first reply to a command.
func (t *Timing) waited(verb string, d time.Duration) {
	t.add(Command, d)
	for _, times := range t.counted() {
		if times.Waits != nil {
			tally := times.Waits[verb]
			tally.add(d)
			times.Waits[verb] = tally
		}
	}
	if t.report.RoundTrip == 0 || d < t.report.RoundTrip {
		t.report.RoundTrip = d
	}
}

// exchanged keeps an exchange if it is one of the slowest.
func (t *Timing) exchanged(x Exchange) {
	slowest := t.report.Slowest
	at := len(slowest)
	for at > 0 && slowest[at-1].Took < x.Took {
		at--
	}
	if at < slowestKept {
		slowest = slices.Insert(slowest, at, x)
		t.report.Slowest = slowest[:min(len(slowest), slowestKept)]
	}
}

// answered is the line that a reply to a verb belongs to; commands before it will not be answered.
func (u *underway) answered(verb string) string {
	for i, line := range u.lines {
		if wire.Verb(line) == verb {
			u.lines = u.lines[i+1:]
			return line
		}
	}
	return verb
}

func (t Times) clone() Times {
	t.Waits = maps.Clone(t.Waits)
	return t
}
