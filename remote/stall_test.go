package remote_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// stall is a point at which a server falls silent for good.
type stall struct {
	opening bool                                            // while the session is opened
	secure  bool                                            // there is TLS
	silence func(srv *script.Server, reached func())        // sets it up; reached is called at the point
	run     func(ctx context.Context, c *remote.Conn) error // what the user does
	waiting string                                          // what the error says that was waited for
}

// silent stalls in place of a verb.
func silent(verb string) func(*script.Server, func()) {
	return func(srv *script.Server, reached func()) {
		once(srv, verb, func(c *script.Conversation, _ string) { reached(); c.Stall() })
	}
}

// silentAfter stalls once the data connection stands.
func silentAfter(verb string, then func(c *script.Conversation, d *script.Data, reached func())) func(*script.Server, func()) {
	return func(srv *script.Server, reached func()) {
		once(srv, verb, func(c *script.Conversation, _ string) {
			c.Reply("150 go on")
			then(c, c.Data(), reached)
			c.Stall()
		})
	}
}

func get(ctx context.Context, c *remote.Conn) error {
	_, err := c.Get(ctx, "a", 0, func() (io.Writer, error) { return io.Discard, nil })
	return err
}

func list(ctx context.Context, c *remote.Conn) error {
	_, err := c.List(ctx, "", remote.ListOptions{})
	return err
}

func putEndless(ctx context.Context, c *remote.Conn) error {
	_, _, err := c.Put(ctx, "b", remote.Replace, 0, endless{})
	return err
}

func putShort(ctx context.Context, c *remote.Conn) error {
	_, _, err := c.Put(ctx, "b", remote.Replace, 0, strings.NewReader("short"))
	return err
}

// half sends part of a file.
func sendHalf(_ *script.Conversation, d *script.Data, reached func()) { d.Send("half"); reached() }

// takeHalf reads part of one.
func takeHalf(_ *script.Conversation, d *script.Data, reached func()) { d.Receive(1000); reached() }

// endWell ends the data and owes the last reply.
func endWell(_ *script.Conversation, d *script.Data, reached func()) { d.Close(); reached() }

// takeAll reads the whole and owes the last reply.
func takeAll(_ *script.Conversation, d *script.Data, reached func()) {
	d.Receive(-1)
	d.Close()
	reached()
}

// noHandshake takes the TCP connection and no TLS.
func noHandshake(srv *script.Server, reached func()) {
	once(srv, "RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 go on")
		c.PlainData()
		reached()
		c.Stall()
	})
}

var stalls = map[string]stall{
	"greeting": {opening: true, waiting: "the server's greeting", silence: func(srv *script.Server, reached func()) {
		srv.OnConnect(func(c *script.Conversation) { reached(); c.Stall() })
	}},
	"AUTH": {opening: true, secure: true, silence: silent("AUTH"), waiting: "a reply to AUTH TLS"},
	"handshake": {opening: true, secure: true, waiting: "the TLS handshake", silence: func(srv *script.Server, reached func()) {
		srv.On("AUTH", func(c *script.Conversation, _ string) { c.Reply("234 go"); reached(); c.Stall() })
	}},
	"USER":              {opening: true, silence: silent("USER"), waiting: "a reply to USER"},
	"PASS":              {opening: true, silence: silent("PASS"), waiting: "a reply to PASS"},
	"FEAT":              {opening: true, silence: silent("FEAT"), waiting: "a reply to FEAT"},
	"SYST":              {opening: true, silence: silent("SYST"), waiting: "a reply to SYST"},
	"PROT":              {opening: true, secure: true, silence: silent("PROT"), waiting: "a reply to PROT"},
	"CWD":               {silence: silent("CWD"), waiting: "a reply to CWD", run: func(ctx context.Context, c *remote.Conn) error { return c.Chdir(ctx, "/") }},
	"EPSV":              {silence: silent("EPSV"), waiting: "a reply to EPSV", run: get},
	"RETR":              {silence: silent("RETR"), waiting: "a reply to RETR", run: get},
	"RETR, TLS":         {secure: true, silence: silent("RETR"), waiting: "the TLS handshake on the data connection", run: get},
	"data handshake":    {secure: true, silence: noHandshake, waiting: "the TLS handshake on the data connection", run: get},
	"data":              {silence: silentAfter("RETR", sendHalf), waiting: "data", run: get},
	"data, TLS":         {secure: true, silence: silentAfter("RETR", sendHalf), waiting: "data", run: get},
	"a listing":         {silence: silentAfter("MLSD", sendHalf), waiting: "data", run: list},
	"upload":            {silence: silentAfter("STOR", takeHalf), waiting: "data", run: putEndless},
	"upload, TLS":       {secure: true, silence: silentAfter("STOR", takeHalf), waiting: "data", run: putEndless},
	"226 of a download": {silence: silentAfter("RETR", endWell), waiting: "a reply to RETR", run: get},
	"226 of an upload":  {silence: silentAfter("STOR", takeAll), waiting: "a reply to STOR", run: putShort},
	"FIN of an upload":  {silence: silentAfter("STOR", func(_ *script.Conversation, d *script.Data, reached func()) { d.Receive(5); reached() }), waiting: "a reply to STOR", run: putShort},
}

