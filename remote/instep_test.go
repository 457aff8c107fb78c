package remote_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

func TestS12_D08_AnExtraReplyIsNeverTakenForAnother(t *testing.T) {
	t.Parallel()
	for name, rude := range map[string]func(*script.Conversation){
		"together": func(c *script.Conversation) { c.Reply("200 ok", "250 and one more") },
		"a bit on": func(c *script.Conversation) {
			c.Reply("200 ok")
			c.Pause(20 * time.Millisecond)
			c.Reply("250 and one more")
		},
		"half": func(c *script.Conversation) {
			_ = c.Send("200 ok\r\n250 and")
			c.Pause(50 * time.Millisecond)
			c.Reply(" more")
		},
		"many":      func(c *script.Conversation) { c.Reply("200 ok", "250 one", "250 two", "250 three") },
		"a refusal": func(c *script.Conversation) { c.Reply("200 ok", "550 and one more") },
	} {
		t.Run(name, func(t *testing.T) {
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/a", []byte("x"))
			once(srv, "NOOP", func(c *script.Conversation, _ string) { rude(c) })
			srv.Answer("DELE", "553 no")
			s := open(t, srv, nil)
			if _, err := s.Command(t.Context(), "noop", "NOOP"); err != nil {
				t.Fatal(err)
			}
			if name == "a bit on" {
				ftptest.Wait(t, "the extra reply", func() bool { return !s.Connected() })
			}
			err := s.Delete(t.Context(), "a")
			var refused *remote.Error
			if !errors.As(err, &refused) || refused.Code != 553 || count(srv, "DELE") != 1 {
				t.Errorf("DELE answered 553 is reported as %v", err)
			}
			if !s.told("nothing asked for") {
				t.Errorf("the desync is not told: %q", s.notes)
			}
			s.works()
		})
	}
}

func TestS12_D08_AfterATimeoutTheConnectionIsNotReused(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	late := make(chan bool)
	srv.On("SITE", func(c *script.Conversation, _ string) {
		<-late
		c.Reply("200 late")
	})
	srv.Answer("DELE", "550 no")
	s := open(t, srv, nil)
	s.wait(haste)
	var timeout *wire.TimeoutError
	if _, err := s.Command(t.Context(), "site", "SITE SLOW"); !errors.As(err, &timeout) || !strings.Contains(err.Error(), "a reply to SITE") {
		t.Errorf("%v, want a timeout", err)
	}
	close(late)
	s.wait(patience)
	if err := s.Delete(t.Context(), "a"); err == nil {
		t.Error("the late reply was taken for that to DELE")
	}
	if n := len(srv.Controls()); n != 2 {
		t.Errorf("%d control connections, want 2", n)
	}
	s.works()
}

// A late 226 of a transfer must not become the answer to what comes next.
func TestS12_D08_ALate226(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	late := make(chan bool)
	once(srv, "RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 here")
		d := c.Data()
		d.Send("x")
		d.Close()
		<-late
		c.Reply("226 done at last")
	})
	srv.Answer("DELE", "550 no")
	s := open(t, srv, func(s *remote.Site) { s.Options.Timeouts.Final = 300 * time.Millisecond })
	if _, _, err := s.fetch("a"); err == nil {
		t.Error("without its 226 it is a success")
	}
	close(late)
	if err := s.Delete(t.Context(), "a"); err == nil {
		t.Error("the late 226 was taken for the answer to DELE")
	}
	s.works()
}

// 1xx replies where nobody expects one keep the count of the replies owed.
func TestS12_PreliminaryRepliesAreNoAnswers(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("x"))
	for _, verb := range []string{"USER", "PASS", "FEAT", "TYPE", "SYST", "PWD", "CWD", "EPSV", "REST", "PRET", "NOOP"} {
		srv.On(verb, func(c *script.Conversation, argument string) {
			c.Reply("120 wait", "150 a bit more")
			c.Default(verb, argument)
		})
	}
	srv.On("DELE", func(c *script.Conversation, _ string) { c.Reply("150 looking for it", "550 no") })
	srv.On("RETR", func(c *script.Conversation, name string) {
		c.Reply("125 soon", "150 very soon")
		c.Default("RETR", name)
	})
	srv.On("STOR", func(c *script.Conversation, name string) {
		c.Reply("125 soon")
		c.Default("STOR", name)
	})
	for _, change := range []func(*remote.Site){nil, lockStep} {
		s := open(t, srv, change)
		if text, _, err := s.fetch("a"); err != nil || text != "x" {
			t.Errorf("%q, %v", text, err)
		}
		if _, err := s.store("b", "y"); err != nil {
			t.Error(err)
		}
		var refused *remote.Error
		if err := s.Delete(t.Context(), "a"); !errors.As(err, &refused) || refused.Code != 550 {
			t.Errorf("DELE: %v", err)
		}
		s.works()
	}
	if n := len(srv.Controls()); n != 2 {
		t.Errorf("%d connections", n)
	}
}

