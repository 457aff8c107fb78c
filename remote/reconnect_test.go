package remote_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// endings are the ways in which a control connection ends while nobody looks.
var endings = map[string]func(*script.Conversation){
	"FIN": (*script.Conversation).Cut,
	"RST": (*script.Conversation).Reset,
	"421": func(c *script.Conversation) { c.Reply("421 idle for too long"); c.Close() },
}

func TestF01_S16_S47_ADroppedConnectionComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for name, end := range endings {
		for command, run := range operations {
			if strings.Contains("user password account set type quote data", command) {
				continue
			}
			t.Run(name+" "+command, func(t *testing.T) {
				srv := ftptest.Script(t, script.Options{})
				srv.Tree.Write("/sub/there", []byte("x"))
				srv.Tree.Write("/sub/a", []byte("x"))
				s := open(t, srv, nil)
				if err := errors.Join(s.Chdir(t.Context(), "sub"), s.SetType(t.Context(), "A")); err != nil {
					t.Fatal(err)
				}
				s.hangUp(end)
				before := len(srv.Log())
				name := "a"
				if strings.Contains("chdir list list hidden rmdir mkdir", command) {
					name = "/sub"
				}
				err := run(t.Context(), s.Conn, name)
				var refused *remote.Error
				if err != nil && (!errors.As(err, &refused) || refused.Code == 0) {
					t.Errorf("%v", err)
				}
				lines := srv.Log()[before:]
				if len(lines) < 9 || lines[len(lines)-1] == "TYPE I" || !slices.Contains(lines, "TYPE A") || !slices.Contains(lines, "CWD /sub") {
					t.Errorf("the server got %q", lines)
				}
				if s.TransferType() != "A" || !strings.HasPrefix(s.Dir(), "/sub") {
					t.Errorf("in %s with type %s", s.Dir(), s.TransferType())
				}
				if n := len(srv.Controls()); n != 2 || !s.told("connecting to 127.0.0.1 again") {
					t.Errorf("%d connections, notes %q", n, s.notes)
				}
				if name == "421" && !s.told("idle for too long") {
					t.Errorf("notes %q", s.notes)
				}
			})
		}
	}
}

