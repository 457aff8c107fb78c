package transfer

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// crew is the workers of a job, each with a connection of its own. The first has the session's; the
// others come as there is work for them, up to the limit, or to where the server lets nobody in any more.
type crew struct {
	job   *Job
	queue *queue

	mu      sync.Mutex
	most    int // workers
	present int // workers that work or are on their way
	coming  int // of these, workers whose connection is being opened
	gone    error
	running sync.WaitGroup
}

// work empties the queue. The error is why nobody could go on.
func (c *crew) work(ctx context.Context) error {
	unhook := context.AfterFunc(ctx, c.queue.stop)
	defer unhook()
	c.present = 1
	c.grow(ctx)
	c.serve(ctx, c.job.Conn)
	c.running.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.present == 0 {
		return c.gone
	}
	return nil
}

// grow brings in as many workers as there is work for, or as many as were asked for: then they come while
// the first directory is listed. Several open their connections together.
func (c *crew) grow(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.present > 0 && c.present < c.most && c.queue.lacks(c.coming, c.job.Workers > 0) {
		c.present++
		c.coming++
		c.running.Go(func() { c.hire(ctx) })
	}
}

// hire is one more worker, from its first day to its last.
func (c *crew) hire(ctx context.Context) {
	conn, err := c.job.Conn.Worker(ctx)
	c.mu.Lock()
	c.coming--
	if err != nil {
		c.present--
		c.most = max(1, c.present) // those that there are have to do
	}
	c.mu.Unlock()
	if err != nil {
		return
	}
	defer conn.Release()
	c.serve(ctx, conn)
}

// worker is one of a crew, with its connection.
type worker struct {
	*Job
	conn *remote.Conn
	gone error // why it has to leave
}

// serve does one task after the other, until there is none or the connection is gone for good. What its
// connection still holds back is finished before it waits for something to do.
func (c *crew) serve(ctx context.Context, conn *remote.Conn) {
	w := &worker{Job: c.job, conn: conn}
	for w.gone == nil && ctx.Err() == nil {
		t, more := c.queue.try()
		if t == nil {
			conn.Flush(ctx)
			if t, more = c.queue.take(); t == nil {
				return
			}
		}
		t.run(ctx, w, more, func(err error) {
			if err := c.settle(ctx, t, err); err != nil {
				w.gone = err
			}
			c.queue.done(t)
		})
		c.grow(ctx)
	}
	conn.Flush(ctx)
	c.leave(w.gone)
}

// leave is the end of a worker that cannot reach the server any more. The last one closes the queue.
func (c *crew) leave(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.present--
	c.most = max(1, c.present)
	if c.present == 0 {
		c.gone = why
		c.queue.stop()
	}
}

// settle decides what an error of a task means. It returns the error only if the worker has to leave.
func (c *crew) settle(ctx context.Context, t task, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return nil // the queue has been stopped
	case isUnreachable(err):
		c.queue.again(t)
		return err
	case errors.Is(err, errOtherWay):
		c.queue.again(t)
		return nil
	case passes(err) && t.retry(err) <= c.job.Retries:
		c.job.note("%s: %v; trying again", t.name(), err)
		pause(ctx, c.job.Pause)
		c.queue.again(t)
		return nil
	}
	c.job.fail(t, err)
	if exhausted(t, err) {
		c.job.halt()
	}
	return nil
}

// passes says that the same may work the next time: the connection broke, or the server said 4xx.
func passes(err error) bool {
	var lost *wire.LostError
	var timeout *wire.TimeoutError
	var data *wire.DataError
	var early *remote.QueueError
	switch code := refusal(err); {
	case isLocal(err), code == 450, code == 452: // busy, or full: not within a moment
		return false
	case errors.As(err, &early), errors.Is(err, errGrew), code/100 == 4:
		return true
	}
	return errors.As(err, &lost) || errors.As(err, &timeout) || errors.As(err, &data)
}

// exhausted says that the disk that a task writes to is full, or the quota used up: what comes next would
// fail as well.
func exhausted(t task, err error) bool {
	code := refusal(err)
	return t.sends() && (code == 452 || code == 552) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
