package term

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// BoardConfig says where a [Board] draws.
type BoardConfig struct {
	Name  string               // of the job; the board makes it safe
	Now   func() time.Time     // the clock
	Width func() int           // columns of the terminal
	Draw  func(rows ...string) // replaces the rows on the screen
}

// Board shows a job of many transfers: a row for each that is under way, and
// one for the job. Its methods may be called by several goroutines.
type Board struct {
	config BoardConfig

	mu      sync.Mutex
	active  []*Row
	files   pace
	bytes   pace
	ended   int64 // bytes of the transfers that are over
	many    int64 // files in all, as far as is known
	total   int64 // bytes in all
	looking bool  // there will be more
	drawn   time.Time
	over    bool
}

// Row is one transfer of a [Board].
type Row struct {
	name  string
	total int64
	from  int64
	moved func() int64
	pace  pace
}

// NewBoard returns a board that has nothing to show yet.
func NewBoard(config BoardConfig) *Board {
	config.Name = Safe(config.Name)
	now := config.Now()
	return &Board{config: config, files: newPace(0, now), bytes: newPace(0, now), looking: true}
}

// Expect adds to what the job is to do.
func (b *Board) Expect(files int, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.many += int64(files)
	b.total += bytes
}

// Complete says that nothing will be added any more: from now on the time that
// is left can be told.
func (b *Board) Complete() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looking = false
}

// Start adds the row of a transfer. Total is below 0 if it is unknown, from is
// what was there before, and moved says how much has come since.
func (b *Board) Start(name string, total, from int64, moved func() int64) *Row {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := &Row{name: Safe(name), total: total, from: from, moved: moved, pace: newPace(from, b.config.Now())}
	b.active = append(b.active, r)
	return r
}

// End takes the row of a transfer away, which has moved so many bytes.
func (b *Board) End(r *Row, moved int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.active = slices.DeleteFunc(b.active, func(other *Row) bool { return other == r })
	b.ended += moved
}

// Finish counts files that are done with. Bytes are what the job need not move
// any more although it was expected to.
func (b *Board) Finish(files int, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files.reach(b.files.done+int64(files), b.config.Now())
	b.total -= bytes
}

// Tick draws the board, at most ten times a second.
func (b *Board) Tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.config.Now()
	if b.over || now.Sub(b.drawn) < drawInterval {
		return
	}
	b.drawn = now
	b.measure(now)
	rows, width := make([]string, 0, len(b.active)+1), b.config.Width()
	for _, r := range b.active {
		rows = append(rows, layRow(r.name, byteFigures(&r.pace, r.total, now), width))
	}
	b.config.Draw(append(rows, layRow(b.config.Name, b.figures(now), width))...)
}

// Close takes the board off the screen; nothing is drawn any more.
func (b *Board) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over {
		b.over = true
		b.config.Draw("")
	}
}

// Summary returns the row of the job as it is now.
func (b *Board) Summary() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.config.Now()
	b.measure(now)
	return layRow(b.config.Name, b.figures(now), b.config.Width())
}

func (b *Board) measure(now time.Time) {
	done := b.ended
	for _, r := range b.active {
		moved := r.moved()
		done += moved
		r.pace.reach(r.from+moved, now)
		r.pace.takeRate(now)
	}
	b.bytes.reach(done, now)
	b.bytes.takeRate(now)
	b.files.takeRate(now)
}

// figures are those of the job: files, bytes, rate, time left.
func (b *Board) figures(now time.Time) []string {
	more := ""
	if b.looking {
		more = "+"
	}
	return []string{
		fmt.Sprintf("%d of %d%s", b.files.done, b.many, more),
		fmt.Sprintf("%5s of %-5s", HumanSize(b.bytes.done), HumanSize(b.total)+more),
		rateFigure(&b.bytes, b.total, now),
		etaFigure(b.left(now)),
	}
}

// left is the longer of what the bytes will take and what the files will: many
// small ones take as long as their number.
func (b *Board) left(now time.Time) float64 {
	if b.looking {
		return -1
	}
	bytes, files := b.bytes.left(b.total, now), b.files.left(b.many, now)
	if bytes < 0 {
		return bytes
	}
	return max(bytes, files)
}
