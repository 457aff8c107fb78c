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

func (w *wall) shows(t *testing.T, want ...string) {
	t.Helper()
	w.Tick()
	if got := w.drawn[len(w.drawn)-1]; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the board is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestBoard(t *testing.T) {
	w := newWall(80)
	w.Expect(3, 3<<20)
	var a, b int64
	first := w.Start("a\x1b", 1<<20, 0, func() int64 { return a })
	second := w.Start("b", 2<<20, 1<<20, func() int64 { return b })
	w.after(time.Second)
	a, b = 512<<10, 512<<10
	w.shows(t,
		`a\x1b                                  50%   512K of 1.0M    512K/s     0:01 ETA`,
		`b                                      75%   1.5M of 2.0M    512K/s     0:01 ETA`,
		`mirror                             0 of 3+   1.0M of 3.0M+   1.0M/s     -:-- ETA`)
	a = 1 << 20
	w.Complete()
	w.End(first, a)
	w.Finish(1, 0)
	w.after(time.Second)
	w.shows(t,
		`b                                      75%   1.5M of 2.0M    420K/s     0:02 ETA`,
		`mirror                              1 of 3   1.5M of 3.0M    932K/s     0:02 ETA`)
	b = 1 << 20
	w.End(second, b)
	w.Finish(2, 1<<20) // of which one was there already
	w.after(time.Second)
	w.shows(t, `mirror                              3 of 3   2.0M of 2.0M    856K/s     0:00 ETA`)
	w.Close()
	w.after(time.Second).Tick()
	if last := w.drawn[len(w.drawn)-1]; strings.Join(last, "") != "" {
		t.Errorf("after the end the board is %q", last)
	}
}

func TestBoardSaysStalled(t *testing.T) {
	w := newWall(80)
	w.Expect(1, 100)
	w.Complete()
	moved := int64(0)
	w.Start("a", 100, 0, func() int64 { return moved })
	w.after(time.Second)
	moved = 10
	w.Tick()
	w.after(stallAfter)
	w.shows(t,
		`a                                      10%     10 of 100    stalled     -:-- ETA`,
		`mirror                              0 of 1     10 of 100    stalled     -:-- ETA`)
}

// At a steady rate two successive times that are left differ by less than a fifth, whether bytes or the
// number of files decide.
func TestBoardTimeLeftIsSteady(t *testing.T) {
	for name, size := range map[string]int64{"bytes": 100 << 20, "files": 1} {
		w := newWall(80)
		const n = 600
		w.Expect(n, n*size)
		w.Complete()
		last := -1.0
		for i := range n {
			w.after(100 * time.Millisecond)
			w.End(w.Start("f", size, 0, func() int64 { return 0 }), size)
			w.Finish(1, 0)
			w.Tick()
			w.mu.Lock()
			left := w.left(w.now)
			w.mu.Unlock()
			if i > 10 && left > 5 && math.Abs(left-last) > 0.2*last {
				t.Fatalf("%s: the time left goes from %v to %v", name, last, left)
			}
			last = left
		}
	}
}

func TestBoardFitsAnyWidth(t *testing.T) {
	for width := range 120 {
		w := newWall(width)
		w.Expect(1234, 99<<30)
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
