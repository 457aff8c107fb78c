package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Jobs is the job table of a session: what runs beside its prompt. The zero value is empty. Any goroutine
// may use it.
type Jobs struct {
	mu   sync.Mutex
	list []*Background // by number
}

// Background is one job of the table. Whoever begins it fills in what the table cannot know.
type Background struct {
	Title string
	Stop  func(cause error) // asks it to end, with what it has moved kept
	Break func()            // drops its connection, if it does not
	Rows  func() []string   // how far it is; nil when that cannot be told
	Begun time.Time         // when it began, maybe in front

	number int
	over   chan struct{}
	once   sync.Once // guards the first End
	err    error     // set before over is closed
	killed bool      // under the lock of the table
}

// Begin puts a job into the table, with the number after the highest there is. It is over when End is
// called.
func (j *Jobs) Begin(b *Background) *Background {
	j.mu.Lock()
	defer j.mu.Unlock()
	b.number, b.over = 1, make(chan struct{})
	if last := len(j.list) - 1; last >= 0 {
		b.number = j.list[last].number + 1
	}
	j.list = append(j.list, b)
	return b
}

// Number is what the job goes by: %1 is the first.
func (b *Background) Number() int { return b.number }

// End says what the job has come to.
func (b *Background) End(err error) {
	b.once.Do(func() {
		b.err = err
		close(b.over)
	})
}

// Over is closed when the job is.
func (b *Background) Over() <-chan struct{} { return b.over }

// Running says whether it is not.
func (b *Background) Running() bool {
	select {
	case <-b.over:
		return false
	default:
		return true
	}
}

// Err is what the job has come to; nil while it runs.
func (b *Background) Err() error {
	if b.Running() {
		return nil
	}
	return b.err
}

// Wait waits for the end of the job and returns what it has come to, or why ctx has ended first.
func (b *Background) Wait(ctx context.Context) error {
	select {
	case <-b.over:
		return b.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Kill ends a job; one that was killed before and still runs loses its connection.
func (j *Jobs) Kill(b *Background, cause error) {
	j.mu.Lock()
	again := b.killed
	b.killed = true
	j.mu.Unlock()
	b.Stop(cause)
	if again {
		b.Break()
	}
}

// EndAll ends all jobs and waits until they are over. Those that take longer than patience lose their
// connections, and are not waited for much longer.
func (j *Jobs) EndAll(cause error, patience time.Duration) {
	running := j.Running()
	for range 2 {
		for _, b := range running {
			j.Kill(b, cause)
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		for _, b := range running {
			_ = b.Wait(ctx) // what it came to is for the table
		}
		cancel()
		running = j.Running()
	}
}

// KilledError is why a job has ended that somebody has killed.
type KilledError struct{}

func (KilledError) Error() string { return "killed" }

// Is makes it a cancellation to everybody who only asks that.
func (KilledError) Is(target error) bool { return target == context.Canceled }

// ExitStatus is that of a program that SIGTERM has ended.
func (KilledError) ExitStatus() int { return 128 + 15 }

// All are the jobs of the table, by number.
func (j *Jobs) All() []*Background {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.list)
}

// Running are those that are not over.
func (j *Jobs) Running() []*Background {
	return slices.DeleteFunc(j.All(), func(b *Background) bool { return !b.Running() })
}

// TakeEnded takes those that are over out of the table.
func (j *Jobs) TakeEnded() (ended []*Background) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = slices.DeleteFunc(j.list, func(b *Background) bool {
		if b.Running() {
			return false
		}
		ended = append(ended, b)
		return true
	})
	return ended
}

// Take takes one out of the table.
func (j *Jobs) Take(b *Background) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.list = slices.DeleteFunc(j.list, func(other *Background) bool { return other == b })
}

// ErrNoJobs says that the table is empty.
var ErrNoJobs = errors.New("there are no jobs")

// Find looks a job up as shells have it: 2 and %2 by number, %% and %+ the latest, %- the one before,
// %get by the beginning of its title, %?iso by a part of it. Nothing is the latest.
func (j *Jobs) Find(name string) (*Background, error) {
	all := j.All()
	if len(all) == 0 {
		return nil, ErrNoJobs
	}
	spec := strings.TrimPrefix(name, "%")
	number, err := strconv.Atoi(spec)
	switch {
	case err == nil:
		all = slices.DeleteFunc(all, func(b *Background) bool { return b.number != number })
	case spec == "", spec == "%", spec == "+":
		all = all[len(all)-1:]
	case spec == "-":
		all = all[max(0, len(all)-2):][:1]
	default:
		all = slices.DeleteFunc(all, func(b *Background) bool { return !b.isCalled(spec) })
	}
	switch len(all) {
	case 0:
		return nil, fmt.Errorf("there is no job %s", name)
	case 1:
		return all[0], nil
	}
	return nil, fmt.Errorf("%d jobs are called %s", len(all), name)
}

// isCalled says that the title begins so, or with ? in front holds it.
func (b *Background) isCalled(spec string) bool {
	if part, inside := strings.CutPrefix(spec, "?"); inside {
		return strings.Contains(b.Title, part)
	}
	return strings.HasPrefix(b.Title, spec)
}
