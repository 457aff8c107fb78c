package commands

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// Activity knows what a session is moving, for those who ask how far it is. The zero value moves nothing.
// Any goroutine may use it.
type Activity struct {
	mu   sync.Mutex
	rows []*func() string
}

// Rows tell how far each thing is that is under way.
func (a *Activity) Rows() (rows []string) {
	a.mu.Lock()
	telling := slices.Clone(a.rows)
	a.mu.Unlock()
	for _, tell := range telling {
		rows = append(rows, (*tell)())
	}
	return rows
}

// begin adds something, until end is called.
func (a *Activity) begin(tell func() string) (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rows = append(a.rows, &tell)
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.rows = slices.DeleteFunc(a.rows, func(other *func() string) bool { return other == &tell })
	}
}

// followed lets the activity know of a transfer; shown shows it, and may be nil.
type followed struct {
	activity *Activity
	shown    transfer.Progress
	end      func()
}

// Started is part of [transfer.Progress].
func (f *followed) Started(m transfer.Moving) {
	begun := time.Now()
	f.end = f.activity.begin(func() string { return movingLine(m, time.Since(begun)) })
	if f.shown != nil {
		f.shown.Started(m)
	}
}

// Done is part of [transfer.Progress].
func (f *followed) Done(moved int64) {
	f.end()
	if f.shown != nil {
		f.shown.Done(moved)
	}
}

// movingLine tells how far a transfer is that has taken so long.
func movingLine(m transfer.Moving, took time.Duration) string {
	moved := m.Moved()
	line := fmt.Sprintf("%s: %s", m.Name, term.HumanSize(m.From+moved))
	if m.Total > 0 {
		line += fmt.Sprintf(" of %s (%d%%)", term.HumanSize(m.Total), 100*(m.From+moved)/m.Total)
	}
	if rate := float64(moved) / took.Seconds(); rate > 0 {
		line += fmt.Sprintf(", %s/s", term.HumanSize(int64(rate)))
	}
	return line
}
