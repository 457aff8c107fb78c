package term

import (
	"fmt"
	"math"
	"strings"
	"time"
)

const (
	drawInterval = 100 * time.Millisecond // between two drawings: nobody reads faster
	rateMemory   = 5 * time.Second        // after this long, a past rate counts a third
	stallAfter   = 5 * time.Second        // without progress: said to be stalled
)

// pace is how fast a count grows: bytes, or files.
type pace struct {
	done    int64
	moved   time.Time // when it last grew
	counted int64     // done, when the rate was last taken
	taken   time.Time // when that was
	rate    float64   // a second, aged
}

func newPace(done int64, now time.Time) pace {
	return pace{done: done, counted: done, moved: now, taken: now}
}

// reach notes what the count is now.
func (p *pace) reach(done int64, now time.Time) {
	if done != p.done {
		p.done, p.moved = done, now
	}
}

// takeRate lets the rate move towards that of the time since it was last
// taken, further the longer that is.
func (p *pace) takeRate(now time.Time) {
	elapsed := now.Sub(p.taken)
	if elapsed < drawInterval {
		return
	}
	current := float64(p.done-p.counted) / elapsed.Seconds()
	weight := 1 - math.Exp(-elapsed.Seconds()/rateMemory.Seconds())
	if p.rate == 0 {
		weight = 1
	}
	p.rate += weight * (current - p.rate)
	p.counted, p.taken = p.done, now
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
	case p.rate < 1e-3 || p.stalled(total, now):
		return -1
	}
	seconds := math.Ceil(float64(rest) / p.rate)
	if seconds >= longest.Seconds() {
		return -1
	}
	return seconds
}

// layRow sets a name on the left and figures on the right, in width columns.
// Where both do not fit, the last figures go first.
func layRow(name string, figures []string, width int) string {
	const nameRoom = 12
	for len(figures) > 1 && figuresWidth(figures)+nameRoom > width {
		figures = figures[:len(figures)-1]
	}
	name = Cut(name, max(0, width-figuresWidth(figures)))
	var b strings.Builder
	b.WriteString(name)
	pad(&b, width-figuresWidth(figures)-Width(name))
	for _, figure := range figures {
		b.WriteString("  " + figure)
	}
	return Cut(b.String(), width)
}

// figuresWidth returns the columns of the figures with their gaps.
func figuresWidth(figures []string) int {
	width := 0
	for _, figure := range figures {
		width += columnGap + Width(figure)
	}
	return width
}

// byteFigures returns percent, bytes, rate and time left, each of a fixed width
// so that they stand still while they change. Below 0 the total is unknown.
func byteFigures(p *pace, total int64, now time.Time) []string {
	rate := rateFigure(p, total, now)
	if total < 0 {
		return []string{fmt.Sprintf("%5s", HumanSize(p.done)), rate}
	}
	return []string{
		fmt.Sprintf("%3d%%", percent(p.done, total)),
		fmt.Sprintf("%5s of %-5s", HumanSize(p.done), HumanSize(total)),
		rate,
		etaFigure(p.left(total, now)),
	}
}

func rateFigure(p *pace, total int64, now time.Time) string {
	if p.stalled(total, now) {
		return "stalled"
	}
	return fmt.Sprintf("%7s", HumanSize(int64(p.rate))+"/s")
}

// etaFigure writes a time that is left; one below 0 is unknown.
func etaFigure(seconds float64) string {
	text := "-:--"
	if seconds >= 0 {
		text = clock(int(seconds))
	}
	return fmt.Sprintf("%7s ETA", text)
}

// percent is 100 only when all is there.
func percent(done, total int64) int {
	if done >= total {
		return 100
	}
	return int(float64(done) / float64(total) * 100)
}

// clock writes seconds as m:ss or h:mm:ss.
func clock(seconds int) string {
	minutes, seconds := seconds/60, seconds%60
	if minutes < 60 {
		return fmt.Sprintf("%d:%02d", minutes, seconds)
	}
	return fmt.Sprintf("%d:%02d:%02d", minutes/60, minutes%60, seconds)
}
