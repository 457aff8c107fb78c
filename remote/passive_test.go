package remote_test

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// announce makes EPSV refused and PASV name an address of the script's choice with a real port.
func announce(srv *script.Server, address string) {
	srv.Answer("EPSV", "502 no")
	srv.On("PASV", func(c *script.Conversation, _ string) {
		port := c.Listen()
		c.Reply(fmt.Sprintf("227 Entering (%s,%d,%d)", address, port>>8, port&255))
	})
}

func TestS40_D42_ForeignAddressesAreNotDialled(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"10,0,0,1", "127,0,0,9", "169,254,169,254", "0,0,0,0", "8,8,8,8", "255,255,255,255", "224,0,0,1"} {
		for _, classic := range []bool{false, true} {
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/a", []byte("x"))
			announce(srv, address)
			s := open(t, srv, func(s *remote.Site) { s.Options.Data.Classic = classic })
			for range 2 {
				if text, _, err := s.fetch("a"); err != nil || text != "x" {
					t.Errorf("%s: %q, %v", address, text, err)
				}
			}
			if said := s.decided("the host that you are connected to"); said != 1 {
				t.Errorf("%s: it is told %d times", address, said)
			}
			for _, e := range s.events {
				if e.Kind == wire.DataOpened && !strings.HasPrefix(e.Data.Used, "127.0.0.1:") {
					t.Errorf("%s: data went to %s", address, e.Data.Used)
				}
			}
		}
	}
}

func TestS14_D41_AddressesThatAreNoneAreNotDialled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ epsv, pasv string }{
		{"229 (|||0|)", "227 (127,0,0,1,0,0)"},
		{"229 (|||70000|)", "227 (127,0,0,1,256,1)"},
		{"229 (|||-5|)", "227 (127,0,0,1,-1,1)"},
		{"229 (|||12345678901234567890|)", "227 (127,0,0,1,00000000000000000001,1)"},
		{"229 (||2121|)", "227 (127,0,0,1,8)"},
		{"229 (|1|10.0.0.1|2121|)", "227 (127,0,0,1,8,73,1)"},
		{"229 (|||2121", "227 (127,0,0,1,8,73"},
		{"229 2121", "227 (localhost,8,73)"},
		{"229 (|||0x848|)", "227 (999,0,0,1,8,73)"},
		{"229 (|||2121x|)", "227 (a,b,c,d,8,73)"},
		{"200 (|||2121|x)", "200 nothing"},
	} {
		srv := ftptest.Script(t, script.Options{})
		srv.Answer("EPSV", test.epsv)
		srv.Answer("PASV", test.pasv)
		s := open(t, srv, nil)
		for range 2 {
			_, _, err := s.fetch("a")
			var data *wire.DataError
			if !errors.As(err, &data) || received(srv, "RETR") || received(srv, "PORT") || received(srv, "EPRT") {
				t.Errorf("%+v: %v; the server got %q", test, err, srv.Log())
			}
		}
		if n := len(srv.Transfers()); n > 0 {
			t.Errorf("%+v: %d data connections", test, n)
		}
		s.works()
	}
}

func TestS41_LowPortsAndTheControlPortAreRefused(t *testing.T) {
	t.Parallel()
	for _, port := range []int{1, 21, 22, 25, 443, 1023, 0} {
		srv := ftptest.Script(t, script.Options{})
		if port == 0 {
			port = siteOf(t, srv.Addr()).Port
		}
		srv.Answer("EPSV", fmt.Sprintf("229 Extended (|||%d|)", port))
		srv.Answer("PASV", fmt.Sprintf("227 Entering (127,0,0,1,%d,%d)", port>>8, port&255))
		s := open(t, srv, nil)
		_, _, err := s.fetch("a")
		var data *wire.DataError
		if !errors.As(err, &data) || !strings.Contains(err.Error(), fmt.Sprint(port)) || received(srv, "RETR") || len(srv.Controls()) > 1 {
			t.Errorf("%d: %v", port, err)
		}
		s.works()
	}
}

func TestS41_LowPortsWhereTheyAreAllowed(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("EPSV", "229 (|||1|)")
	srv.On("RETR", func(c *script.Conversation, _ string) { c.Pause(50 * time.Millisecond); c.Reply("425 nobody came") })
	s := open(t, srv, func(s *remote.Site) { s.Options.Data.LowPorts = true })
	if _, _, err := s.fetch("a"); !errors.Is(err, syscall.ECONNREFUSED) || !strings.Contains(err.Error(), "127.0.0.1:1)") {
		t.Errorf("%v, want the connection to be refused", err)
	}
}

func TestS42_NoActiveModeUnlessAsked(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("EPSV", "502 no")
	srv.Answer("PASV", "502 no")
	s := open(t, srv, nil)
	for range 2 {
		_, _, err := s.fetch("a")
		var refused *remote.Error
		if !errors.As(err, &refused) || refused.Code != 502 || received(srv, "PORT") || received(srv, "EPRT") {
			t.Errorf("%v", err)
		}
		s.works()
	}
}

