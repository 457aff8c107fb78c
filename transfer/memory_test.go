package transfer

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// boundless is a made-up tree of directories beside each other, on either side of a mirror.
type boundless struct {
	dirs, files int // in each directory
	heap        *heap
}

// heap keeps the most that was alive at one time.
type heap struct {
	base, most uint64
	every      int // how many looks are between two measurements

	mu    sync.Mutex
	looks int
}

func newHeap() *heap { return &heap{base: alive(), every: 50} }

func alive() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// look measures now and then.
func (h *heap) look() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.looks++; h.looks%h.every == 1%h.every {
		now := alive()
		h.most = max(h.most, now-min(h.base, now))
	}
}

// below fails if more was alive than so many bytes.
func (h *heap) below(t *testing.T, bytes uint64) {
	t.Helper()
	if h.looks == 0 || h.most > bytes {
		t.Errorf("%d KiB were alive, want %d at most", h.most>>10, bytes>>10)
	}
}

// Read is of [Tree].
func (s *boundless) Read(_ context.Context, path string) (Directory, error) { return s.make(path, nil) }

func (s *boundless) make(path string, limit func(int) error) (Directory, error) {
	n, kind, name := s.files, listing.File, "a-file-of-some-length-%07d"
	if path == "" && s.dirs > 0 {
		n, kind, name = s.dirs, listing.Dir, "directory-%07d"
	}
	var nodes []Node
	for i := range n {
		if limit != nil && limit(i+1) != nil {
			return Directory{}, errMany
		}
		nodes = append(nodes, Node{Name: fmt.Sprintf(name, i), Type: kind, Size: 1, Time: time.Unix(1e9, 0), Exact: true})
	}
	var d Directory
	d.admit(path, nodes)
	s.heap.look()
	return d, nil
}

func (s *boundless) read(_ context.Context, _ *remote.Conn, dir string, limit func(int) error) (Directory, error) {
	return s.make(dir, limit)
}

func (s *boundless) makeDir(context.Context, *remote.Conn, string) error { return nil }

func (s *boundless) remove(_ context.Context, _ *remote.Conn, paths []string, _ bool, done func(int, error)) error {
	s.heap.look()
	for i := range paths {
		done(i, nil)
	}
	return nil
}

func (s *boundless) admit(name string) (string, error) { return name, nil }

func (s *boundless) shown(path string) string { return "/" + path }

// between is a plan of a mirror whose sides are made up.
type between struct{ Mirror }

func (m *between) begin(_ context.Context, j *Job) error {
	if m.Removals != nil {
		m.Removals.side = m.to
	}
	j.todo().look(&pair{mirror: &m.Mirror, depth: 1})
	return nil
}

// A walk holds the directories that it is in, whatever the size of the tree.
func TestMemoryOfAWalk(t *testing.T) {
	h := newHeap()
	seen := 0
	err := Walk(t.Context(), &boundless{dirs: 1000, files: 300, heap: h}, func(s Step) error {
		seen++
		return nil
	})
	if want := 1 + 1 + 2*1000 + 300*1000; err != nil || seen != want {
		t.Errorf("%d steps, %v; want %d", seen, err, want)
	}
	h.below(t, 1<<20)
}

// So does a mirror, also one that has a file to remove for each that it leaves, and its list of these lies on the disk.
func TestMemoryOfAMirror(t *testing.T) {
	b := newBench(t)
	h := newHeap()
	from, to := &boundless{dirs: 500, files: 100, heap: h}, &boundless{dirs: 1000, files: 400, heap: h}
	plan := &between{Mirror{from: from, to: to, Removals: &Removals{}}}
	job := &Job{Op: "mirror", Conn: b.conn, Workers: 4}
	summary, err := job.Run(t.Context(), plan)
	if err != nil || summary.Same != 500*100 || summary.Removed != 500*300+500*401 {
		t.Errorf("%+v, %v", summary, err)
	}
	h.below(t, 10<<20) // that all workers have just allocated counts too; all of it would be 50 MiB
	if _, err := os.Stat(plan.Removals.spool.Name()); !os.IsNotExist(err) {
		t.Errorf("the list of removals is still there: %v", err)
	}
}

// Of large directories, a job holds one at a time, whatever the number of its workers.
func TestMemoryOfLargeDirectories(t *testing.T) {
	const n, files = 8, 40_000
	b := newBench(t)
	h := newHeap()
	h.every = 1
	both := &boundless{dirs: n, files: files, heap: h}
	plan := &between{Mirror{from: both, to: both}}
	summary, err := (&Job{Op: "mirror", Conn: b.conn, Workers: 8}).Run(t.Context(), plan)
	if err != nil || summary.Same != n*files {
		t.Errorf("%+v, %v", summary, err)
	}
	h.below(t, 40<<20) // all of them at once would be twice as much
}

// What one directory costs by the file, on each side of a mirror, and as files that wait to be moved.
func TestMemoryOfADirectory(t *testing.T) {
	const n = 50_000
	b := newBench(t)
	h := newHeap()
	both := &boundless{files: n, heap: h}
	plan := &between{Mirror{from: both, to: both}}
	summary, err := (&Job{Op: "mirror", Conn: b.conn}).Run(t.Context(), plan)
	if err != nil || summary.Same != n {
		t.Errorf("%+v, %v", summary, err)
	}
	h.below(t, n*300)

	h = newHeap()
	empty := &boundless{heap: h}
	j := &Job{Op: "mirror"}
	d, _ := (&boundless{files: n, heap: h}).Read(t.Context(), "")
	pairing := &pairing{pair: &pair{mirror: &Mirror{from: both, to: empty}}, job: j, from: d, folder: &folder{}}
	pairing.match()
	if j.todo().left() != n {
		t.Errorf("%d files wait", j.todo().left())
	}
	h.looks = 0
	h.look()
	h.below(t, n*350)
	runtime.KeepAlive(j)
}

// A file that has arrived is remembered at the cost of a few words.
func TestMemoryOfWhatHasArrived(t *testing.T) {
	const n = 20_000
	dir := t.TempDir()
	plant(t, dir, map[string]string{"file": "content"})
	info, err := os.Lstat(dir + "/file")
	if err != nil {
		t.Fatal(err)
	}
	h, arrived := newHeap(), Arrived{}
	for range n {
		arrived.add("dir", "file", info)
	}
	h.look()
	h.below(t, n*100)
	runtime.KeepAlive(&arrived)
}

// Large directories are told from small ones only by reading them, and all that are in a tree are gone through.
func TestLargeDirectoriesTakeTurns(t *testing.T) {
	b := newBench(t)
	both := &boundless{dirs: 5, files: largeLook + 1, heap: &heap{every: 1000}}
	plan := &between{Mirror{from: both, to: both}}
	summary, err := (&Job{Op: "mirror", Conn: b.conn, Workers: 4}).Run(t.Context(), plan)
	if err != nil || summary.Same != 5*(largeLook+1) || summary.Failed > 0 {
		t.Errorf("%+v, %v", summary, err)
	}
}
