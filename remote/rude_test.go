package remote_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// session is a connection to a rude server, with what it had to say.
type session struct {
	*remote.Conn
	t     *testing.T
	srv   *script.Server
	mu    sync.Mutex
	notes []string
	trace []string
}

// short is how long anything may take here.
var short = wire.Timeouts{Connect: time.Second, TLS: time.Second, Reply: time.Second, Data: time.Second, Final: 2 * time.Second}

// dial opens a session, with changes to the site, and returns the error of Open.
func dial(t *testing.T, srv *script.Server, change func(*remote.Site), hooks ...func(*remote.Hooks)) (*session, error) {
	t.Helper()
	s := &session{t: t, srv: srv}
	h := remote.Hooks{
		Note:    func(text string) { s.mu.Lock(); s.notes = append(s.notes, text); s.mu.Unlock() },
		Observe: func(e wire.Event) { s.mu.Lock(); s.trace = append(s.trace, e.Text); s.mu.Unlock() },
	}
	for _, hook := range hooks {
		hook(&h)
	}
	s.Conn = remote.New(h)
	host, port, _ := net.SplitHostPort(srv.Addr())
	number, _ := strconv.Atoi(port)
	site := remote.Site{Host: host, Port: number, User: "ann", Password: "s3cret-word", Options: remote.Options{Timeouts: short}}
	if change != nil {
		change(&site)
	}
	t.Cleanup(s.Interrupt)
	return s, s.Open(t.Context(), site)
}

func open(t *testing.T, srv *script.Server, change func(*remote.Site)) *session {
	t.Helper()
	s, err := dial(t, srv, change)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lockStep(s *remote.Site) { s.Options.LockStep = true }

func (s *session) fetch(name string) (string, remote.Outcome, error) {
	var b bytes.Buffer
	out, err := s.Get(s.t.Context(), name, 0, func() (io.Writer, error) { return &b, nil })
	return b.String(), out, err
}

// works fails the test unless the session still is of use.
func (s *session) works() {
	s.t.Helper()
	if _, err := s.Pwd(s.t.Context()); err != nil {
		s.t.Errorf("afterwards pwd fails: %v", err)
	}
}

// received says whether the server got a line that begins so.
func received(srv *script.Server, prefix string) bool {
	return slices.ContainsFunc(srv.Log(), func(line string) bool { return strings.HasPrefix(line, prefix) })
}

func TestS12_ALateReplyIsNeverTakenForAnother(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("x"))
	srv.On("NOOP", func(c *script.Conversation, _ string) { c.Reply("200 ok", "250 and one more") })
	srv.Answer("DELE", "550 no")
	s := open(t, srv, nil)
	if _, err := s.Command(t.Context(), "noop", "NOOP"); err != nil {
		t.Fatal(err)
	}
	err := s.Delete(t.Context(), "a")
	var refused *remote.Error
	if !errors.As(err, &refused) || refused.Code != 550 {
		t.Errorf("DELE answered 550 is reported as %v", err)
	}
	if !strings.Contains(strings.Join(s.notes, "\n"), "nothing asked for") {
		t.Errorf("the desync is not told: %q", s.notes)
	}
}

func TestS12_AfterATimeoutTheConnectionIsNotReused(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.On("SITE", func(c *script.Conversation, _ string) {
		c.Pause(1500 * time.Millisecond)
		c.Reply("200 late")
	})
	srv.Answer("DELE", "550 no")
	s := open(t, srv, nil)
	var timeout *wire.TimeoutError
	if _, err := s.Command(t.Context(), "site", "SITE SLOW"); !errors.As(err, &timeout) {
		t.Fatalf("%v, want a timeout", err)
	}
	time.Sleep(700 * time.Millisecond) // the late reply has been sent by now
	if err := s.Delete(t.Context(), "a"); err == nil {
		t.Error("the late reply was taken for that to DELE")
	}
	if n := len(srv.Controls()); n != 2 {
		t.Errorf("%d control connections, want 2", n)
	}
}

