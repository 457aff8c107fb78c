package remote

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jlaffaye/ftp"

	"ftpsh/internal/wire"
)

// Conn is the connection of a session. Its methods may be called from several goroutines; one
// operation runs at a time.
type Conn struct {
	hooks   Hooks
	busy    chan struct{}              // full while an operation runs
	number  int                        // among the connections of the session, for events
	session *Conn                      // of a spare: the connection whose spare it is
	born    Site                       // of a spare: the session's site when it was made
	known   wire.Features              // of a spare: what the session's server can do; nil asks
	bound   string                     // of a spare that logs in: the directory that it is to go to
	moving  bool                       // of a spare that logs in: a transfer follows at once
	address string                     // of a spare: where the session's server was found
	spares  *pool                      // of the session
	bears   atomic.Bool                // of the session: its server has borne commands sent together with a transfer
	inTurn  atomic.Bool                // of the session: and none are sent so any more
	rate    *wire.Limit                // of the session, its spares and its twins
	own     atomic.Pointer[wire.Limit] // within rate, for the command that runs; nil for none

	mu       sync.Mutex // guards what follows against readers while an operation runs
	site     Site
	names    codec
	control  *wire.Control
	welcome  string
	dir      string // as the server last told
	start    string // right after login
	transfer string // the session's transfer type: "I", "A", "L 8"
	system   string // reply to SYST
	loggedIn bool
	wanted   bool // the session wants to be logged in: reopen when dropped
	since    time.Time
	accepted map[string]bool // fingerprints accepted for this session

	// Owned by the running operation.
	library   *ftp.ServerConn
	peer      string        // the address that the latest connection led to
	inForce   string        // the type on this connection; empty when it is not known
	dating    dateWay       // how this server sets the time of a file, as far as it has shown
	hashing   string        // the algorithm of HASH on this connection; empty when none was chosen
	dirFresh  bool          // dir is from the latest reply
	reopening bool          // a dropped connection is being brought back
	pause     time.Duration // before the first attempt to reconnect after a failed one
	queued    *queued       // what goes with the transfer that is about to begin
	waiting   *stored       // the file of a queue that waits for its name
}

// New makes a closed connection.
func New(hooks Hooks) *Conn {
	return &Conn{
		hooks: hooks, busy: make(chan struct{}, 1), number: ownConnection, spares: &pool{},
		transfer: "I", accepted: map[string]bool{}, pause: time.Second, rate: &wire.Limit{},
	}
}

// hold starts an operation, once no other runs, unless ctx ends before; release ends it. A file of a
// queue that waits for its name gets it first.
func (c *Conn) hold(ctx context.Context) error {
	err := c.seize(ctx)
	if err == nil {
		c.finish(ctx)
	}
	return err
}

// seize is hold for an operation of the queue.
func (c *Conn) seize(ctx context.Context) error {
	if c.trySeize() {
		return nil
	}
	select {
	case c.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// tryHold is hold for somebody who would rather not know than wait.
func (c *Conn) tryHold(ctx context.Context) bool {
	held := c.trySeize()
	if held {
		c.finish(ctx)
	}
	return held
}

func (c *Conn) trySeize() bool {
	select {
	case c.busy <- struct{}{}:
		return true
	default:
		return false
	}
}

func (c *Conn) release() { <-c.busy }

// amend changes the site while others may look at it.
func (c *Conn) amend(change func(*Site)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.site)
}

// ask hands a hook the site, which it may change.
func (c *Conn) ask(hook func(*Site) error) error {
	site := c.site
	err := hook(&site)
	c.amend(func(s *Site) { *s = site })
	return err
}

func (c *Conn) note(format string, args ...any) {
	if c.hooks.Note != nil {
		c.hooks.Note(fmt.Sprintf(format, args...))
	}
}

// Connected says whether the control connection stands, as far as is known.
func (c *Conn) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.control != nil && c.control.Err() == nil
}

// LoggedIn says whether the server has let us in.
func (c *Conn) LoggedIn() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.control != nil && c.loggedIn
}

// Opened says whether the session has a site, even if its connection has dropped.
func (c *Conn) Opened() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.site.Host != "" && (c.control != nil || c.wanted)
}

// Site is where the session is, without the password.
func (c *Conn) Site() Site {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.site
	s.Password, s.Account = "", ""
	return s
}

// Lend fills in the credentials of the session, for another connection to its site.
func (c *Conn) Lend(s *Site) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.User, s.Password, s.Account = c.site.User, c.site.Password, c.site.Account
}

// Dir is the working directory as the server last told it.
func (c *Conn) Dir() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dir
}

// Start is the directory that the login led to.
func (c *Conn) Start() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start
}

// TransferType is the type of transfers: I, A, or L 8 (RFC 959 section 3.1.1).
func (c *Conn) TransferType() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.transfer
}

// System is the server's reply to SYST.
func (c *Conn) System() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.system
}

// Welcome is the server's greeting.
func (c *Conn) Welcome() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.welcome
}

// Since is when the connection was made.
func (c *Conn) Since() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.since
}

// Control is the control connection, for status and trace; nil when there is none.
func (c *Conn) Control() *wire.Control {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.control
}

// Secure says whether the control connection is encrypted.
func (c *Conn) Secure() bool {
	control := c.Control()
	return control != nil && control.TLS() != nil
}

// Last is the latest reply and the command that it answered.
func (c *Conn) Last() (wire.Reply, string) {
	c.mu.Lock()
	control, names := c.control, c.names
	c.mu.Unlock()
	if control == nil {
		return wire.Reply{}, ""
	}
	reply, command := control.Last()
	return names.told(reply), names.decode(command)
}

// Features is what the server's FEAT named; nil when it was not asked.
func (c *Conn) Features() wire.Features {
	control := c.Control()
	if control == nil {
		return nil
	}
	return control.Features()
}
