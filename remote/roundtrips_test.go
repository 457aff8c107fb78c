package remote_test

import (
	"net"
	"strconv"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// flights counts how often we have spoken after having listened: over a link where a reply takes its
// time, each of these is a round trip.
func (s *session) flights() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	listened := true
	for _, e := range s.events {
		switch {
		case e.Kind == wire.Received:
			listened = true
		case e.Kind == wire.Sent && listened:
			n++
			listened = false
		}
	}
	return n
}

// overDelay opens a session over a link that takes 10 ms each way.
func overDelay(t *testing.T, srv *script.Server, change func(*remote.Site)) *session {
	t.Helper()
	host, port, _ := net.SplitHostPort(ftptest.Delay(t, srv.Addr(), 10*time.Millisecond))
	return open(t, srv, func(s *remote.Site) {
		s.Host = host
		s.Port, _ = strconv.Atoi(port)
		if change != nil {
			change(s)
		}
	})
}

// beforeTheFirstCommand are the round trips until the greeting is here: TCP, and the greeting itself.
const beforeTheFirstCommand = 2

func TestRoundTripsOfASession(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		srv    func(*testing.T) *script.Server
		change func(*remote.Site)
		most   int
	}{
		"clear, TLS refused": {func(t *testing.T) *script.Server { return plain(t) }, nil, 5},
		"clear":              {func(t *testing.T) *script.Server { return plain(t) }, func(s *remote.Site) { s.TLS = wire.TLSNever }, 4},
		"TLS":                {func(t *testing.T) *script.Server { return secure(t) }, trusting(t), 5}, // and the handshake
		"lock step":          {func(t *testing.T) *script.Server { return plain(t) }, lockStep, 11},
	} {
		srv := test.srv(t)
		s := overDelay(t, srv, test.change)
		if dir, err := s.Pwd(t.Context()); err != nil || dir != "/" {
			t.Errorf("%s: %q, %v", name, dir, err)
		}
		if _, err := s.Close(t.Context(), false); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := beforeTheFirstCommand + s.flights(); n != test.most {
			t.Errorf("%s: connect, login, pwd and quit take %d round trips, want %d", name, n, test.most)
		}
	}
}

func TestRoundTripsOfCommands(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.Tree.Write("/a", []byte("x"))
	srv.Tree.Mkdir("/d")
	s := overDelay(t, srv, nil)
	for name, test := range map[string]struct {
		run  func() error
		want int
	}{
		"get":    {func() error { _, _, err := s.fetch("a"); return err }, 2},
		"put":    {func() error { _, err := s.store("b", "y"); return err }, 2},
		"list":   {func() error { _, err := s.List(t.Context(), "", remote.ListOptions{}); return err }, 2},
		"size":   {func() error { _, err := s.Size(t.Context(), "a"); return err }, 1},
		"cd":     {func() error { return s.Chdir(t.Context(), "/d") }, 2},
		"rename": {func() error { return s.Rename(t.Context(), "/a", "/a") }, 2},
	} {
		s.mu.Lock()
		s.events = nil
		s.mu.Unlock()
		if err := test.run(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := s.flights(); n != test.want {
			t.Errorf("%s takes %d round trips, want %d", name, n, test.want)
		}
		if err := s.Chdir(t.Context(), "/"); err != nil {
			t.Error(err)
		}
	}
}
