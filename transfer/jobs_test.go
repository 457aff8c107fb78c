package transfer_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"ftpsh/transfer"
)

// began puts a job into a table that ends when it is asked to.
func began(jobs *transfer.Jobs, title string) *transfer.Background {
	var b *transfer.Background
	b = jobs.Begin(&transfer.Background{
		Title: title,
		Stop:  func(cause error) { b.End(cause) },
		Break: func() {},
	})
	return b
}

func TestJobsAreFoundAsInShells(t *testing.T) {
	var jobs transfer.Jobs
	if _, err := jobs.Find("1"); !errors.Is(err, transfer.ErrNoJobs) {
		t.Errorf("in an empty table: %v", err)
	}
	for _, title := range []string{"get a.iso", "put b", "get c.iso"} {
		began(&jobs, title)
	}
	for name, want := range map[string]string{
		"1": "get a.iso", "%2": "put b", "": "get c.iso", "%": "get c.iso", "%%": "get c.iso", "%+": "get c.iso",
		"%-": "put b", "%put": "put b", "put": "put b", "%?a.iso": "get a.iso",
	} {
		if b, err := jobs.Find(name); err != nil || b.Title != want {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	for _, name := range []string{"%get", "%?iso", "%4", "0", "%nothing", "-1"} {
		if b, err := jobs.Find(name); err == nil {
			t.Errorf("%q is %s", name, b.Title)
		}
	}
}

func TestJobsThatAreOverAreTakenOnce(t *testing.T) {
	var jobs transfer.Jobs
	first, second := began(&jobs, "first"), began(&jobs, "second")
	failure := errors.New("it failed")
	first.End(failure)
	first.End(nil) // the first end counts
	if err := first.Wait(context.Background()); err != failure {
		t.Errorf("the first has come to %v", err)
	}
	if ended := jobs.TakeEnded(); len(ended) != 1 || ended[0] != first {
		t.Errorf("%d are over", len(ended))
	}
	if ended := jobs.TakeEnded(); len(ended) != 0 {
		t.Error("one is told twice")
	}
	if running := jobs.Running(); len(running) != 1 || running[0] != second {
		t.Errorf("%d run", len(running))
	}
	if third := began(&jobs, "third"); third.Number() != 3 {
		t.Errorf("the third has number %d", third.Number())
	}
	jobs.Take(second)
	if b, err := jobs.Find("2"); err == nil {
		t.Errorf("%s is still there", b.Title)
	}
}

func TestKilledJobs(t *testing.T) {
	var jobs transfer.Jobs
	breaks := 0
	b := jobs.Begin(&transfer.Background{Title: "deaf", Stop: func(error) {}, Break: func() { breaks++ }})
	jobs.Kill(b, transfer.KilledError{})
	if breaks != 0 {
		t.Error("the first kill dropped the connection")
	}
	jobs.Kill(b, transfer.KilledError{})
	if breaks != 1 {
		t.Error("the second one did not")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(transfer.KilledError{})
	if err := b.Wait(ctx); !errors.Is(err, context.Canceled) || !b.Running() {
		t.Errorf("waiting in vain gives %v", err)
	}
}

// Everything at once: what the race detector is for.
func TestJobsOfManyGoroutines(t *testing.T) {
	var jobs transfer.Jobs
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			b := began(&jobs, "one of many")
			jobs.Running()
			_, _ = jobs.Find("%?many") // any answer will do
			jobs.Kill(b, transfer.KilledError{})
			<-b.Over()
			jobs.Take(b)
		})
	}
	all.Wait()
	if left := jobs.All(); len(left) != 0 {
		t.Errorf("%d are left", len(left))
	}
}
