package transfer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// errSlow ends a single stream whose rest comes faster in segments.
var errSlow = errors.New("the rest comes in segments")

// A stream is slow for its file if, at the rate that it has shown for slowAfter, the rest would take
// longer than slowRest.
const (
	slowAfter = 3 * time.Second
	slowRest  = 10 * time.Second
)

// watch returns what tells a single stream, as it goes, whether to make room for segments: when it is
// slow, and another connection has proved that the server can start in the middle. Nil if that is not
// to be.
func (g *download) watch(ctx context.Context) func(written int64) bool {
	if !g.WhenSlow || g.Segments < 2 || g.To != nil || g.Region != nil || g.ASCII || g.Offset > 0 || g.whole != nil || g.facts.size < 0 {
		return nil
	}
	began, asked := time.Now(), false
	var ready atomic.Bool
	return func(written int64) bool {
		rest := g.facts.size - g.from - written
		if !asked && g.conn.Rate() == 0 && isSlow(written, rest, time.Since(began)) {
			asked = true
			go func() { ready.Store(g.canSplit(ctx)) }()
		}
		return ready.Load() && rest >= 2*smallest
	}
}

func isSlow(written, rest int64, took time.Duration) bool {
	return took >= slowAfter && float64(rest) > float64(written)*(slowRest.Seconds()/took.Seconds())
}

// canSplit tries with a further connection, which the segments will find open.
func (g *download) canSplit(ctx context.Context) bool {
	conn, err := g.conn.Worker(ctx)
	if err != nil {
		return false
	}
	defer conn.Release()
	return beginsWhereTold(ctx, conn, g.Remote, g.facts.size) == proved
}
