package remote

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"ftpsh/internal/wire"
)

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
