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
	"sync/atomic"
	"time"
)

func (t Timeouts) grace() time.Duration { return min(t.Grace, t.Reply) }

// Control is the control connection as the library sees it, a net.Conn, and as the rest of the
// program uses it, through Do. One goroutine at a time may use it. Any goroutine may ask for Err,
// Last, LastData, Features, Moved, TLS, Address and LacksEPSV, and may call Interrupt.
type Control struct {
	opts     Options
	tcp      net.Conn // below TLS
	conn     net.Conn // tcp, or TLS over it
	peer     string   // where data connections go: the address reached, or behind a proxy the host
	proxied  bool
	greeting Reply
	security *security // nil in clear

	// Owned by the goroutine that uses the connection.
	ctx         context.Context
	ahead       []string   // commands sent ahead whose turn has not come yet
	command     string     // the command whose reply comes next
	substitute  string     // what really goes out for the library's next transfer verb
	early       *Reply     // the end of a transfer whose beginning was not announced
	fromLibrary []byte     // the beginning of a line
	toLibrary   []byte     // a reply, or what is left of it, that the library has yet to read
	opening     *opening   // how the next data connection will be opened
	convoy      *Convoy    // what goes out with the next transfer's command
	head        *HeadStart // of the next transfer
	arranged    *opening   // what a convoy has agreed on for the transfer after its own
	data        *Data      // the running transfer
	refused     *Reply     // why EPSV failed, once more for the PASV that the library tries next
	paid        int64      // bytes that a limit has allowed, and that have not moved yet
	account     func() (string, error)
	dataErr     error // why there was no data connection, if it was not the server that refused

	foreignNoted bool // a foreign PASV address has been spoken of
	inherited    bool // the features are known without asking

	noEPSV atomic.Bool // this server has refused EPSV or EPRT

	mu       sync.Mutex // guards what follows
	owed     int        // replies still to come
	foreign  int        // of these, how many come before the one that ends the running transfer
	queue    []Reply
	lost     error       // why no more replies will come
	pending  []departure // the commands whose replies have not arrived
	secrets  secrets
	last     Reply
	features Features // of the latest FEAT
	current  *Data    // data, for the reading goroutine
	lastData *DataReport
	wake     chan struct{} // a reply, or the end, has arrived
	silent   chan struct{} // closed when the reading goroutine has told its last event; nil before it runs
}

// departure is a command that has left.
type departure struct {
	verb string
	at   time.Time
}

// maxUnasked is how many replies a server may send unasked before it is taken for broken: they
// are kept until somebody looks.
const maxUnasked = 100

// start hands the connection to the goroutine that reads replies as they come.
func (c *Control) start(br *bufio.Reader) {
	r := &replyReader{br: br, rawIAC: c.opts.RawIAC, line: c.received}
	c.silent = make(chan struct{})
	go func() {
		defer close(c.silent)
		for c.deliver(r.read()) == nil {
		}
	}()
}

