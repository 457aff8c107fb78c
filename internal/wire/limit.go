package wire

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit is a rate in bytes a second that all data connections which move by it share. The zero value, and
// nil, limit nothing. Any goroutine may use it, and change it while others move.
type Limit struct {
	within *Limit // a rate that holds as well; nil for none

	mu     sync.Mutex
	rate   int64         // 0 for none
	bucket *rate.Limiter // nil until there is a rate

	now   func() time.Time // nil for the clocks of the system
	sleep func(context.Context, time.Duration)
}

// NewLimit makes a limit within another one, which may be nil.
func NewLimit(bytesPerSecond int64, within *Limit) *Limit {
	l := &Limit{within: within}
	l.Set(bytesPerSecond)
	return l
}

// A piece is what moves between two waits: few enough bytes for a steady stream, and for several
// connections to take turns within a fifth of a second.
const (
	pieceTime    = 50 * time.Millisecond
	largestPiece = 64 << 10
)

// Set changes the rate; 0 ends the limit. What moves by it now goes on at the new rate.
func (l *Limit) Set(bytesPerSecond int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rate = max(0, bytesPerSecond)
	switch {
	case l.rate == 0:
		l.bucket = nil
	case l.bucket == nil:
		l.bucket = rate.NewLimiter(rate.Limit(l.rate), int(l.piece()))
		l.bucket.ReserveN(l.time(), int(l.piece())) // it begins empty
	default:
		l.bucket.SetLimitAt(l.time(), rate.Limit(l.rate))
		l.bucket.SetBurstAt(l.time(), int(l.piece()))
	}
}

// Rate is how many bytes a second may move, by this limit and by those around it; 0 for any.
func (l *Limit) Rate() int64 {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	own := l.rate
	l.mu.Unlock()
	outer := l.within.Rate()
	if own == 0 || outer > 0 && outer < own {
		return outer
	}
	return own
}

// piece is how many bytes may move at once.
func (l *Limit) piece() int64 {
	return min(max(1, int64(float64(l.rate)*pieceTime.Seconds())), largestPiece)
}

// take waits until some of n bytes may move, and says how many; without a limit, all of them at once. It
// does not wait beyond the end of ctx.
func (l *Limit) take(ctx context.Context, n int64) int64 {
	if l == nil {
		return n
	}
	n, wait := l.reserve(l.within.take(ctx, l.most(n))) // what is taken there and does not move here is lost to others
	if wait > 0 {
		l.pause(ctx, wait)
	}
	return n
}

// most is how many of n bytes may move at once.
func (l *Limit) most(n int64) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rate == 0 {
		return n
	}
	return min(n, l.piece())
}

// reserve takes out of the bucket what it will hold after a while.
func (l *Limit) reserve(n int64) (taken int64, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bucket == nil {
		return n, 0
	}
	n = min(n, l.piece())
	now := l.time()
	return n, l.bucket.ReserveN(now, int(n)).DelayFrom(now)
}

func (l *Limit) time() time.Time {
	if l.now != nil {
		return l.now()
	}
	return time.Now()
}

func (l *Limit) pause(ctx context.Context, d time.Duration) {
	if l.sleep != nil {
		l.sleep(ctx, d)
		return
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// allow waits until bytes may move, and says how many of n.
func (d *Data) allow(n int64) int64 {
	c := d.control
	if c.opts.Limit == nil || n <= 0 {
		return n
	}
	limit := c.opts.Limit()
	if limit.Rate() == 0 {
		return n
	}
	if c.paid <= 0 {
		c.paid = limit.take(d.ctx, n)
	}
	return min(n, c.paid)
}

// count adds bytes that have moved. What was allowed and did not move is left to the next ones.
func (d *Data) count(n int64) {
	d.bytes.Add(n)
	d.control.paid = max(0, d.control.paid-n)
}
