package doctor

import (
	"slices"
	"strings"
	"sync"

	"ftpsh/internal/wire"
)

// recorder keeps what happens on the wire, for steps that look at how something came about.
type recorder struct {
	next func(wire.Event) // whoever else listens; may be nil

	mu     sync.Mutex
	events []wire.Event
}

func (r *recorder) observe(e wire.Event) {
	r.mu.Lock()
	r.events = append(r.events, e)
	r.mu.Unlock()
	if r.next != nil {
		r.next(e)
	}
}

// reset forgets what was.
func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = nil
}

// answer is the last line of the first reply to a command of this verb since the last reset; empty
// when there was none.
func (r *recorder) answer(verb string) (line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := false
	for _, e := range r.events {
		switch {
		case e.Kind == wire.Sent && asked:
			return line
		case e.Kind == wire.Sent:
			word, _, _ := strings.Cut(e.Text, " ")
			asked = word == verb
		case e.Kind == wire.Received && asked:
			line = e.Text
		}
	}
	return line
}

// heard says whether a line of a reply began with these words since the last reset.
func (r *recorder) heard(words string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.ContainsFunc(r.events, func(e wire.Event) bool {
		return e.Kind == wire.Received && strings.HasPrefix(e.Text, words)
	})
}

// data is the last report of a data connection since the last reset.
func (r *recorder) data() (report wire.DataReport, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.Data != nil {
			report, ok = *e.Data, true
		}
	}
	return report, ok
}
