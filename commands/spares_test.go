package commands

import (
	"fmt"
	"sync"
	"testing"

	"ftpsh/internal/script"
	"ftpsh/remote"
)

// What a connection tells the session may come from several at once, while commands print and change how
// much is shown: the race detector has nothing to say.
func TestSparesTellWhileCommandsRun(t *testing.T) {
	server, err := script.Start(script.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	d := newDesk(t, NewTable(All()...))
	d.Conn = remote.New(d.Hooks())
	if _, err := d.Open(t.Context(), server.Addr(), Opening{Anonymous: true}); err != nil {
		t.Fatal(err)
	}
	defer d.Conn.Close(t.Context(), false)
	stopped, workers := make(chan struct{}), sync.WaitGroup{}
	for range 4 {
		workers.Go(func() {
			for range 5 {
				spare, err := d.Conn.Spare(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := spare.List(t.Context(), "/", remote.ListOptions{}); err != nil {
					t.Error(err)
				}
				if _, err := spare.Close(t.Context(), false); err != nil {
					t.Error(err)
				}
				spare.Release()
			}
		})
	}
	go func() {
		defer close(stopped)
		workers.Wait()
	}()
	log := t.TempDir() + "/log"
	for n := 0; ; n++ {
		for _, line := range []string{"debug 3", "status", "timing", "log " + fmt.Sprint(log, n), "pwd", "verbose", "log off", "set keepalive 60", "explain", "debug 0"} {
			_, _ = d.run(t, line) // explain has nothing to say
		}
		select {
		case <-stopped:
			return
		default:
		}
	}
}
