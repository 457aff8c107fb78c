package commands

import (
	"slices"
	"sync"
)

// Activity knows what a session is moving, for those who ask how far it is. The zero value moves nothing.
// Any goroutine may use it.
type Activity struct {
	mu   sync.Mutex
	rows []*func() []string
}

// Rows tell how far each thing is that is under way.
func (a *Activity) Rows() (rows []string) {
	a.mu.Lock()
	telling := slices.Clone(a.rows)
	a.mu.Unlock()
	for _, tell := range telling {
		rows = append(rows, (*tell)()...)
	}
	return rows
}

// begin adds something, until end is called.
func (a *Activity) begin(tell func() []string) (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rows = append(a.rows, &tell)
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.rows = slices.DeleteFunc(a.rows, func(other *func() []string) bool { return other == &tell })
	}
}
