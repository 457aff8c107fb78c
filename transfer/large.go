package transfer

import (
	"errors"
	"slices"
)

// largeLook is from how many nodes on a directory is a large one. Of these, a job reads one at a time, and
// the next when most of what is to be moved of it has been: so it needs memory for one, however many there
// are.
const largeLook = 4000

// errMany is a directory that has more entries than whoever reads it can hold now.
var errMany = errors.New("too many entries")

// extent is what a task that reads a directory knows of how large it is. It is the queue's.
type extent struct {
	large bool // it is tried again when no other large one is read
	holds bool // it is the one that is read
}

// measured is a task that reads a directory.
type measured interface{ measure() *extent }

func (e *extent) measure() *extent { return e }

// limit is asked about the number of nodes while a directory is read.
func (q *queue) limit(e *extent) func(nodes int) error {
	return func(nodes int) error {
		if nodes <= largeLook {
			return nil
		}
		q.mu.Lock()
		defer q.mu.Unlock()
		switch {
		case e.holds:
			return nil
		case q.large:
			return errMany
		}
		q.large, e.holds = true, true
		return nil
	}
}

// read ends the reading of a directory that has come to err, and says what that means for its task.
func (q *queue) read(e *extent, err error) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if e.holds {
		q.large, e.holds = false, false
		q.changed.Broadcast()
	}
	if errors.Is(err, errMany) {
		e.large = true
		return errOtherWay
	}
	return err
}

// nextLook takes the latest look that may be begun; nil if there is none. The caller holds mu.
func (q *queue) nextLook() task {
	for at, t := range slices.Backward(q.looks) {
		if look, reads := t.(measured); reads && look.measure().large {
			if q.large {
				continue
			}
			q.large, look.measure().holds = true, true
		}
		q.looks = slices.Delete(q.looks, at, at+1)
		return t
	}
	return nil
}