func TestS16_F07_421Anywhere(t *testing.T) {
	for _, verb := range []string{"PASS", "CWD", "EPSV", "RETR", "PWD"} {
		t.Run(verb, func(t *testing.T) {
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/a", []byte("x"))
			s, err := dial(t, srv, lockStep)
			if err != nil {
				t.Fatal(err)
			}
			refuse := true
			srv.On(verb, func(c *script.Conversation, argument string) {
				if refuse {
					refuse = false
					c.Reply("421 closing down")
					c.Close()
					return
				}
				c.Default(verb, argument)
			})
			switch verb {
			case "PASS":
				err = s.Login(t.Context(), "bob", "x", "")
			case "CWD":
				err = s.Chdir(t.Context(), "/")
			case "PWD":
				_, err = s.Command(t.Context(), "noop", "NOOP")
				if err == nil {
					_, err = s.Pwd(t.Context())
				}
			default:
				_, _, err = s.fetch("a")
			}
			if err == nil || !strings.Contains(err.Error(), "closing down") {
				t.Errorf("%v; want the server's words", err)
			}
			if verb != "PASS" {
				s.works()
			}
		})
	}
}

func TestS16_421WhileIdleIsToldAndTheCommandRunsOnce(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("x"))
	s := open(t, srv, nil)
	for _, c := range srv.Conversations() {
		c.Send("421 idle for too long\r\n")
		c.Close()
	}
	ftptest.Wait(t, "the end of the connection", func() bool { return !s.Connected() })
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	deleted := 0
	for _, line := range srv.Log() {
		if strings.HasPrefix(line, "DELE") {
			deleted++
		}
	}
	if deleted != 1 || !strings.Contains(strings.Join(s.notes, "|"), "idle for too long") {
		t.Errorf("%d DELE, notes %q", deleted, s.notes)
	}
}

func TestF01_ADroppedConnectionComesBackInItsDirectoryAndType(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Mkdir("/sub")
	s := open(t, srv, nil)
	if err := errors.Join(s.Chdir(t.Context(), "sub"), s.SetType(t.Context(), "A")); err != nil {
		t.Fatal(err)
	}
	for _, c := range srv.Conversations() {
		c.Close()
	}
	ftptest.Wait(t, "the end of the connection", func() bool { return !s.Connected() })
	dir, err := s.Pwd(t.Context())
	if err != nil || dir != "/sub" || s.TransferType() != "A" {
		t.Errorf("%q, %v, type %s", dir, err, s.TransferType())
	}
	if len(s.notes) < 2 {
		t.Errorf("it is not told: %q", s.notes)
	}
}

func TestR03_ALostReplyIsNeverRepeated(t *testing.T) {
	for name, gone := range map[string]bool{"it was removed": true, "it was not removed": false} {
		srv := ftptest.Script(t, script.Options{})
		srv.Tree.Write("/a", []byte("x"))
		srv.On("DELE", func(c *script.Conversation, argument string) {
			if gone {
				srv.Tree.Remove("/a")
			}
			c.Close()
		})
		s := open(t, srv, nil)
		err := s.Delete(t.Context(), "a")
		var unknown *remote.UnknownOutcomeError
		if !errors.As(err, &unknown) || unknown.Found != name {
			t.Errorf("%v; want %q", err, name)
		}
		n := 0
		for _, line := range srv.Log() {
			if strings.HasPrefix(line, "DELE") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("DELE was sent %d times", n)
		}
	}
}

func TestS22_GreetingMustBe220(t *testing.T) {
	for _, greeting := range []string{"230 welcome", "530 no", "250 x", "331 password"} {
		srv := ftptest.Script(t, script.Options{})
		srv.OnConnect(func(c *script.Conversation) { c.Reply(greeting) })
		_, err := dial(t, srv, nil)
		var wrong *wire.GreetingError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v", greeting, err)
		}
		if received(srv, "USER") {
			t.Errorf("%q: USER was sent", greeting)
		}
	}
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) { c.Reply("120 wait"); c.Reply("220 now") })
	if _, err := dial(t, srv, nil); err != nil {
		t.Errorf("120 before 220: %v", err)
	}
}

func TestS20_RepliesAheadOfTLSAreTampering(t *testing.T) {
	certificates := ftptest.Certificates(t)
	for name, rude := range map[string]func(*script.Server){
		"with the greeting": func(srv *script.Server) {
			srv.OnConnect(func(c *script.Conversation) { c.Reply("220 hi", "234 go on") })
		},
		"behind the 234": func(srv *script.Server) {
			srv.On("AUTH", func(c *script.Conversation, _ string) { c.Reply("234 go", "230 in already"); c.StartTLS() })
		},
	} {
		srv := ftptest.Script(t, script.Options{TLS: certificates.Serve(certificates.Good)})
		rude(srv)
		_, err := dial(t, srv, func(s *remote.Site) { s.Options.TLSConfig = certificates.Trust() })
		var tampered *wire.TLSError
		if !errors.As(err, &tampered) || received(srv, "USER") {
			t.Errorf("%s: %v; USER sent: %v", name, err, received(srv, "USER"))
		}
	}
}

