package remote

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jlaffaye/ftp"

	"ftpsh/internal/wire"
)

// Conn is the connection of a session. Its methods may be called from several goroutines; one
// operation runs at a time.
type Conn struct {
	hooks Hooks
	busy  sync.Mutex // held by the running operation

	mu       sync.Mutex // guards what follows against readers while an operation runs
	site     Site
	control  *wire.Control
	welcome  string
	dir      string // as the server last told
	start    string // right after login
	transfer string // transfer type: "I", "A", "L 8"
	system   string // reply to SYST
	loggedIn bool
	since    time.Time

	library  *ftp.ServerConn
	names    codec
	accepted map[string]bool // fingerprints accepted for this session
	wanted   bool            // the session wants to be logged in: reopen when dropped
	dirFresh bool            // dir is from the latest reply
}

// New makes a closed connection.
func New(hooks Hooks) *Conn {
	return &Conn{hooks: hooks, transfer: "I", names: codec{}, accepted: map[string]bool{}}
}

// hold starts an operation; the returned function ends it.
func (c *Conn) hold() (release func()) {
	c.busy.Lock()
	return c.busy.Unlock
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

// TransferType is the type in force: I, A, or L 8 (RFC 959 section 3.1.1).
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

// Welcome is the greeting and the text of the login.
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
	control := c.Control()
	if control == nil {
		return wire.Reply{}, ""
	}
	return control.Last()
}

// Features is what the server's FEAT named; nil when it was not asked.
func (c *Conn) Features() wire.Features {
	control := c.Control()
	if control == nil {
		return nil
	}
	return control.Features()
}

// Ready makes sure that the next command will find a connection: one that was dropped is opened
// again, logged in, and put back in its directory and type. It fails with ErrNotConnected or
// ErrNotLoggedIn when there is nothing to bring back.
func (c *Conn) Ready(ctx context.Context) error {
	defer c.hold()()
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

// reopen brings a dropped connection back.
func (c *Conn) reopen(ctx context.Context, why error) error {
	if why != nil {
		c.note("%v", why)
	}
	dir, transfer, login := c.dir, c.transfer, c.wanted
	c.drop()
	if !login {
		return ErrNotConnected
	}
	c.note("connecting to %s again", c.site.Host)
	if err := c.openPatiently(ctx, true); err != nil {
		return err
	}
	if transfer != c.transfer {
		if err := c.setType(ctx, transfer); err != nil {
			return err
		}
	}
	if dir != "" && dir != c.dir {
		if err := c.changeDir(ctx, dir); err != nil {
			return fmt.Errorf("back in %s: %w", dir, err)
		}
	}
	return nil
}

// Reopen closes the connection of a session, if it still stands, and opens it again as it was.
func (c *Conn) Reopen(ctx context.Context) error {
	defer c.hold()()
	if !c.wanted {
		return ErrNotConnected
	}
	return c.reopen(ctx, nil)
}

// Protect says whether data connections are encrypted (PROT, RFC 4217 section 9).
func (c *Conn) Protect(ctx context.Context, private bool) error {
	defer c.hold()()
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
	c.site.Options.Data.Clear = !private
	return nil
}

// Reconfigure gives an open session other options. With renew the connection is dropped, and the
// next command opens it again under the new rules and the TLS mode.
func (c *Conn) Reconfigure(o Options, mode wire.TLSMode, renew bool) error {
	defer c.hold()()
	names, err := newCodec(o.Charset)
	if err != nil {
		return err
	}
	o.Network, o.LockStep = c.site.Options.Network, o.LockStep || c.site.Options.LockStep
	c.mu.Lock()
	c.site.Options, c.names = o, names
	c.mu.Unlock()
	if renew {
		c.site.TLS, c.site.TLSBefore = mode, false
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
	defer c.hold()()
	change(&c.site.Options.Data)
	if c.control != nil {
		change(c.control.Data())
	}
}

// drop closes the connection without a word and forgets its state, but not the site.
func (c *Conn) drop() {
	control := c.control
	c.mu.Lock()
	c.control, c.library, c.loggedIn, c.dirFresh = nil, nil, false, false
	c.transfer = "I"
	c.mu.Unlock()
	if control != nil {
		control.Close()
	}
}

// Close ends the session: politely with QUIT (RFC 959 section 4.1.1), whose 221 is waited for
// briefly, or at once when force is set.
func (c *Conn) Close(ctx context.Context, force bool) (farewell string, err error) {
	defer c.hold()()
	if c.control == nil && !c.wanted {
		return "", ErrNotConnected
	}
	if c.control != nil && !force && c.control.Err() == nil {
		farewell = c.quit(ctx)
	}
	c.drop()
	c.mu.Lock()
	c.wanted = false
	c.site.Password, c.site.Account = "", ""
	c.dir, c.start, c.welcome = "", "", ""
	c.mu.Unlock()
	return farewell, nil
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
	if !c.busy.TryLock() {
		return
	}
	defer c.busy.Unlock()
	if c.control != nil && c.loggedIn && c.control.Err() == nil {
		_, _ = c.control.Do(ctx, "NOOP")
	}
}

// Interrupt drops the connection from another goroutine, whatever is running on it.
func (c *Conn) Interrupt() {
	if control := c.Control(); control != nil {
		control.Close()
	}
}

// do sends one command when the connection is ready for it, and returns its reply, whatever it
// says. A connection that turns out to be dropped before the command left is brought back once.
func (c *Conn) do(ctx context.Context, line string) (wire.Reply, error) {
	if err := c.ready(ctx); err != nil {
		return wire.Reply{}, err
	}
	c.dirFresh = false
	reply, err := c.control.Do(ctx, line)
	if unsent(err) {
		if err := c.reopen(ctx, err); err != nil {
			return reply, err
		}
		reply, err = c.control.Do(ctx, line)
	}
	for i, text := range reply.Lines {
		reply.Lines[i] = c.names.decode(text)
	}
	return reply, err
}

// unsent says that the connection was gone before the command was sent.
func unsent(err error) bool {
	var lost *wire.LostError
	var desync *wire.DesyncError
	return errors.As(err, &desync) || errors.As(err, &lost) && !lost.Sent
}

// expect is do for a command that is to succeed.
func (c *Conn) expect(ctx context.Context, op, path, line string) (wire.Reply, error) {
	reply, err := c.do(ctx, line)
	if err != nil {
		return reply, failure(op, path, err)
	}
	if !reply.OK() {
		return reply, refusal(op, path, reply)
	}
	return reply, nil
}

// change is expect for a command that changes something: a lost reply leaves its outcome unknown,
// and look then tells what is there now.
func (c *Conn) change(ctx context.Context, op, path, line string, look func() string) error {
	_, err := c.expect(ctx, op, path, line)
	if err == nil || !outcomeUnknown(err) {
		return err
	}
	unknown := &UnknownOutcomeError{Op: op, Path: path, Err: errors.Unwrap(err)}
	if ctx.Err() == nil && look != nil && c.ready(ctx) == nil {
		unknown.Found = look()
	}
	return unknown
}

// outcomeUnknown says that a command left and that its reply never came.
func outcomeUnknown(err error) bool {
	var lost *wire.LostError
	var timeout *wire.TimeoutError
	switch {
	case errors.As(err, &lost):
		return lost.Sent && lost.Reply.Code == 0
	case errors.As(err, &timeout):
		return true
	}
	return false
}
