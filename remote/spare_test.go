package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// spare lends a spare or fails the test.
func (s *session) spare() *remote.Conn {
	s.t.Helper()
	spare, err := s.Spare(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(spare.Interrupt)
	return spare
}

func getFrom(ctx context.Context, c *remote.Conn, name string) (string, error) {
	var b bytes.Buffer
	_, err := c.Get(ctx, name, 0, func() (io.Writer, error) { return &b, nil })
	return b.String(), err
}

// seen says on which connections the session has sent a line that begins so.
func (s *session) seen(prefix string) (connections []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Kind == wire.Sent && strings.HasPrefix(e.Text, prefix) {
			connections = append(connections, e.Conn)
		}
	}
	return connections
}

func TestASpareIsWhereItsSessionIs(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		srv.Tree.Write("/sub/a", []byte("one\ntwo"))
		s := open(t, srv, change)
		if err := errors.Join(s.Chdir(t.Context(), "/sub"), s.SetType(t.Context(), "A")); err != nil {
			t.Fatal(err)
		}
		spare := s.spare()
		if spare.Dir() != "/sub" || spare.Start() != "/" || spare.TransferType() != "A" || spare.Secure() != s.Secure() || spare.Site().User != "ann" {
			t.Errorf("in %q, type %s, secure %v", spare.Dir(), spare.TransferType(), spare.Secure())
		}
		if text, err := getFrom(t.Context(), spare, "a"); err != nil || text != "one\r\ntwo" {
			t.Errorf("%q, %v", text, err)
		}
		if text, _, err := s.fetch("a"); err != nil || text != "one\r\ntwo" {
			t.Errorf("meanwhile the session itself: %q, %v", text, err)
		}
		spare.Release()
		if err := s.Chdir(t.Context(), "/"); err != nil {
			t.Fatal(err)
		}
		again := s.spare()
		if again != spare || again.Dir() != "/" {
			t.Errorf("what was given back is not lent again, or is in %s", again.Dir())
		}
		if other := s.spare(); other == again {
			t.Error("one spare is lent twice")
		}
		if on := s.seen("USER"); !slices.Equal(on, []int{1, 2, 3}) {
			t.Errorf("the events of three logins say that they were on connections %v", on)
		}
	}, func(o *script.Options) { o.Reuse = true })
}

