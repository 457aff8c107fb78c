package remote_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

func TestLoginGoesOutInOneWrite(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	read := make(chan string, 20)
	srv.On("USER", func(c *script.Conversation, user string) {
		var ahead []string // all that is here before USER is answered
		for len(ahead) < 6 {
			line, err := c.ReadLine()
			if err != nil {
				break
			}
			ahead = append(ahead, line)
		}
		read <- strings.Join(ahead, ", ")
		c.Reply("331 password", "230 in", "211-features", " UTF8", "211 end", "200 type", "200 utf8", "215 UNIX", `257 "/home"`)
	})
	s := open(t, srv, nil)
	if got, want := <-read, "PASS s3cret-word, FEAT, TYPE I, OPTS UTF8 ON, SYST, PWD"; got != want {
		t.Errorf("with USER came %q, want %q", got, want)
	}
	if s.Dir() != "/home" || s.System() != "UNIX" || !s.Features().Has("UTF8") || !s.LoggedIn() {
		t.Errorf("in %q on %q with %v", s.Dir(), s.System(), s.Features())
	}
}

func TestLoginForms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rude    func(*script.Server)
		site    func(*remote.Site)
		code    int // of the refusal; 0 for a login
		log     string
		control int // connections
	}{
		"no password wanted": {
			rude: func(srv *script.Server) { srv.Answer("USER", "230 in at once") }, control: 1,
		},
		"no password wanted, in lock step": {
			rude: func(srv *script.Server) { srv.Answer("USER", "230 in at once"); srv.Answer("PASS", "503 what for") },
			site: lockStep, control: 1, log: "USER,FEAT",
		},
		"232 is in as well": {rude: func(srv *script.Server) { srv.Answer("USER", "232 in at once") }, control: 1},
		"202 is in as well": {rude: func(srv *script.Server) { srv.Answer("PASS", "202 superfluous") }, control: 1},
		"a refused user":    {rude: func(srv *script.Server) { srv.Answer("USER", "530 not you") }, code: 530, control: 1},
		"a refused password": {
			rude: func(srv *script.Server) { srv.Answer("PASS", "530 not that") }, code: 530, control: 1,
		},
		"a password refused for now": {rude: func(srv *script.Server) { srv.Answer("PASS", "450 later") }, code: 450, control: 1},
		"an account with USER": {
			rude: func(srv *script.Server) { srv.Answer("USER", "332 account"); srv.Answer("ACCT", "230 in") },
			site: func(s *remote.Site) { s.Account = "billing" }, control: 1,
		},
		"an account that nobody has": {
			rude: func(srv *script.Server) { srv.Answer("USER", "332 account") }, code: -1, control: 1,
		},
		"an account with PASS, not known before": { // the answers to the burst come after it
			rude: func(srv *script.Server) { srv.Answer("PASS", "332 account"); srv.Answer("ACCT", "230 in") },
			site: func(s *remote.Site) { s.User = "wants an account" }, control: 1,
		},
		"a refused account": {
			rude: func(srv *script.Server) { srv.Answer("PASS", "332 account"); srv.Answer("ACCT", "530 not that") },
			site: func(s *remote.Site) { s.Account = "billing" }, code: 530, control: 1,
		},
		"TYPE unknown": {rude: func(srv *script.Server) { srv.Answer("TYPE", "502 no") }, control: 1},
		"FEAT unknown": {rude: func(srv *script.Server) { srv.Answer("FEAT", "500 what") }, control: 1},
		"SYST unknown": {rude: func(srv *script.Server) { srv.Answer("SYST", "502 what") }, control: 1},
		"PWD unknown":  {rude: func(srv *script.Server) { srv.Answer("PWD", "502 what") }, control: 1},
	} {
		t.Run(name, func(t *testing.T) {
			srv := ftptest.Script(t, script.Options{})
			srv.On("*", func(c *script.Conversation, _ string) { c.Reply("200 fine") })
			srv.Answer("USER", "331 password")
			srv.Answer("PASS", "230 in")
			srv.Answer("FEAT", "211-x", " SIZE", "211 end")
			srv.Answer("SYST", "215 UNIX")
			srv.Answer("PWD", `257 "/home"`)
			srv.Answer("AUTH", "502 no")
			test.rude(srv)
			s, err := dial(t, srv, test.site, func(h *remote.Hooks) {
				if test.code >= 0 {
					h.Account = func(context.Context, *remote.Site) (string, error) { return "asked for", nil }
				}
			})
			var refused *remote.LoginError
			switch {
			case test.code > 0 && (!errors.As(err, &refused) || refused.Reply.Code != test.code):
				t.Errorf("%v, want a refusal by %d", err, test.code)
			case test.code < 0 && (err == nil || !strings.Contains(err.Error(), "account")):
				t.Errorf("%v, want it to name the account", err)
			case test.code == 0 && (err != nil || !s.LoggedIn()):
				t.Errorf("%v", err)
			}
			if n := len(srv.Controls()); n != test.control {
				t.Errorf("%d connections, want %d", n, test.control)
			}
			if reply, quoteErr := s.Quote(t.Context(), "SITE x"); quoteErr != nil || reply.Text() != "fine" {
				t.Errorf("afterwards SITE is answered %q, %v", reply.Text(), quoteErr)
			}
		})
	}
}

