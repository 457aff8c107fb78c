package wire

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// How long a reply may still take once its transfer was broken off or its data connection failed.
const graceTime = 5 * time.Second

// Control is the control connection as the library sees it, a net.Conn, and as the rest of the
// program uses it, through Do. One goroutine at a time may use it; Interrupt and the observers
// may be called from others.
type Control struct {
	opts     Options
	conn     net.Conn // TCP or TLS
	peer     string   // where data connections go: the address reached, or behind a proxy the host
	proxied  bool
	greeting Reply
	security *security // nil in clear

	// Owned by the goroutine that uses the connection.
	ctx         context.Context
	owed        int      // replies still to come
	ahead       []string // commands sent ahead whose turn has not come yet
	command     string   // the command whose reply comes next
	substitute  string   // what really goes out for the library's next transfer verb
	early       *Reply   // the end of a transfer whose beginning was not announced
	fromLibrary []byte   // the beginning of a line
	toLibrary   []byte   // a reply, or what is left of it, that the library has yet to read
	opening     *opening // how the next data connection will be opened
	data        *Data    // the running transfer
	refused     *Reply   // why EPSV failed, once more for the PASV that the library tries next
	account     func() (string, error)
	last        Reply
	lastOf      string
	noEPSV      bool     // this server has refused EPSV or EPRT
	features    Features // of the latest FEAT
	dataErr     error    // why no data connection was agreed on, if it was us who refused

	foreignNoted bool // a foreign PASV address has been spoken of

	mu      sync.Mutex
	queue   []Reply
	lost    error // why no more replies will come
	pending []sentCommand
	secret  string
	current *Data         // data, for the reading goroutine
	wake    chan struct{} // a reply, or the end, has arrived
}

type sentCommand struct {
	line string
	at   time.Time
}

// start hands the connection to the goroutine that reads replies as they come.
func (c *Control) start(br *bufio.Reader) {
	r := &replyReader{br: br, rawIAC: c.opts.RawIAC, line: c.received}
	go func() {
		for {
			reply, err := r.read()
			c.deliver(reply, err)
			if err != nil {
				return
			}
		}
	}()
}

