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

// These tests need what Linux gives: all of 127.0.0.0/8 is ours, and a backlog can be full.

func TestBind(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("x"))
	bound := netip.MustParseAddr("127.0.0.5")
	s := open(t, srv, func(s *remote.Site) { s.Options.Bind = bound })
	if text, _, err := s.fetch("a"); err != nil || text != "x" {
		t.Errorf("%q, %v", text, err)
	}
	if from := srv.Controls()[0].Remote.Addr(); from != bound {
		t.Errorf("the control connection comes from %s", from)
	}
	if from := srv.Transfers()[0].Remote.Addr(); from != bound {
		t.Errorf("the data connection comes from %s", from)
	}
	s.ChangeData(func(o *wire.DataOptions) { o.Active = true })
	if text, _, err := s.fetch("a"); err != nil || text != "x" || !received(srv, "EPRT |1|127.0.0.5|") {
		t.Errorf("active: %q, %v; the server got %q", text, err, srv.Log())
	}
	_, err := dial(t, srv, func(s *remote.Site) { s.Options.Bind = netip.MustParseAddr("192.0.2.1") })
	var no *wire.DialError
	if !errors.As(err, &no) {
		t.Errorf("an address that is not ours: %v", err)
	}
}

// S43: somebody else connects first, from another address.
func TestS43_OnlyTheServerMayConnect(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("genuine"))
	var port int
	srv.On("EPRT", func(c *script.Conversation, argument string) {
		fields := strings.Split(argument, "|")
		_, _ = fmt.Sscan(fields[3], &port)
		c.Default("EPRT", argument)
	})
	srv.On("RETR", func(c *script.Conversation, name string) {
		thief := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
		if conn, err := thief.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_, _ = conn.Write([]byte("forged"))
			defer conn.Close()
		}
		c.Default("RETR", name)
	})
	s := open(t, srv, active)
	if text, _, err := s.fetch("a"); err != nil || text != "genuine" {
		t.Errorf("%q, %v", text, err)
	}
	if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
		_ = conn.Close()
		t.Error("the port is still open afterwards")
	}
	srv.On("RETR", func(c *script.Conversation, name string) { c.Source = "127.0.0.3"; c.Default("RETR", name) })
	s.wait(haste)
	if text, _, err := s.fetch("a"); err == nil || text != "" {
		t.Errorf("from another address: %q, %v", text, err)
	}
}

func TestZonesAreForTheConnectionOnly(t *testing.T) {
	t.Parallel()
	zone := loopback(t)
	srv := onIPv6(t)
	s, err := dial(t, srv, func(s *remote.Site) { trusting(t)(s); s.Host = "::1%" + zone })
	if err != nil {
		t.Fatal(err)
	}
	if text, _, err := s.fetch("a"); err != nil || text != "x" {
		t.Errorf("%q, %v", text, err)
	}
	s.ChangeData(func(o *wire.DataOptions) { o.Active = true })
	if text, _, err := s.fetch("a"); err != nil || text != "x" || strings.Contains(strings.Join(srv.Log(), "\n"), zone) {
		t.Errorf("active: %q, %v; the server got %q", text, err, srv.Log())
	}
}

func loopback(t *testing.T) string {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name
		}
	}
	t.Fatal("no loopback interface")
	return ""
}

// A firewall that swallows packets: nothing ever answers.
func TestF26_APortThatIsSwallowed(t *testing.T) {
	t.Parallel()
	backlog := ftptest.FullPort(t)
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("EPSV", fmt.Sprintf("229 (|||%d|)", backlog))
	srv.On("RETR", func(c *script.Conversation, _ string) { c.Stall() })
	s := open(t, srv, nil)
	s.wait(haste)
	started := time.Now()
	_, _, err := s.fetch("a")
	var data *wire.DataError
	var timeout *wire.TimeoutError
	if !errors.As(err, &data) || !errors.As(err, &timeout) || !strings.Contains(err.Error(), fmt.Sprintf("127.0.0.1:%d", backlog)) {
		t.Errorf("%v", err)
	}
	if took := time.Since(started); took > soon {
		t.Errorf("it took %v", took)
	}
	s.works()
}
