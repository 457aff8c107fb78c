package remote_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/remote"
)

// removed is what came of removals, in order.
func removed(ctx context.Context, c *remote.Conn, removals ...remote.Removal) (outcomes []error, err error) {
	err = c.RemoveAll(ctx, removals, func(i int, err error) {
		if i != len(outcomes) {
			err = fmt.Errorf("told out of order, as %d", i)
		}
		outcomes = append(outcomes, err)
	})
	return outcomes, err
}

// plantFiles makes n files of which nobody cares what is in them.
func plantFiles(srv *script.Server, n int) (removals []remote.Removal) {
	for i := range n {
		name := fmt.Sprintf("/d/f%03d", i)
		srv.Tree.Write(name, nil)
		removals = append(removals, remote.Removal{Name: name})
	}
	return append(removals, remote.Removal{Name: "/d", Dir: true})
}

func TestRoundTripsOfRemovals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*remote.Site)
		banner string
		want   int
	}{
		"together":  {nil, "220 ready", 2},
		"lock step": {lockStep, "220 ready", 121},
		"pyftpdlib": {nil, "220 pyftpdlib based ftpd ready.", 121},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := plain(t)
			srv.OnConnect(func(c *script.Conversation) { c.Reply(test.banner) })
			s := open(t, srv, test.change)
			removals := plantFiles(srv, 120)
			s.works()
			s.mu.Lock()
			s.events = nil
			s.mu.Unlock()
			outcomes, err := removed(t.Context(), s.Conn, removals...)
			if err = errors.Join(err, errors.Join(outcomes...)); err != nil || len(outcomes) != len(removals) {
				t.Errorf("%d outcomes, %v", len(outcomes), err)
			}
			if got := s.flights(); got != test.want {
				t.Errorf("%d round trips, want %d", got, test.want)
			}
			if _, there := srv.Tree.Get("/d"); there {
				t.Error("the directory is left")
			}
			s.works()
		})
	}
}

// What is refused, and a name that cannot be sent, do not keep the others.
func TestRemovalsGoOn(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.Tree.Write("/-a", nil)
	srv.Tree.Write("/b", nil)
	s := open(t, srv, nil)
	outcomes, err := removed(t.Context(), s.Conn, remote.Removal{Name: "-a"}, remote.Removal{Name: "x\nDELE b"},
		remote.Removal{Name: "missing"}, remote.Removal{Name: "b", Dir: true}, remote.Removal{Name: "b"})
	if err != nil || len(outcomes) != 5 {
		t.Fatalf("%v, %v", outcomes, err)
	}
	for i, fails := range []bool{false, true, true, true, false} {
		if (outcomes[i] != nil) != fails {
			t.Errorf("%d: %v", i, outcomes[i])
		}
	}
	s.works()
}

// The connection is lost in the middle: what became of each is looked up, and nothing is sent twice.
func TestD13_LostRemovals(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	removals := plantFiles(srv, 5)[:5]
	once(srv, "DELE", func(c *script.Conversation, name string) {
		c.Default("DELE", name)
		line, _ := c.ReadLine()
		_ = srv.Tree.Remove("/d/f001")
		_ = line
		c.Close()
	})
	s := open(t, srv, nil)
	outcomes, err := removed(t.Context(), s.Conn, removals...)
	if err != nil || len(outcomes) != 5 || outcomes[0] != nil {
		t.Fatalf("%v, %v", outcomes, err)
	}
	for i, found := range []string{"it was removed", "it was not removed", "it was not removed", "it was not removed"} {
		var unknown *remote.UnknownOutcomeError
		if !errors.As(outcomes[i+1], &unknown) || unknown.Found != found {
			t.Errorf("f%03d: %v", i+1, outcomes[i+1])
		}
	}
	if n := count(srv, "DELE"); n > 5 {
		t.Errorf("DELE is sent %d times", n)
	}
	s.works()
}

// Ctrl-C ends it after what has left: of that each outcome is told, and of the rest nothing is sent.
func TestF20_CancelledRemovals(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	removals := plantFiles(srv, 120)
	ctx, cancel := context.WithCancel(t.Context())
	once(srv, "DELE", func(c *script.Conversation, name string) {
		cancel()
		c.Default("DELE", name)
	})
	s := open(t, srv, nil)
	outcomes, err := removed(ctx, s.Conn, removals...)
	if !errors.Is(err, context.Canceled) || len(outcomes) != 100 || errors.Join(outcomes...) != nil {
		t.Errorf("%d outcomes, %v, %v", len(outcomes), errors.Join(outcomes...), err)
	}
	if left := len(srv.Tree.List("/d")); left != 20 {
		t.Errorf("%d are left", left)
	}
	s.works()
}

func TestDaemonsRemoveAll(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		t.Parallel()
		v := visit(t, d, false)
		var removals []remote.Removal
		for i := range 130 {
			name := fmt.Sprint("f", i)
			v.must(os.WriteFile(filepath.Join(v.local, name), nil, 0o666))
			removals = append(removals, remote.Removal{Name: name})
		}
		removals = slices.Insert(removals, 70, remote.Removal{Name: "missing"})
		outcomes, err := removed(v.ctx, v.Conn, removals...)
		if err != nil || len(outcomes) != len(removals) {
			t.Fatalf("%d outcomes, %v", len(outcomes), err)
		}
		for i, err := range outcomes {
			if (err != nil) != (i == 70) {
				t.Errorf("%s: %v", removals[i].Name, err)
			}
		}
		v.leave()
	})
}
