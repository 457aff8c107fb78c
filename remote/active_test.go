package remote_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

func active(s *remote.Site) { s.Options.Data.Active = true }

func TestActiveMode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rude    func(*script.Server)
		classic bool
		verbs   string // what was asked for, in three transfers
	}{
		"EPRT":         {verbs: "EPRT EPRT EPRT"},
		"EPRT refused": {rude: func(srv *script.Server) { srv.Answer("EPRT", "502 no") }, verbs: "EPRT PORT PORT PORT"},
		"classic":      {classic: true, verbs: "PORT PORT PORT"},
	} {
		eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
			srv.Tree.Write("/a", []byte("x"))
			if test.rude != nil {
				test.rude(srv)
			}
			s := open(t, srv, func(s *remote.Site) {
				if change != nil {
					change(s)
				}
				active(s)
				s.Options.Data.Classic = test.classic
			})
			text, _, err := s.fetch("a")
			_, putErr := s.store("b", "y")
			_, listErr := s.List(t.Context(), "", remote.ListOptions{})
			if err := errors.Join(err, putErr, listErr); err != nil || text != "x" {
				t.Errorf("%s: %q, %v", name, text, err)
			}
			var asked []string
			for _, verb := range srv.Verbs() {
				if strings.Contains("EPRT PORT EPSV PASV", verb) {
					asked = append(asked, verb)
				}
			}
			if got := strings.Join(asked, " "); got != test.verbs {
				t.Errorf("%s: asked by %s, want %s", name, got, test.verbs)
			}
			s.works()
		})
	}
}

func TestActiveModeRefusedAltogether(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("EPRT", "502 no")
	srv.Answer("PORT", "501 no")
	s := open(t, srv, active)
	var refused *remote.Error
	if _, _, err := s.fetch("a"); !errors.As(err, &refused) || refused.Code != 501 || received(srv, "PASV") {
		t.Errorf("%v", err)
	}
	s.works()
}

func TestActiveModeWaitsOnlySoLong(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.On("RETR", func(c *script.Conversation, _ string) { c.Reply("150 coming"); c.Stall() })
	s := open(t, srv, active)
	s.wait(haste)
	started := time.Now()
	_, _, err := s.fetch("a")
	var data *wire.DataError
	if !errors.As(err, &data) || !strings.Contains(err.Error(), "waiting for the server to connect to 127.0.0.1:") {
		t.Errorf("%v", err)
	}
	if took := time.Since(started); took > soon {
		t.Errorf("it took %v", took)
	}
	s.works()
}

func TestActivePortsAndAddress(t *testing.T) {
	t.Parallel()
	low := freePorts(t, 3)
	taken, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", low))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("x"))
	s := open(t, srv, func(s *remote.Site) { active(s); s.Options.Data.ActivePorts = [2]int{low, low + 2} })
	if text, _, err := s.fetch("a"); err != nil || text != "x" || !received(srv, fmt.Sprintf("EPRT |1|127.0.0.1|%d|", low+1)) {
		t.Errorf("%q, %v; the server got %q", text, err, srv.Log())
	}
	s.ChangeData(func(o *wire.DataOptions) { o.ActivePorts = [2]int{low, low} })
	var data *wire.DataError
	if _, _, err := s.fetch("a"); !errors.As(err, &data) || !strings.Contains(err.Error(), fmt.Sprint(low)) {
		t.Errorf("a range that is taken: %v", err)
	}
	s.works()
	s.ChangeData(func(o *wire.DataOptions) {
		o.ActivePorts, o.ActiveAddress, o.Classic = [2]int{}, netip.MustParseAddr("192.0.2.7"), true
	})
	srv.On("PORT", func(c *script.Conversation, _ string) { c.Reply("500 not there") })
	if _, _, err := s.fetch("a"); err == nil || !received(srv, "PORT 192,0,2,7,") {
		t.Errorf("the address to announce: %v; the server got %q", err, srv.Log())
	}
	s.works()
}

// freePorts finds a row of ports that nobody uses, and returns the first.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for low := 20100; low < 32000; low += 10 {
		free := 0
		for port := low; port < low+n; port++ {
			if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
				free++
				_ = l.Close()
			}
		}
		if free == n {
			return low
		}
	}
	t.Fatal("no free ports")
	return 0
}
