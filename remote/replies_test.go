package remote_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// overlong are the ways to say too much, and what they are called in the error.
var overlong = map[string]struct {
	say func(c *script.Conversation)
	why string
}{
	"no end": {func(c *script.Conversation) { c.Repeat("220-again\r\n") }, "lines"},
	"a long line": {func(c *script.Conversation) {
		_ = c.Send("220 ")
		for range 10 << 10 {
			_ = c.Send(kilobyte)
		}
		c.Reply("")
	}, "64 KiB"},
	"long lines": {func(c *script.Conversation) {
		c.Repeat("220-" + strings.Repeat(kilobyte, 60) + "\r\n")
	}, "1 MiB"},
	"a byte at a time": {func(c *script.Conversation) { c.Drip(strings.Repeat("220-slow\r\n", 1000), 20*time.Millisecond) }, "no progress"},
	"no line end":      {func(c *script.Conversation) { c.Repeat("220-again " + kilobyte) }, "64 KiB"},
}

var kilobyte = strings.Repeat("x", 1<<10)

// heapGrowth is how much more is held after what than before.
func heapGrowth(what func()) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	what()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

const mostHeld = 10 << 20

// slowly is for a wait that is to fail.
func slowly(name string) func(*remote.Site) {
	if name == "a byte at a time" {
		return hasty
	}
	return nil
}

func TestS10_D15_OverlongGreetings(t *testing.T) {
	for name, rude := range overlong {
		srv := ftptest.Script(t, script.Options{})
		srv.OnConnect(rude.say)
		var s *session
		started := time.Now()
		grown := heapGrowth(func() {
			var err error
			if s, err = dial(t, srv, slowly(name)); err == nil || !strings.Contains(err.Error(), rude.why) || len(err.Error()) > 500 {
				t.Errorf("%s: %v", name, err)
			}
		})
		if took := time.Since(started); took > soon || grown > mostHeld {
			t.Errorf("%s: %v, %d bytes held", name, took, grown)
		}
		runtime.KeepAlive(s)
	}
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) { c.Repeat("120 wait\r\n") })
	if _, err := dial(t, srv, nil); err == nil || !strings.Contains(err.Error(), "120") {
		t.Errorf("nothing but 120: %v", err)
	}
}

