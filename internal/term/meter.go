package term

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"time"
)

const (
	drawInterval = 100 * time.Millisecond // between two drawings: nobody reads faster
	rateMemory   = 5 * time.Second        // after this long, a past rate counts a third
	stallAfter   = 5 * time.Second        // without a byte: said to be stalled
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
	done     int64     // bytes there now, Start included
	moved    time.Time // when the last byte arrived
	drawn    time.Time // when the row was last drawn
	counted  int64     // done, when the rate was last taken
	taken    time.Time // when that was
	rate     float64   // bytes a second, aged
	finished chan struct{}
}

// NewMeter returns a meter and draws its first row.
func NewMeter(config MeterConfig) *Meter {
	config.Name = Safe(config.Name)
	now := config.Now()
	m := &Meter{
		config: config, done: config.Start, counted: config.Start,
		moved: now, taken: now, finished: make(chan struct{}),
	}
	m.Tick()
	return m
}

// Add counts n more bytes and draws, unless that was done a moment ago.
func (m *Meter) Add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += n
	m.moved = m.config.Now()
	m.draw(m.moved)
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

// takeRate lets the rate move towards that of the time since it was last
// taken, further the longer that is.
func (m *Meter) takeRate(now time.Time) {
	elapsed := now.Sub(m.taken)
	if elapsed < drawInterval {
		return
	}
	current := float64(m.done-m.counted) / elapsed.Seconds()
	weight := 1 - math.Exp(-elapsed.Seconds()/rateMemory.Seconds())
	if m.rate == 0 {
		weight = 1
	}
	m.rate += weight * (current - m.rate)
	m.counted, m.taken = m.done, now
}

// row sets the name on the left and the figures on the right. Where both do
// not fit, the last figures go first.
func (m *Meter) row(now time.Time, width int) string {
	const nameRoom = 12
	figures := m.figures(now)
	for len(figures) > 1 && figuresWidth(figures)+nameRoom > width {
		figures = figures[:len(figures)-1]
	}
	name := Cut(m.config.Name, max(0, width-figuresWidth(figures)))
	var b strings.Builder
	b.WriteString(name)
	pad(&b, width-figuresWidth(figures)-Width(name))
	for _, figure := range figures {
		b.WriteString("  " + figure)
	}
	return Cut(b.String(), width)
}

// figures returns percent, bytes, rate and time left, each of a fixed width so
// that they stand still while they change.
func (m *Meter) figures(now time.Time) []string {
	rate := fmt.Sprintf("%7s", HumanSize(int64(m.rate))+"/s")
	if m.stalled(now) {
		rate = "stalled"
	}
	if m.config.Total < 0 {
		return []string{fmt.Sprintf("%5s", HumanSize(m.done)), rate}
	}
	return []string{
		fmt.Sprintf("%3d%%", m.percent()),
		fmt.Sprintf("%5s of %-5s", HumanSize(m.done), HumanSize(m.config.Total)),
		rate,
		fmt.Sprintf("%7s ETA", m.left(now)),
	}
}

// figuresWidth returns the columns of the figures with their gaps.
func figuresWidth(figures []string) int {
	width := 0
	for _, figure := range figures {
		width += columnGap + Width(figure)
	}
	return width
}

// percent is 100 only when all is there.
func (m *Meter) percent() int {
	if m.done >= m.config.Total {
		return 100
	}
	return int(float64(m.done) / float64(m.config.Total) * 100)
}

// stalled reports whether bytes are missing and have stopped coming.
func (m *Meter) stalled(now time.Time) bool {
	return m.done != m.config.Total && now.Sub(m.moved) >= stallAfter
}

// left returns the time that the rest will take at the present rate.
func (m *Meter) left(now time.Time) string {
	const unknown, longest = "-:--", 100 * time.Hour
	rest := m.config.Total - m.done
	switch {
	case rest <= 0:
		return clock(0)
	case m.rate < 1 || m.stalled(now):
		return unknown
	}
	seconds := math.Ceil(float64(rest) / m.rate)
	if seconds >= longest.Seconds() {
		return unknown
	}
	return clock(int(seconds))
}

// clock writes seconds as m:ss or h:mm:ss.
func clock(seconds int) string {
	minutes, seconds := seconds/60, seconds%60
	if minutes < 60 {
		return fmt.Sprintf("%d:%02d", minutes, seconds)
	}
	return fmt.Sprintf("%d:%02d:%02d", minutes/60, minutes%60, seconds)
}