// deliver takes what the reading goroutine has read, and returns why it must stop, if it must.
func (c *Control) deliver(reply Reply, err error) error {
	c.mu.Lock()
	switch {
	case err == nil && c.lost != nil:
		err = c.lost // given up meanwhile
	case err == nil && len(c.queue) >= c.owed+maxUnasked:
		err = &ProtocolError{Problem: "replies that nothing asked for, without end"}
	}
	if err != nil && c.lost == nil {
		c.lost = err
	}
	if err == nil {
		c.queue = append(c.queue, c.answered(reply))
	}
	data := c.current
	about := err == nil && c.aboutTransfer(reply)
	c.mu.Unlock()
	switch {
	case data == nil:
	case err != nil:
		data.controlLost()
	case about:
		data.serverSpoke(reply)
	}
	if err != nil {
		c.observe(Event{Kind: Closed, Text: closedBecause(err)})
		c.hangUp(err)
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return err
}

// answered notes how long the reply took. The caller holds mu.
func (c *Control) answered(reply Reply) Reply {
	if len(c.pending) > 0 {
		reply.Since = time.Since(c.pending[0].at)
		if !reply.Preliminary() {
			c.pending = c.pending[1:]
		}
	}
	return reply
}

// hangUp closes on a server that does not speak FTP: nobody will read the rest.
func (c *Control) hangUp(err error) {
	var protocol *ProtocolError
	if errors.As(err, &protocol) {
		c.tcp.Close()
	}
}

// ClosedByUs is the text of the Closed event of a connection that this side has closed.
const ClosedByUs = "control connection closed"

func closedBecause(err error) string {
	if errors.Is(err, io.EOF) {
		return "the server closed the control connection"
	}
	if errors.Is(err, net.ErrClosed) {
		return ClosedByUs
	}
	return err.Error()
}

// received reports one line of a reply.
func (c *Control) received(raw []byte, code int, last bool) {
	if c.opts.Observe == nil {
		return
	}
	e := Event{Kind: Received, Code: code, Last: last}
	c.mu.Lock()
	if len(c.pending) > 0 {
		e.Verb, e.Since = c.pending[0].verb, time.Since(c.pending[0].at)
	}
	text := c.secrets.hide(string(raw))
	c.mu.Unlock()
	e.Text, e.Raw = strings.TrimRight(text, "\r\n"), []byte(text)
	c.observe(e)
}

func (c *Control) observe(e Event) {
	if c.opts.Observe == nil {
		return
	}
	e.Time, e.Conn = time.Now(), c.opts.Conn
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
		stray.Lines = c.secrets.hideAll(stray.Lines)
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
	case errors.As(err, &protocol), errors.As(err, &timeout):
		return err
	case errors.As(err, &lost):
		return &LostError{Sent: sent, Why: lost.Why, Reply: lost.Reply, Err: lost.Err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &LostError{Sent: sent, Why: "the server closed the connection"}
	case errors.Is(err, net.ErrClosed):
		return &LostError{Sent: sent, Why: "the connection was closed"}
	}
	return &LostError{Sent: sent, Why: "the connection broke", Err: err}
}

// fail ends the connection because of err, which every later use will repeat, and returns it. A
// wait that the caller broke off is told to the caller alone: to others the connection is lost.
func (c *Control) fail(err error) error {
	lost := err
	if c.ctx.Err() != nil && errors.Is(err, context.Cause(c.ctx)) {
		lost = &LostError{Why: "the connection was dropped when its command was interrupted"}
	}
	c.giveUp(lost)
	c.conn.Close()
	return err
}

// Close drops the connection without a word. After it there are no more events of the control connection, so
// that a log which is closed next has them all.
func (c *Control) Close() error {
	if c.data != nil {
		c.data.abort()
	}
	c.giveUp(net.ErrClosed)
	err := c.conn.Close()
	if c.silent != nil {
		<-c.silent
	}
	return err
}

// Interrupt drops the connection from another goroutine: whatever runs on it ends at once.
func (c *Control) Interrupt() {
	data := c.giveUp(&LostError{Why: "the connection was interrupted"})
	c.tcp.Close()
	if data != nil {
		data.cancel()
	}
}

// giveUp notes why no more replies will come, unless that is known, and forgets those that nobody
// has read.
func (c *Control) giveUp(why error) (running *Data) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost == nil {
		c.lost = why
	}
	c.queue = nil
	return c.current
}

// Greeting is the server's first reply.
func (c *Control) Greeting() Reply { return c.greeting }

// Last is the latest reply, with secrets that the server repeats masked, and the command that it
// answered.
func (c *Control) Last() (Reply, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.last.Command
}

func (c *Control) setLast(reply Reply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reply.Lines = c.secrets.hideAll(reply.Lines)
	c.last = reply
}

// Features is what the server's last FEAT reply named.
func (c *Control) Features() Features {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.features
}

// InheritFeatures tells what the server's FEAT has named on another connection, so that it is not asked on
// this one. The library, which hears of no features then, would miss PRET.
func (c *Control) InheritFeatures(f Features) {
	c.inherited = true
	c.setFeatures(f)
}

func (c *Control) setFeatures(f Features) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.features = f
}

// Address is where the host was found, so that another connection can go to the very same server;
// empty behind a proxy, which does the finding.
func (c *Control) Address() string {
	if c.proxied {
		return ""
	}
	return c.peer
}

// LacksEPSV says that the server has refused EPSV or EPRT on this connection.
func (c *Control) LacksEPSV() bool { return c.noEPSV.Load() }

// TLS describes the control connection's TLS; nil in clear.
func (c *Control) TLS() *tls.ConnectionState {
	if c.security == nil {
		return nil
	}
	state := c.security.state
	return &state
}

// Trust is why the server's certificate is believed; [Distrusted] in clear.
func (c *Control) Trust() Trust {
	if c.security == nil {
		return Distrusted
	}
	return c.security.trust
}

// LastData describes the latest data connection; nil when there was none.
func (c *Control) LastData() *DataReport {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lastData
}

// Data is the options for data connections; a change counts from the next one on.
func (c *Control) Data() *DataOptions { return &c.opts.Data }

// SetAccount gives the answer to a server that wants an account (332, RFC 959 section 4.1.1).
func (c *Control) SetAccount(account func() (string, error)) { c.account = account }

// SetTimeouts changes the waits from the next command on.
func (c *Control) SetTimeouts(t Timeouts) { c.opts.Timeouts = t.WithDefaults() }
