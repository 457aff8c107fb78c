package wire

import (
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
	command atomic.Pointer[string]
	secure  bool // TLS on the data channel
	started time.Time

	ready  chan struct{} // closed when conn stands or err is set
	sent   chan struct{} // closed when the command has left
	failed chan struct{} // closed when there will be no connection
	cancel context.CancelFunc
	ctx    context.Context

	tcp  net.Conn // below TLS
	conn net.Conn // what carries the bytes
	err  error

	opened      bool // the server has said 1xx; owned by the control connection's goroutine
	unannounced bool // the final reply came without a 1xx: there may be no data at all
	upload      bool // bytes go out; closing must say so properly
	spoiled     bool // the upload broke off on our side; the server must not take it for whole
	whole       bool // the other side's end of data was seen
	bytes       atomic.Int64
	spoken      atomic.Bool // the final reply is here and it is a refusal
	isSent      atomic.Bool
	closing     sync.Once
}

// openData is the library's dial for a data connection.
func (c *Control) openData() (net.Conn, error) {
	if c.opening == nil {
		return nil, errors.New("no data connection was agreed on")
	}
	d := &Data{
		control: c,
		opening: c.opening,
		secure:  c.security != nil && !c.opts.Data.Clear,
		started: time.Now(),
		ready:   make(chan struct{}),
		sent:    make(chan struct{}),
		failed:  make(chan struct{}),
	}
	d.ctx, d.cancel = context.WithCancel(c.ctx)
	c.opening, c.data = nil, d
	c.setCurrent(d)
	go d.open()
	return d, nil
}

func (c *Control) setCurrent(d *Data) {
	c.mu.Lock()
	c.current = d
	c.mu.Unlock()
}

// DataConnection is the data connection of the running transfer.
func (c *Control) DataConnection() *Data { return c.data }

// open connects, shakes hands, and lets the waiting go on.
func (d *Data) open() {
	err := d.connect()
	if err == nil && d.secure {
		err = d.handshake()
	}
	if err != nil {
		d.err = &DataError{Mode: d.opening.mode, Address: d.opening.address, Err: err}
		if d.tcp != nil {
			d.tcp.Close()
		}
		close(d.failed)
	} else {
		context.AfterFunc(d.ctx, func() { d.tcp.SetDeadline(time.Now()) })
		d.report(DataOpened, nil)
	}
	close(d.ready)
}

func (d *Data) connect() (err error) {
	timeout := d.control.opts.Timeouts.Connect
	if d.opening.listener != nil {
		d.tcp, err = acceptFrom(d.ctx, d.opening.listener, d.control.peer, timeout)
	} else {
		ctx, cancel := context.WithTimeout(d.ctx, timeout)
		defer cancel()
		d.tcp, err = d.control.opts.dial(ctx, d.opening.address)
		if errors.Is(err, context.DeadlineExceeded) {
			err = &TimeoutError{Waiting: "the data connection to " + d.opening.address, After: timeout}
		}
	}
	d.conn = d.tcp
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
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			var netErr net.Error
			if errors.As(err, &netErr) && netErr.Timeout() {
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
	timeout := d.control.opts.Timeouts.TLS
	ctx, cancel := context.WithTimeout(d.ctx, timeout)
	defer cancel()
	client := tls.Client(cutGuard{d.tcp}, d.control.security.dataConfig(d.control.opts.Data.MustResume))
	if err := client.HandshakeContext(ctx); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = &TimeoutError{Waiting: "the TLS handshake on the data connection", After: timeout}
		}
		return fmt.Errorf("TLS handshake: %w", err)
	}
	d.conn = client
	return nil
}

// cutGuard sits below TLS and gives a connection that just ends another name than io.EOF, which
// TLS passes on and which only a close_notify may cause.
type cutGuard struct{ net.Conn }

var errCut = errors.New("connection closed without TLS close_notify")

func (g cutGuard) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if err == io.EOF {
		err = errCut
	}
	return n, err
}

// commandSent tells that the command for this connection has left.
func (d *Data) commandSent(line string) {
	if d.isSent.CompareAndSwap(false, true) {
		d.command.Store(&line)
		close(d.sent)
	}
}

// serverSpoke tells that the final reply is here. After a refusal the data channel is not worth
// waiting for: an upload stops, a download may drain what is under way.
func (d *Data) serverSpoke(refused bool) {
	if !d.isSent.Load() {
		return
	}
	if refused {
		d.spoken.Store(true)
	}
	select {
	case <-d.ready:
	default:
		if refused {
			d.cancel()
		}
		return
	}
	if d.tcp == nil {
		return
	}
	if refused {
		d.tcp.SetWriteDeadline(time.Now())
		d.tcp.SetReadDeadline(time.Now().Add(graceTime))
	}
}

// wait blocks until the connection stands.
func (d *Data) wait() error {
	<-d.ready
	if d.err != nil && d.unannounced {
		return io.EOF
	}
	return d.err
}

// failure says why there is no connection. It may be called once failed is closed.
func (d *Data) failure() error {
	<-d.ready
	return d.err
}

// replyLimit is how long the next reply of this transfer may take.
func (d *Data) replyLimit() time.Duration {
	t := d.control.opts.Timeouts
	switch {
	case !d.isSent.Load():
		return t.Reply
	case !d.opened:
		return max(t.Reply, t.Connect+t.TLS)
	}
	return t.Final
}

