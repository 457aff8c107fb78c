package editor

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// errWoken is what a source returns when wake ended its read.
var errWoken = errors.New("read of the terminal was woken")

// source is where the bytes of the terminal come from.
type source interface {
	io.ReadCloser
	// wake ends a read that waits, with errWoken. It is false for a source
	// that cannot do that, which then may swallow one more read.
	wake() bool
}

// plainSource is a source that cannot be woken.
type plainSource struct{ io.ReadCloser }

func (plainSource) wake() bool { return false }

// burstGap is how long the bytes of one paste may be apart, and maxBurst when
// waiting for more of them ends. Only what is more than one keypress waits.
const (
	burstGap = 10 * time.Millisecond
	maxBurst = 4 << 20
)

// input reads the terminal all the time, so that Ctrl-C reaches a command that
// runs. What nobody asks for stays in the queue.
type input struct {
	source  source
	keys    *queue
	suspend func()           // Ctrl-Z while nobody reads; may be nil
	fault   func(reason any) // a callback panicked
	chunks  chan []byte
	done    chan struct{}

	mu       sync.Mutex
	changed  sync.Cond // paused or reading changed
	paused   bool
	reading  bool
	closed   bool
	claims   int  // reads of lines and answers in progress
	missed   bool // Ctrl-C came between a read and a watch
	watchers []*watcher
}

type watcher struct{ cancel func() }

func newInput(src source, keys *queue, suspend func(), fault func(any)) *input {
	in := &input{source: src, keys: keys, suspend: suspend, fault: fault,
		chunks: make(chan []byte), done: make(chan struct{})}
	in.changed.L = &in.mu
	go in.read()
	go in.decode()
	return in
}

// read hands on what the source has, piece by piece.
func (in *input) read() {
	defer close(in.chunks)
	buf := make([]byte, 64<<10)
	for in.enter() {
		n, err := in.source.Read(buf)
		in.leave()
		if n > 0 {
			select {
			case in.chunks <- bytes.Clone(buf[:n]):
			case <-in.done:
				return
			}
		}
		if err != nil && !errors.Is(err, errWoken) {
			return
		}
	}
}

// enter waits until reading is allowed; false when it never will be again.
func (in *input) enter() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	for in.paused && !in.closed {
		in.changed.Wait()
	}
	in.reading = !in.closed
	return in.reading
}

func (in *input) leave() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.reading = false
	in.changed.Broadcast()
}

// pause leaves the terminal's input to another program. When it returns, no
// read is under way, if the source can be woken at all.
func (in *input) pause() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.paused = true
	for in.reading && !in.closed && in.source.wake() {
		in.changed.Wait()
	}
}

func (in *input) resume() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.paused = false
	in.changed.Broadcast()
}

func (in *input) close() error {
	in.mu.Lock()
	if in.closed {
		in.mu.Unlock()
		return nil
	}
	in.closed = true
	close(in.done)
	in.changed.Broadcast()
	for in.reading && in.source.wake() {
		in.changed.Wait()
	}
	in.mu.Unlock()
	return in.source.Close()
}

// decode turns chunks into keys until the input ends.
func (in *input) decode() {
	var d decoder
	for {
		chunk, more := in.chunk(d.wait())
		if !more {
			break
		}
		keys := d.flush
		if chunk != nil {
			keys = func() []key { return d.feed(in.whole(chunk)) }
		}
		for _, k := range keys() {
			in.deliver(k)
		}
	}
	in.keys.hangUp()
	in.cancel()
}

// chunk waits for input, at most for wait if that is not 0, and then returns
// nil. It is false at the end.
func (in *input) chunk(wait time.Duration) (chunk []byte, more bool) {
	var timeout <-chan time.Time
	if wait > 0 {
		timeout = time.After(wait)
	}
	select {
	case chunk, more = <-in.chunks:
		return chunk, more
	case <-timeout:
		return nil, true
	}
}

// whole waits for the rest of a burst.
func (in *input) whole(chunk []byte) []byte {
	if chunk[0] == 0x1b || !utf8.FullRune(chunk) {
		return chunk
	}
	_, first := utf8.DecodeRune(chunk)
	for len(chunk) > first && len(chunk) < maxBurst {
		more, ok := in.chunk(burstGap)
		if !ok || more == nil {
			break
		}
		chunk = append(chunk, more...)
	}
	return chunk
}

// deliver puts a key into the queue, except that Ctrl-C and Ctrl-Z act at once
// while nobody reads.
func (in *input) deliver(k key) {
	in.mu.Lock()
	claimed := in.claims > 0
	in.mu.Unlock()
	switch {
	case k.code == keyInterrupt && !claimed:
		in.keys.takeAll()
		in.interrupt()
	case k.code == keySuspend && !claimed:
		if in.suspend != nil {
			in.guard(in.suspend)
		}
	default:
		in.keys.push(k)
	}
}

// interrupt cancels the command that runs. If none is known, the next watch
// learns of it: the command is about to start.
func (in *input) interrupt() {
	if !in.cancel() {
		in.mu.Lock()
		in.missed = true
		in.mu.Unlock()
	}
}

// cancel calls the innermost watcher, if there is one.
func (in *input) cancel() bool {
	in.mu.Lock()
	var innermost *watcher
	if last := len(in.watchers) - 1; last >= 0 {
		innermost = in.watchers[last]
	}
	in.mu.Unlock()
	if innermost == nil {
		return false
	}
	in.guard(innermost.cancel)
	return true
}

// watch is [Editor.Watch].
func (in *input) watch(cancel func()) (stop func()) {
	w := &watcher{cancel}
	in.mu.Lock()
	in.watchers = append(in.watchers, w)
	missed := in.missed
	in.missed = false
	in.mu.Unlock()
	if missed {
		in.guard(cancel)
	}
	return func() {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.watchers = slices.DeleteFunc(in.watchers, func(other *watcher) bool { return other == w })
	}
}

// claim makes every key go to the queue, for a read; release ends that. A
// Ctrl-C the read did not get to was meant for what follows.
func (in *input) claim() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.claims++
	in.missed = false
}

func (in *input) release() {
	in.mu.Lock()
	in.claims--
	in.mu.Unlock()
	if in.keys.cutInterrupt() {
		in.interrupt()
	}
}

// guard runs a callback of the caller. A panic in it must not end the program
// with the terminal raw and silent.
func (in *input) guard(f func()) {
	defer func() {
		if reason := recover(); reason != nil {
			in.fault(reason)
		}
	}()
	f()
}