func (c *Control) deliver(reply Reply, err error) {
	c.mu.Lock()
	if err != nil {
		c.lost = err
	} else {
		if len(c.pending) > 0 {
			reply.Since = time.Since(c.pending[0].at)
			if !reply.Preliminary() {
				c.pending = c.pending[1:]
			}
		}
		c.queue = append(c.queue, reply)
	}
	data := c.current
	c.mu.Unlock()
	if data != nil && (err != nil || !reply.Preliminary()) {
		data.serverSpoke(err != nil || reply.Class() >= 4)
	}
	if err != nil {
		c.observe(Event{Kind: Closed, Text: closedBecause(err)})
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func closedBecause(err error) string {
	if errors.Is(err, io.EOF) {
		return "the server closed the control connection"
	}
	if errors.Is(err, net.ErrClosed) {
		return "control connection closed"
	}
	return err.Error()
}

// received reports one line of a reply.
func (c *Control) received(raw []byte) {
	if c.opts.Observe == nil {
		return
	}
	c.mu.Lock()
	var since time.Duration
	if len(c.pending) > 0 {
		since = time.Since(c.pending[0].at)
	}
	text := c.hideSecret(string(raw))
	c.mu.Unlock()
	c.observe(Event{Kind: Received, Text: strings.TrimRight(text, "\r\n"), Raw: []byte(text), Since: since})
}

// hideSecret masks a password that the server repeats. The caller holds mu.
func (c *Control) hideSecret(text string) string {
	if len(c.secret) < 4 {
		return text
	}
	return strings.ReplaceAll(text, c.secret, Masked)
}

func (c *Control) observe(e Event) {
	if c.opts.Observe == nil {
		return
	}
	e.Time = time.Now()
	c.opts.Observe(e)
}

// decide reports a choice of ours.
func (c *Control) decide(text string) { c.observe(Event{Kind: Decision, Text: text}) }

// Begin ties what follows to ctx: when ctx ends, waits end too. The returned function unties it.
func (c *Control) Begin(ctx context.Context) (end func()) {
	outer := c.ctx
	c.ctx = ctx
	return func() { c.ctx = outer }
}

// Err says why the connection can no longer be used, or nil. It notices a server that has hung
// up, or spoken out of turn, since the last command.
func (c *Control) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 && c.owed == 0 {
		stray := c.queue[0]
		if stray.Code == 421 {
			return &LostError{Reply: stray}
		}
		return &DesyncError{Reply: stray}
	}
	if c.lost == nil || (c.owed > 0 && len(c.queue) > 0) {
		return nil
	}
	return lostAs(c.lost, false)
}

func lostAs(err error, sent bool) error {
	var protocol *ProtocolError
	var timeout *TimeoutError
	var lost *LostError
	switch {
	case errors.As(err, &protocol), errors.As(err, &timeout), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &lost):
		return &LostError{Sent: sent, Why: lost.Why, Reply: lost.Reply, Err: lost.Err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &LostError{Sent: sent, Why: "the server closed the connection"}
	}
	return &LostError{Sent: sent, Why: "the connection broke", Err: err}
}

// fail ends the connection because of err, which every later use will repeat.
func (c *Control) fail(err error) error {
	c.mu.Lock()
	if c.lost == nil {
		c.lost = err
	}
	c.mu.Unlock()
	c.conn.Close()
	return err
}

// issue sends a command, unless it was sent ahead; its reply is then the next to be received.
func (c *Control) issue(line string, allowControl bool) error {
	for len(c.ahead) > 0 && c.ahead[0] != line {
		if err := c.skipAhead(); err != nil {
			return err
		}
	}
	if len(c.ahead) > 0 {
		c.ahead = c.ahead[1:]
		c.command = line
		return nil
	}
	if err := checkLine(line, allowControl); err != nil {
		return err
	}
	if err := c.Err(); err != nil {
		return c.fail(err)
	}
	if c.last.more && c.owed == 0 {
		return c.fail(c.strayReply())
	}
	c.command = line
	return c.write([]string{line})
}

// strayReply waits for the reply that was already arriving when nothing was owed.
func (c *Control) strayReply() error {
	reply, err := c.next(graceTime, nil)
	switch {
	case err != nil:
		return err
	case reply.Code == 421:
		return &LostError{Reply: reply}
	}
	return &DesyncError{Reply: reply}
}

// write sends lines in one piece.
func (c *Control) write(lines []string) error {
	var out []byte
	now := time.Now()
	c.mu.Lock()
	for _, line := range lines {
		out = append(out, encodeLine(line, c.opts.RawIAC)...)
		c.pending = append(c.pending, sentCommand{line: line, at: now})
		if s := secretOf(line); s != "" {
			c.secret = s
		}
	}
	c.mu.Unlock()
	for _, line := range lines {
		c.observe(Event{Kind: Sent, Text: mask(line)})
	}
	c.conn.SetWriteDeadline(now.Add(c.opts.Timeouts.Reply))
	n, err := c.conn.Write(out)
	if err != nil {
		return c.fail(lostAs(err, n > 0 || c.security != nil))
	}
	c.owed += len(lines)
	return nil
}

// SendAhead sends commands before their turn. When the turn of one comes it must be issued as the
// same line, and is then not sent again; one that is passed over has its reply thrown away.
func (c *Control) SendAhead(lines ...string) error {
	for _, line := range lines {
		if err := checkLine(line, false); err != nil {
			return err
		}
	}
	if err := c.Err(); err != nil {
		return c.fail(err)
	}
	if err := c.write(lines); err != nil {
		return err
	}
	c.ahead = append(c.ahead, lines...)
	return nil
}

// SkipAhead throws away the replies to commands sent ahead that will not be issued any more.
func (c *Control) SkipAhead(ctx context.Context) error {
	defer c.Begin(ctx)()
	for len(c.ahead) > 0 {
		if err := c.skipAhead(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Control) skipAhead() error {
	c.ahead = c.ahead[1:]
	_, err := c.receiveFinal()
	return err
}

// receive waits for the next reply that is owed.
func (c *Control) receive() (Reply, error) {
	limit, failed := c.opts.Timeouts.Reply, (<-chan struct{})(nil)
	if c.data != nil {
		limit, failed = c.data.replyLimit(), c.data.failed
	}
	reply, err := c.next(limit, failed)
	if err != nil {
		return reply, c.fail(err)
	}
	if !reply.Preliminary() {
		c.owed--
	}
	c.last, c.lastOf = reply, mask(c.command)
	if reply.Code == 421 {
		return reply, c.fail(&LostError{Sent: true, Reply: reply})
	}
	return reply, nil
}

// next takes a reply from the queue, waiting at most limit for it. A failed data connection and
// an ended context shorten the wait: the server may still have something to say about them.
func (c *Control) next(limit time.Duration, failed <-chan struct{}) (Reply, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	var reason error = &TimeoutError{Waiting: "a reply to " + verb(c.command), After: limit}
	done := c.ctx.Done()
	for {
		if reply, err, ok := c.pop(); ok {
			return reply, err
		}
		select {
		case <-c.wake:
		case <-timer.C:
			return Reply{}, reason
		case <-failed:
			failed, reason = nil, c.data.failure()
			timer.Reset(graceTime)
		case <-done:
			if c.data == nil {
				return Reply{}, context.Cause(c.ctx)
			}
			done, reason = nil, context.Cause(c.ctx)
			timer.Reset(graceTime)
		}
	}
}

func (c *Control) pop() (reply Reply, err error, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 {
		reply = c.queue[0]
		c.queue = c.queue[1:]
		reply.more = reply.more || len(c.queue) > 0
		return reply, nil, true
	}
	if c.lost != nil {
		return Reply{}, lostAs(c.lost, true), true
	}
	return Reply{}, nil, false
}

// receiveFinal waits for the reply that ends the command.
func (c *Control) receiveFinal() (Reply, error) {
	for {
		reply, err := c.receive()
		if err != nil || !reply.Preliminary() {
			return reply, err
		}
	}
}

// Do sends one command and returns the reply that ends it. Any reply is a result; an error means
// that there was none, and that the connection is gone unless it is a *LineError.
func (c *Control) Do(ctx context.Context, line string) (Reply, error) {
	return c.do(ctx, line, false)
}

// DoRaw is Do for a line that the user typed as it is: control characters other than CR, LF and
// NUL may be in it.
func (c *Control) DoRaw(ctx context.Context, line string) (Reply, error) {
	return c.do(ctx, line, true)
}

func (c *Control) do(ctx context.Context, line string, allowControl bool) (Reply, error) {
	defer c.Begin(ctx)()
	if err := c.issue(line, allowControl); err != nil {
		return Reply{}, err
	}
	return c.receiveFinal()
}

// Greeting is the server's first reply.
func (c *Control) Greeting() Reply { return c.greeting }

// Last is the latest reply, and the command that it answered, masked.
func (c *Control) Last() (Reply, string) { return c.last, c.lastOf }

// Features is what the server's last FEAT reply named.
func (c *Control) Features() Features { return c.features }

// TLS describes the control connection's TLS; nil in clear.
func (c *Control) TLS() *tls.ConnectionState {
	if c.security == nil {
		return nil
	}
	state := c.security.state
	return &state
}

// Data is the options for data connections; a change counts from the next one on.
func (c *Control) Data() *DataOptions { return &c.opts.Data }

// SetAccount gives the answer to a server that wants an account (332, RFC 959 section 4.1.1).
func (c *Control) SetAccount(account func() (string, error)) { c.account = account }

// SetTimeouts changes the waits from the next command on.
func (c *Control) SetTimeouts(t Timeouts) { c.opts.Timeouts = t.withDefaults() }
