package remote

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ftpsh/internal/wire"
)

// This file is the life of a connection between its opening and its end: it is found dropped and
// brought back, changed, kept alive, closed.

// Ready makes sure that the next command will find a connection: one that was dropped is opened
// again, logged in, and put back in its directory and type. It fails with ErrNotConnected or
// ErrNotLoggedIn when there is nothing to bring back.
func (c *Conn) Ready(ctx context.Context) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	return c.ready(ctx)
}

func (c *Conn) ready(ctx context.Context) error {
	switch {
	case c.control == nil && !c.wanted:
		return ErrNotConnected
	case c.control == nil:
		return c.reopen(ctx, nil)
	}
	if err := c.control.Err(); err != nil {
		return c.reopen(ctx, err)
	}
	if !c.loggedIn {
		return ErrNotLoggedIn
	}
	return nil
}

// reopen brings a dropped connection back, unless nobody waits for that any more.
func (c *Conn) reopen(ctx context.Context, why error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if why != nil {
		c.note("%v", why)
	}
	if c.reopening {
		return why // a connection that does not even last until the session is back
	}
	c.reopening = true
	defer func() { c.reopening = false }()
	dir, login := c.dir, c.wanted
	was := c.peer
	c.drop()
	if !login {
		return ErrNotConnected
	}
	c.note("connecting to %s again", c.site.Host)
	err := c.openPatiently(ctx, true)
	if is := c.peer; is != was {
		c.note("%s is at %s now, and was at %s", c.site.Host, is, was)
	}
	if err == nil {
		err = c.restore(ctx, dir)
	}
	if err != nil && (c.control == nil || c.control.Err() != nil) {
		c.setDir(dir, false) // for the next attempt
	}
	return err
}

// restore puts a new connection into the directory and the type of the session.
func (c *Conn) restore(ctx context.Context, dir string) error {
	if dir != "" && dir != c.dir {
		if err := c.changeDir(ctx, dir); err != nil {
			return fmt.Errorf("back in %s: %w", dir, err)
		}
		if c.dir != dir {
			return fmt.Errorf("back in %s: the server says that it is in %s", dir, c.dir)
		}
	}
	return c.useType(ctx, c.transfer)
}

// Reopen closes the connection of a session, if it still stands, and opens it again as it was.
func (c *Conn) Reopen(ctx context.Context) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	if !c.wanted {
		return ErrNotConnected
	}
	return c.reopen(ctx, nil)
}

// Protect says whether data connections are encrypted (PROT, RFC 4217 section 9).
func (c *Conn) Protect(ctx context.Context, private bool) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	if err := c.ready(ctx); err != nil {
		return err
	}
	if c.control.TLS() == nil {
		return &Error{Op: "prot", Err: errors.New("the control connection is not encrypted")}
	}
	level := "C"
	if private {
		level = "P"
	}
	for _, line := range []string{"PBSZ 0", "PROT " + level} {
		if _, err := c.expect(ctx, "prot", "", line); err != nil {
			return err
		}
	}
	c.control.Data().Clear = !private
	c.amend(func(s *Site) { s.Options.Data.Clear = !private })
	return nil
}

// Reconfigure gives an open session other options. With renew the connection is dropped, and the
// next command opens it again under the new rules and the TLS mode.
func (c *Conn) Reconfigure(o Options, mode wire.TLSMode, renew bool) error {
	_ = c.hold(context.Background())
	defer c.release()
	names, err := newCodec(o.Charset)
	if err != nil {
		return err
	}
	o.Network, o.LockStep = c.site.Options.Network, o.LockStep || c.site.Options.LockStep
	c.rate.Set(o.LimitRate)
	c.mu.Lock()
	c.site.Options, c.names = o, names
	c.mu.Unlock()
	if renew {
		c.amend(func(s *Site) { s.TLS, s.TLSBefore = mode, false })
		c.drop()
	}
	if c.control != nil {
		*c.control.Data() = o.Data
		c.control.SetTimeouts(o.Timeouts)
	}
	return nil
}

// ChangeData changes how data connections are opened, from the next one on.
func (c *Conn) ChangeData(change func(*wire.DataOptions)) {
	_ = c.hold(context.Background())
	defer c.release()
	c.amend(func(s *Site) { change(&s.Options.Data) })
	if c.control != nil {
		change(c.control.Data())
	}
}

// drop closes the connection without a word and forgets its state, but not the site.
func (c *Conn) drop() {
	control := c.control
	c.mu.Lock()
	c.control, c.loggedIn = nil, false
	c.mu.Unlock()
	c.library, c.dirFresh = nil, false
	c.inForce, c.dating, c.hashing = "", dateUnknown, ""
	if control != nil {
		control.Close()
	}
}

// Close ends the session: politely with QUIT (RFC 959 section 4.1.1), whose 221 is waited for
// briefly, or at once when force is set.
func (c *Conn) Close(ctx context.Context, force bool) (farewell string, err error) {
	if err := c.hold(ctx); err != nil {
		return "", err
	}
	defer c.release()
	if c.control == nil && !c.wanted {
		c.home().spares.forget(c)
		return "", ErrNotConnected
	}
	if c.control != nil && !force && c.control.Err() == nil {
		farewell = c.quit(ctx)
	}
	c.end(force)
	return farewell, nil
}

// Leave is Close for somebody who does not care for the farewell: QUIT leaves, and nobody waits for its
// reply.
func (c *Conn) Leave() {
	_ = c.hold(context.Background())
	defer c.release()
	if c.control != nil && c.control.Err() == nil {
		_ = c.control.SendAhead("QUIT")
	}
	c.end(false)
}

// end forgets the session and closes its idle spares.
func (c *Conn) end(force bool) {
	c.home().spares.forget(c)
	c.drop()
	c.spares.dismiss(force)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted = false
	c.site.Password, c.site.Account = "", ""
	c.dir, c.start, c.welcome, c.transfer = "", "", "", "I"
}

func (c *Conn) quit(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	reply, err := c.control.Do(ctx, "QUIT")
	if err != nil {
		return ""
	}
	return c.names.decode(reply.Text())
}

// KeepAlive sends a NOOP if nothing else is going on, so that the server and the routers on the
// way do not forget the connection. What goes wrong is found by the next command.
func (c *Conn) KeepAlive(ctx context.Context) {
	if !c.tryHold(ctx) {
		return
	}
	defer c.release()
	if c.control != nil && c.loggedIn && c.control.Err() == nil {
		_, _ = c.control.Do(ctx, "NOOP")
	}
}

// Interrupt drops the connection from another goroutine, whatever is running on it.
func (c *Conn) Interrupt() {
	if control := c.Control(); control != nil {
		control.Interrupt()
	}
}
