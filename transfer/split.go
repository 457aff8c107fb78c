package transfer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ftpsh/remote"
)

// smallest is the shortest segment that is made, in bytes: a shorter one costs more than it saves.
const smallest = 256 << 10

// recordEvery is how often the record of a part that grows in segments is brought up to date.
const recordEvery = time.Second

// split is a file that comes in segments, over several connections at once. The first segment is all of
// it. A connection that has nothing to do takes the second half of what the largest segment has before
// it, so a slow one is never the last.
//
// Nothing is split before the server has proved that it begins where REST says: the last bytes of the
// file are fetched, and have to be exactly so many.
type split struct {
	g       *download
	size    int64
	midway  bool // some of it was here before
	moved   atomic.Int64
	cancel  context.CancelFunc
	proving sync.Mutex

	mu      sync.Mutex
	change  *sync.Cond // of what follows
	proof   proof
	missing []span     // that nobody fetches
	moving  []*segment // that somebody does
	err     error      // the first failure
	denied  error      // what the server said of the end of the file, although it sent all of it
	stopped bool       // it is in vain to go on, or all is here
	crowded error      // why there are no more connections
}

// errNoRestart is a server that does not begin where it is told to.
var errNoRestart = errors.New("the server cannot start in the middle of a file")

// proof says whether the server begins where it is told to.
type proof int

const (
	unproved proof = iota
	proved
	disproved
)

func newSplit(g *download, missing []span) *split {
	s := &split{g: g, size: g.facts.size, midway: g.from > 0, missing: missing}
	s.change = sync.NewCond(&s.mu)
	return s
}

// run fetches all that is missing, over n connections at most. The error is why something still is.
func (s *split) run(ctx context.Context, n int) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	s.cancel = cancel
	defer context.AfterFunc(inner, s.stop)()
	recorded := s.keepRecord()
	var others sync.WaitGroup
	for range n - 1 {
		others.Go(func() { s.join(inner) })
	}
	s.work(inner, s.g.conn)
	others.Wait()
	recorded()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(s.err, errDiffers), errors.Is(s.err, errTooMuch), s.err == errNoRestart:
		return s.err
	case len(s.missing) == 0:
		return s.denied
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return cmp.Or(s.err, io.ErrUnexpectedEOF)
}

// join is one more connection, as long as it is of use.
func (s *split) join(ctx context.Context) {
	conn, err := s.g.conn.Worker(ctx)
	if err != nil {
		s.mu.Lock()
		s.crowded = cmp.Or(s.crowded, err)
		s.mu.Unlock()
		return
	}
	defer conn.Release()
	if s.proves(ctx, conn) {
		s.work(ctx, conn)
	}
}

// proves finds out whether the file can be split, by the first connection that asks.
func (s *split) proves(ctx context.Context, conn *remote.Conn) bool {
	s.proving.Lock()
	defer s.proving.Unlock()
	s.mu.Lock()
	known := s.proof
	s.mu.Unlock()
	if known == unproved {
		known = beginsWhereTold(ctx, conn, s.g.Remote, s.size)
		s.mu.Lock()
		s.proof = known
		if known == disproved && s.midway {
			s.err, s.stopped = errNoRestart, true
			s.cancel()
		}
		s.change.Broadcast()
		s.mu.Unlock()
	}
	return known == proved
}

// beginsWhereTold fetches the end of a file of that size.
func beginsWhereTold(ctx context.Context, conn *remote.Conn, name string, size int64) proof {
	end := &exactly{left: min(size-1, overlapSize)}
	out, err := conn.Get(ctx, name, size-end.left, func() (io.Writer, error) { return end, nil })
	_, command := conn.Last()
	switch {
	case err == nil && end.left == 0 && !out.Truncated:
		return proved
	case errors.Is(err, errTooMuch), refusal(err) >= 500 && strings.HasPrefix(command, "REST"):
		return disproved
	}
	return unproved
}

// exactly takes so many bytes and no more.
type exactly struct{ left int64 }

func (e *exactly) Write(p []byte) (int, error) {
	if int64(len(p)) > e.left {
		return 0, errTooMuch
	}
	e.left -= int64(len(p))
	return len(p), nil
}