func TestS21_RequiredTLSIsNeverSkipped(t *testing.T) {
	for _, answer := range []string{"500 what", "502 no", "534 never"} {
		srv := ftptest.Script(t, script.Options{})
		srv.Answer("AUTH", answer)
		_, err := dial(t, srv, func(s *remote.Site) { s.TLS = wire.TLSRequire })
		var no *wire.TLSError
		if !errors.As(err, &no) || received(srv, "USER") {
			t.Errorf("%q: %v", answer, err)
		}
		_, err = dial(t, srv, func(s *remote.Site) { s.TLSBefore = true })
		if !errors.As(err, &no) || received(srv, "USER") {
			t.Errorf("%q, a site that did TLS before: %v", answer, err)
		}
	}
	srv := ftptest.Script(t, script.Options{})
	srv.On("AUTH", func(c *script.Conversation, _ string) { c.Reply("234 go"); c.Reset() })
	if _, err := dial(t, srv, nil); err == nil || received(srv, "USER") {
		t.Errorf("reset in the handshake: %v", err)
	}
}

func TestS23_CertificatesAreVerifiedBeforeUSER(t *testing.T) {
	certificates := ftptest.Certificates(t)
	for name, certificate := range map[string]tls.Certificate{
		"expired": certificates.Expired, "wrong name": certificates.WrongName, "self-signed": certificates.SelfSigned,
		"another authority": certificates.Stranger, "name only in CN": certificates.CommonName,
	} {
		srv := ftptest.Script(t, script.Options{TLS: certificates.Serve(certificate)})
		trust := func(s *remote.Site) { s.Options.TLSConfig = certificates.Trust() }
		_, err := dial(t, srv, trust)
		var bad *wire.CertificateError
		if !errors.As(err, &bad) || received(srv, "USER") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = dial(t, srv, trust, func(h *remote.Hooks) {
			h.Certificate = func(context.Context, *remote.Site, *wire.CertificateError) (remote.Trust, error) {
				return remote.TrustOnce, nil
			}
		})
		if err != nil {
			t.Errorf("%s, accepted once: %v", name, err)
		}
		_, err = dial(t, srv, trust, func(h *remote.Hooks) {
			h.Accepted = func(_ *remote.Site, fingerprint string) bool { return fingerprint == bad.Fingerprint }
		})
		if err != nil {
			t.Errorf("%s, pinned: %v", name, err)
		}
	}
}

func TestS23_S25_AnotherCertificateOnDataIsRefused(t *testing.T) {
	certificates := ftptest.Certificates(t)
	other := certificates.Serve(certificates.Other)
	other.SessionTicketsDisabled = true
	srv := ftptest.Script(t, script.Options{TLS: certificates.Serve(certificates.Good), DataTLS: other})
	srv.Tree.Write("/a", []byte("secret"))
	s := open(t, srv, func(s *remote.Site) { s.Options.TLSConfig = certificates.Trust() })
	if text, _, err := s.fetch("a"); err == nil || text != "" {
		t.Errorf("%q, %v", text, err)
	}
	s.works()
}

func TestS24_RefusedProtectionStops(t *testing.T) {
	certificates := ftptest.Certificates(t)
	srv := ftptest.Script(t, script.Options{TLS: certificates.Serve(certificates.Good)})
	srv.Answer("PROT", "536 not here")
	_, err := dial(t, srv, func(s *remote.Site) { s.Options.TLSConfig = certificates.Trust() })
	var no *wire.TLSError
	if !errors.As(err, &no) || no.Reply.Code != 536 {
		t.Errorf("%v", err)
	}
}

func TestS25_DataConnectionsResume(t *testing.T) {
	certificates := ftptest.Certificates(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := certificates.Serve(certificates.Good)
		config.MaxVersion = version
		srv := ftptest.Script(t, script.Options{TLS: config, Reuse: true})
		srv.Tree.Write("/a", []byte("x"))
		s := open(t, srv, func(s *remote.Site) { s.Options.TLSConfig = certificates.Trust() })
		for range 5 {
			if text, _, err := s.fetch("a"); err != nil || text != "x" {
				t.Errorf("%s: %q, %v", tls.VersionName(version), text, err)
			}
		}
	}
}

