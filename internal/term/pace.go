package term

import (
	"math"
	"time"
)

const (
	drawInterval = 100 * time.Millisecond // between two drawings: nobody reads faster
	rateMemory   = 5 * time.Second        // after this long, what was measured counts a third
	stallAfter   = 5 * time.Second        // without progress: said to be stalled
	lullAfter    = time.Second            // beyond twice the usual gap: it has become slower
	measureFor   = 1.0                    // seconds, before a time that is left is told
)

// pace is how fast a count grows. It grows in lumps, by chunks or whole files, so it is measured from
// one growth to another: between two of them nobody knows how far the next one is.
type pace struct {
	done    int64
	moved   time.Time     // when it last grew
	counted int64         // done, when it was last measured
	taken   time.Time     // when that was
	gap     time.Duration // between the last two growths that were measured
	grown   float64       // what it grew by
	spent   float64       // in so many seconds; both are aged
	rough   bool          // there is no measure yet, or one that has begun before anything grew
}

func newPace(done int64, now time.Time) pace {
	return pace{done: done, counted: done, moved: now, taken: now, rough: true}
}

// reach notes what the count is now.
func (p *pace) reach(done int64, now time.Time) {
	if done != p.done {
		p.done, p.moved = done, now
	}
	p.measure(now)
}

// measure adds what has grown since the last time, which lets older measures count less.
func (p *pace) measure(now time.Time) {
	elapsed, grew := now.Sub(p.taken), p.done-p.counted
	switch {
	case elapsed < drawInterval, grew == 0 && (p.spent == 0 || elapsed < 2*p.gap+lullAfter):
		return
	case grew != 0 && p.spent == 0: // since a beginning that may have waited for the server
	case grew != 0 && p.rough:
		p.rough, p.grown, p.spent = false, 0, 0
	}
	if grew != 0 {
		p.gap = elapsed
	}
	age := math.Exp(-elapsed.Seconds() / rateMemory.Seconds())
	p.grown, p.spent = p.grown*age+float64(grew), p.spent*age+elapsed.Seconds()
	p.counted, p.taken = p.done, now
}

// rate is in units a second; 0 when nothing has been measured.
func (p *pace) rate() float64 {
	if p.spent == 0 {
		return 0
	}
	return p.grown / p.spent
}

// stalled reports whether something is missing and has stopped coming.
func (p *pace) stalled(total int64, now time.Time) bool {
	return p.done != total && now.Sub(p.moved) >= stallAfter
}

// left returns the seconds that the rest will take at the present rate; below 0
// if nobody knows.
func (p *pace) left(total int64, now time.Time) float64 {
	const longest = 100 * time.Hour
	rest := total - p.done
	switch {
	case total < 0:
		return -1
	case rest <= 0:
		return 0
	case p.rough, p.spent < measureFor, p.rate() < 1e-3, p.stalled(total, now):
		return -1
	}
	seconds := math.Ceil(max(1, float64(rest)/p.rate()-now.Sub(p.moved).Seconds()))
	if seconds >= longest.Seconds() {
		return -1
	}
	return seconds
}
