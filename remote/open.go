package remote

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
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

// Login logs in on the open connection, as the user command does (RFC 959 section 4.1.1). An
// empty password is asked for.
func (c *Conn) Login(ctx context.Context, user, password, account string) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	switch {
	case c.control == nil:
		return ErrNotConnected
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	lost := c.control.Err()
	if lost != nil {
		c.drop()
		c.note("%v", lost)
		if err := c.openUnnamed(ctx); err != nil {
			return err
		}
	}
	before := c.site
	c.amend(func(s *Site) { s.User, s.Password, s.Account = user, password, account })
	if err := c.mayLogin(ctx); err != nil {
		c.amend(func(s *Site) { *s = before })
		if lost != nil && c.wanted { // the next command brings the old session back
			c.drop()
		}
		return err
	}
	c.mu.Lock()
	c.loggedIn = false
	c.mu.Unlock()
	return c.sayLogin(ctx)
}

// openUnnamed opens the site again without logging in.
func (c *Conn) openUnnamed(ctx context.Context) error {
	noLogin := c.site.NoLogin
	c.amend(func(s *Site) { s.NoLogin = true })
	defer c.amend(func(s *Site) { s.NoLogin = noLogin })
	return c.openPatiently(ctx, true)
}

// login gets the credentials, makes sure that they may be sent, and sends them.
func (c *Conn) login(ctx context.Context) error {
	if err := c.mayLogin(ctx); err != nil {
		return err
	}
	return c.sayLogin(ctx)
}

// mayLogin has the credentials, and a yes to their being sent, before anything is.
func (c *Conn) mayLogin(ctx context.Context) error {
	if err := c.complete(ctx); err != nil {
		return err
	}
	return c.mayShow(ctx)
}

// sayLogin sends the credentials, to a server that mixes up commands sent ahead a second time.
func (c *Conn) sayLogin(ctx context.Context) error {
	var unanswered error // why there is no account to give
	c.control.SetAccount(func() (account string, err error) {
		account, unanswered = c.answerAccount(ctx)
		return account, unanswered
	})
	err := c.sendLogin(ctx)
	var reordered *wire.ReorderedError
	switch {
	case unanswered != nil:
		return failure("login", "", unanswered)
	case errors.As(err, &reordered):
		return c.loginInLockStep(ctx, reordered)
	}
	return err
}

// complete fills in the user and the password.
func (c *Conn) complete(ctx context.Context) error {
	if (c.site.User == "" || c.site.Password == "") && c.hooks.Credentials != nil {
		if err := c.ask(func(s *Site) error { return c.hooks.Credentials(ctx, s) }); err != nil {
			return err
		}
	}
	c.amend(func(s *Site) {
		s.User = cmp.Or(s.User, "anonymous")
		if s.anonymous() {
			s.Password = cmp.Or(s.Password, "anonymous@")
		}
	})
	return nil
}

// mayShow keeps a password off a connection that anybody can read: it goes out in clear only to a
// loopback address, or after a yes.
func (c *Conn) mayShow(ctx context.Context) error {
	addr, _ := c.control.RemoteAddr().(*net.TCPAddr)
	local := addr != nil && addr.IP.IsLoopback() && c.site.Options.Proxy == nil
	if c.control.TLS() != nil || local || c.site.anonymous() || c.site.TLS == wire.TLSNever || c.site.Options.AllowClear {
		return nil
	}
	if c.hooks.ConfirmClear != nil {
		yes := false
		err := c.ask(func(s *Site) (err error) { yes, err = c.hooks.ConfirmClear(ctx, s); return err })
		if err != nil || yes {
			return err
		}
	}
	return failure("login", "", &ClearTextError{Host: c.site.Host})
}

// answerAccount is the account as it is to be sent.
func (c *Conn) answerAccount(ctx context.Context) (string, error) {
	if c.site.Account == "" {
		if c.hooks.Account == nil {
			return "", errors.New("the server wants an account")
		}
		if err := c.ask(func(s *Site) (err error) { s.Account, err = c.hooks.Account(ctx, s); return err }); err != nil {
			return "", err
		}
	}
	account, err := c.names.encode(c.site.Account)
	return account, cmp.Or(err, wire.CheckLines("ACCT "+account))
}

// loginInLockStep starts over with a server that mixes up commands sent ahead.
func (c *Conn) loginInLockStep(ctx context.Context, why error) error {
	c.note("%v; logging in again, one command at a time", why)
	c.amend(func(s *Site) { s.Options.LockStep = true })
	c.learn(LearnedLockStep)
	c.drop()
	return c.openOnce(ctx)
}

// sendLogin says who we are, and with it all that a session needs to know, in one burst where
// the server bears that: three round trips from nothing to a working directory.
func (c *Conn) sendLogin(ctx context.Context) error {
	end := c.control.Begin(ctx)
	defer end()
	user, err := c.names.encode(c.site.User)
	if err != nil {
		return failure("login", "", err)
	}
	password, err := c.names.encode(c.site.Password)
	if err != nil {
		return failure("login", "", err)
	}
	if c.known != nil {
		c.control.InheritFeatures(c.known)
	}
	if err := c.loginAhead(user, password); err != nil {
		return failure("login", "", err)
	}
	c.inForce = ""
	err = c.library.Login(user, password)
	if err != nil && !c.admitted(err) {
		return c.loginRefused(ctx, err)
	}
	c.inForce = "I"
	return c.settle(ctx)
}

