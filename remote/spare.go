package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"ftpsh/internal/wire"
)

// This file is the spare connections of a session: further connections to its server, for workers
// that move files side by side and for whatever runs beside the prompt.

// defaultConnections is how many connections a session has at most, its own included, when its
// options do not say: many servers allow an address between five and thirty.
const defaultConnections = 16

// CrowdedError reports that there is no further connection to be had, because the server gives none
// or the options allow none. Those that there are go on working: it means "use fewer", not failure.
type CrowdedError struct {
	Spares int   // how many there are
	Err    error // the server's refusal; nil at the limit of the options
}

func (e *CrowdedError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("no further connection: there are %d already (set max-connections)", e.Spares+1)
	}
	return fmt.Sprintf("no further connection: %v", e.Err)
}

func (e *CrowdedError) Unwrap() error { return e.Err }

// pool is the spares of one session.
type pool struct {
	mu      sync.Mutex
	idle    []*Conn        // given back, the latest last
	numbers map[int]*Conn  // the connections' numbers: those that stand, idle or lent, and those being opened
	stand   map[*Conn]bool // those that have been opened
	refusal error          // of the server, which gives no more
	most    int            // how many stood at most since it did
}

// likeness is what a spare has in common with its session.
type likeness struct {
	site                 Site
	names                codec
	accepted             map[string]bool
	dir, start, transfer string
	address              string
	system               string
	features             wire.Features
	classic, clear       bool
	alone                bool // the server does not bear data connections side by side
}

// Spare lends another connection of the session: to the same server by the same rules, logged in, in
// the session's working directory and transfer type, with what has been learned about the site, and
// with a TLS session cache of its own. One that was given back is lent again; otherwise one is
// opened, and several callers open theirs at the same time. It must be given back by [Conn.Release]
// or closed.
//
// A spare is independent of the session's own connection, which may be busy meanwhile, and asks
// nobody anything. Spares of a spare are spares of the session, but go to where that one is. If it
// drops, it is brought back once, without the retries of the session. Its events carry its number. A *CrowdedError says that those there are have to do; the first refusal of
// the server is told as a decision, and no more than have stood together are tried from then on,
// until the session is opened anew.
func (c *Conn) Spare(ctx context.Context) (*Conn, error) { return c.lend(ctx, false) }

// Worker is [Conn.Spare] for somebody who moves a file over it at once: where the server bears it, the
// first data connection is agreed on together with the login.
func (c *Conn) Worker(ctx context.Context) (*Conn, error) { return c.lend(ctx, true) }

func (c *Conn) lend(ctx context.Context, moving bool) (*Conn, error) {
	session := c.home()
	like, err := session.likeness()
	switch {
	case err != nil:
		return nil, err
	case like.alone:
		return nil, &CrowdedError{Err: errSideBySide}
	}
	if c != session {
		if !c.born.sameServer(like.site) {
			return nil, &CrowdedError{Err: errElsewhere}
		}
		c.mu.Lock()
		like.dir, like.transfer = c.dir, c.transfer
		c.mu.Unlock()
	}
	spare, err := session.spares.take(session, like)
	if err != nil {
		return nil, err
	}
	if spare.control == nil {
		if err := spare.join(ctx, like, moving); err != nil {
			_, _ = spare.Close(ctx, true)
			return nil, session.noSpare(ctx, err)
		}
		session.spares.stands(spare)
	}
	spare.own.Store(c.own.Load())
	if err := spare.comeTo(ctx, like); err != nil {
		spare.Release()
		return nil, err
	}
	return spare, nil
}

// errElsewhere says that a spare has outlived its session.
var errElsewhere = errors.New("the session has gone to another server")

// sameServer says that two sites are one login at one server.
func (s Site) sameServer(other Site) bool {
	return s.Host == other.Host && s.port() == other.port() && s.User == other.User
}

// Release gives a spare back, for whoever needs one next; it may not be used any more. One that has
// dropped, or whose session has moved on, is closed. On the session's own connection, it does nothing,
// so that a worker need not know which it has.
func (c *Conn) Release() {
	if c.session == nil {
		return
	}
	c.own.Store(nil)
	like, err := c.session.likeness()
	if err != nil || c.born != like.site || !c.Connected() || !c.LoggedIn() {
		_, _ = c.Close(context.Background(), true)
		return
	}
	c.session.spares.giveBack(c)
}

// likeness looks at the session as it is. It does not wait for the running operation.
func (c *Conn) likeness() (likeness, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.control == nil:
		return likeness{}, ErrNotConnected
	case !c.loggedIn:
		return likeness{}, ErrNotLoggedIn
	}
	return likeness{
		site: c.site, names: c.names, accepted: maps.Clone(c.accepted),
		dir: c.dir, start: c.start, transfer: c.transfer,
		address: c.control.Address(), classic: c.control.LacksEPSV(), clear: c.control.TLS() == nil,
		system: c.system, features: c.control.Features(),
		alone: c.site.Options.Data.Active && strings.Contains(strings.ToLower(c.control.Greeting().Text()), "pyftpdlib"),
	}, nil
}

// errSideBySide is about pyftpdlib: of data connections that it makes at the same time in active mode, it
// forgets some, and the control connections with them.
var errSideBySide = errors.New("in active mode this server mixes up data connections that it makes side by side")

