package transfer

import (
	"io/fs"
	"os"
	"sync"
)

// localDir is a directory here that downloads come into. Those that are under way at the same time share
// it: it is opened once, and what is the same for all of them is found out once.
type localDir struct {
	open func() (*os.Root, error)

	mu    sync.Mutex
	users int
	root  *os.Root
	self  *os.File    // nil where a directory cannot be opened as a file
	mode  fs.FileMode // of a new file in it; 0 as long as that is not known
}

// enter opens the directory, until everybody who has entered it has left it.
func (d *localDir) enter() (*os.Root, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users == 0 {
		root, err := d.open()
		if err != nil {
			return nil, err
		}
		d.root = root
		d.self, _ = root.Open(".")
	}
	d.users++
	return d.root, nil
}

func (d *localDir) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users--; d.users == 0 {
		d.self.Close()
		d.root.Close()
	}
}

// sync makes what was renamed in the directory last. Not every system can; the files themselves are safe
// without it. Only who has entered may call it.
func (d *localDir) sync() { _ = flush(d.self) }

// usual is the permissions of a new file in the directory; 0 if they are not known yet.
func (d *localDir) usual() fs.FileMode {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mode
}

// learn keeps the permissions that a new file has got.
func (d *localDir) learn(mode fs.FileMode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mode = mode
}