func TestAWrongPasswordThenTheRightOne(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*remote.Site){nil, lockStep} {
		srv := ftptest.Script(t, script.Options{User: "ann", Password: "right"})
		s, err := dial(t, srv, func(s *remote.Site) {
			s.Password = "wrong"
			if change != nil {
				change(s)
			}
		})
		var login *remote.LoginError
		if !errors.As(err, &login) || login.Reply.Code != 530 || s.LoggedIn() {
			t.Fatalf("%v", err)
		}
		if _, err := s.Pwd(t.Context()); !errors.Is(err, remote.ErrNotLoggedIn) {
			t.Errorf("before the login: %v", err)
		}
		if err := s.Login(t.Context(), "ann", "right", ""); err != nil {
			t.Errorf("the second try: %v", err)
		}
		if n := len(srv.Controls()); n != 1 {
			t.Errorf("%d connections", n)
		}
		s.works()
	}
}

func TestAnAccountIsAskedForOnce(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{User: "ann", Password: "p", Account: "billing"})
	asked := 0
	s, err := dial(t, srv, func(s *remote.Site) { s.Password = "p" }, func(h *remote.Hooks) {
		h.Account = func(context.Context, *remote.Site) (string, error) { asked++; return "billing", nil }
	})
	if err != nil {
		t.Fatal(err)
	}
	s.hangUp((*script.Conversation).Close)
	s.works()
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	_, err = dial(t, srv, func(s *remote.Site) { s.Password = "p" }, func(h *remote.Hooks) {
		h.Account = func(context.Context, *remote.Site) (string, error) { return "", context.Canceled }
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a Ctrl-C at the question: %v", err)
	}
}

// pyftpdlib answers what comes behind PASS while it still thinks about the password.
func TestServersThatReorderAreTakenInLockStep(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{
		"a feature list": "211 no features", "a type": "200 type set", "a greeting": "220 what was that", "an account": "331 password?",
	} {
		srv := ftptest.Script(t, script.Options{})
		once(srv, "PASS", func(c *script.Conversation, _ string) { c.Reply(reply) })
		learned := 0
		s, err := dial(t, srv, nil, func(h *remote.Hooks) {
			h.Learned = func(_ *remote.Site, what remote.Lesson) {
				if what == remote.LearnedLockStep {
					learned++
				}
			}
		})
		if err != nil || learned != 1 || !s.told("one command at a time") {
			t.Errorf("%s: %v, learned %d times, notes %q", name, err, learned, s.notes)
			continue
		}
		s.works()
		s.hangUp((*script.Conversation).Close)
		s.works()
		if n := len(srv.Controls()); n != 3 {
			t.Errorf("%s: %d connections, want 3", name, n)
		}
	}
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) { c.Reply("220 pyftpdlib 1.5.7 ready") })
	early := make(chan bool, 1)
	srv.On("USER", func(c *script.Conversation, user string) {
		c.Default("USER", user)
		line, _ := c.ReadLine()
		early <- strings.HasPrefix(line, "PASS")
		c.Default("PASS", "x")
	})
	open(t, srv, nil).works()
	<-early
}

func TestS21_S22_NoLoginWithoutAProperGreeting(t *testing.T) {
	t.Parallel()
	for _, greeting := range []string{"230 welcome", "530 no", "250 x", "331 password", "200 ok", "234 go on"} {
		for _, mode := range []wire.TLSMode{wire.TLSAuto, wire.TLSRequire, wire.TLSNever} {
			srv := ftptest.Script(t, script.Options{})
			srv.OnConnect(func(c *script.Conversation) { c.Reply(greeting) })
			_, err := dial(t, srv, func(s *remote.Site) { s.TLS = mode })
			var wrong *wire.GreetingError
			if !errors.As(err, &wrong) || received(srv, "USER") || received(srv, "PASS") {
				t.Errorf("%q, mode %d: %v; the server got %q", greeting, mode, err, srv.Log())
			}
		}
	}
}

func TestD39_OPTSUTF8IsAQuestion(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"200 ok", "202 always", "500 what", "501 what", "502 no", "504 no", "530 no", "451 not now"} {
		for _, feature := range []string{"UTF8", "SIZE"} {
			srv := ftptest.Script(t, script.Options{})
			srv.Answer("FEAT", "211-x", " "+feature, "211 end")
			srv.Answer("OPTS", answer)
			for _, change := range []func(*remote.Site){nil, lockStep} {
				open(t, srv, change).works()
			}
		}
	}
}

