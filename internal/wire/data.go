package wire

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Data is one data connection. It is made at once and stands later: it connects while the
// command that uses it travels, and shakes hands as soon as that command has left. Everything
// that moves bytes waits for it.
type Data struct {
	control *Control
	opening *opening
	command atomic.Pointer[sentCommand]
	started time.Time
	stood   time.Time    // when TCP did
	shook   time.Time    // when the TLS handshake began
	secured time.Time    // when it ended
	first   atomic.Int64 // nanoseconds from the command to the first byte

	secure     bool // TLS on the data channel
	mustResume bool
	limits     Timeouts // as they were when it was opened

	ready  chan struct{} // closed when conn stands or err is set
	sent   chan struct{} // closed when the command has left
	failed chan struct{} // closed when there will be no connection

	head     *HeadStart    // nil for none
	preceded chan struct{} // closed when the head has been sent, as far as it will be; nil without one
	headSent int           // bytes of it; this and what follows may be read once preceded is closed
	headErr  error
	finished bool // the server has been told that this is all

	cancel context.CancelFunc
	ctx    context.Context

	connecting     context.Context // ends when the connection is not waited for any more
	stopConnecting context.CancelFunc

	tcp  net.Conn // below TLS
	conn net.Conn // what carries the bytes
	err  error

	// Owned by the goroutine that uses the control connection.
	payload   int64 // how many bytes the observer still wants to see
	opened    bool  // the server has said 1xx
	whole     bool  // the other side's end of data was seen
	spoiled   bool  // the upload broke off; the server must not take it for whole
	brokenOff bool  // we have closed before the end
	answered  bool  // the reply that ends the transfer is here; guarded by the control connection's mu
	closing   sync.Once

	bytes      atomic.Int64
	leaves     atomic.Bool               // the command leaves now or has left: replies from here on are about this transfer
	upload     atomic.Bool               // bytes go out; closing must say so properly
	ended      atomic.Bool               // the final reply is here, or will never come
	empty      atomic.Bool               // the final reply came without a 1xx: there may be no data at all
	lost       atomic.Bool               // the control connection is
	drainUntil atomic.Pointer[time.Time] // after a refusal
}

// sentCommand is the command that a data connection serves.
type sentCommand struct {
	line string // masked
	at   time.Time
}

// openData is the library's dial for a data connection.
func (c *Control) openData() (net.Conn, error) {
	if c.opening == nil {
		return nil, errors.New("no data connection was agreed on")
	}
	d := &Data{
		control: c, opening: c.opening, started: time.Now(),
		secure: c.security != nil && !c.opts.Data.Clear, mustResume: c.opts.Data.MustResume, limits: c.opts.Timeouts,
		ready: make(chan struct{}), sent: make(chan struct{}), failed: make(chan struct{}),
	}
	d.ctx, d.cancel = context.WithCancel(c.ctx)
	if c.opts.Payload != nil {
		d.payload = c.opts.Payload()
	}
	d.connecting, d.stopConnecting = context.WithTimeout(context.WithoutCancel(c.ctx), d.limits.Connect)
	context.AfterFunc(d.ctx, d.breakOffConnecting)
	if d.head = c.head; d.head != nil {
		d.preceded = make(chan struct{})
	}
	c.opening, c.head, c.data = nil, nil, d
	c.setCurrent(d)
	go d.open()
	return d, nil
}

func (c *Control) setCurrent(d *Data) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = d
}

// DataConnection is the data connection of the running transfer.
func (c *Control) DataConnection() *Data { return c.data }

// Moved is how many bytes the running transfer has moved. Any goroutine may ask.
func (c *Control) Moved() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil {
		return 0
	}
	return c.current.Bytes()
}

// breakOffConnecting is for a transfer that was broken off while its connection was being made. A
// server that has the command waits for the connection, for a minute perhaps, and says nothing until
// it has seen it end: so it is made all the same, if it can be made soon.
func (d *Data) breakOffConnecting() {
	if d.leaves.Load() && !d.ended.Load() {
		time.AfterFunc(lateTime, d.stopConnecting)
		return
	}
	d.stopConnecting()
}

// open connects, shakes hands, and lets the waiting go on.
func (d *Data) open() {
	err := d.connect()
	if err == nil && d.secure {
		err = d.handshake()
	}
	if err != nil {
		d.err = &DataError{Mode: d.opening.mode, Address: d.opening.address, Err: err}
		if d.tcp != nil {
			if d.ctx.Err() != nil { // an upload must not look whole
				d.reset()
			}
			d.tcp.Close()
		}
		close(d.failed)
	} else {
		context.AfterFunc(d.ctx, func() { d.tcp.SetDeadline(time.Now()) })
		d.report(DataOpened, nil, nil)
	}
	d.stopConnecting()
	close(d.ready)
	if d.head != nil {
		d.sendHead()
	}
}

func (d *Data) connect() (err error) {
	timeout := d.limits.Connect
	if d.opening.listener != nil {
		d.tcp, err = acceptFrom(d.ctx, d.opening.listener, d.control.peer, timeout)
	} else {
		d.tcp, err = d.control.opts.dialData(d.connecting, d.opening.address)
		if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			err = &TimeoutError{Waiting: "it to open", After: timeout}
		}
	}
	if d.ctx.Err() != nil {
		err = context.Cause(d.ctx)
	}
	d.conn, d.stood = d.tcp, time.Now()
	return err
}

