package completion

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"ftpsh/internal/listing"
)

// Lister lists a directory of the server, which is seen from the root where the server's paths
// have one. It has to refuse, and not to wait, while the connection is busy with a command.
type Lister interface {
	List(ctx context.Context, dir string) ([]listing.Entry, error)
}

// Remote is the directories of the server, as far as completion has seen them. Its methods may be
// called from several goroutines.
type Remote struct {
	Tell func(decision string) // told when nothing has to be asked; may be nil

	lister Lister
	now    func() time.Time

	mu   sync.Mutex
	seen map[string]*directory
}

// directory is a listing, or one that is on its way.
type directory struct {
	done    chan struct{} // closed when the fields below are there
	entries []listing.Entry
	err     error
	asked   time.Time
}

const (
	// keepFor is how long a listing is good enough to complete from.
	keepFor = 30 * time.Second
	// giveUpAfter ends a listing that nobody waits for any more. It is longer than [Deadline]: to
	// break a listing off costs a connection, and when it arrives the next TAB has it.
	giveUpAfter = 30 * time.Second
)

// NewRemote returns a Remote that has seen nothing.
func NewRemote(lister Lister) *Remote {
	return &Remote{lister: lister, now: time.Now, seen: map[string]*directory{}}
}

// Reset drops all that is known: the connection is another one, or something was changed.
func (r *Remote) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.seen)
}

// entries are the entries of a directory by name, without "." and "..". They must not be changed.
func (r *Remote) entries(ctx context.Context, dir string) ([]listing.Entry, error) {
	d := r.directory(ctx, dir)
	select {
	case <-d.done:
		return d.entries, d.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// directory returns what is known, or starts to ask.
func (r *Remote) directory(ctx context.Context, dir string) *directory {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dropOld()
	if d := r.seen[dir]; d != nil {
		if r.Tell != nil {
			r.Tell(fmt.Sprintf("TAB: %s was listed %v ago and is not asked for again", dir, r.now().Sub(d.asked).Round(time.Millisecond)))
		}
		return d
	}
	d := &directory{done: make(chan struct{}), asked: r.now()}
	r.seen[dir] = d
	go r.ask(context.WithoutCancel(ctx), dir, d)
	return d
}

// dropOld keeps the memory bounded by what was listed lately.
func (r *Remote) dropOld() {
	for dir, d := range r.seen {
		if r.now().Sub(d.asked) >= keepFor {
			delete(r.seen, dir)
		}
	}
}

// ask lists a directory. A failure is told to those who wait, and not kept.
func (r *Remote) ask(ctx context.Context, dir string, d *directory) {
	ctx, cancel := context.WithTimeout(ctx, giveUpAfter)
	defer cancel()
	defer close(d.done)
	entries, err := r.lister.List(ctx, dir)
	d.entries = slices.DeleteFunc(entries, func(e listing.Entry) bool { return e.IsDot() })
	d.err = err
	slices.SortFunc(d.entries, func(a, b listing.Entry) int { return cmp.Compare(a.Name, b.Name) })
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.seen[dir] == d {
			delete(r.seen, dir)
		}
	}
}
