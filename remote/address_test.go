package remote_test

import (
	"errors"
	"net"
	"os"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// onIPv6 starts a server on ::1. Where CI runs, there is one.
func onIPv6(t *testing.T, changes ...func(*script.Options)) *script.Server {
	t.Helper()
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		_ = l.Close()
	} else if os.Getenv("FTPSH_REQUIRE_DAEMONS") != "1" {
		t.Skip("this machine has no IPv6")
	}
	srv := secure(t, append(changes, func(o *script.Options) { o.Listen = "[::1]:0" })...)
	srv.Tree.Write("/a", []byte("x"))
	return srv
}

func TestIPv6(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"::1", "0:0:0:0:0:0:0:1"} {
		for _, active := range []bool{false, true} {
			srv := onIPv6(t)
			s := open(t, srv, func(s *remote.Site) { trusting(t)(s); s.Host, s.Options.Data.Active = host, active })
			text, _, err := s.fetch("a")
			if _, putErr := s.store("b", "y"); err != nil || putErr != nil || text != "x" || !s.Secure() {
				t.Errorf("%s, active %v: %q, %v, %v", host, active, text, err, putErr)
			}
			if active && !received(srv, "EPRT |2|::1|") {
				t.Errorf("the server got %q", srv.Log())
			}
			if received(srv, "PASV") || received(srv, "PORT") {
				t.Errorf("the server got %q", srv.Log())
			}
		}
	}
}

// PASV and PORT know only IPv4: on IPv6 there is no falling back to them.
func TestIPv6HasNoPASV(t *testing.T) {
	t.Parallel()
	for _, active := range []bool{false, true} {
		srv := onIPv6(t)
		srv.Answer("EPSV", "502 no")
		srv.Answer("EPRT", "502 no")
		s := open(t, srv, func(s *remote.Site) { trusting(t)(s); s.Options.Data.Active = active })
		var refused *remote.Error
		if _, _, err := s.fetch("a"); !errors.As(err, &refused) || refused.Code != 502 || received(srv, "PASV") || received(srv, "PORT") {
			t.Errorf("active %v: %v; the server got %q", active, err, srv.Verbs())
		}
		s.ChangeData(func(o *wire.DataOptions) { o.Classic = true })
		if _, _, err := s.fetch("a"); err == nil {
			t.Errorf("active %v: PASV or PORT on IPv6 is a success", active)
		}
		s.works()
	}
}

// A name with letters beyond ASCII is looked up, and verified, as DNS has it.
func TestIDNHosts(t *testing.T) {
	t.Parallel()
	var lookup *net.DNSError
	for host, ascii := range map[string]string{"bücher.invalid": "xn--bcher-kva.invalid", "日本.invalid": "xn--wgv71a.invalid"} {
		srv := ftptest.Script(t, script.Options{})
		_, err := dial(t, srv, func(s *remote.Site) { s.Host = host })
		if !errors.As(err, &lookup) || lookup.Name != ascii {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, host := range []string{"a\u2024b", "x\u00adn", "\u202eevil.invalid", "bü cher.invalid", "-ü.invalid"} {
		srv := ftptest.Script(t, script.Options{})
		_, err := dial(t, srv, func(s *remote.Site) { s.Host = host })
		var no *wire.DialError
		if !errors.As(err, &no) {
			t.Errorf("%q: %v", host, err)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	for network, good := range map[string]bool{"tcp4": true, "tcp": true, "": true, "tcp6": false} {
		_, err := dial(t, srv, func(s *remote.Site) { s.Options.Network = network })
		if (err == nil) != good {
			t.Errorf("%q: %v", network, err)
		}
	}
}
