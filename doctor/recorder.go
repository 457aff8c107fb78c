package doctor

import (
	"slices"
	"sync"

	"ftpsh/internal/wire"
)

// recorder keeps what happens on the wire, for steps that look at how something came about.
type recorder struct {
	next func(wire.Event) // whoever else listens; may be nil
	conn int              // the number that they know the connections of the examination by

	mu     sync.Mutex
	events []wire.Event
}

func (r *recorder) observe(e wire.Event) {
	r.mu.Lock()
	r.events = append(r.events, e)
	r.mu.Unlock()
	if r.next != nil {
		e.Conn = r.conn
		r.next(e)
	}
}

// reset forgets what was.
func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = nil
}

// answer is the last line of the first reply to a command since the last reset; empty when there was none.
func (r *recorder) answer(verb string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.Kind == wire.Received && e.Verb == verb && e.Last {
			return e.Text
		}
	}
	return ""
}

// heard says whether a reply had this code since the last reset.
func (r *recorder) heard(code int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.events, func(e wire.Event) bool { return e.Kind == wire.Received && e.Code == code })
}

// data is the last report of a data connection since the last reset.
func (r *recorder) data() (report wire.DataReport) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.Data != nil {
			report = *e.Data
		}
	}
	return report
}