// Read reads from the server.
func (d *Data) Read(p []byte) (int, error) {
	if err := d.wait(); err != nil {
		return 0, err
	}
	d.conn.SetReadDeadline(d.deadline())
	n, err := d.conn.Read(p)
	d.bytes.Add(int64(n))
	return n, d.readError(err)
}

// Write sends to the server.
func (d *Data) Write(p []byte) (int, error) {
	if err := d.wait(); err != nil {
		return 0, err
	}
	d.upload = true
	d.conn.SetWriteDeadline(d.deadline())
	n, err := d.conn.Write(p)
	d.bytes.Add(int64(n))
	return n, d.writeError(err)
}

// deadline is when the next bytes must have moved.
func (d *Data) deadline() time.Time {
	switch {
	case d.ctx.Err() != nil:
		return time.Now()
	case d.spoken.Load(), d.unannounced:
		return time.Now().Add(graceTime)
	}
	return time.Now().Add(d.control.opts.Timeouts.Data)
}

func (d *Data) readError(err error) error {
	switch {
	case err == nil:
		return nil
	case err == io.EOF:
		d.whole = true
		return err
	case d.ctx.Err() != nil:
		return context.Cause(d.ctx)
	case d.unannounced && d.bytes.Load() == 0:
		return io.EOF
	case errors.Is(err, errCut):
		return &TruncatedError{Bytes: d.bytes.Load()}
	}
	return d.broken(err)
}

func (d *Data) writeError(err error) error {
	if err == nil {
		return nil
	}
	if d.ctx.Err() != nil {
		return context.Cause(d.ctx)
	}
	return d.broken(err)
}

func (d *Data) broken(err error) error {
	var netErr net.Error
	if errors.As(err, &netErr) && netErr.Timeout() && !d.spoken.Load() {
		err = &TimeoutError{Waiting: "data", After: d.control.opts.Timeouts.Data}
	}
	return &DataError{Mode: d.opening.mode, Address: d.opening.address, Err: err}
}

// Handshake is for the library, which shakes hands by hand after an empty upload.
func (d *Data) Handshake() error { return d.wait() }

// Close ends the connection as the transfer deserves: an upload says that it is whole and waits
// until the server has read it all, anything else is simply closed.
func (d *Data) Close() error {
	var err error
	d.closing.Do(func() {
		switch {
		case !d.upload || d.err != nil || d.spoken.Load():
		case d.spoiled || d.ctx.Err() != nil:
			d.reset()
		default:
			err = d.closeUpload()
		}
		d.finish(err)
	})
	return err
}

// closeUpload sends close_notify and FIN, then reads to the end. Closing at once would make the
// kernel answer anything unread (a TLS 1.3 session ticket is enough) with a reset, and the
// reset throws away what the server has not read yet.
func (d *Data) closeUpload() error {
	if err := d.wait(); err != nil {
		return err
	}
	if client, ok := d.conn.(*tls.Conn); ok {
		client.SetWriteDeadline(d.deadline())
		if err := client.CloseWrite(); err != nil {
			return d.writeError(err)
		}
	}
	if half, ok := d.tcp.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			return d.writeError(err)
		}
	}
	d.tcp.SetReadDeadline(d.deadline())
	_, err := io.Copy(io.Discard, d.tcp)
	var netErr net.Error
	if errors.As(err, &netErr) && netErr.Timeout() {
		return nil // the server keeps its half open; the final reply decides
	}
	return nil
}

// abort ends the connection whatever state it is in.
func (d *Data) abort() {
	d.closing.Do(func() {
		d.cancel()
		<-d.ready
		if d.upload {
			d.reset()
		}
		d.finish(context.Canceled)
	})
}

// reset makes the end of an upload a TCP reset: after a plain FIN the server would take what it
// has for the whole file.
func (d *Data) reset() {
	if tcp, ok := d.tcp.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
}

// finish closes what there is and lets the control connection go on.
func (d *Data) finish(err error) {
	d.cancel()
	if d.opening.listener != nil {
		d.opening.listener.Close()
	}
	<-d.ready
	if d.tcp != nil {
		d.tcp.Close()
		if err == nil {
			err = d.err
		}
		d.report(DataClosed, err)
	}
	if !d.isSent.Load() && d.control.data == d {
		d.control.releaseData()
	}
}

// releaseData forgets the data connection: its last reply has been read.
func (c *Control) releaseData() {
	c.data = nil
	c.setCurrent(nil)
}

func (d *Data) report(kind EventKind, err error) {
	r := &DataReport{
		Mode:      d.opening.mode,
		Announced: d.opening.announced,
		Bytes:     d.bytes.Load(),
		Took:      time.Since(d.started),
		Err:       err,
	}
	if command := d.command.Load(); command != nil {
		r.Command = *command
	}
	if d.tcp != nil {
		r.Used = d.tcp.RemoteAddr().String()
	}
	if client, ok := d.conn.(*tls.Conn); ok {
		state := client.ConnectionState()
		r.TLS = &state
	}
	d.control.observe(Event{Kind: kind, Data: r, Since: r.Took})
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

// Moved is how many bytes the running transfer has moved. Any goroutine may ask.
func (c *Control) Moved() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == nil {
		return 0
	}
	return c.current.Bytes()
}