func TestEPSVRefusedThenPASV(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"500 what", "501 no", "502 no", "522 no", "425 not now", "200 fine", "229 nonsense", "229 (|||22|)"} {
		srv := ftptest.Script(t, script.Options{})
		srv.Tree.Write("/a", []byte("x"))
		srv.Answer("EPSV", answer)
		s := open(t, srv, nil)
		for range 3 {
			if text, _, err := s.fetch("a"); err != nil || text != "x" {
				t.Errorf("%q: %q, %v", answer, text, err)
			}
		}
		if count(srv, "EPSV") != 1 || count(srv, "PASV") != 3 || s.decided("PASV from now on") != 1 {
			t.Errorf("%q: the server got %q", answer, srv.Verbs())
		}
		s.ChangeData(func(o *wire.DataOptions) { o.Active = true })
		if text, _, err := s.fetch("a"); err != nil || text != "x" || !received(srv, "PORT") {
			t.Errorf("%q: active: %q, %v", answer, text, err)
		}
	}
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("x"))
	s := open(t, srv, func(s *remote.Site) { s.Options.Data.Classic = true })
	if _, _, err := s.fetch("a"); err != nil || received(srv, "EPSV") {
		t.Errorf("EPSV although it is switched off: %v", err)
	}
	s.ChangeData(func(o *wire.DataOptions) { o.Classic = false })
	if _, _, err := s.fetch("a"); err != nil || !received(srv, "EPSV") {
		t.Errorf("no EPSV although it is switched on: %v", err)
	}
}

// A port behind which nobody is: the error names it, soon, whatever the server makes of it.
func TestF26_D41_APortThatRefuses(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{"425": "425 nobody came", "426": "426 nobody came", "nothing": "", "a 150, then 425": "150 wait\r\n425 nobody came"} {
		for _, run := range []func(*session) error{
			func(s *session) error { _, _, err := s.fetch("a"); return err },
			func(s *session) error { _, err := s.store("a", "x"); return err },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				srv := ftptest.Script(t, script.Options{})
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				closed := l.Addr().(*net.TCPAddr).Port
				_ = l.Close()
				srv.Answer("EPSV", fmt.Sprintf("229 (|||%d|)", closed))
				answer := func(c *script.Conversation, _ string) {
					c.Pause(50 * time.Millisecond) // a server waits for somebody
					if reply != "" {
						c.Reply(strings.Split(reply, "\r\n")...)
					}
				}
				srv.On("RETR", answer)
				srv.On("STOR", answer)
				s := open(t, srv, nil)
				s.wait(haste)
				started := time.Now()
				err = run(s)
				var data *wire.DataError
				if !errors.As(err, &data) || data.Address != fmt.Sprintf("127.0.0.1:%d", closed) || !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("%v", err)
				}
				if took := time.Since(started); took > soon {
					t.Errorf("it took %v", took)
				}
				s.works()
			})
		}
	}
}

// The server's own reason is told even if nobody listened on the port.
func TestARefusalCountsMoreThanAPortThatRefuses(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("EPSV", "229 (|||1025|)")
	srv.On("RETR", func(c *script.Conversation, _ string) { c.Pause(50 * time.Millisecond); c.Reply("550 no such file") })
	s := open(t, srv, nil)
	var refused *remote.Error
	if _, _, err := s.fetch("a"); !errors.As(err, &refused) || refused.Code != 550 {
		t.Errorf("%v", err)
	}
	s.works()
}

// Servers that want to know before they open a port name PRET. It carries what really goes out.
func TestPRETNamesTheVerbThatFollows(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("x"))
	srv.Answer("FEAT", "211-x", " PRET", "211 end")
	srv.Answer("PRET", "200 ok")
	s := open(t, srv, nil)
	if _, _, err := s.fetch("a"); err != nil {
		t.Error(err)
	}
	if _, err := s.List(t.Context(), "", remote.ListOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := s.store("b", "y"); err != nil {
		t.Error(err)
	}
	if _, _, err := s.Put(t.Context(), "c", remote.Unique, 0, strings.NewReader("z")); err != nil {
		t.Error(err)
	}
	if _, err := s.QuoteData(t.Context(), "NLST", &strings.Builder{}); err != nil {
		t.Error(err)
	}
	lines := srv.Log()
	for _, want := range []string{"RETR a", "LIST", "STOR b", "STOU", "NLST"} {
		at := slices.Index(lines, want)
		if at < 2 || lines[at-1] != "EPSV" || lines[at-2] != "PRET "+want {
			t.Errorf("before %s: %q", want, lines)
		}
	}
	srv.Answer("PRET", "500 what")
	if _, _, err := s.fetch("a"); err != nil {
		t.Errorf("with PRET refused: %v", err)
	}
	s.works()
}
