package editor

import (
	"context"
	"sync"
)

// queue holds the keys that nobody has asked for yet: what is typed while a
// command runs is kept for the next prompt.
type queue struct {
	mu     sync.Mutex
	keys   []key
	ready  chan struct{} // holds a token if next may have something to return
	hungUp bool          // the input is over: no key will follow
	closed bool
}

func newQueue() *queue { return &queue{ready: make(chan struct{}, 1)} }

// change runs f under the lock, and then lets next look again.
func (q *queue) change(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f()
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

func (q *queue) push(k ...key) { q.change(func() { q.keys = append(q.keys, k...) }) }

// pushFront lets keys go before those that wait.
func (q *queue) pushFront(k ...key) {
	q.change(func() { q.keys = append(k[:len(k):len(k)], q.keys...) })
}

// hangUp makes every read end once the keys that wait are gone.
func (q *queue) hangUp() { q.change(func() { q.hungUp = true }) }

// close makes every read end at once.
func (q *queue) close() { q.change(func() { q.closed = true }) }

// next waits for a key. It is false when the queue is closed or ctx is done.
func (q *queue) next(ctx context.Context) (key, bool) {
	for {
		if k, ok, closed := q.take(); ok || closed {
			return k, ok
		}
		select {
		case <-q.ready:
		case <-ctx.Done():
			return key{}, false
		}
	}
}

// take removes the first key.
func (q *queue) take() (k key, ok, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return key{}, false, true
	case len(q.keys) > 0:
		k = q.keys[0]
		q.keys = q.keys[1:]
		return k, true, false
	case q.hungUp:
		return key{code: keyHangup}, true, false
	}
	return key{}, false, false
}

// takeAll empties the queue and returns what was in it.
func (q *queue) takeAll() []key {
	q.mu.Lock()
	defer q.mu.Unlock()
	keys := q.keys
	q.keys = nil
	return keys
}

// cutInterrupt drops all keys up to the last Ctrl-C and reports whether there
// was one.
func (q *queue) cutInterrupt() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := len(q.keys) - 1; i >= 0; i-- {
		if q.keys[i].code == keyInterrupt {
			q.keys = q.keys[i+1:]
			return true
		}
	}
	return false
}

// waiting reports whether there are keys already.
func (q *queue) waiting() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.keys) > 0
}