// newSpare makes a closed connection with a number of its own.
func (c *Conn) newSpare(number int, like likeness) *Conn {
	spare := New(Hooks{Observe: c.hooks.Observe, Payload: c.hooks.Payload, Accepted: c.hooks.Accepted, Learned: c.hooks.Learned})
	spare.hooks.Note = func(text string) { spare.session.note("connection %d: %s", number, text) } // a twin may have it then
	spare.session, spare.number, spare.born, spare.rate = c, number, like.site, c.rate
	spare.site, spare.names, spare.accepted, spare.address = like.site, like.names, like.accepted, like.address
	if like.clear { // the server was asked already
		spare.site.TLS = wire.TLSNever
	}
	spare.system = like.system
	if !like.features.Has("PRET") { // of which the library has to hear itself
		spare.known = like.features
	}
	spare.site.NoLogin, spare.site.Options.Retries = false, 0
	spare.site.Options.AllowClear = like.site.Options.AllowClear || like.clear
	spare.site.Options.Data.Classic = like.site.Options.Data.Classic || like.classic
	return spare
}

// join connects and logs in, and goes where the session is.
func (c *Conn) join(ctx context.Context, like likeness, moving bool) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	c.moving = moving
	if like.dir != like.start {
		c.bound = like.dir
	}
	err := c.openOnce(ctx)
	c.moving, c.bound = false, ""
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start = like.start
	return err
}

// comeTo goes to where the session is.
func (c *Conn) comeTo(ctx context.Context, like likeness) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	c.setTransfer(like.transfer)
	return c.restore(ctx, like.dir)
}

// noSpare says what it means that a connection like one that stands could not be opened.
func (c *Conn) noSpare(ctx context.Context, err error) error {
	var certificate *wire.CertificateError
	var security *wire.TLSError
	var clear *ClearTextError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &certificate), errors.As(err, &security), errors.As(err, &clear):
		return err
	}
	crowded := &CrowdedError{Err: err}
	var first bool
	if crowded.Spares, first = c.spares.refused(err); first {
		c.decide(crowded.Error() + "; going on with those there are")
	}
	return crowded
}

// decide reports a choice of ours.
func (c *Conn) decide(text string) {
	if c.hooks.Observe != nil {
		c.hooks.Observe(wire.Event{Time: time.Now(), Kind: wire.Decision, Conn: c.number, Text: text})
	}
}

// take lends an idle spare like its session, or a closed one that is to be opened.
func (p *pool) take(session *Conn, like likeness) (*Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.idle) > 0 {
		spare := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if spare.born == like.site && spare.Connected() {
			spare.session = session // a twin shares them
			return spare, nil
		}
		p.strike(spare)
		spare.Interrupt()
	}
	switch limit := cmp.Or(like.site.Options.Connections, defaultConnections); {
	case len(p.numbers) >= limit-1:
		return nil, &CrowdedError{Spares: len(p.numbers)}
	case p.refusal != nil && len(p.numbers) >= max(p.most, 1):
		return nil, &CrowdedError{Spares: len(p.numbers), Err: p.refusal}
	}
	number := firstSpare
	for p.numbers[number] != nil {
		number++
	}
	if p.numbers == nil {
		p.numbers, p.stand = map[int]*Conn{}, map[*Conn]bool{}
	}
	p.numbers[number] = session.newSpare(number, like)
	return p.numbers[number], nil
}

// Twin is another connection of the session that is as good as this one, which a job has taken along:
// to the same server, in the same directory and type, with its spares, and with hooks of its own. Both go on
// independently, until each is closed. Of a closed connection it is a closed one. The errors are those of
// [Conn.Spare].
func (c *Conn) Twin(ctx context.Context, hooks Hooks) (*Conn, error) {
	if !c.Opened() {
		twin := New(hooks)
		twin.rate = c.rate
		return twin, nil
	}
	twin, err := c.Spare(ctx)
	if err != nil {
		return nil, err
	}
	site := c.Site()
	twin.mu.Lock()
	defer twin.mu.Unlock()
	twin.hooks, twin.session, twin.spares, twin.known = hooks, nil, c.spares, nil
	twin.site.Options, twin.site.TLS = site.Options, site.TLS
	twin.own.Store(nil)
	twin.bears.Store(c.bears.Load())
	twin.inTurn.Store(c.inTurn.Load())
	return twin, nil
}

// Number tells the connection apart in events: 1 for the first of a session.
func (c *Conn) Number() int { return c.number }

// The numbers of the connections in events.
const (
	ownConnection = 1
	firstSpare    = 2
)

// stands counts a spare that has been opened.
func (p *pool) stands(spare *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stand[spare] = true
	p.most = max(p.most, len(p.stand))
}

// refused keeps why the server gives no more, and says how many there are and whether that is news.
func (p *pool) refused(why error) (spares int, first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if first = p.refusal == nil; first {
		p.refusal, p.most = why, len(p.stand)
	}
	return len(p.stand), first
}

func (p *pool) giveBack(spare *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, spare)
}

// forget takes a spare that was closed off the list.
func (p *pool) forget(spare *Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.strike(spare)
}

// strike is forget for a caller that holds mu.
func (p *pool) strike(spare *Conn) {
	if p.numbers[spare.number] == spare {
		delete(p.numbers, spare.number)
		delete(p.stand, spare)
	}
}

// dismiss closes the idle spares, none of whose farewells is waited for; those that are lent go on until they are given back. What was
// learned about how many the server bears is forgotten.
func (p *pool) dismiss(force bool) {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.refusal = nil, nil
	p.mu.Unlock()
	var closing sync.WaitGroup
	for _, spare := range idle {
		closing.Go(func() {
			if force {
				_, _ = spare.Close(context.Background(), true)
			} else {
				spare.Leave()
			}
		})
	}
	closing.Wait()
}