// work fetches one segment after the other.
func (s *split) work(ctx context.Context, conn *remote.Conn) {
	for vain := 0; vain <= s.g.Retries; {
		f := s.next()
		if f == nil {
			return
		}
		before := f.at
		err := s.fetch(ctx, conn, f)
		gained := s.giveBack(f) > before
		if leave := s.settle(err, gained); leave {
			return
		}
		if vain++; gained {
			vain = 0
		} else {
			pause(ctx, s.g.Pause)
		}
	}
}

// next is the segment to fetch now: one that is missing, or half of one that moves. It waits while there is
// none but may be one, and returns nil when there will be none.
func (s *split) next() *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch victim := s.largest(); {
		case s.stopped:
			return nil
		case len(s.missing) > 0 && (s.proof == proved || len(s.moving) == 0):
			first := s.missing[0]
			s.missing = s.missing[1:]
			return s.start(first)
		case len(s.moving) == 0 || s.proof == disproved:
			return nil
		case victim != nil:
			middle := victim.begun + victim.spare()/2
			taken := span{middle, victim.end}
			victim.end = middle
			return s.start(taken)
		}
		s.change.Wait()
	}
}

// largest is the segment that has most before it, if that is worth splitting.
func (s *split) largest() (victim *segment) {
	for _, f := range s.moving {
		if s.proof == proved && f.spare() >= 2*smallest && (victim == nil || f.spare() > victim.spare()) {
			victim = f
		}
	}
	return victim
}

func (s *split) start(piece span) *segment {
	f := &segment{split: s, at: piece.From, begun: piece.From, end: piece.To}
	s.moving = append(s.moving, f)
	return f
}

// giveBack ends a segment, and returns how far it got.
func (s *split) giveBack(f *segment) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moving = slices.DeleteFunc(s.moving, func(other *segment) bool { return other == f })
	s.missing = joinSpans(append(s.missing, f.rest()))
	if len(s.missing)+len(s.moving) == 0 {
		s.stopped = true
		s.cancel() // connections that are still being opened are not wanted any more
	}
	s.change.Broadcast()
	return f.at
}

// absent is all that is not here, for a caller that holds mu.
func (s *split) absent() []span {
	absent := slices.Clone(s.missing)
	for _, f := range s.moving {
		absent = append(absent, f.rest())
	}
	return joinSpans(absent)
}

func (s *split) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	s.change.Broadcast()
}

// fetch is one data transfer. The error is nil if the segment is here.
func (s *split) fetch(ctx context.Context, conn *remote.Conn, f *segment) (err error) {
	f.file, err = s.g.root.OpenFile(s.g.part.name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.file.Close()
	s.mu.Lock()
	known := min(haveBefore(s.absent(), f.at), overlapSize)
	s.mu.Unlock()
	f.overlap = make([]byte, known)
	if _, err := f.file.ReadAt(f.overlap, f.at-known); err != nil && known > 0 {
		return err
	}
	if _, err := f.file.Seek(f.at, io.SeekStart); err != nil {
		return err
	}
	_, err = conn.Get(ctx, s.g.Remote, f.at-known, func() (io.Writer, error) { return f, nil })
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(err, errEnough):
		return nil // the server's 426 is no failure
	case err == nil && f.rest().size() > 0:
		return io.ErrUnexpectedEOF
	case err != nil && f.at == s.size && ctx.Err() == nil && !lostReply(err):
		s.denied = err
	}
	return err
}

// settle decides what an error of a connection means for the whole, and whether the connection goes on.
func (s *split) settle(err error, gained bool) (leave bool) {
	if err == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(err, errDiffers), errors.Is(err, errTooMuch), isLocal(err) && !s.stopped:
		s.err, s.stopped = err, true // even if it was the last segment: then there is more than there should be
		s.cancel()
		return true
	case s.stopped:
		return true
	}
	s.err = cmp.Or(s.err, err)
	return isUnreachable(err) || !gained && !passes(err)
}

// keepRecord writes down again and again what is here, for one who has to go on after a kill or a power
// failure. What the record tells to be here has reached the disk before.
func (s *split) keepRecord() (stop func()) {
	s.record()
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(recordEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				s.record()
			case <-quit:
				s.record()
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-ended
	}
}

func (s *split) record() {
	s.mu.Lock()
	absent := s.absent()
	s.mu.Unlock()
	if flush(s.g.part.file) == nil {
		s.g.part.record.Missing = absent
		_ = s.g.part.renewRecord() // an older one tells less, and nothing wrong
	}
}