// start opens a session up to the point of the stall, or is about to reach it.
func (p stall) start(t *testing.T, reached func()) (srv *script.Server, s *session) {
	srv = ftptest.Script(t, script.Options{})
	change := func(*remote.Site) {}
	if p.secure {
		srv, change = secure(t), trusting(t)
	}
	srv.Tree.Write("/a", []byte("content"))
	if p.opening {
		p.silence(srv, reached)
		s, _ = dial(t, srv, func(s *remote.Site) { change(s); s.Host = "" }) // refused: the site is opened below
		return srv, s
	}
	s = open(t, srv, change)
	p.silence(srv, reached)
	return srv, s
}

// play does what leads to the stall.
func (p stall) play(t *testing.T, ctx context.Context, srv *script.Server, s *session, limits wire.Timeouts) error {
	if !p.opening {
		s.wait(limits)
		return p.run(ctx, s.Conn)
	}
	site := siteOf(t, srv.Addr())
	if p.secure {
		trusting(t)(&site)
	}
	site.Options.Timeouts = limits
	return s.Open(ctx, site)
}

// heal makes the server speak again, and looks whether the session is of use.
func (p stall) heal(t *testing.T, srv *script.Server, s *session) {
	t.Helper()
	if !p.opening {
		s.works()
		return
	}
	for _, verb := range []string{"AUTH", "USER", "PASS", "FEAT", "SYST", "PROT"} {
		srv.On(verb, func(c *script.Conversation, argument string) { c.Default(verb, argument) })
	}
	srv.OnConnect(func(c *script.Conversation) { c.Reply("220 well again") })
	site := siteOf(t, srv.Addr())
	if p.secure {
		trusting(t)(&site)
	}
	if err := s.Open(t.Context(), site); err != nil {
		t.Errorf("opened again: %v", err)
		return
	}
	s.works()
}

func TestF05_D12_EveryWaitEnds(t *testing.T) {
	t.Parallel()
	for name, p := range stalls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, s := p.start(t, func() {})
			started := time.Now()
			err := p.play(t, t.Context(), srv, s, haste)
			var timeout *wire.TimeoutError
			if !errors.As(err, &timeout) || timeout.Waiting != p.waiting || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v; waiting for %q", err, p.waiting)
			}
			if took := time.Since(started); took > soon {
				t.Errorf("it took %v", took)
			}
			p.heal(t, srv, s)
		})
	}
}

// With waits of many seconds, a Ctrl-C ends each of them.
func TestF05_F20_ACtrlCEndsEveryWait(t *testing.T) {
	t.Parallel()
	for name, p := range stalls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var pressed time.Time
			srv, s := p.start(t, func() { pressed = time.Now(); cancel() })
			err := p.play(t, ctx, srv, s, every(30*time.Second))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			if took := time.Since(pressed); took > soon {
				t.Errorf("it took %v", took)
			}
			p.heal(t, srv, s)
		})
	}
}

// Data that stalled was reported as what the server said about it afterwards.
func TestF05_D12_AStallIsATimeoutWhateverTheServerSaysLater(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		srv.On("RETR", func(c *script.Conversation, _ string) {
			c.Reply("150 go on")
			d := c.Data()
			d.Send("some")
			d.Stall()
			c.Reply("426 broken")
		})
		s := open(t, srv, change)
		s.wait(haste)
		var timeout *wire.TimeoutError
		if _, _, err := s.fetch("a"); !errors.As(err, &timeout) {
			t.Errorf("%v", err)
		}
		s.works()
	})
}
