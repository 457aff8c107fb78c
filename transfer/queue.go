package transfer

import (
	"context"
	"sync"
)

// task is one thing that a worker of a job does over its connection.
type task interface {
	// run does it, and calls done once: at the end, or during a later operation of the connection. It
	// may be run again after an error that passes by itself, so it adds to the queue only once nothing
	// can go wrong any more. With more, another task follows at once.
	run(ctx context.Context, w *worker, more bool, done func(error))
	// looks says that the task may find others.
	looks() bool
	// sends says that the task writes to the server.
	sends() bool
	// name is what the task is about, for the summary.
	name() string
	// retry counts a failed attempt and says how many there were.
	retry(why error) int
}

// attempts counts how often a task has failed.
type attempts struct {
	failed int
	why    error // the last time
}

func (a *attempts) retry(why error) int {
	a.failed++
	a.why = why
	return a.failed
}

func (*attempts) sends() bool { return false }

// queue is what a job has left to do. It is empty for good when nothing is in it and nobody works who
// might add to it. Files to be moved come before directories to be looked into, as long as there are
// enough for everybody, and of directories the latest comes first: so the queue stays short, however
// large a tree is.
type queue struct {
	enough int    // moves that wait before anybody looks for more
	known  func() // called when nothing more is to be found

	mu      sync.Mutex
	changed *sync.Cond
	looks   []task  // a stack
	moves   []batch // as they came, in the order in which they are to be moved
	waiting int     // moves
	finding int     // looks that wait or are under way
	idle    int     // workers that have nothing to do
	busy    int     // workers that have
	large   bool    // somebody reads a large directory
	over    bool
}

// batch is moves that came together.
type batch struct {
	at, end int // of those that wait
	move    func(at int) task
}

func newQueue(enough int, known func()) *queue {
	q := &queue{enough: enough, known: known}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// look adds tasks that will add others.
func (q *queue) look(tasks ...task) {
	q.add(func() { q.looks, q.finding = append(q.looks, tasks...), q.finding+len(tasks) })
}

// move adds tasks that will not.
func (q *queue) move(tasks ...task) {
	q.later(len(tasks), func(at int) task {
		t := tasks[at]
		tasks[at] = nil // what was moved is forgotten
		return t
	})
}

// later is move for tasks that are made when their turn has come.
func (q *queue) later(tasks int, move func(at int) task) {
	if tasks > 0 {
		q.add(func() { q.moves, q.waiting = append(q.moves, batch{0, tasks, move}), q.waiting+tasks })
	}
}

// again adds a task once more.
func (q *queue) again(t task) {
	if t.looks() {
		q.look(t)
		return
	}
	q.move(t)
}

func (q *queue) add(how func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	how()
	q.changed.Broadcast()
}

// try takes something to do, if there is something; more says that there will be something next, too.
// The worker tells with done that it has done it.
func (q *queue) try() (t task, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.start(), q.more()
}

// more says that something waits.
func (q *queue) more() bool { return q.waiting+len(q.looks) > 0 }

// start is try for a caller that holds mu.
func (q *queue) start() task {
	if q.over {
		return nil
	}
	t := q.next()
	if t != nil {
		q.busy++
	}
	return t
}

// take waits for something to do. It is nil when there will be nothing more.
func (q *queue) take() (t task, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.over {
		if t := q.start(); t != nil {
			return t, q.more()
		}
		if q.busy == 0 {
			q.end()
			break
		}
		q.idle++
		q.changed.Wait()
		q.idle--
	}
	return nil, false
}

// next takes what comes next, nil if nothing waits.
func (q *queue) next() task {
	if q.waiting < q.enough {
		if t := q.nextLook(); t != nil {
			return t
		}
	}
	if q.waiting == 0 {
		return nil
	}
	first := &q.moves[0]
	t := first.move(first.at)
	q.waiting--
	if first.at++; first.at == first.end {
		q.moves = q.moves[1:]
	}
	return t
}

func (q *queue) done(t task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	if t.looks() {
		if q.finding--; q.finding == 0 {
			q.known()
		}
	}
	q.changed.Broadcast()
}

// stop ends the queue with what is still in it.
func (q *queue) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.end()
}

func (q *queue) end() {
	q.over = true
	q.changed.Broadcast()
}

// lacks says that one more worker would find something to do, if so many are on their way already; or,
// eagerly, that it might.
func (q *queue) lacks(coming int, eagerly bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !q.over && (eagerly || q.waiting+len(q.looks) > q.idle+coming)
}

// left is how many files and directories wait.
func (q *queue) left() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting + len(q.looks)
}