func TestS26_D04_ACutTLSConnectionIsTold(t *testing.T) {
	certificates := ftptest.Certificates(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := certificates.Serve(certificates.Good)
		config.MaxVersion = version
		srv := ftptest.Script(t, script.Options{TLS: config})
		srv.On("RETR", func(c *script.Conversation, _ string) {
			c.Reply("150 here")
			d := c.Data()
			d.Send(strings.Repeat("x", 10_000))
			d.Cut()
			c.Reply("226 done")
		})
		s := open(t, srv, func(s *remote.Site) { s.Options.TLSConfig = certificates.Trust() })
		text, out, err := s.fetch("a")
		if err != nil || !out.Truncated || len(text) != 10_000 {
			t.Errorf("%s: %d bytes, truncated %v, %v", tls.VersionName(version), len(text), out.Truncated, err)
		}
	}
}

func TestS40_ForeignAddressesAreNotDialled(t *testing.T) {
	for _, address := range []string{"10,0,0,1", "127,0,0,9", "169,254,169,254", "0,0,0,0", "8,8,8,8"} {
		srv := ftptest.Script(t, script.Options{})
		srv.Tree.Write("/a", []byte("x"))
		srv.Answer("EPSV", "502 no")
		srv.On("PASV", func(c *script.Conversation, _ string) {
			port := c.Listen()
			c.Reply(fmt.Sprintf("227 Entering (%s,%d,%d)", address, port>>8, port&255))
		})
		s := open(t, srv, nil)
		if text, _, err := s.fetch("a"); err != nil || text != "x" {
			t.Errorf("%s: %q, %v", address, text, err)
		}
		said := strings.Count(strings.Join(s.trace, "\n"), "the host that you are connected to")
		if said != 1 {
			t.Errorf("%s: it is told %d times", address, said)
		}
	}
}

func TestS41_LowPortsAreRefused(t *testing.T) {
	for _, port := range []int{21, 22, 25, 1023} {
		srv := ftptest.Script(t, script.Options{})
		srv.Answer("EPSV", fmt.Sprintf("229 Extended (|||%d|)", port))
		srv.Answer("PASV", fmt.Sprintf("227 Entering (127,0,0,1,%d,%d)", port>>8, port&255))
		s := open(t, srv, nil)
		_, _, err := s.fetch("a")
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(port)) || received(srv, "RETR") {
			t.Errorf("%d: %v", port, err)
		}
		s.works()
	}
}

func TestS42_NoActiveModeUnlessAsked(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("EPSV", "502 no")
	srv.Answer("PASV", "502 no")
	s := open(t, srv, nil)
	_, _, err := s.fetch("a")
	var refused *remote.Error
	if !errors.As(err, &refused) || refused.Code != 502 || received(srv, "PORT") || received(srv, "EPRT") {
		t.Errorf("%v", err)
	}
	s.works()
}

func TestS44_D06_RefusalsAfterDataAreFailures(t *testing.T) {
	for _, last := range []string{"426 broken", "451 disk", "550 gone"} {
		srv := ftptest.Script(t, script.Options{})
		srv.On("RETR", func(c *script.Conversation, _ string) {
			c.Reply("150 here")
			d := c.Data()
			d.Send("half")
			d.Close()
			c.Reply(last)
		})
		s := open(t, srv, nil)
		_, _, err := s.fetch("a")
		var refused *remote.Error
		if !errors.As(err, &refused) || fmt.Sprint(refused.Code) != last[:3] {
			t.Errorf("%q: %v", last, err)
		}
		s.works()
	}
}

func TestD38_RepliesOfTheRightClassAreSuccess(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Mkdir("/d")
	srv.Answer("CWD", "200 ok")
	srv.Answer("MKD", "250 made")
	srv.Answer("TYPE", "250 ok")
	srv.Answer("RMD", "200 ok")
	srv.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("125 already open")
		d := c.Data()
		d.Send("x")
		d.Close()
		c.Reply("250 done")
	})
	srv.On("NLST", func(c *script.Conversation, _ string) { c.Reply("226 nothing here") })
	s := open(t, srv, lockStep)
	_, mkdir := s.Mkdir(t.Context(), "e")
	if err := errors.Join(s.Chdir(t.Context(), "d"), mkdir, s.Rmdir(t.Context(), "e")); err != nil {
		t.Error(err)
	}
	if text, _, err := s.fetch("a"); err != nil || text != "x" {
		t.Errorf("250 after a transfer: %q, %v", text, err)
	}
	if err := s.Lines(t.Context(), "nlist", "NLST", "", func(string) error { return nil }); err != nil {
		t.Errorf("226 without a 150: %v", err)
	}
	s.works()
}

