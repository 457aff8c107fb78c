package remote_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// Everybody may ask about a session while it works: the prompt, TAB, the progress. Run with -race.
func TestASessionMayBeAskedWhileItWorks(t *testing.T) {
	t.Parallel()
	srv := secure(t)
	srv.Tree.Write("/sub/a", bytes.Repeat([]byte("x"), 200_000))
	s, err := dial(t, srv, func(s *remote.Site) { trusting(t)(s); s.User = "" }, func(h *remote.Hooks) {
		h.Credentials = func(_ context.Context, site *remote.Site) error { site.User, site.Password = "ann", "p"; return nil }
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	var askers sync.WaitGroup
	for _, ask := range []func(){
		func() { s.Connected(); s.LoggedIn(); s.Opened(); s.Secure() },
		func() {
			s.Site()
			s.Dir()
			s.Start()
			s.TransferType()
			s.System()
			s.Welcome()
			s.Since()
			s.Abs("x")
		},
		func() { s.Last(); s.Features().Has("SIZE"); s.Moved() },
		func() {
			if control := s.Control(); control != nil {
				_, _ = control.Err(), control.TLS()
			}
		},
		func() { _, _ = s.TryList(t.Context(), "") },
		func() { s.KeepAlive(t.Context()) },
	} {
		askers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					ask()
					runtime.Gosched()
				}
			}
		})
	}
	for i := range 5 {
		_, _, getErr := s.fetch("/sub/a")
		_, putErr := s.store("b", "y")
		err := errors.Join(getErr, putErr, s.Chdir(t.Context(), "/sub"), s.SetType(t.Context(), "A"), s.SetType(t.Context(), "I"))
		var lost *wire.LostError
		if err != nil && (i != 3 || !errors.As(err, &lost)) { // the server may hang up while a command is on its way
			t.Error(err)
		}
		s.ChangeData(func(o *wire.DataOptions) { o.Classic = !o.Classic })
		if i == 2 {
			for _, c := range srv.Conversations() {
				c.Close()
			}
		}
		if i == 3 {
			s.Interrupt()
		}
		if i == 4 {
			if err := s.Login(t.Context(), "bob", "p", ""); err != nil {
				t.Error(err)
			}
		}
		s.wait(patience)
	}
	close(done)
	askers.Wait()
	s.works()
}

// Two that use one session take turns.
func TestOperationsTakeTurns(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	content := numbered(100_000)
	srv.Tree.Write("/a", content)
	s := open(t, srv, nil)
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			for range 5 {
				if text, _, err := s.fetch("a"); err != nil || text != string(content) {
					t.Errorf("%d bytes, %v", len(text), err)
				}
				if n, err := s.Size(t.Context(), "a"); err != nil || n != int64(len(content)) {
					t.Errorf("%d, %v", n, err)
				}
			}
		})
	}
	users.Wait()
	stalled := make(chan bool)
	once(srv, "SITE", func(c *script.Conversation, _ string) { <-stalled; c.Reply("200 ok") })
	ended := make(chan error)
	go func() { _, err := s.Command(t.Context(), "site", "SITE", "x"); ended <- err }()
	ftptest.Wait(t, "SITE", func() bool { return received(srv, "SITE") })
	if _, err := s.TryList(t.Context(), ""); !errors.Is(err, remote.ErrBusy) {
		t.Errorf("%v", err)
	}
	s.KeepAlive(t.Context())
	close(stalled)
	if err := <-ended; err != nil || received(srv, "NOOP") {
		t.Errorf("%v; the server got %q", err, srv.Verbs())
	}
	s.KeepAlive(t.Context())
	if !received(srv, "NOOP") {
		t.Error("nothing keeps it alive")
	}
}

// ours are the goroutines that run code of remote or wire.
func ours() (stacks []string) {
	buf := make([]byte, 256<<10)
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(stack, "/internal/wire.") || strings.Contains(stack, "ftpsh/remote.(") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// However a session goes, nothing of it stays behind. Not parallel: it counts what is left of all.
func TestNothingIsLeftBehind(t *testing.T) {
	before := len(ours())
	for name, live := range map[string]func(t *testing.T, s *session, srv *script.Server){
		"closed politely": func(_ *testing.T, s *session, _ *script.Server) { _, _ = s.Close(s.t.Context(), false) },
		"dropped":         func(_ *testing.T, s *session, _ *script.Server) { _, _ = s.Close(s.t.Context(), true) },
		"interrupted":     func(_ *testing.T, s *session, _ *script.Server) { s.Interrupt() },
		"hung up on":      func(_ *testing.T, s *session, _ *script.Server) { s.hangUp((*script.Conversation).Close) },
		"reset":           func(_ *testing.T, s *session, _ *script.Server) { s.hangUp((*script.Conversation).Reset) },
		"refused data": func(_ *testing.T, s *session, srv *script.Server) {
			srv.Answer("RETR", "550 no")
			_, _, _ = s.fetch("a")
			srv.Answer("EPSV", "229 (|||1|)")
			_, _, _ = s.fetch("a")
			_, _ = s.Close(s.t.Context(), true)
		},
		"cancelled data": func(t *testing.T, s *session, _ *script.Server) {
			for _, transfer := range inTheMiddle {
				ctx, cancel := context.WithCancel(t.Context())
				_ = transfer(ctx, cancel, s.Conn)
			}
			_, _ = s.Close(s.t.Context(), true)
		},
		"active data": func(_ *testing.T, s *session, srv *script.Server) {
			s.ChangeData(func(o *wire.DataOptions) { o.Active = true })
			_, _, _ = s.fetch("a")
			srv.Answer("RETR", "550 no")
			_, _, _ = s.fetch("a")
			_, _ = s.Close(s.t.Context(), true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, srv := range []*script.Server{plain(t), secure(t)} {
				srv.Tree.Write("/a", []byte("x"))
				srv.Tree.Write("/big", bytes.Repeat([]byte("x"), 4<<20))
				s := open(t, srv, trusting(t))
				live(t, s, srv)
				ftptest.Wait(t, "the goroutines to end", func() bool { return len(ours()) <= before })
			}
		})
	}
	refused := secure(t, func(o *script.Options) { o.TLS = ftptest.Certificates(t).Serve(ftptest.Certificates(t).Expired) })
	for range 5 {
		_, _ = dial(t, refused, trusting(t))
	}
	ftptest.Wait(t, "the goroutines of refused sessions to end", func() bool { return len(ours()) <= before })
}
