package term

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// wall is a board with a clock that the test moves and a screen it can read.
type wall struct {
	*Board
	now   time.Time
	drawn [][]string
}

func newWall(width int) *wall {
	w := &wall{now: time.Unix(1000, 0)}
	w.Board = NewBoard(BoardConfig{
		Name:  "mirror",
		Now:   func() time.Time { return w.now },
		Width: func() int { return width },
		Draw:  func(rows ...string) { w.drawn = append(w.drawn, rows) },
	})
	return w
}

func (w *wall) after(d time.Duration) *wall { w.now = w.now.Add(d); return w }

// expects is a job of which all is known.
func (w *wall) expects(files, unsized int, bytes int64) {
	w.Expect(files, unsized, bytes)
	w.Complete()
}

func (w *wall) shows(t *testing.T, want ...string) {
	t.Helper()
	w.Tick()
	if got := w.drawn[len(w.drawn)-1]; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the board is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestBoard(t *testing.T) {
	w := newWall(80)
	w.Expect(3, 0, 3<<20)
	var a, b int64
	first := w.Start("a\x1b", 1<<20, 0, func() int64 { return a })
	second := w.Start("b", 2<<20, 1<<20, func() int64 { return b })
	w.after(time.Second)
	a, b = 256<<10, 256<<10
	w.Tick()
	w.after(time.Second)
	a, b = 512<<10, 512<<10
	w.shows(t,
		`a\x1b                                  50%   512K of 1.0M    256K/s     0:02 ETA`,
		`b                                      75%   1.5M of 2.0M    256K/s     0:02 ETA`,
		`mirror                             0 of 3+   1.0M of 3.0M+   512K/s     -:-- ETA`)
	a = 1 << 20
	w.Complete()
	w.End(first, a)
	w.Finish()
	w.after(time.Second)
	w.shows(t,
		`b                                      75%   1.5M of 2.0M    256K/s     0:01 ETA`,
		`mirror                              1 of 3   1.5M of 3.0M    512K/s     0:03 ETA`)
	b = 1 << 20
	w.End(second, b)
	w.Finish()
	w.Finish()
	w.Expect(0, 0, -1<<20) // the last one was there already
	w.after(time.Second)
	w.shows(t, `mirror                              3 of 3   2.0M of 2.0M    512K/s     0:00 ETA`)
	w.Close()
	w.after(time.Second).Tick()
	if last := w.drawn[len(w.drawn)-1]; strings.Join(last, "") != "" {
		t.Errorf("after the end the board is %q", last)
	}
}

// A job that stands still says so: in a narrow window, too, whatever else has no room there, and to those
// who ask by a signal.
func TestBoardSaysStalled(t *testing.T) {
	for width, want := range map[int][]string{
		80: {
			`a                                      10%     10 of 100    stalled     -:-- ETA`,
			`mirror                              0 of 1     10 of 100    stalled     -:-- ETA`},
		40: {
			`a                           10%  stalled`,
			`mirror                   0 of 1  stalled`},
		20: {
			`a            stalled`,
			`mirror       stalled`},
	} {
		w := newWall(width)
		w.expects(1, 0, 100)
		moved := int64(0)
		w.Start("a", 100, 0, func() int64 { return moved })
		w.after(time.Second)
		moved = 10
		w.Tick()
		w.after(stallAfter)
		w.shows(t, want...)
		if got := strings.Join(w.Lines(), "\n"); got != "a: 10 of 100 (10%), stalled\nmirror: 0 of 1 files, 10 of 100, stalled" {
			t.Errorf("told\n%s", got)
		}
	}
}

func TestBoardInWords(t *testing.T) {
	w := newWall(80)
	w.expects(4, 1, 400<<10)
	moved := int64(0)
	w.Start("a\n", 300<<10, 0, func() int64 { return moved })
	w.Start("b", -1, 0, func() int64 { return moved })
	for range 3 {
		w.after(time.Second)
		moved += 10 << 10
		w.Tick()
	}
	want := "a\\n: 30K of 300K (10%), 10K/s, 0:27 left\nb: 30K, 10K/s\nmirror: 0 of 4 files, 60K of 400K+, 20K/s, 0:33 left"
	if got := strings.Join(w.Lines(), "\n"); got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
}

// steadyJob is a job of which n files of a size are moved, so many at a time, each in lumps of bytes that
// come in turn at intervals.
type steadyJob struct {
	n, together int
	size, lump  int64
	every       time.Duration
	unsized     bool
}

// play moves the job and returns every time that was told to be left.
func (j steadyJob) play() (told []float64) {
	w := newWall(80)
	if j.unsized {
		w.expects(j.n, j.n, 0)
	} else {
		w.expects(j.n, 0, int64(j.n)*j.size)
	}
	moved, rows := make([]int64, j.together), make([]*Row, j.together)
	for begun, over, turn := 0, 0, 0; over < j.n; {
		for i := range rows {
			if rows[i] == nil && begun < j.n {
				begun, moved[i] = begun+1, 0
				rows[i] = w.Start("f", j.size, 0, func() int64 { return moved[i] })
			}
		}
		for end := w.now.Add(j.every); w.now.Before(end); {
			w.after(50 * time.Millisecond).Tick()
			told = append(told, w.left(w.now))
		}
		i := turn % j.together
		if turn++; rows[i] == nil {
			continue
		}
		if moved[i] += j.lump; moved[i] >= j.size {
			w.End(rows[i], j.size)
			if j.unsized {
				w.Expect(0, -1, j.size)
			}
			w.Finish()
			rows[i], over = nil, over+1
		}
	}
	return told
}

// At a steady rate two successive times that are left differ by less than a fifth: with many small files
// and a few large ones, with chunks that come seldom, and with sizes that are found out at the end of each.
func TestBoardTimeLeftIsSteady(t *testing.T) {
	for name, job := range map[string]steadyJob{
		"small files":               {n: 600, together: 1, size: 1, lump: 1, every: 100 * time.Millisecond},
		"small files, side by side": {n: 2000, together: 8, size: 1000, lump: 1000, every: 50 * time.Millisecond},
		"slow small files":          {n: 60, together: 1, size: 4 << 10, lump: 4 << 10, every: 700 * time.Millisecond},
		"very slow small files":     {n: 30, together: 1, size: 4 << 10, lump: 4 << 10, every: 3 * time.Second},
		"chunks":                    {n: 20, together: 4, size: 100 << 20, lump: 4 << 20, every: 50 * time.Millisecond},
		"seldom chunks":             {n: 4, together: 1, size: 2 << 20, lump: 64 << 10, every: 3 * time.Second},
		"unknown sizes":             {n: 300, together: 1, size: 10000, lump: 10000, every: 250 * time.Millisecond, unsized: true},
		"unknown sizes, in chunks":  {n: 60, together: 3, size: 1 << 20, lump: 256 << 10, every: 100 * time.Millisecond, unsized: true},
	} {
		last, known := -1.0, 0
		for _, left := range job.play() {
			if left > 5 && last > 0 && math.Abs(left-last) > 0.2*last {
				t.Errorf("%s: the time left goes from %v to %v", name, last, left)
			}
			if last = left; left > 0 {
				known++
			}
		}
		if known == 0 {
			t.Errorf("%s: the time left is never told", name)
		}
	}
}

func TestBoardFitsAnyWidth(t *testing.T) {
	for width := range 120 {
		w := newWall(width)
		w.Expect(1234, 0, 99<<30)
		w.Start(strings.Repeat("long name ", 20), 5<<30, 0, func() int64 { return 1 << 30 })
		w.after(time.Second).Tick()
		for _, row := range w.drawn[0] {
			if Width(row) > width {
				t.Errorf("%d columns in %d: %q", Width(row), width, row)
			}
		}
	}
}

func TestBoardDrawsTenTimesASecond(t *testing.T) {
	w := newWall(80)
	for range 1000 {
		w.after(time.Millisecond).Tick()
	}
	if len(w.drawn) > 10 {
		t.Error(fmt.Sprint(len(w.drawn), " drawings in a second"))
	}
}