func TestD09_D10_RudeRepliesDoNotPanic(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("PWD", `257 "`)
	srv.Answer("EPSV", "229 (")
	srv.Answer("PASV", "227 x )(")
	s := open(t, srv, nil)
	if _, err := s.Pwd(t.Context()); err == nil {
		t.Error("a lone quote is taken for a directory")
	}
	if _, _, err := s.fetch("a"); err == nil {
		t.Error("no address is taken for one")
	}
}

func TestF04_F05_DataThatStallsOrBreaksEnds(t *testing.T) {
	for name, end := range map[string]func(*script.Data){
		"reset": (*script.Data).Reset, "stall": (*script.Data).Stall,
	} {
		t.Run(name, func(t *testing.T) {
			srv := ftptest.Script(t, script.Options{})
			srv.On("RETR", func(c *script.Conversation, _ string) {
				c.Reply("150 here")
				d := c.Data()
				d.Send("half")
				end(d)
			})
			s := open(t, srv, nil)
			started := time.Now()
			if _, _, err := s.fetch("a"); err == nil {
				t.Error("it is a success")
			}
			if took := time.Since(started); took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
			s.works()
		})
	}
}

func TestF20_CancelLeavesTheSessionInStep(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/big", bytes.Repeat([]byte("x"), 8<<20))
	s := open(t, srv, nil)
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := s.Get(ctx, "big", 0, func() (io.Writer, error) { return &cancelAfter{cancel: cancel}, nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		s.works()
		ctx, cancel = context.WithCancel(t.Context())
		_, _, err = s.Put(ctx, "up", remote.Replace, 0, &cancelReader{cancel: cancel})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("put: %v", err)
		}
		s.works()
	}
}

type cancelAfter struct{ cancel func() }

func (w *cancelAfter) Write(p []byte) (int, error) { w.cancel(); return len(p), nil }

type cancelReader struct {
	cancel func()
	n      int
}

func (r *cancelReader) Read(p []byte) (int, error) {
	if r.n++; r.n == 3 {
		r.cancel()
	}
	return len(p), nil
}

func TestD35_AnUploadThatBreaksOffIsReset(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	ended := make(chan error, 1)
	srv.On("STOR", func(c *script.Conversation, _ string) {
		c.Reply("150 go")
		d := c.Data()
		d.Receive(-1)
		ended <- d.Err()
		d.Close()
		c.Reply("226 all here")
	})
	s := open(t, srv, nil)
	_, _, err := s.Put(t.Context(), "a", remote.Replace, 0, io.MultiReader(strings.NewReader("half"), failing{}))
	var local *wire.LocalError
	if !errors.As(err, &local) {
		t.Errorf("%v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the server saw a clean end")
	}
	s.works()
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("disk") }

func TestAWrongPasswordCanBeFollowedByARightOne(t *testing.T) {
	srv := ftptest.Script(t, script.Options{User: "ann", Password: "right"})
	s, err := dial(t, srv, func(s *remote.Site) { s.Password = "wrong" })
	var login *remote.LoginError
	if !errors.As(err, &login) || login.Reply.Code != 530 {
		t.Fatalf("%v", err)
	}
	if err := s.Login(t.Context(), "ann", "right", ""); err != nil {
		t.Errorf("the second try: %v", err)
	}
	if n := len(srv.Controls()); n != 1 {
		t.Errorf("%d connections", n)
	}
	s.works()
}

func TestAccountIsGivenWhenWanted(t *testing.T) {
	srv := ftptest.Script(t, script.Options{User: "ann", Password: "p", Account: "billing"})
	s, err := dial(t, srv, func(s *remote.Site) { s.Password, s.Account = "p", "billing" })
	if err != nil {
		t.Fatal(err)
	}
	s.works()
}

func TestServersThatReorderAreTakenInLockStep(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	first := true
	srv.On("PASS", func(c *script.Conversation, argument string) {
		if first {
			first = false
			c.Reply("220 what was that")
			return
		}
		c.Default("PASS", argument)
	})
	learned := false
	s, err := dial(t, srv, nil, func(h *remote.Hooks) {
		h.Learned = func(_ *remote.Site, what remote.Lesson) { learned = learned || what == remote.LearnedLockStep }
	})
	if err != nil || !learned {
		t.Errorf("%v, learned %v", err, learned)
	}
	s.works()
}

func TestS29_AnotherUserIsANewLogin(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	if err := s.Login(t.Context(), "bob", "x", ""); err != nil {
		t.Fatal(err)
	}
	if !received(srv, "USER bob") || s.Site().User != "bob" {
		t.Error("USER bob was not sent")
	}
}
