package term

import (
	"sync"
	"time"
)

// MeterConfig describes one transfer to a [Meter].
type MeterConfig struct {
	Name  string               // of the file; the meter makes it safe
	Total int64                // bytes of the whole file; below 0 if unknown
	Start int64                // bytes that were there before, when resuming
	Now   func() time.Time     // the clock
	Width func() int           // columns of the terminal
	Draw  func(rows ...string) // replaces the rows on the screen; nil draws nothing
}

// Meter shows the progress of one transfer in one row. Its methods may be
// called by several goroutines.
type Meter struct {
	config MeterConfig

	mu       sync.Mutex
	pace               // bytes there now, Start included
	drawn    time.Time // when the row was last drawn
	finished chan struct{}
}

// NewMeter returns a meter and draws its first row.
func NewMeter(config MeterConfig) *Meter {
	config.Name = Safe(config.Name)
	now := config.Now()
	m := &Meter{config: config, pace: newPace(config.Start, now), finished: make(chan struct{})}
	m.Tick()
	return m
}

// Add counts n more bytes and draws, unless that was done a moment ago.
func (m *Meter) Add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.config.Now()
	m.reach(m.done+n, now)
	m.draw(now)
}

// Tick draws without anything having arrived, so that a stall is seen.
func (m *Meter) Tick() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.draw(m.config.Now())
}

// Watch calls Tick at every tick until Finish. It is run as a goroutine beside
// the transfer.
func (m *Meter) Watch(ticks <-chan time.Time) {
	for {
		select {
		case <-ticks:
			m.Tick()
		case <-m.finished:
			return
		}
	}
}

// Finish takes the row off the screen. Nothing is drawn any more; a second
// Finish does nothing.
func (m *Meter) Finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over() {
		return
	}
	close(m.finished)
	if m.config.Draw != nil {
		m.config.Draw("")
	}
}

// Done returns the bytes there now, those from before included.
func (m *Meter) Done() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.done
}

// Row returns the row as it looks now, at most width columns wide, for a
// screen that shows several transfers.
func (m *Meter) Row(width int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.row(m.config.Now(), width)
}

func (m *Meter) over() bool {
	select {
	case <-m.finished:
		return true
	default:
		return false
	}
}

// draw takes the rate and draws the row, at most ten times a second.
func (m *Meter) draw(now time.Time) {
	if m.config.Draw == nil || m.over() || now.Sub(m.drawn) < drawInterval {
		return
	}
	m.drawn = now
	m.takeRate(now)
	m.config.Draw(m.row(now, m.config.Width()))
}

// row is the name and the figures.
func (m *Meter) row(now time.Time, width int) string {
	return layRow(m.config.Name, m.figures(now), width)
}

// figures returns percent, bytes, rate and time left, each of a fixed width so
// that they stand still while they change.
func (m *Meter) figures(now time.Time) []string { return byteFigures(&m.pace, m.config.Total, now) }