func TestD40_S17_FeatureForms(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("FEAT", "211-features", "mdtm", "\tSize", "211-rest stream", "   MLST type*;size*;", " Utf8", "", "211 end")
	s := open(t, srv, nil)
	for name, want := range map[string]string{"MDTM": "", "SIZE": "", "REST": "stream", "MLST": "type*;size*;", "UTF8": ""} {
		if got, ok := s.Features()[name]; !ok || got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, ok, want)
		}
	}
	srv.Answer("FEAT", append(append([]string{"211-x"}, strings.Split(strings.Repeat(" FEATURE\n", 9000), "\n")...), "211 end")...)
	if s = open(t, srv, nil); len(s.Features()) > 200 {
		t.Errorf("%d features are kept", len(s.Features()))
	}
}

// What a server names in clear is forgotten when TLS stands.
func TestS17_FeaturesAreThoseUnderTLS(t *testing.T) {
	t.Parallel()
	srv := secure(t)
	srv.On("FEAT", func(c *script.Conversation, argument string) { c.Default("FEAT", argument) })
	s := open(t, srv, trusting(t))
	if !s.Secure() || !s.Features().Has("PROT") {
		t.Errorf("secure %v, features %v", s.Secure(), s.Features())
	}
	if first, second := srv.Verbs()[0], srv.Verbs()[1]; first != "AUTH" || second != "USER" {
		t.Errorf("in clear went %s, %s", first, second)
	}
}

func TestS29_AnotherUserOrAnotherTLSIsANewLogin(t *testing.T) {
	t.Parallel()
	srv := secure(t)
	s := open(t, srv, func(s *remote.Site) { trusting(t)(s); s.TLS = wire.TLSNever })
	if err := s.Login(t.Context(), "bob", "x", ""); err != nil {
		t.Fatal(err)
	}
	if !received(srv, "USER bob") || s.Site().User != "bob" || s.Secure() {
		t.Errorf("user %q", s.Site().User)
	}
	options := s.Site().Options
	if err := s.Reconfigure(options, wire.TLSRequire, true); err != nil {
		t.Fatal(err)
	}
	s.works()
	if controls := srv.Controls(); len(controls) != 2 || !controls[1].TLS || count(srv, "USER bob") != 2 {
		t.Errorf("%+v", controls)
	}
}

// A 332 to a password that was sent with other commands was taken for a server that mixes them up: it
// was announced as that, and the site was spoken to in lock step for ever after.
func TestAnAccountIsNoDisorder(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{User: "ann", Password: "p", Account: "billing"})
	s, err := dial(t, srv, func(s *remote.Site) { s.Password = "p" }, func(h *remote.Hooks) {
		h.Account = func(context.Context, *remote.Site) (string, error) { return "billing", nil }
		h.Learned = func(_ *remote.Site, what remote.Lesson) { t.Errorf("learned %v", what) }
	})
	if err != nil || len(s.notes) > 0 || len(srv.Controls()) != 1 {
		t.Fatalf("%v, %q, %d connections", err, s.notes, len(srv.Controls()))
	}
	if s.Dir() != "/" || !s.Features().Has("SIZE") || s.System() == "" {
		t.Errorf("in %q on %q with %v: what was sent too early is not asked again", s.Dir(), s.System(), s.Features())
	}
	s.works()
}

// A server that has no room for us was a lost connection or a refused login, as it happened.
func TestA421ToTheLogin(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"USER", "PASS"} {
		for name, change := range map[string]func(*remote.Site){"burst": nil, "lock step": lockStep} {
			for how, end := range map[string]func(*script.Conversation){
				"stays": func(*script.Conversation) {}, "closes": (*script.Conversation).Close, "resets": func(c *script.Conversation) {
					c.Pause(100 * time.Millisecond) // a reset takes back what has not been read
					c.Reset()
				},
			} {
				t.Run(verb+", "+name+", "+how, func(t *testing.T) {
					t.Parallel()
					srv := ftptest.Script(t, script.Options{})
					srv.On(verb, func(c *script.Conversation, _ string) { c.Reply("421 too many of you"); end(c) })
					s, err := dial(t, srv, change)
					var refused *remote.LoginError
					if !errors.As(err, &refused) || refused.Reply.Code != 421 {
						t.Errorf("%v", err)
					}
					if s.Connected() {
						t.Error("still connected")
					}
				})
			}
		}
	}
}

// A Ctrl-C at the password question of the user command left a session that took itself for not
// logged in, under the new name.
func TestACtrlCAtThePasswordLeavesTheOldLogin(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	for _, lost := range []bool{false, true} {
		ask := false
		s, err := dial(t, srv, nil, func(h *remote.Hooks) {
			h.Credentials = func(_ context.Context, site *remote.Site) error {
				if ask {
					return context.Canceled
				}
				return nil
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if ask = true; lost {
			s.hangUp((*script.Conversation).Close)
		}
		if err := s.Login(t.Context(), "bob", "", ""); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if s.Site().User != "ann" || !lost && !s.LoggedIn() {
			t.Errorf("as %s, logged in: %v", s.Site().User, s.LoggedIn())
		}
		s.works()
		if received(srv, "USER bob") {
			t.Error("bob is told to the server")
		}
	}
}