func TestS10_F06_OverlongReplies(t *testing.T) {
	t.Parallel()
	ask := map[string]func(*session) error{
		"CWD":  func(s *session) error { return s.Chdir(t.Context(), "/") },
		"SITE": func(s *session) error { _, err := s.Command(t.Context(), "site", "SITE", "x"); return err },
		"EPSV": func(s *session) error { _, _, err := s.fetch("a"); return err },
		"RETR": func(s *session) error { _, _, err := s.fetch("a"); return err },
		"STOR": func(s *session) error { _, err := s.store("b", "x"); return err },
	}
	for verb, run := range ask {
		for name, rude := range overlong {
			t.Run(verb+" "+name, func(t *testing.T) {
				t.Parallel()
				srv := ftptest.Script(t, script.Options{})
				srv.Tree.Write("/a", []byte("x"))
				s := open(t, srv, nil)
				once(srv, verb, func(c *script.Conversation, _ string) { rude.say(c) })
				if slowly(name) != nil {
					s.wait(haste)
				}
				started := time.Now()
				if err := run(s); err == nil || !strings.Contains(err.Error(), rude.why) || len(err.Error()) > 500 {
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

// While nobody asks anything, replies pile up: only so many.
func TestS10_RepliesThatNothingAskedForArePutAnEndTo(t *testing.T) {
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	grown := heapGrowth(func() {
		ended := make(chan bool)
		for _, c := range srv.Conversations() {
			go func() { c.Repeat("200 one more\r\n"); close(ended) }()
		}
		select {
		case <-ended: // hung up on
		case <-time.After(soon):
			t.Error("the client takes it all")
		}
	})
	if grown > mostHeld {
		t.Errorf("%d bytes held", grown)
	}
	s.works()
	if !s.told("nothing asked for") {
		t.Errorf("notes %q", s.notes)
	}
}

// A 1xx to each question would be an answer each time, and no end.
func TestS10_PreliminaryRepliesEnd(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	once(srv, "SITE", func(c *script.Conversation, _ string) { c.Repeat("150 working on it\r\n") })
	_, err := s.Command(t.Context(), "site", "SITE", "x")
	var protocol *wire.ProtocolError
	if !errors.As(err, &protocol) {
		t.Errorf("%v", err)
	}
	s.works()
}

func TestS11_ANULInAReplyEndsTheConnection(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"NOOP", "EPSV", "RETR"} {
		srv := ftptest.Script(t, script.Options{})
		srv.Tree.Write("/a", []byte("x"))
		s := open(t, srv, nil)
		gone := make(chan bool)
		once(srv, verb, func(c *script.Conversation, _ string) {
			c.Reply("230 ok\x00")
			c.Stall()
			close(gone)
		})
		var err error
		if verb == "NOOP" {
			_, err = s.Command(t.Context(), "noop", "NOOP")
		} else {
			_, _, err = s.fetch("a")
		}
		var protocol *wire.ProtocolError
		if !errors.As(err, &protocol) || !strings.Contains(err.Error(), "NUL") {
			t.Errorf("%s: %v", verb, err)
		}
		select {
		case <-gone:
		case <-time.After(soon):
			t.Errorf("%s: the connection stands", verb)
		}
		s.works()
	}
}

func TestS13_D09_D10_RudeRepliesDoNotPanic(t *testing.T) {
	t.Parallel()
	for _, reply := range []string{
		"257 \"", "257 \"\"", "257", "227 )(", "227 x )(", "229 (", "229 ()", "229 (|||", "213", "213 ", "211-\r\n211 ", "250-\r\n \r\n250 ",
		"150", "125 ", "230", "331", "226", "200 %s%n%d", "257 %s", "550 %!v(PANIC=x)", "425", "350", "500-\r\n500",
	} {
		t.Run(reply, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Script(t, script.Options{})
			s := open(t, srv, nil)
			s.wait(every(50 * time.Millisecond)) // what comes of it does not matter here
			srv.Answer("*", reply)
			for name, operate := range operations {
				err := operate(t.Context(), s.Conn, "a")
				if err != nil && strings.Contains(err.Error(), "%!") && !strings.Contains(reply, "%!") {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

func TestS15_D44_SizesAndTimesThatAreNone(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	for _, text := range []string{"-5", "+7", "0x10", "12 bytes", "12345678901234567890", "9223372036854775808", "", "1e3"} {
		srv.Answer("SIZE", "213 "+text)
		if n, err := s.Size(t.Context(), "a"); err == nil {
			t.Errorf("%q is a size of %d", text, n)
		}
	}
	srv.Answer("SIZE", "213 010")
	if n, err := s.Size(t.Context(), "a"); err != nil || n != 10 {
		t.Errorf("010 is %d, %v", n, err)
	}
	for _, text := range []string{"20249901000000", "20240230000000", "2024", "-0240101000000", ""} {
		srv.Answer("MDTM", "213 "+text)
		if when, err := s.ModTime(t.Context(), "a"); err == nil {
			t.Errorf("%q is %v", text, when)
		}
	}
	s.works()
}

func TestD45_QuotesInADirectory(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Mkdir(`/a"b"`)
	s := open(t, srv, nil)
	if err := s.Chdir(t.Context(), `a"b"`); err != nil || s.Dir() != `/a"b"` {
		t.Errorf("in %q, %v", s.Dir(), err)
	}
	srv.Answer("PWD", `257 "/a""b" is the "current" directory`)
	if dir, err := s.Command(t.Context(), "noop", "NOOP"); err != nil {
		t.Errorf("%v, %v", dir, err)
	}
	if dir, err := s.Pwd(t.Context()); err != nil || dir != `/a"b` {
		t.Errorf("%q, %v", dir, err)
	}
}

// Replies and lines beyond the 4096 bytes of the library's buffers go through whole.
func TestLongRepliesAndLinesGoThroughTheLibrary(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	long := strings.Repeat("n", 6000)
	srv.Tree.Write("/"+long, []byte("x"))
	features := []string{"211-" + long}
	for range 2000 {
		features = append(features, " X"+strings.Repeat("y", 100))
	}
	srv.Answer("FEAT", append(features, " SIZE", "211 "+long)...)
	srv.On("STOR", func(c *script.Conversation, name string) {
		c.Reply("150-"+long, " "+long+long, "150 "+long)
		d := c.Data()
		d.Receive(-1)
		d.Close()
		c.Reply("226-"+long, " "+long+long, "226 "+long)
	})
	for _, user := range []string{"ann", long} {
		s := open(t, srv, func(s *remote.Site) { s.User, s.Options.LockStep = user, true })
		if !received(srv, "USER "+user) || !s.Features().Has("SIZE") {
			t.Errorf("%d bytes of a user", len(user))
		}
		if text, _, err := s.fetch(long); err != nil || text != "x" {
			t.Errorf("%q, %v", text, err)
		}
		if out, err := s.store("b", "x"); err != nil || out.Reply.Text() != long+"\n "+long+long+"\n"+long {
			t.Errorf("%d bytes of reply, %v", len(out.Reply.Text()), err)
		}
		s.works()
	}
}
