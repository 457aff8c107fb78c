package transfer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"

	"ftpsh/internal/listing"
)

// Removals is what a mirror removes from the side that it changes, because the other side does not have
// it. It is collected in a temporary file, shown and confirmed, and carried out when all else is done. If
// the listing of any directory lacked something, nothing is removed at all.
type Removals struct {
	// Confirm is shown the whole of it and decides. With nobody to ask, nil carries it out.
	Confirm func(ctx context.Context, plan *Removals) (bool, error)

	// Why is what makes a removal necessary, for the lines that tell of it.
	Why string

	Files, Dirs int
	Bytes       int64 // of the files, where known

	side     side
	mu       sync.Mutex
	spool    *os.File // one name a line: its kind, and the path quoted as Go does; what a directory holds before it
	out      *bufio.Writer
	broken   error   // why nothing may be removed
	doubtful []doubt // to be looked at again before
	tried    atomic.Int64
}

// Progress is how many removals are planned so far, and how many have been tried. Any goroutine may ask.
func (r *Removals) Progress() (planned, tried int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Files + r.Dirs, int(r.tried.Load())
}

// distrust notes that something is not known. It is told as a failure by whoever found it.
func (r *Removals) distrust(why error) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken == nil {
		r.broken = why
	}
}

// add plans the removal of a directory or of something else.
func (r *Removals) add(path string, n Node) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spool == nil {
		var err error
		if r.spool, err = os.CreateTemp("", "ftpsh-removals-*"); err != nil {
			return localError("mirror", os.TempDir(), err)
		}
		r.out = bufio.NewWriter(r.spool)
	}
	kind := byte('f')
	if n.Type == listing.Dir {
		kind = 'd'
		r.Dirs++
	} else {
		r.Files++
		if n.Type == listing.File {
			r.Bytes += max(0, n.Size)
		}
	}
	_, err := fmt.Fprintf(r.out, "%c%q\n", kind, path)
	return err
}

// Each visits what is planned, by the names that its user knows, in the order in which it will be removed:
// what a directory holds, then the directory. It ends with the first error of visit.
func (r *Removals) Each(visit func(name string, dir bool) error) error {
	return r.each(func(path string, dir bool) error { return visit(r.side.shown(path), dir) })
}

func (r *Removals) each(visit func(path string, dir bool) error) error {
	if r.spool == nil {
		return nil
	}
	if err := r.out.Flush(); err != nil {
		return localError("mirror", r.spool.Name(), err)
	}
	if _, err := r.spool.Seek(0, io.SeekStart); err != nil {
		return localError("mirror", r.spool.Name(), err)
	}
	lines := bufio.NewReader(r.spool)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return localError("mirror", r.spool.Name(), err)
		}
		path, err := strconv.Unquote(line[1 : len(line)-1])
		if err != nil {
			return localError("mirror", r.spool.Name(), err)
		}
		if err := visit(path, line[0] == 'd'); err != nil {
			return err
		}
	}
}

// close removes the temporary file.
func (r *Removals) close() {
	if r.spool != nil {
		r.spool.Close()
		os.Remove(r.spool.Name())
	}
}

// carryOut removes what is planned if that is allowed: files first, over all connections, then the
// directories one by one.
func (r *Removals) carryOut(ctx context.Context, j *Job) error {
	if r.broken == nil && !j.DryRun {
		if err := r.count(ctx, j); err != nil {
			return err
		}
	}
	switch {
	case r.broken != nil:
		j.note("nothing was removed, since not all is known: %v", r.broken) // which has been told as a failure
		return nil
	case r.Files+r.Dirs == 0:
		return nil
	case j.DryRun:
		return r.each(func(path string, dir bool) error {
			j.tell(r.ended(path, dir))
			return nil
		})
	}
	if r.Confirm != nil {
		if yes, err := r.Confirm(ctx, r); err != nil || !yes {
			return err
		}
	}
	left := j.summary.Left
	defer func() { j.summary.Left = left + r.Files + r.Dirs - int(r.tried.Load()) }()
	for _, dirs := range []bool{false, true} {
		if err := r.remove(ctx, j, dirs); err != nil && !errors.Is(err, errHalted) {
			return err
		}
	}
	return nil
}

func (r *Removals) ended(path string, dir bool) Ended {
	e := Ended{Action: RemoveFile, Path: r.side.shown(path), Size: -1, Why: r.Why}
	if dir {
		e.Action = RemoveDirectory
	}
	return e
}

// Bounds of what waits in the queue.
const (
	removalsAtOnce = 500 // of one task; a tree that has no more needs no further connection
	tasksAtOnce    = 20
)

// errHalted ends a loop over what a halted job does not do any more.
var errHalted = errors.New("the job was halted")

// remove carries out the part of the plan that is about directories, or the other part.
func (r *Removals) remove(ctx context.Context, j *Job, dirs bool) error {
	p := &packing{plan: r, dirs: dirs, most: removalsAtOnce}
	workers := j.workers()
	if dirs {
		workers = 1
	}
	if j.FailFast {
		p.most = 1
	}
	err := r.each(func(path string, dir bool) error {
		if dir != dirs || !p.add(path) {
			return nil
		}
		return p.flush(ctx, j, workers)
	})
	if err != nil {
		return err
	}
	return p.flush(ctx, j, workers)
}

// packing makes tasks of single removals.
type packing struct {
	plan  *Removals
	dirs  bool
	most  int // removals of one task
	batch []string
	tasks []task
}

// add takes one more, and says whether there are enough for the queue.
func (p *packing) add(path string) bool {
	if p.batch = append(p.batch, path); len(p.batch) == p.most {
		p.pack()
	}
	return len(p.tasks) == tasksAtOnce
}

func (p *packing) pack() {
	if len(p.batch) > 0 {
		p.tasks = append(p.tasks, &removal{plan: p.plan, first: p.batch[0], paths: p.batch, dirs: p.dirs})
		p.batch = nil
	}
}

// flush carries out what there is.
func (p *packing) flush(ctx context.Context, j *Job, workers int) error {
	if j.halted.Load() {
		return errHalted
	}
	p.pack()
	j.todo().move(p.tasks...)
	p.tasks = nil
	return j.work(ctx, workers)
}

// removal is some files, or directories, to be removed.
type removal struct {
	attempts
	plan  *Removals
	first string
	paths []string // that have not been tried
	dirs  bool
}

func (t *removal) name() string { return t.plan.side.shown(t.first) }

func (t *removal) looks() bool { return false }

// run tells of each failure by itself.
func (t *removal) run(ctx context.Context, w *worker, _ bool, done func(error)) {
	paths := t.paths
	done(t.plan.side.remove(ctx, w.conn, paths, t.dirs, func(i int, err error) {
		t.paths = paths[i+1:]
		t.plan.tried.Add(1)
		if err == nil {
			w.tell(t.plan.ended(paths[i], t.dirs))
			return
		}
		w.tell(Ended{Path: t.plan.side.shown(paths[i]), Size: -1, Err: err})
		if w.FailFast {
			w.halted.Store(true)
			w.todo().stop()
		}
	}))
}
