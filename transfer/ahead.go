package transfer

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// Ahead is a tree on the server for one walk: spares of the session's connection read directories before
// the walk comes to them, in its order. What waits for the walk is bounded, whatever the tree is like. It
// is read by one goroutine, in the order of [Walk], and must be closed.
type Ahead struct {
	RemoteTree     // with the session's connection, which reads what no spare has read
	Workers    int // connections at most; 0 is DefaultWorkers, and fewer where there is little to read

	// Enters says which directories the walk is going to read, if it has not been told to pass them over;
	// nil is all.
	Enters func(path string) bool
	// Through is what each connection sees the tree through; nil shows it as it is.
	Through func(conn *remote.Conn, tree Tree) Tree

	ctx     context.Context // of the spares; nil before the first directory is read
	stop    context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond
	rooms   map[string]*room
	doors   []*door
	held    int // nodes in rooms
	present int // spares that read, or are on their way
	full    bool
	over    bool
}

// Bounds of what waits for a walk, and of what a spare reads: a larger directory is read by the walk itself.
const (
	heldNodes    = 20_000
	heldRooms    = 500
	largestAhead = 10_000 // nodes
	fewDirs      = 4      // to be read, for which no further connection is opened
)

// room is a directory that a spare reads or has read.
type room struct {
	Directory
	err     error
	unread  bool          // the walk has to read it
	entered bool          // the walk is there
	done    chan struct{} // closed when it is known
}

// door leads from a directory to those below it that have not been read.
type door struct {
	dir   string
	names []string // in order
	next  string   // the path of the first; empty when there is none
}

// pass goes on to the next name.
func (d *door) pass() {
	if d.names = d.names[1:]; len(d.names) == 0 {
		d.next = ""
		return
	}
	d.next = Below(d.dir, d.names[0])
}

// Read is of [Tree].
func (a *Ahead) Read(ctx context.Context, path string) (Directory, error) {
	if r := a.arrive(ctx, path); r != nil {
		select {
		case <-r.done:
		case <-ctx.Done():
			return Directory{}, context.Cause(ctx)
		}
		if !r.unread {
			return r.Directory, r.err
		}
	}
	d, err := a.seen(a.Conn, a.RemoteTree).Read(ctx, path)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open(path, d)
	return d, err
}

func (a *Ahead) seen(conn *remote.Conn, tree RemoteTree) Tree {
	tree.Conn = conn
	if a.Through == nil {
		return tree
	}
	return a.Through(conn, tree)
}

// arrive forgets what the walk has passed by, and returns the room that it enters, if there is one.
func (a *Ahead) arrive(ctx context.Context, path string) *room {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ctx == nil {
		a.ctx, a.stop = context.WithCancel(ctx)
		a.rooms, a.changed = map[string]*room{}, sync.NewCond(&a.mu)
	}
	r := a.rooms[path]
	if r != nil {
		r.entered = true
	}
	for at, passed := range a.rooms {
		if inWalk(at, path) <= 0 {
			delete(a.rooms, at)
			a.held -= len(passed.Nodes)
		}
	}
	a.doors = slices.DeleteFunc(a.doors, func(d *door) bool {
		for d.next != "" && inWalk(d.next, path) <= 0 {
			d.pass()
		}
		return d.next == ""
	})
	a.changed.Broadcast()
	return r
}

// open notes which directories there are in one, for the spares. The caller holds mu.
func (a *Ahead) open(path string, d Directory) {
	in := &door{dir: path}
	for _, n := range d.Nodes {
		if n.Type == listing.Dir && (a.Enters == nil || a.Enters(Below(path, n.Name))) {
			in.names = append(in.names, n.Name)
		}
	}
	if len(in.names) == 0 || strings.Count(path, "/") >= deepestWalk {
		return
	}
	in.next = Below(path, in.names[0])
	a.doors = append(a.doors, in)
	a.changed.Broadcast()
	a.grow()
}

// grow brings in spares, as many as are wanted and useful. The caller holds mu.
func (a *Ahead) grow() {
	most, each := DefaultWorkers, fewDirs
	if a.Workers > 0 {
		most, each = a.Workers, 1
	}
	waiting := 0
	for _, d := range a.doors {
		waiting += len(d.names)
	}
	for !a.full && !a.over && a.present < most-1 && waiting > each*(a.present+1) {
		a.present++
		a.running.Go(a.scout)
	}
}

// scout is one spare at work. It leaves when its connection fails it: the walk finds out why.
func (a *Ahead) scout() {
	defer a.leave()
	conn, err := a.Conn.Spare(a.ctx)
	if err != nil {
		return
	}
	defer conn.Release()
	defer conn.Flush(a.ctx)
	tree := a.RemoteTree
	tree.ahead, tree.limit = true, fewerThan(largestAhead)
	seen := a.seen(conn, tree)
	for {
		path, r := a.take(conn)
		if r == nil {
			return
		}
		d, err := seen.Read(a.ctx, path)
		a.put(path, r, d, err)
		if !tells(err) && !errors.Is(err, errMany) {
			return
		}
	}
}

// fewerThan is a limit of that many nodes.
func fewerThan(most int) func(nodes int) error {
	return func(nodes int) error {
		if nodes > most {
			return errMany
		}
		return nil
	}
}

// tells says that an attempt to read a directory has told what there is to be known about it.
func tells(err error) bool { return err == nil || refusal(err)/100 == 5 }

func (a *Ahead) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.present--
	a.full = true
}

// take is the next directory that somebody should read; no room when there will be none.
func (a *Ahead) take(conn *remote.Conn) (string, *room) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for flushed := false; !a.over; {
		path, r := a.start()
		switch {
		case r != nil:
			return path, r
		case flushed:
			a.changed.Wait()
		default: // this may take a while
			a.mu.Unlock()
			conn.Flush(a.ctx)
			a.mu.Lock()
			flushed = true
		}
	}
	return "", nil
}

// start makes the room of the directory to which the walk comes first. The caller holds mu.
func (a *Ahead) start() (string, *room) {
	if len(a.doors) == 0 || a.held >= heldNodes || len(a.rooms) >= heldRooms {
		return "", nil
	}
	first := slices.MinFunc(a.doors, func(one, other *door) int { return inWalk(one.next, other.next) })
	path, r := first.next, &room{done: make(chan struct{})}
	if first.pass(); first.next == "" {
		a.doors = slices.DeleteFunc(a.doors, func(d *door) bool { return d == first })
	}
	a.rooms[path] = r
	return path, r
}

// put makes a room known. One that the walk has passed by is nobody's any more.
func (a *Ahead) put(path string, r *room, d Directory, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer close(r.done)
	if r.unread = !tells(err); r.unread {
		return
	}
	waits := a.rooms[path] == r
	if waits {
		a.held += len(d.Nodes)
	}
	if r.Directory, r.err = d, err; waits || r.entered {
		a.open(path, d)
	}
}

// Close ends the reading, and gives the spares back.
func (a *Ahead) Close() {
	if a.ctx == nil {
		return
	}
	a.mu.Lock()
	a.over = true
	a.changed.Broadcast()
	a.mu.Unlock()
	a.stop()
	a.running.Wait()
}

// inWalk compares two paths by when a walk comes to them: a directory comes before what is in it, and
// that before the names that follow.
func inWalk(a, b string) int {
	for i := range min(len(a), len(b)) {
		switch x, y := a[i], b[i]; {
		case x == y:
		case x == '/':
			return -1
		case y == '/':
			return 1
		default:
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(len(a), len(b))
}
