package remote

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/jlaffaye/ftp"

	"ftpsh/internal/wire"
)

// Open connects to a site and logs in, unless the site says not to. An open connection must be
// closed first.
func (c *Conn) Open(ctx context.Context, site Site) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	names, err := newCodec(site.Options.Charset)
	if err != nil {
		return failure("open", site.Host, err)
	}
	c.drop()
	c.spares.dismiss(true)
	c.bears.Store(false)
	c.inTurn.Store(false)
	c.rate.Set(site.Options.LimitRate)
	c.mu.Lock()
	c.site, c.names, c.wanted, c.dir, c.start, c.transfer = site, names, false, "", "", "I"
	c.accepted = map[string]bool{}
	c.mu.Unlock()
	return c.openPatiently(ctx, false)
}

// openPatiently dials until it works, at most Retries times more, with growing pauses. The first
// connection of a session is only tried again for what passes by itself.
func (c *Conn) openPatiently(ctx context.Context, again bool) error {
	pause := c.pause
	for attempt := 1; ; attempt++ {
		err := c.openOnce(ctx)
		if err == nil || attempt > c.site.Options.Retries || !passing(err, again) {
			return err
		}
		c.drop()
		c.note("%v; trying again in %v (%d of %d)", err, pause, attempt, c.site.Options.Retries)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		pause = min(2*pause, 30*time.Second)
	}
}

// passing says that the same attempt may succeed later.
func passing(err error, again bool) bool {
	var timeout *wire.TimeoutError
	var lost *wire.LostError
	var greeting *wire.GreetingError
	var login *LoginError
	var dial *wire.DialError
	var noName *net.DNSError
	switch {
	case errors.As(err, &noName):
		return noName.IsTemporary
	case errors.As(err, &dial):
		return again
	case errors.As(err, &greeting):
		return greeting.Reply.Class() == 4
	case errors.As(err, &login):
		return login.Reply.Code == 421
	case errors.As(err, &lost):
		return true
	}
	return errors.As(err, &timeout)
}

func (c *Conn) openOnce(ctx context.Context) error {
	control, err := c.dial(ctx)
	if err != nil {
		return failure("open", c.site.Host, err)
	}
	library, err := ftp.Dial("", ftp.DialWithDialFunc(control.Dialer()), ftp.DialWithDisabledUTF8(true))
	if err != nil {
		control.Close()
		return failure("open", c.site.Host, err)
	}
	c.peer, _, _ = net.SplitHostPort(control.RemoteAddr().String()) // always an address and a port
	c.mu.Lock()
	c.control, c.library, c.since = control, library, time.Now()
	c.welcome = c.names.decode(control.Greeting().Text())
	c.mu.Unlock()
	if control.TLS() != nil {
		c.learn(LearnedTLS)
		c.amend(func(s *Site) { s.TLSBefore = true })
	}
	if c.site.NoLogin {
		return nil
	}
	return c.login(ctx)
}

func (c *Conn) learn(what Lesson) {
	if c.hooks.Learned != nil {
		site := c.site
		c.hooks.Learned(&site, what)
	}
}

// dial connects, and asks about a certificate that proves nothing.
func (c *Conn) dial(ctx context.Context) (*wire.Control, error) {
	for {
		control, err := wire.Dial(ctx, c.wireOptions())
		var problem *wire.CertificateError
		if !errors.As(err, &problem) || c.hooks.Certificate == nil {
			return control, err
		}
		var trust Trust
		if err := c.ask(func(s *Site) (err error) { trust, err = c.hooks.Certificate(ctx, s, problem); return err }); err != nil {
			return nil, err
		}
		if trust == TrustNo {
			return nil, problem
		}
		c.mu.Lock()
		c.accepted[problem.Fingerprint] = true
		c.mu.Unlock()
	}
}

func (c *Conn) wireOptions() wire.Options {
	o := c.site.Options
	mode := c.site.TLS
	if mode == wire.TLSAuto && c.site.TLSBefore {
		mode = wire.TLSRequire
	}
	return wire.Options{
		Host: c.site.Host, Port: c.site.port(), Address: c.address, Conn: c.number,
		Network: o.Network, Bind: o.Bind, Proxy: o.Proxy,
		TLS: mode, TLSConfig: o.TLSConfig, Insecure: o.Insecure, Accepted: c.acceptance,
		Timeouts: o.Timeouts, Data: o.Data, RawIAC: o.RawIAC,
		Observe: c.hooks.Observe, Payload: c.hooks.Payload, Limit: c.limit,
	}
}

// acceptance says whether a person has accepted a certificate that proves nothing.
func (c *Conn) acceptance(fingerprint string) wire.Trust {
	c.mu.Lock()
	site, accepted := c.site, c.accepted[fingerprint]
	c.mu.Unlock()
	switch {
	case c.hooks.Accepted != nil && c.hooks.Accepted(&site, fingerprint):
		return wire.Pinned
	case accepted:
		return wire.AcceptedOnce
	}
	return wire.Distrusted
}
