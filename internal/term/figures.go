package term

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// figure is a column of a row. Where not all of them fit, those that tell least go first.
type figure struct {
	text  string
	tells int
}

// How much the figures tell: that nothing comes any more most, since it is what one looks for.
const (
	tellsLeft = iota
	tellsRate
	tellsBytes
	tellsShare
	tellsStall
)

// layRow sets a name on the left and figures on the right, in width columns.
func layRow(name string, figures []figure, width int) string {
	const nameRoom = 12
	for len(figures) > 1 && figuresWidth(figures)+nameRoom > width {
		least := slices.MinFunc(figures, func(a, b figure) int { return a.tells - b.tells })
		figures = slices.DeleteFunc(figures, func(f figure) bool { return f == least })
	}
	name = Cut(name, max(0, width-figuresWidth(figures)))
	var b strings.Builder
	b.WriteString(name)
	pad(&b, width-figuresWidth(figures)-Width(name))
	for _, f := range figures {
		b.WriteString("  " + f.text)
	}
	return Cut(b.String(), width)
}

// figuresWidth returns the columns of the figures with their gaps.
func figuresWidth(figures []figure) int {
	width := 0
	for _, f := range figures {
		width += columnGap + Width(f.text)
	}
	return width
}

func rateFigure(rate float64, stalled bool) figure {
	if stalled {
		return figure{"stalled", tellsStall}
	}
	return figure{fmt.Sprintf("%7s", rateText(rate)), tellsRate}
}

// etaFigure writes a time that is left; one below 0 is unknown.
func etaFigure(seconds float64) figure {
	text := "-:--"
	if seconds >= 0 {
		text = clock(int(seconds))
	}
	return figure{fmt.Sprintf("%7s ETA", text), tellsLeft}
}

func rateText(rate float64) string { return HumanSize(int64(rate)) + "/s" }

// inWords says what a row does, for whoever asks once: without columns, and only what is known.
func inWords(what string, rate float64, stalled bool, left float64) string {
	switch {
	case stalled:
		return what + ", stalled"
	case rate > 0:
		what += ", " + rateText(rate)
	}
	if left > 0 {
		what += ", " + clock(int(left)) + " left"
	}
	return what
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

// Row is one transfer: of a [Board], or by itself.
type Row struct {
	name  string
	total int64 // bytes of the whole file; below 0 if unknown
	from  int64
	moved func() int64
	pace  pace
}

// newRow makes the row of a transfer. From is what was there before, and moved says how much has come
// since.
func newRow(name string, total, from int64, moved func() int64, now time.Time) *Row {
	return &Row{name: Safe(name), total: total, from: from, moved: moved, pace: newPace(from, now)}
}

// look asks how far the transfer is, and returns what has moved.
func (r *Row) look(now time.Time) int64 {
	moved := r.moved()
	r.pace.reach(r.from+moved, now)
	return moved
}

// share is how much of the file is there, from 0 to 1; 0 if nobody knows.
func (r *Row) share() float64 {
	if r.total <= 0 {
		return 0
	}
	return min(1, float64(r.pace.done)/float64(r.total))
}

// lay draws the row in width columns. The figures have a fixed width, so that they stand still while they
// change.
func (r *Row) lay(width int, now time.Time) string {
	rate := rateFigure(r.pace.rate(), r.pace.stalled(r.total, now))
	if r.total < 0 {
		return layRow(r.name, []figure{{fmt.Sprintf("%5s", HumanSize(r.pace.done)), tellsBytes}, rate}, width)
	}
	return layRow(r.name, []figure{
		{fmt.Sprintf("%3d%%", percent(r.pace.done, r.total)), tellsShare},
		{fmt.Sprintf("%5s of %-5s", HumanSize(r.pace.done), HumanSize(r.total)), tellsBytes},
		rate,
		etaFigure(r.pace.left(r.total, now)),
	}, width)
}

// line is the row in words.
func (r *Row) line(now time.Time) string {
	what := r.name + ": " + HumanSize(r.pace.done)
	if r.total >= 0 {
		what += fmt.Sprintf(" of %s (%d%%)", HumanSize(r.total), percent(r.pace.done, r.total))
	}
	return inWords(what, r.pace.rate(), r.pace.stalled(r.total, now), r.pace.left(r.total, now))
}
