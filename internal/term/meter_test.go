package term

import (
	"strings"
	"testing"
	"time"
)

// rig is a meter with a clock that the test moves and a screen it can read.
type rig struct {
	*Meter
	now   time.Time
	rows  []string // every drawing
	width int
}

func newRig(name string, start, total int64) *rig {
	r := &rig{now: time.Unix(1000, 0), width: 70}
	r.Meter = NewMeter(MeterConfig{
		Name: name, Start: start, Total: total,
		Now:   func() time.Time { return r.now },
		Width: func() int { return r.width },
		Draw:  func(rows ...string) { r.rows = append(r.rows, strings.Join(rows, "\n")) },
	})
	return r
}

func (r *rig) after(d time.Duration) *rig { r.now = r.now.Add(d); return r }

func (r *rig) shows(t *testing.T, want string) {
	t.Helper()
	if got := r.rows[len(r.rows)-1]; got != want {
		t.Errorf("row\n%q, want\n%q", got, want)
	}
}

func TestMeterLife(t *testing.T) {
	r := newRig("big.iso", 0, 20<<20)
	r.shows(t, "big.iso                       0%      0 of 20M        0/s     -:-- ETA")
	for range 4 {
		r.after(time.Second).Add(1 << 20)
	}
	r.shows(t, "big.iso                      20%   4.0M of 20M     1.0M/s     0:16 ETA")
	r.after(4 * time.Second).Tick()
	if last := r.rows[len(r.rows)-1]; strings.Contains(last, "stalled") || strings.Contains(last, "1.0M/s") {
		t.Errorf("after 4 s without a byte the rate must have aged: %q", last)
	}
	r.after(time.Second).Tick()
	r.shows(t, "big.iso                      20%   4.0M of 20M    stalled     -:-- ETA")
	r.after(time.Second).Add(16 << 20)
	if last := r.rows[len(r.rows)-1]; !strings.Contains(last, "100%    20M of 20M") || !strings.HasSuffix(last, " 0:00 ETA") {
		t.Errorf("at the end: %q", last)
	}
	r.after(time.Minute).Tick()
	if last := r.rows[len(r.rows)-1]; strings.Contains(last, "stalled") {
		t.Errorf("waiting for the final reply is no stall: %q", last)
	}
	r.Finish()
	r.shows(t, "")
	drawn := len(r.rows)
	r.after(time.Second).Tick()
	r.Finish()
	if len(r.rows) != drawn {
		t.Error("drawn after Finish")
	}
}

func TestMeterDrawsTenTimesASecond(t *testing.T) {
	r := newRig("f", 0, 1<<30)
	for range 1000 {
		r.after(time.Millisecond).Add(1000)
	}
	if got := len(r.rows); got > 11 {
		t.Errorf("%d drawings in a second", got)
	}
	if r.Done() != 1_000_000 {
		t.Errorf("counted %d", r.Done())
	}
}

func TestMeterFitsAnyWidth(t *testing.T) {
	r := newRig("日本語の長い名前のファイル.tar.gz", 5<<20, 1<<40)
	r.after(time.Second).Add(1 << 20)
	for width := range 200 {
		if got := Width(r.Row(width)); got > width {
			t.Fatalf("%d columns of %d: %q", got, width, r.Row(width))
		}
	}
	if got := r.Row(20); !strings.Contains(got, "  0%") {
		t.Errorf("the percentage must survive in a narrow window: %q", got)
	}
}

func TestMeterWithoutTotal(t *testing.T) {
	r := newRig("stream", 0, -1)
	r.after(time.Second).Add(2048)
	r.shows(t, "stream"+strings.Repeat(" ", 48)+"   2.0K   2.0K/s")
}

func TestMeterPercent(t *testing.T) {
	tests := []struct {
		start, total int64
		want         string
	}{
		{0, 0, "100%"}, {999, 1000, " 99%"}, {1000, 1000, "100%"}, {2000, 1000, "100%"}, {1 << 62, 1<<62 + 1<<61, " 66%"},
	}
	for _, test := range tests {
		if row := newRig("f", test.start, test.total).Row(80); !strings.Contains(row, "  "+test.want) {
			t.Errorf("%d of %d: %q", test.start, test.total, row)
		}
	}
}

func TestMeterSilent(t *testing.T) {
	m := NewMeter(MeterConfig{Name: "f", Total: 10, Now: time.Now})
	m.Add(4)
	m.Tick()
	m.Finish()
	if m.Done() != 4 {
		t.Errorf("counted %d", m.Done())
	}
}

func TestS70_MeterNameIsSafe(t *testing.T) {
	if row := newRig("\x1b[2J\n", 0, 1).Row(80); !strings.HasPrefix(row, `\x1b[2J\n`) {
		t.Errorf("row %q", row)
	}
}

func TestMeterWatchEndsWithFinish(t *testing.T) {
	r := newRig("f", 0, 10)
	ticks, ended := make(chan time.Time), make(chan struct{})
	go func() { r.Watch(ticks); close(ended) }()
	r.after(time.Second)
	ticks <- r.now
	r.Finish()
	<-ended
}

func TestClock(t *testing.T) {
	for seconds, want := range map[int]string{0: "0:00", 61: "1:01", 3599: "59:59", 3600: "1:00:00", 360000 - 1: "99:59:59"} {
		if got := clock(seconds); got != want {
			t.Errorf("clock(%d) = %q, want %q", seconds, got, want)
		}
	}
}