// acceptFrom waits for the server and for nobody else.
func acceptFrom(ctx context.Context, l net.Listener, peer string, timeout time.Duration) (net.Conn, error) {
	defer l.Close()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	if t, ok := l.(*net.TCPListener); ok {
		t.SetDeadline(time.Now().Add(timeout))
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			if isTimeout(err) {
				err = &TimeoutError{Waiting: "the server to connect to " + l.Addr().String(), After: timeout}
			}
			return nil, err
		}
		if host, _, _ := net.SplitHostPort(conn.RemoteAddr().String()); host == peer {
			return conn, nil
		}
		conn.Close()
	}
}

// handshake starts TLS once the command has left, never before: pyftpdlib resets the connection
// then, and no server waits with its own half for us to see the 1xx.
func (d *Data) handshake() error {
	select {
	case <-d.sent:
	case <-d.ctx.Done():
		return context.Cause(d.ctx)
	}
	d.shook = time.Now()
	timeout := d.limits.TLS
	ctx, cancel := context.WithTimeout(d.ctx, timeout)
	defer cancel()
	client := tls.Client(underTLS{d.tcp}, d.control.security.dataConfig(d.mustResume))
	if err := client.HandshakeContext(ctx); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = &TimeoutError{Waiting: "the TLS handshake on the data connection", After: timeout}
		}
		return fmt.Errorf("TLS handshake: %w", err)
	}
	d.conn, d.secured = client, time.Now()
	return nil
}

// underTLS sits below TLS. It gives a connection that just ends another name than io.EOF, which
// TLS passes on and which only a close_notify may cause; and it keeps the deadlines ours: TLS
// would give up a close_notify that has to wait 5 s for a slow reader.
type underTLS struct{ net.Conn }

var errCut = errors.New("connection closed without TLS close_notify")

func (u underTLS) Read(p []byte) (int, error) {
	n, err := u.Conn.Read(p)
	if err == io.EOF {
		err = errCut
	}
	return n, err
}

func (u underTLS) SetDeadline(time.Time) error      { return nil }
func (u underTLS) SetReadDeadline(time.Time) error  { return nil }
func (u underTLS) SetWriteDeadline(time.Time) error { return nil }

// commandLeaves tells that the next reply will be about this transfer.
func (d *Data) commandLeaves(line string) {
	d.command.Store(&sentCommand{line, time.Now()})
	d.leaves.Store(true)
}

// commandSent tells that the command has left.
func (d *Data) commandSent() { close(d.sent) }

// wait blocks until the connection stands.
func (d *Data) wait() error {
	<-d.ready
	return d.err
}

// failure says why there is no connection. It may be called once failed is closed.
func (d *Data) failure() error { return d.wait() }

// replyLimit is how long the next reply of this transfer may take.
func (d *Data) replyLimit() time.Duration {
	t := d.limits
	switch {
	case !d.leaves.Load():
		return t.Reply
	case d.brokenOff:
		return d.limits.grace()
	case !d.opened:
		return max(t.Reply, t.Connect+t.TLS)
	}
	return t.Final
}

// Bytes is how many have moved so far. Any goroutine may ask.
func (d *Data) Bytes() int64 { return d.bytes.Load() }

// began reports the first bytes, once.
func (d *Data) began(head []byte) {
	command := d.command.Load()
	if len(head) == 0 || command == nil || d.first.Load() != 0 {
		return
	}
	d.first.Store(int64(max(time.Since(command.at), 1)))
	if d.control.opts.Observe != nil {
		d.report(DataBegan, bytes.Clone(head[:min(len(head), HeadBytes)]), nil)
	}
}

// show lets the observer see what has just moved.
func (d *Data) show(p []byte) {
	d.began(p)
	if wanted := min(int64(len(p)), d.payload); wanted > 0 {
		d.payload -= wanted
		d.report(DataMoved, bytes.Clone(p[:wanted]), nil)
	}
}

// report tells the observer, and whoever asks for LastData. It may be called once ready is closed
// or about to be.
func (d *Data) report(kind EventKind, head []byte, err error) {
	r := &DataReport{
		Mode:      d.opening.mode,
		Announced: d.opening.announced,
		Upload:    d.upload.Load(),
		First:     time.Duration(d.first.Load()),
		Took:      time.Since(d.started),
		Bytes:     d.bytes.Load(),
		Err:       err,
	}
	if command := d.command.Load(); command != nil {
		r.Command = command.line
	}
	if d.tcp != nil {
		r.Used, r.Connect = d.tcp.RemoteAddr().String(), d.stood.Sub(d.started)
	}
	if client, ok := d.conn.(*tls.Conn); ok {
		state := client.ConnectionState()
		r.TLS, r.Handshake = &state, d.secured.Sub(d.shook)
	}
	d.control.reportData(Event{Kind: kind, Data: r, Raw: head, Since: r.Took})
}

func (c *Control) reportData(e Event) {
	c.mu.Lock()
	c.lastData = e.Data
	c.mu.Unlock()
	c.observe(e)
}

// LocalAddr is our end, as far as it is known: the library asks before the connection stands.
func (d *Data) LocalAddr() net.Addr { return d.control.LocalAddr() }

// RemoteAddr is the server's end, as LocalAddr.
func (d *Data) RemoteAddr() net.Addr { return d.control.RemoteAddr() }

// SetDeadline is ignored, and so are its sisters: each chunk renews its own.
func (d *Data) SetDeadline(time.Time) error { return nil }

// SetReadDeadline is ignored, as SetDeadline.
func (d *Data) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is ignored, as SetDeadline.
func (d *Data) SetWriteDeadline(time.Time) error { return nil }

var _ net.Conn = (*Data)(nil)
