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
	Moved func() int64         // bytes that have come since
	Now   func() time.Time     // the clock
	Width func() int           // columns of the terminal; needed with Draw
	Draw  func(rows ...string) // replaces the rows on the screen; nil draws nothing
}

// Meter follows one transfer, and shows its progress in one row. Its methods may be
// called by several goroutines.
type Meter struct {
	config MeterConfig

	mu    sync.Mutex
	row   *Row
	drawn time.Time // when the row was last drawn
	over  bool
}

// NewMeter returns a meter that has drawn nothing yet.
func NewMeter(config MeterConfig) *Meter {
	return &Meter{config: config, row: newRow(config.Name, config.Total, config.Start, config.Moved, config.Now())}
}

// Tick looks how far the transfer is and draws that, at most ten times a second.
func (m *Meter) Tick() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.config.Now()
	if m.over || now.Sub(m.drawn) < drawInterval {
		return
	}
	m.drawn = now
	m.row.look(now)
	if m.config.Draw != nil {
		m.config.Draw(m.row.lay(m.config.Width(), now))
	}
}

// Lines returns how far the transfer is now, in words.
func (m *Meter) Lines() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.config.Now()
	m.row.look(now)
	return []string{m.row.line(now)}
}

// Finish takes the row off the screen. Nothing is drawn any more; a second
// Finish does nothing.
func (m *Meter) Finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.over && !m.drawn.IsZero() && m.config.Draw != nil {
		m.config.Draw("")
	}
	m.over = true
}