// 150 and 226 in one segment, before or after the data, is legal.
func TestS12_F29_BothRepliesOfATransferTogether(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	content := strings.Repeat("0123456789", 20_000)
	srv.On("RETR", func(c *script.Conversation, order string) {
		if order == "after" {
			d := c.Data()
			d.Send(content)
			d.Close()
			c.Reply("150 here", "226 done")
			return
		}
		c.Reply("150 here", "226 done")
		d := c.Data()
		d.Send(content)
		d.Close()
	})
	s := open(t, srv, nil)
	for _, order := range []string{"before", "after"} {
		if text, _, err := s.fetch(order); err != nil || text != content {
			t.Errorf("%s: %d bytes, %v", order, len(text), err)
		}
		s.works()
	}
	if n := len(srv.Controls()); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// An end of the transfer without its beginning: with data, and without any.
func TestD38_AFinalReplyWithoutA1xx(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.On("RETR", func(c *script.Conversation, what string) {
		switch what {
		case "nothing": // the data connection is not even taken
			c.Reply("226 nothing here")
		case "refused": // nobody listens
			c.Dial(srv.Controls()[0].Remote)
			c.Reply("226 nothing here")
		case "empty":
			c.Data().Close()
			c.Reply("226 nothing here")
		default:
			c.Reply("250 all of it")
			d := c.Data()
			d.Send("some")
			d.Close()
		}
	})
	s := open(t, srv, nil)
	for what, want := range map[string]string{"nothing": "", "refused": "", "empty": "", "data": "some"} {
		started := time.Now()
		if text, _, err := s.fetch(what); err != nil || text != want {
			t.Errorf("%s: %q, %v", what, text, err)
		}
		if took := time.Since(started); took > soon {
			t.Errorf("%s: it took %v", what, took)
		}
		s.works()
	}
	srv.On("STOR", func(c *script.Conversation, _ string) { c.Reply("226 got it all") })
	if _, err := s.store("a", strings.Repeat("x", 1<<20)); err == nil {
		t.Error("an upload that nobody took is a success")
	}
	s.works()
}

func TestD38_RepliesOfTheRightClassAreSuccess(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) { c.Reply("120 in a minute"); c.Reply("220 now") })
	for verb, answer := range map[string]string{
		"CWD": "200 ok", "CDUP": "200 ok", "RMD": "200 ok", "DELE": "200 ok", "RNTO": "200 ok",
		"RNFR": "300 and?", "MKD": "250 made", "TYPE": "250 ok", "PWD": `250 "/" it is`,
	} {
		srv.Answer(verb, answer)
	}
	srv.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("125 already open")
		d := c.Data()
		d.Send("x")
		d.Close()
		c.Reply("250 done")
	})
	srv.On("STOR", func(c *script.Conversation, _ string) {
		c.Reply("125 already open")
		d := c.Data()
		d.Receive(-1)
		d.Close()
		c.Reply("200 done")
	})
	s := open(t, srv, lockStep)
	_, mkdir := s.Mkdir(t.Context(), "e")
	err := errors.Join(mkdir, s.Chdir(t.Context(), "d"), s.Chdir(t.Context(), ".."), s.Rmdir(t.Context(), "e"),
		s.Delete(t.Context(), "f"), s.Rename(t.Context(), "g", "h"), s.SetType(t.Context(), "A"))
	if err != nil {
		t.Error(err)
	}
	if text, _, err := s.fetch("a"); err != nil || text != "x" {
		t.Errorf("250 after a download: %q, %v", text, err)
	}
	if _, err := s.store("b", "y"); err != nil {
		t.Errorf("200 after an upload: %v", err)
	}
}