func TestASpareDoesNotWaitForItsSession(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.Tree.Write("/a", []byte("x"))
	begun, finish := make(chan bool), make(chan bool)
	once(srv, "RETR", func(c *script.Conversation, name string) {
		close(begun)
		<-finish
		c.Default("RETR", name)
	})
	s := open(t, srv, nil)
	ended := make(chan error)
	go func() { _, _, err := s.fetch("a"); ended <- err }()
	<-begun
	spare := s.spare()
	if list, err := spare.List(t.Context(), "/", remote.ListOptions{}); err != nil || len(list.Entries) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	close(finish)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// All of them are connected before any is greeted: none waits for another.
func TestSparesAreOpenedTogether(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	s := open(t, srv, nil)
	var together sync.WaitGroup
	together.Add(4)
	srv.OnConnect(func(c *script.Conversation) {
		together.Done()
		together.Wait()
		c.Reply("220 all here")
	})
	var opening sync.WaitGroup
	for range 4 {
		opening.Go(func() {
			if _, err := s.Spare(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	opening.Wait()
}

func TestASiteThatGivesNoMoreConnections(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(*script.Server){
		"greeting": func(srv *script.Server) {
			srv.OnConnect(func(c *script.Conversation) { c.Reply("421 too many connections"); c.Close() })
		},
		"password": func(srv *script.Server) { srv.Answer("PASS", "530 Sorry, the maximum number of clients is reached") },
		"hangs up": func(srv *script.Server) { srv.OnConnect(func(c *script.Conversation) { c.Close() }) },
		"no port":  func(srv *script.Server) { srv.OnConnect(func(c *script.Conversation) { c.Reset() }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := plain(t)
			s := open(t, srv, func(s *remote.Site) { s.Options.Retries = 3 })
			first, second := s.spare(), s.spare()
			refuse(srv)
			before := len(srv.Controls())
			for range 3 {
				var crowded *remote.CrowdedError
				if _, err := s.Spare(t.Context()); !errors.As(err, &crowded) || crowded.Spares != 2 {
					t.Errorf("%v", err)
				}
			}
			if n := len(srv.Controls()) - before; n != 1 {
				t.Errorf("%d attempts", n)
			}
			if n := s.decided("no further connection"); n != 1 {
				t.Errorf("it is told %d times", n)
			}
			first.Release()
			if again := s.spare(); again != first {
				t.Error("those there are do not go on")
			}
			for _, c := range []*remote.Conn{s.Conn, first, second} {
				if _, err := c.Command(t.Context(), "noop", "NOOP"); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestSparesEndAtTheLimitOfTheOptions(t *testing.T) {
	t.Parallel()
	s := open(t, plain(t), func(s *remote.Site) { s.Options.Connections = 3 })
	first := s.spare()
	_ = s.spare()
	var crowded *remote.CrowdedError
	if _, err := s.Spare(t.Context()); !errors.As(err, &crowded) || !strings.Contains(err.Error(), "there are 3 already") {
		t.Errorf("%v", err)
	}
	if _, err := first.Close(t.Context(), false); err != nil {
		t.Error(err)
	}
	if again := s.spare(); again == first {
		t.Error("a closed spare is lent")
	}
	if on := s.seen("USER"); !slices.Equal(on, []int{1, 2, 3, 2}) {
		t.Errorf("the number of a closed spare is not free: %v", on)
	}
}

// A spare whose connection drops comes back by itself, and as a last resort is forgotten.
func TestADroppedSpare(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.Tree.Write("/sub/a", []byte("x"))
	s := open(t, srv, func(s *remote.Site) { s.Options.Retries = 3 })
	if err := s.Chdir(t.Context(), "/sub"); err != nil {
		t.Fatal(err)
	}
	spare := s.spare()
	spare.Interrupt()
	if text, err := getFrom(t.Context(), spare, "a"); err != nil || text != "x" || spare.Dir() != "/sub" {
		t.Errorf("%q, %v, in %s", text, err, spare.Dir())
	}
	if !s.told("connection 2: connecting to ") {
		t.Errorf("%q", s.notes)
	}
	srv.OnConnect(func(c *script.Conversation) { c.Reply("421 too many"); c.Close() })
	before := len(srv.Controls())
	spare.Interrupt()
	if _, err := getFrom(t.Context(), spare, "a"); err == nil {
		t.Error("a success")
	}
	if n := len(srv.Controls()) - before; n != 1 {
		t.Errorf("%d attempts", n)
	}
	spare.Release()
	srv.OnConnect(func(c *script.Conversation) { c.Reply("220 again") })
	if again := s.spare(); again == spare {
		t.Error("a dead spare is lent again")
	}
	s.works()
}

func TestSparesWhoseSessionMovesOn(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.Tree.Write("/a", []byte("x"))
	s := open(t, srv, nil)
	idle, lent := s.spare(), s.spare()
	idle.Release()
	if _, err := s.Close(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if on := s.seen("QUIT"); !slices.Equal(on, []int{1, 2}) {
		t.Errorf("QUIT goes out on %v", on)
	}
	if text, err := getFrom(t.Context(), lent, "a"); err != nil || text != "x" {
		t.Errorf("what was lent does not go on: %q, %v", text, err)
	}
	if _, err := s.Spare(t.Context()); !errors.Is(err, remote.ErrNotConnected) {
		t.Errorf("%v", err)
	}
	if err := s.Open(t.Context(), siteOf(t, plain(t).Addr())); err != nil {
		t.Fatal(err)
	}
	lent.Release()
	if fresh := s.spare(); fresh == lent {
		t.Error("a spare of the old site is lent to the new one")
	}
}

func TestASpareOfASessionWithoutALogin(t *testing.T) {
	t.Parallel()
	s := open(t, plain(t), func(s *remote.Site) { s.NoLogin = true })
	if _, err := s.Spare(t.Context()); !errors.Is(err, remote.ErrNotLoggedIn) {
		t.Errorf("%v", err)
	}
	if err := s.Login(t.Context(), "ann", "p", ""); err != nil {
		t.Fatal(err)
	}
	s.spare()
}

// A server that refuses EPSV is not asked for it on every spare anew, nor one that mixes up the login.
func TestSparesKnowWhatTheSessionHasLearned(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.Answer("EPSV", "502 no")
	s := open(t, srv, nil)
	if _, err := s.List(t.Context(), "", remote.ListOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.spare().List(t.Context(), "", remote.ListOptions{}); err != nil {
		t.Error(err)
	}
	if n := count(srv, "EPSV"); n != 1 {
		t.Errorf("EPSV is tried %d times", n)
	}
}

// Spares of real servers work side by side, under TLS with the session reuse that some insist on.
func TestDaemonsSpares(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		t.Parallel()
		v := visit(t, d, false)
		var working sync.WaitGroup
		for i := range 3 {
			working.Go(func() {
				spare, err := v.Spare(v.ctx)
				if err != nil {
					t.Error(err)
					return
				}
				defer spare.Release()
				for j := range 3 {
					name, content := fmt.Sprint("file", i, j), fmt.Sprint("content", i, j)
					if _, _, err := spare.Put(v.ctx, name, remote.Replace, 0, strings.NewReader(content)); err != nil {
						t.Error(err)
					}
					if text, err := getFrom(v.ctx, spare, name); err != nil || text != content {
						t.Errorf("%q, %v", text, err)
					}
				}
			})
		}
		working.Wait()
		if list, err := v.List(v.ctx, "", remote.ListOptions{}); err != nil || len(list.Entries) < 9 {
			t.Errorf("%d entries, %v", len(list.Entries), err)
		}
		v.leave()
	})
}

// pyftpdlib in active mode forgot data connections that several transfers had asked for at once, and the
// control connections with them.
func TestNoSpareWherePyftpdlibConnects(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.OnConnect(func(c *script.Conversation) { c.Reply("220 pyftpdlib based ftpd ready.") })
	s := open(t, srv, func(s *remote.Site) { s.Options.Data.Active = true })
	var crowded *remote.CrowdedError
	if _, err := s.Spare(t.Context()); !errors.As(err, &crowded) {
		t.Errorf("in active mode: %v", err)
	}
	s.ChangeData(func(o *wire.DataOptions) { o.Active = false })
	s.spare()
}

// A worker of a job went to the directory of the prompt, which had moved on meanwhile.
func TestASpareOfASpareIsWhereThatIs(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Mkdir("/job")
	s := open(t, srv, nil)
	job := s.spare()
	if err := job.Chdir(t.Context(), "/job"); err != nil {
		t.Fatal(err)
	}
	worker, err := job.Spare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Release()
	if worker.Dir() != "/job" || s.Dir() != "/" {
		t.Errorf("the worker is in %s, the session in %s", worker.Dir(), s.Dir())
	}
}

// A twin is a session of its own: it goes on when the first is closed, and lends spares.
func TestATwinGoesOn(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/sub/a", []byte("text"))
	s := open(t, srv, nil)
	if err := s.Chdir(t.Context(), "/sub"); err != nil {
		t.Fatal(err)
	}
	twin, err := s.Twin(t.Context(), remote.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(twin.Interrupt)
	if _, err := s.Close(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	twin.Release() // it is nobody's spare, so this does nothing
	if text, err := getFrom(t.Context(), twin, "a"); err != nil || text != "text" {
		t.Errorf("%q, %v", text, err)
	}
	spare, err := twin.Spare(t.Context())
	if err != nil || spare.Dir() != "/sub" || spare.Number() == twin.Number() {
		t.Errorf("its spare: %v", err)
	}
	if err := twin.Reopen(t.Context()); err != nil || twin.Dir() != "/sub" {
		t.Errorf("opened again in %q: %v", twin.Dir(), err)
	}
}

// A worker's login is one round trip, its directory and the way to its first data connection included; what
// the session knows it does not ask.
func TestAWorkerIsReadyToMoveAfterItsLogin(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		srv.Tree.Write("/sub/a", []byte("content"))
		s := open(t, srv, change)
		if err := s.Chdir(t.Context(), "/sub"); err != nil {
			t.Fatal(err)
		}
		s.mu.Lock()
		s.events = nil
		s.mu.Unlock()
		worker, err := s.Worker(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if text, err := getFrom(t.Context(), worker, "a"); err != nil || text != "content" || worker.Dir() != "/sub" {
			t.Errorf("%q, %v, in %s", text, err, worker.Dir())
		}
		flights := 2 // the login, and RETR
		if s.Secure() {
			flights++ // AUTH
		}
		if n := s.flights(); n != flights {
			t.Errorf("%d round trips, want %d", n, flights)
		}
		if asked := append(s.seen("FEAT"), s.seen("SYST")...); len(asked) > 0 {
			t.Errorf("asked what is known: %v", asked)
		}
		if len(worker.Features()) == 0 || worker.System() != s.System() {
			t.Errorf("it does not know what it need not ask: %v, %q", worker.Features(), worker.System())
		}
		if _, err := worker.Command(t.Context(), "noop", "NOOP"); err != nil {
			t.Error(err)
		}
		worker.Release()
	})
}

// An agreement that turns out not to be needed is passed over.
func TestAWorkerThatMovesNothing(t *testing.T) {
	t.Parallel()
	s := open(t, plain(t), nil)
	worker, err := s.Worker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Release()
	if dir, err := worker.Pwd(t.Context()); err != nil || dir != "/" {
		t.Errorf("%q, %v", dir, err)
	}
	if _, err := worker.Mkdir(t.Context(), "/new"); err != nil {
		t.Error(err)
	}
}

// Who leaves says QUIT, on all connections, and waits for nobody's reply.
func TestLeave(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.On("QUIT", func(c *script.Conversation, _ string) { <-c.Done() }) // no reply
	s := open(t, srv, nil)
	s.spare().Release()
	s.Leave()
	if on := s.seen("QUIT"); len(on) != 2 || s.Opened() {
		t.Errorf("QUIT on %v, open: %v", on, s.Opened())
	}
}