// loginAhead sends the login in one write where the server bears that, and with it the question for the
// data connection of a transfer that is to follow.
func (c *Conn) loginAhead(user, password string) error {
	lines := c.loginLines(user, password)
	if err := wire.CheckLines(lines...); err != nil || !c.mayBurst() {
		return err
	}
	if ask := c.control.Arrangement(); c.moving && ask != "" {
		lines = append(lines, ask)
	}
	c.decide("the login goes out in one piece, without waiting for each reply")
	return c.control.SendAhead(lines...)
}

// mayBurst says whether the server is known to bear commands sent ahead.
func (c *Conn) mayBurst() bool {
	banner := strings.ToLower(c.control.Greeting().Text())
	return !c.site.Options.LockStep && c.site.Account == "" && !strings.Contains(banner, "pyftpdlib")
}

func (c *Conn) loginLines(user, password string) []string {
	lines := []string{"USER " + user, "PASS " + password}
	if c.known == nil {
		lines = append(lines, "FEAT")
	}
	return slices.Concat(lines, []string{"TYPE I"}, c.settleLines())
}

// settleLines are what follows the library's login. A spare need not ask again what its session knows.
func (c *Conn) settleLines() []string {
	var lines []string
	if c.control.TLS() != nil && !c.site.Options.Data.Clear {
		lines = append(lines, "PBSZ 0", "PROT P")
	}
	if c.names.utf8() && (c.known == nil || c.known.Has("UTF8")) {
		lines = append(lines, "OPTS UTF8 ON")
	}
	if c.known == nil {
		lines = append(lines, "SYST")
	}
	return append(append(lines, c.boundLine()...), "PWD")
}

// boundLine takes a spare to the directory of its session. Whether it has come there, PWD tells.
func (c *Conn) boundLine() []string {
	path, err := c.wirePath(c.bound)
	line := "CWD " + path
	if c.bound == "" || err != nil || wire.CheckLines(line) != nil {
		return nil
	}
	return []string{line}
}

// admitted says that only the library minds: it wants 200 for TYPE where a server may not know
// the command.
func (c *Conn) admitted(err error) bool {
	last, command := c.control.Last()
	return c.control.Err() == nil && command == "TYPE I" && last.Class() == 5 && err != nil
}

// loginRefused words the failure and leaves the connection ready for another try.
func (c *Conn) loginRefused(ctx context.Context, err error) error {
	last, command := c.control.Last()
	verb := wire.Verb(command)
	admitted := verb == "FEAT" || verb == "TYPE"
	var lost *wire.LostError
	closing := errors.As(err, &lost) && lost.Reply.Code == 421
	switch {
	case closing && !admitted: // with which it also hangs up
		last = lost.Reply
	case c.control.Err() != nil, last.Class() < 3:
		return failure("login", "", err)
	case admitted:
		return refusal("login", "", c.names.told(last))
	}
	refused := &LoginError{User: c.site.User, Reply: c.names.told(last)}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if closing || c.control.SkipAhead(ctx) != nil {
		c.drop()
	}
	return refused
}

// settle makes a session of a login: protected data, UTF-8 names, the directory.
func (c *Conn) settle(ctx context.Context) error {
	for _, line := range c.settleLines() {
		if line == "OPTS UTF8 ON" && !c.control.Features().Has("UTF8") {
			continue
		}
		reply, err := c.control.Do(ctx, line)
		if err != nil {
			return failure("login", "", err)
		}
		if err := c.learnFrom(line, reply); err != nil {
			c.drop()
			return err
		}
	}
	c.mu.Lock()
	c.loggedIn, c.wanted, c.start = true, true, c.dir
	c.mu.Unlock()
	return nil
}

func (c *Conn) learnFrom(line string, reply wire.Reply) error {
	switch line {
	case "PBSZ 0", "PROT P":
		if !reply.OK() {
			return failure("login", "", &wire.TLSError{Problem: "the server refuses to protect data (" + line + ")", Reply: reply})
		}
	case "SYST":
		c.mu.Lock()
		c.system = c.lastReply().Text()
		c.mu.Unlock()
	case "PWD":
		c.learnDir(reply)
	}
	return nil
}

// learnDir keeps the answer to PWD. A server without PWD, or with an answer that cannot be
// believed, leaves the directory unknown.
func (c *Conn) learnDir(reply wire.Reply) {
	dir := ""
	if reply.OK() {
		path, err := wire.ParsePath(reply.Text())
		if err != nil {
			c.note("%v", err)
		}
		dir = c.names.decode(path)
	}
	c.mu.Lock()
	c.dir, c.dirFresh = dir, dir != ""
	c.mu.Unlock()
}
