package term

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// BoardConfig says where a [Board] draws.
type BoardConfig struct {
	Name  string               // of the job; the board makes it safe
	Now   func() time.Time     // the clock
	Width func() int           // columns of the terminal
	Draw  func(rows ...string) // replaces the rows on the screen; nil draws nothing
}

// Board shows a job of many transfers: a row for each that is under way, and
// one for the job. Its methods may be called by several goroutines.
type Board struct {
	config BoardConfig

	mu      sync.Mutex
	active  []*Row
	ended   int64 // bytes of the transfers that are over
	files   int64 // that are done with
	many    int64 // files in all, as far as is known
	unsized int64 // of them, those whose size nobody knows
	total   int64 // bytes of the others
	looking bool  // there will be more
	bytes   pace
	work    pace
	drawn   time.Time
	over    bool
}

// fileWork is what a file takes besides its bytes, in bytes that would take as long: so that of many small
// files the number counts, and of large ones their size.
const fileWork = 64 << 10

// NewBoard returns a board that has nothing to show yet.
func NewBoard(config BoardConfig) *Board {
	config.Name = Safe(config.Name)
	now := config.Now()
	return &Board{config: config, bytes: newPace(0, now), work: newPace(0, now), looking: true}
}

// Expect adds to what the job is to do: files, of which some may be of unknown size, and the bytes of the
// others. It takes away what is below 0, such as one of unknown size whose size is found out.
func (b *Board) Expect(files, unsized int, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.many += int64(files)
	b.unsized += int64(unsized)
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
	r := newRow(name, total, from, moved, b.config.Now())
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

// Finish counts a file that is done with.
func (b *Board) Finish() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files++
}

// Tick looks how far the job is and draws that, at most ten times a second.
func (b *Board) Tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.config.Now()
	if b.over || now.Sub(b.drawn) < drawInterval {
		return
	}
	b.drawn = now
	b.look(now)
	if b.config.Draw == nil {
		return
	}
	rows, width := make([]string, 0, len(b.active)+1), b.config.Width()
	for _, r := range b.active {
		rows = append(rows, r.lay(width, now))
	}
	b.config.Draw(append(rows, layRow(b.config.Name, b.figures(now), width))...)
}

// Close takes the board off the screen; nothing is drawn any more.
func (b *Board) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over && b.config.Draw != nil {
		b.config.Draw("")
	}
	b.over = true
}

// Lines returns how far the job is now, in words: each transfer, and all of it.
func (b *Board) Lines() (lines []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.config.Now()
	b.look(now)
	for _, r := range b.active {
		lines = append(lines, r.line(now))
	}
	files, bytes := b.amounts()
	what := fmt.Sprintf("%s: %s files, %s", b.config.Name, files, strings.TrimSpace(bytes))
	return append(lines, inWords(what, b.bytes.rate(), b.stalled(now), b.left(now)))
}

func (b *Board) look(now time.Time) {
	done, work := b.ended, float64(b.ended+b.files*fileWork)
	for _, r := range b.active {
		moved := r.look(now)
		done += moved
		work += float64(moved) + fileWork*r.share()
	}
	b.bytes.reach(done, now)
	b.work.reach(max(int64(work), b.work.done), now) // a file that is whole need not be done with
}

// figures are those of the job: files, bytes, rate, time left.
func (b *Board) figures(now time.Time) []figure {
	files, bytes := b.amounts()
	return []figure{
		{files, tellsShare},
		{bytes, tellsBytes},
		rateFigure(b.bytes.rate(), b.stalled(now)),
		etaFigure(b.left(now)),
	}
}

// amounts are the files and the bytes, with a mark on what will be more than is known.
func (b *Board) amounts() (files, bytes string) {
	more := map[bool]string{true: "+"}
	files = fmt.Sprintf("%d of %d%s", b.files, b.many, more[b.looking])
	all := HumanSize(b.total) + more[b.looking || b.unsized > 0]
	return files, fmt.Sprintf("%5s of %-5s", HumanSize(b.bytes.done), all)
}

func (b *Board) stalled(now time.Time) bool { return b.work.stalled(b.allWork(), now) }

// left is how many seconds the rest will take, below 0 if nobody knows.
func (b *Board) left(now time.Time) float64 {
	if b.looking {
		return -1
	}
	return b.work.left(b.allWork(), now)
}

// allWork is what there is to do, below 0 if nobody knows: files of unknown size are taken to be like
// the others.
func (b *Board) allWork() int64 {
	sized := b.many - b.unsized
	if sized <= 0 && b.many > 0 {
		return -1
	}
	bytes := float64(b.total)
	if b.unsized > 0 {
		bytes *= float64(b.many) / float64(sized)
	}
	return int64(bytes) + b.many*fileWork
}