func TestF01_ACommandThatFindsTheConnectionDroppedRunsOnce(t *testing.T) {
	t.Parallel()
	for name, end := range endings {
		srv := ftptest.Script(t, script.Options{})
		srv.Tree.Write("/a", []byte("x"))
		srv.Tree.Write("/b", []byte("x"))
		s := open(t, srv, nil)
		s.hangUp(end)
		if err := s.Delete(t.Context(), "a"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s.hangUp(end)
		if err := s.Rename(t.Context(), "b", "c"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		s.hangUp(end)
		if _, err := s.store("d", "content"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, verb := range []string{"DELE", "RNFR", "RNTO", "STOR"} {
			if n := count(srv, verb); n != 1 {
				t.Errorf("%s: %d %s", name, n, verb)
			}
		}
	}
}

// A quoted line and a login find a dropped connection too.
func TestF01_QuoteAndLoginBringTheConnectionBack(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	s.hangUp((*script.Conversation).Close)
	if reply, err := s.Quote(t.Context(), "SYST"); err != nil || reply.Code != 215 {
		t.Errorf("quote: %+v, %v", reply, err)
	}
	s.hangUp((*script.Conversation).Close)
	if err := s.Login(t.Context(), "bob", "x", ""); err != nil {
		t.Errorf("login: %v", err)
	}
	if n := len(srv.Controls()); n != 3 || count(srv, "USER") != 3 {
		t.Errorf("%d connections, %d USER", n, count(srv, "USER"))
	}
}

func TestS16_F07_421Anywhere(t *testing.T) {
	t.Parallel()
	closing := func(c *script.Conversation, _ string) { c.Reply("421 closing down"); c.Close() }
	for name, test := range map[string]struct {
		verb string
		rude script.Handler
		run  func(*session) error
		open bool // it happens while the session is opened
	}{
		"AUTH": {verb: "AUTH", open: true}, "USER": {verb: "USER", open: true}, "PASS": {verb: "PASS", open: true},
		"FEAT": {verb: "FEAT", open: true}, "PWD at login": {verb: "PWD", open: true},
		"CWD":  {verb: "CWD", run: func(s *session) error { return s.Chdir(t.Context(), "/") }},
		"EPSV": {verb: "EPSV", run: func(s *session) error { _, _, err := s.fetch("a"); return err }},
		"RETR": {verb: "RETR", run: func(s *session) error { _, _, err := s.fetch("a"); return err }},
		"STOR": {verb: "STOR", run: func(s *session) error { _, err := s.store("b", "x"); return err }},
		"DELE": {verb: "DELE", run: func(s *session) error { return s.Delete(t.Context(), "a") }},
		"in place of 226": {verb: "RETR", run: func(s *session) error { _, _, err := s.fetch("a"); return err },
			rude: func(c *script.Conversation, _ string) {
				c.Reply("150 here")
				d := c.Data()
				d.Send("half")
				d.Close()
				closing(c, "")
			}},
		"in mid-transfer": {verb: "STOR", run: func(s *session) error { _, err := s.store("b", strings.Repeat("x", 32<<20)); return err },
			rude: func(c *script.Conversation, _ string) {
				c.Reply("150 go on")
				c.Data().Receive(100)
				closing(c, "")
			}},
	} {
		for _, change := range []func(*remote.Site){nil, lockStep} {
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/a", []byte("x"))
			rude := test.rude
			if rude == nil {
				rude = closing
			}
			var err error
			if test.open {
				once(srv, test.verb, rude)
				_, err = dial(t, srv, change)
			} else {
				s := open(t, srv, change)
				once(srv, test.verb, rude)
				err = test.run(s)
				s.works()
			}
			var lost *wire.LostError
			var login *remote.LoginError // a refusal for now
			if !(errors.As(err, &lost) && lost.Reply.Code == 421 || errors.As(err, &login) && login.Reply.Code == 421) || !strings.Contains(err.Error(), "closing down") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v; want the server's words", name, err)
			}
			if changing := count(srv, "DELE") + count(srv, "STOR"); changing > 1 {
				t.Errorf("%s: %s was sent again", name, test.verb)
			}
		}
	}
}

func TestR03_ALostReplyIsNeverRepeated(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		verb   string
		done   func(*script.Server) // what the server does before it goes, if anything
		run    func(*session) error
		facts  bool // it has MLST
		finds  string
		broken bool // and it does not come back
	}{
		"DELE done":     {verb: "DELE", run: del, done: func(s *script.Server) { _ = s.Tree.Remove("/a") }, finds: "it was removed"},
		"DELE not done": {verb: "DELE", run: del, finds: "it was not removed"},
		"DELE done, seen by MLST": {verb: "DELE", run: del, done: func(s *script.Server) { _ = s.Tree.Remove("/a") }, facts: true,
			finds: "it was removed"},
		"RMD done":     {verb: "RMD", run: rmdir, done: func(s *script.Server) { _ = s.Tree.Remove("/d") }, finds: "it was removed"},
		"RMD not done": {verb: "RMD", run: rmdir, finds: "it was not removed"},
		"MKD done":     {verb: "MKD", run: mkdir, done: func(s *script.Server) { s.Tree.Mkdir("/new") }, finds: "it was made"},
		"MKD not done": {verb: "MKD", run: mkdir, finds: "it was not made"},
		"RNTO done": {verb: "RNTO", run: rename, done: func(s *script.Server) { _ = s.Tree.Remove("/a"); s.Tree.Write("/b", nil) },
			finds: "it was renamed"},
		"RNTO not done":         {verb: "RNTO", run: rename, finds: "it was not renamed"},
		"the server stays away": {verb: "DELE", run: del, broken: true, finds: ""},
	} {
		for how, end := range map[string]func(*script.Conversation){"FIN": (*script.Conversation).Close, "RST": (*script.Conversation).Reset} {
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/a", []byte("x"))
			srv.Tree.Mkdir("/d")
			if !test.facts {
				srv.Answer("MLST", "502 no")
				srv.Answer("FEAT", "502 no")
			}
			s := open(t, srv, nil)
			srv.On(test.verb, func(c *script.Conversation, _ string) {
				if test.done != nil {
					test.done(srv)
				}
				if test.broken {
					srv.OnConnect(func(c *script.Conversation) { c.Reply("500 never again"); c.Close() })
				}
				end(c)
			})
			err := test.run(s)
			var unknown *remote.UnknownOutcomeError
			if !errors.As(err, &unknown) || unknown.Found != test.finds {
				t.Errorf("%s, %s: %v; want %q", name, how, err, test.finds)
			} else if test.finds == "" && !strings.Contains(err.Error(), "not known") {
				t.Errorf("%s, %s: %v", name, how, err)
			}
			if n := count(srv, test.verb); n != 1 {
				t.Errorf("%s, %s: it was sent %d times", name, how, n)
			}
			if !test.broken {
				s.works()
				if dir := s.Dir(); dir != "/" {
					t.Errorf("%s, %s: looking around has led to %s", name, how, dir)
				}
			}
		}
	}
}

func del(s *session) error    { return s.Delete(s.t.Context(), "a") }
func rmdir(s *session) error  { return s.Rmdir(s.t.Context(), "d") }
func rename(s *session) error { return s.Rename(s.t.Context(), "a", "b") }
func mkdir(s *session) error  { _, err := s.Mkdir(s.t.Context(), "new"); return err }

// A Ctrl-C leaves the outcome of a change as unknown as a lost reply does.
func TestR03_AnInterruptedChangeIsNotSentAgain(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	ctx, cancel := context.WithCancel(t.Context())
	once(srv, "DELE", func(c *script.Conversation, _ string) { cancel(); c.Stall() })
	started := time.Now()
	err := s.Delete(ctx, "a")
	if !errors.Is(err, context.Canceled) || time.Since(started) > soon {
		t.Errorf("%v after %v", err, time.Since(started))
	}
	if err := s.Delete(ctx, "b"); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	s.works()
	if n := count(srv, "DELE"); n != 1 {
		t.Errorf("DELE was sent %d times", n)
	}
	if !s.told("interrupted") || s.told("context canceled") {
		t.Errorf("notes %q", s.notes)
	}
}

// The directory of a session may be gone when it comes back.
func TestF01_ADirectoryThatIsGoneIsTold(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Mkdir("/sub")
	s := open(t, srv, nil)
	if err := s.Chdir(t.Context(), "sub"); err != nil {
		t.Fatal(err)
	}
	s.hangUp((*script.Conversation).Close)
	if err := srv.Tree.Remove("/sub"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "a"); err == nil || !strings.Contains(err.Error(), "/sub") || received(srv, "DELE") {
		t.Errorf("%v, DELE sent: %v", err, received(srv, "DELE"))
	}
	srv.Tree.Mkdir("/sub")
	if err := s.Chdir(t.Context(), "sub"); err != nil {
		t.Fatal(err)
	}
	once(srv, "CWD", func(c *script.Conversation, _ string) { c.Reply("250 somewhere") })
	s.hangUp((*script.Conversation).Close)
	if err := s.Delete(t.Context(), "a"); err == nil || received(srv, "DELE") {
		t.Errorf("a CWD that led elsewhere: %v, DELE sent: %v", err, received(srv, "DELE"))
	}
}

// A line that the user typed was not sent again over a connection that had dropped before it left.
func TestQuoteOnADroppedConnection(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	once(srv, "NOOP", func(c *script.Conversation, _ string) {
		c.Reply("200 ok", "421 and goodbye")
		c.Close()
	})
	for range 5 {
		if _, err := s.Command(t.Context(), "noop", "NOOP"); err != nil {
			t.Fatal(err)
		}
		if reply, err := s.Quote(t.Context(), "SYST"); err != nil || reply.Code != 215 {
			t.Errorf("%d, %v", reply.Code, err)
		}
	}
	bare := open(t, srv, func(s *remote.Site) { s.NoLogin = true })
	bare.hangUp((*script.Conversation).Close)
	if _, err := bare.Quote(t.Context(), "SYST"); err == nil {
		t.Error("a session without a login comes back")
	}
}

// An ASCII session stays one, whatever becomes of its connection.
func TestTheTransferTypeSurvives(t *testing.T) {
	t.Parallel()
	for name, happen := range map[string]func(s *session, srv *script.Server){
		"a size":         func(s *session, _ *script.Server) { _, _ = s.Size(s.t.Context(), "a") },
		"a hang-up":      func(s *session, _ *script.Server) { s.hangUp((*script.Conversation).Close) },
		"an interrupt":   func(s *session, _ *script.Server) { s.Interrupt() },
		"reopen":         func(s *session, _ *script.Server) { _ = s.Reopen(s.t.Context()) },
		"another login":  func(s *session, _ *script.Server) { _ = s.Login(s.t.Context(), "bob", "p", "") },
		"other settings": func(s *session, _ *script.Server) { _ = s.Reconfigure(s.Site().Options, wire.TLSAuto, true) },
		"a lost step": func(s *session, srv *script.Server) {
			once(srv, "NOOP", func(c *script.Conversation, _ string) { c.Reply("226 late") })
			ctx, cancel := context.WithCancel(s.t.Context())
			_, _ = s.Get(ctx, "a", 0, func() (io.Writer, error) { cancel(); return io.Discard, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/a", []byte("one\ntwo"))
			s := open(t, srv, nil)
			if err := s.SetType(t.Context(), "A"); err != nil {
				t.Fatal(err)
			}
			happen(s, srv)
			if text, _, err := s.fetch("a"); err != nil || text != "one\r\ntwo" || s.TransferType() != "A" {
				t.Errorf("%q, %v, type %s", text, err, s.TransferType())
			}
		})
	}
}
