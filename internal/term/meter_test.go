package term

import (
	"math"
	"strings"
	"testing"
	"time"
)

// rig is a meter with a clock that the test moves and a screen it can read.
type rig struct {
	*Meter
	now   time.Time
	moved int64
	rows  []string // every drawing
	width int
}

func newRig(name string, start, total int64) *rig {
	r := &rig{now: time.Unix(1000, 0), width: 70}
	r.Meter = NewMeter(MeterConfig{
		Name: name, Start: start, Total: total,
		Moved: func() int64 { return r.moved },
		Now:   func() time.Time { return r.now },
		Width: func() int { return r.width },
		Draw:  func(rows ...string) { r.rows = append(r.rows, strings.Join(rows, "\n")) },
	})
	return r
}

// after is some time later, when so much more has come.
func (r *rig) after(d time.Duration, n int64) *rig {
	r.now, r.moved = r.now.Add(d), r.moved+n
	r.Tick()
	return r
}

func (r *rig) last() string { return r.rows[len(r.rows)-1] }

func (r *rig) shows(t *testing.T, want string) {
	t.Helper()
	if r.last() != want {
		t.Errorf("row\n%q, want\n%q", r.last(), want)
	}
}

func TestMeterLife(t *testing.T) {
	r := newRig("big.iso", 0, 20<<20)
	r.Tick()
	r.shows(t, "big.iso                       0%      0 of 20M        0/s     -:-- ETA")
	for range 4 {
		r.after(time.Second, 1<<20)
	}
	r.shows(t, "big.iso                      20%   4.0M of 20M     1.0M/s     0:16 ETA")
	r.after(4*time.Second, 0)
	if strings.Contains(r.last(), "stalled") || strings.Contains(r.last(), "1.0M/s") {
		t.Errorf("after 4 s without a byte the rate must have aged: %q", r.last())
	}
	r.after(time.Second, 0)
	r.shows(t, "big.iso                      20%   4.0M of 20M    stalled     -:-- ETA")
	if got := r.Lines()[0]; got != "big.iso: 4.0M of 20M (20%), stalled" {
		t.Errorf("told %q", got)
	}
	r.after(time.Second, 16<<20)
	if !strings.Contains(r.last(), "100%    20M of 20M") || !strings.HasSuffix(r.last(), " 0:00 ETA") {
		t.Errorf("at the end: %q", r.last())
	}
	r.after(time.Minute, 0)
	if strings.Contains(r.last(), "stalled") {
		t.Errorf("waiting for the final reply is no stall: %q", r.last())
	}
	r.Finish()
	r.shows(t, "")
	drawn := len(r.rows)
	r.after(time.Second, 0)
	r.Finish()
	if len(r.rows) != drawn {
		t.Error("drawn after Finish")
	}
}

// A transfer that was slow to begin is not taken for a slow one: the time left jumped from minutes to
// seconds when it began to move.
func TestMeterTimeLeftIsSteady(t *testing.T) {
	for _, begin := range []time.Duration{0, 3 * time.Second} {
		r := newRig("f", 0, 60<<20)
		r.after(begin, 0)
		last := -1.0
		for i := range 600 {
			r.after(100*time.Millisecond, []int64{0, 200 << 10}[i%2]) // in chunks
			left := r.row.pace.left(60<<20, r.now)
			if left > 5 && last > 0 && math.Abs(left-last) > 0.2*last {
				t.Fatalf("begun after %v: the time left goes from %v to %v", begin, last, left)
			}
			last = left
		}
		if last <= 0 {
			t.Errorf("begun after %v: the time left is %v", begin, last)
		}
	}
}

func TestMeterDrawsTenTimesASecond(t *testing.T) {
	r := newRig("f", 0, 1<<30)
	for range 1000 {
		r.after(time.Millisecond, 1000)
	}
	if got := len(r.rows); got > 11 {
		t.Errorf("%d drawings in a second", got)
	}
}

func TestMeterFitsAnyWidth(t *testing.T) {
	r := newRig("日本語の長い名前のファイル.tar.gz", 5<<20, 1<<40)
	for r.width = range 200 {
		r.after(time.Second, 1<<20)
		if got := Width(r.last()); got > r.width {
			t.Fatalf("%d columns of %d: %q", got, r.width, r.last())
		}
	}
	r.width = 20
	if r.after(time.Second, 1); !strings.Contains(r.last(), "  0%") {
		t.Errorf("the percentage must survive in a narrow window: %q", r.last())
	}
}

func TestMeterWithoutTotal(t *testing.T) {
	r := newRig("stream", 0, -1)
	r.after(time.Second, 2048)
	r.shows(t, "stream"+strings.Repeat(" ", 48)+"   2.0K   2.0K/s")
	if got := r.Lines()[0]; got != "stream: 2.0K, 2.0K/s" {
		t.Errorf("told %q", got)
	}
}

func TestMeterPercent(t *testing.T) {
	tests := []struct {
		start, total int64
		want         string
	}{
		{0, 0, "100%"}, {999, 1000, " 99%"}, {1000, 1000, "100%"}, {2000, 1000, "100%"}, {1 << 62, 1<<62 + 1<<61, " 66%"},
	}
	for _, test := range tests {
		if row := newRig("f", test.start, test.total).after(time.Second, 0).last(); !strings.Contains(row, "  "+test.want) {
			t.Errorf("%d of %d: %q", test.start, test.total, row)
		}
	}
}

// A meter that draws nothing can be asked all the same.
func TestMeterSilent(t *testing.T) {
	m := NewMeter(MeterConfig{Name: "f", Total: 10, Moved: func() int64 { return 4 }, Now: time.Now})
	m.Tick()
	m.Finish()
	if got := m.Lines()[0]; !strings.HasPrefix(got, "f: 4 of 10 (40%)") {
		t.Errorf("told %q", got)
	}
}

func TestS70_MeterNameIsSafe(t *testing.T) {
	r := newRig("\x1b[2J\n", 0, 1).after(time.Second, 0)
	for _, text := range append(r.Lines(), r.last()) {
		if !strings.HasPrefix(text, `\x1b[2J\n`) {
			t.Errorf("told %q", text)
		}
	}
}

func TestClock(t *testing.T) {
	for seconds, want := range map[int]string{0: "0:00", 61: "1:01", 3599: "59:59", 3600: "1:00:00", 360000 - 1: "99:59:59"} {
		if got := clock(seconds); got != want {
			t.Errorf("clock(%d) = %q, want %q", seconds, got, want)
		}
	}
}
