package transfer

import (
	"context"
	"hash/maphash"
	"strings"
	"sync/atomic"

	"ftpsh/remote"
)

// census is which names a directory of the side that a mirror changes should have by now: those of its
// listing, and those that were added since. It is a sum over all of them, since there may be many.
//
// It tells whether each name is kept as it was sent. Where one is not, as on a disk that takes README for
// readme or a blank at its end for none, what seems to be there alone may be what was just moved.
type census struct{ sum atomic.Uint64 }

var censusSeed = maphash.MakeSeed()

// add counts a name. Those that begin with a dot are left out: a listing may lack them, and unfinished
// transfers have them.
func (c *census) add(name string) {
	if c != nil && !strings.HasPrefix(name, ".") {
		c.sum.Add(maphash.String(censusSeed, name))
	}
}

func (c *census) addAll(nodes []Node) {
	for _, n := range nodes {
		c.add(n.Name)
	}
}

// doubt is a directory to which something was added, and from which something is to be removed.
type doubt struct {
	path string
	due  *census
}

// doubts has a directory looked at again before anything is removed.
func (r *Removals) doubts(path string, due *census) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.doubtful = append(r.doubtful, doubt{path, due})
}

// count looks whether each doubtful directory has the names that it should have. If one has not, that is told,
// and nothing may be removed. The error is the cause of the context's end.
func (r *Removals) count(ctx context.Context, j *Job) error {
	for _, d := range r.doubtful {
		err := d.settle(ctx, j.Conn, r.side)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			j.tell(Ended{Path: r.side.shown(d.path), Size: -1, Err: err})
			r.distrust(err)
			return nil
		}
	}
	return nil
}

func (d doubt) settle(ctx context.Context, conn *remote.Conn, side side) error {
	now, err := side.read(ctx, conn, d.path, nil)
	if err != nil {
		return err
	}
	var has census
	has.addAll(now.Nodes)
	switch {
	case !now.Whole():
		return now.Problems[0]
	case has.sum.Load() != d.due.sum.Load():
		return &otherNamesError{side.shown(d.path)}
	}
	return nil
}

// otherNamesError is a directory that does not have the names that it should have.
type otherNamesError struct{ dir string }

func (e *otherNamesError) Error() string {
	return e.dir + ": names in it are not as they were sent, or somebody else changes it"
}

// ExitStatus is that of something incomplete.
func (e *otherNamesError) ExitStatus() int { return statusIncomplete }
