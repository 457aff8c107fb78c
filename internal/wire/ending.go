package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// This file is how a data connection ends: by the server's last word, by ours, by a failure or by
// an interruption, and what the other side is to make of it.

// emptyTime is how long data may take to begin after a final reply that no 1xx announced: most often
// there is none.
const emptyTime = time.Second

// openTime is how long a connection may still take to stand, or to fail, after a refusal.
const openTime = 200 * time.Millisecond

// lateTime is how long a connection may still take to stand once its transfer was broken off.
const lateTime = 2 * time.Second

// serverSpoke tells that the final reply is here. It is called by the goroutine that reads replies,
// as controlLost is. Nothing more needs to be sent then; what a refused download has under way may
// drain for a moment, otherwise a download goes on until the data ends.
func (d *Data) serverSpoke(reply Reply) {
	refused := reply.Class() >= 4
	if refused && d.leaves.Load() {
		d.drainUntil.Store(new(time.Now().Add(d.limits.grace())))
	}
	d.noMoreReplies(refused)
}

// controlLost tells that the final reply will never come. Data that keeps moving may still end well.
func (d *Data) controlLost() {
	d.lost.Store(true)
	d.noMoreReplies(true)
}

func (d *Data) noMoreReplies(bad bool) {
	if !d.leaves.Load() {
		return
	}
	d.ended.Store(true)
	select {
	case <-d.ready:
	default:
		switch {
		case d.ctx.Err() != nil:
			d.stopConnecting()
		case bad: // not at once: why it does not stand may be about to be known
			time.AfterFunc(openTime, d.cancel)
		}
		return
	}
	if d.err != nil {
		return
	}
	d.tcp.SetWriteDeadline(d.deadline())
	if bad || d.upload.Load() {
		d.tcp.SetReadDeadline(d.deadline())
	}
}

// deadline is when the next bytes must have moved.
func (d *Data) deadline() time.Time {
	now := time.Now()
	switch until := d.drainUntil.Load(); {
	case d.ctx.Err() != nil, d.upload.Load() && d.ended.Load():
		return now
	case until != nil:
		return *until
	case d.lost.Load():
		return now.Add(d.limits.grace())
	case d.empty.Load():
		return now.Add(emptyTime)
	}
	return now.Add(d.limits.Data)
}

// renew sets a deadline anew. Other goroutines shorten it after they have said why, which may be
// while we set it: so we look again.
func (d *Data) renew(set func(time.Time) error) {
	at := d.deadline()
	set(at)
	if now := d.deadline(); now.Before(at) {
		set(now)
	}
}

// Read reads from the server.
func (d *Data) Read(p []byte) (int, error) {
	if err := d.wait(); err != nil {
		return 0, d.missing(err)
	}
	if d.ctx.Err() != nil { // TLS may hold more than the socket would still give
		return 0, d.stopped()
	}
	d.renew(d.tcp.SetReadDeadline)
	n, err := d.conn.Read(p)
	d.count(int64(n))
	d.show(p[:n])
	return n, d.readError(err)
}

// missing says what it means to a reader that there is no connection.
func (d *Data) missing(err error) error {
	switch {
	case d.empty.Load():
		return io.EOF
	case errors.Is(err, context.Canceled):
		return d.stopped()
	}
	return err
}

// readError says what an error in reading means: io.EOF is a clean end and nothing else is.
func (d *Data) readError(err error) error {
	switch {
	case err == nil:
		return nil
	case err == io.EOF:
		d.whole = true
		return err
	case d.empty.Load() && d.bytes.Load() == 0:
		return io.EOF
	case d.ctx.Err() != nil:
		return d.stopped()
	case errors.Is(err, errCut):
		return &TruncatedError{Bytes: d.bytes.Load()}
	}
	return d.broken(err)
}

// writeError says what an error in writing means.
func (d *Data) writeError(err error) error {
	switch {
	case d.ctx.Err() != nil:
		return d.stopped()
	case d.ended.Load():
		return d.broken(errEnded)
	}
	return d.broken(err)
}

var errEnded = errors.New("the server ended the transfer before everything was sent")

// stopped says who stopped the transfer: the user, or the end of the control connection.
func (d *Data) stopped() error {
	if d.control.ctx.Err() != nil {
		return context.Cause(d.control.ctx)
	}
	return d.broken(errors.New("the transfer was stopped"))
}

// broken names the connection in an error, once.
func (d *Data) broken(err error) error {
	var named *DataError
	if errors.As(err, &named) {
		return err
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && !d.ended.Load() {
		err = &TimeoutError{Waiting: "data", After: d.limits.Data}
	}
	return &DataError{Mode: d.opening.mode, Address: d.opening.address, Err: err}
}

// Handshake is for the library, which shakes hands by hand after an empty upload.
func (d *Data) Handshake() error { return d.wait() }

// Close ends the connection as the transfer deserves: an upload says that it is whole and waits
// until the server has read it all, one that broke off says so, anything else is simply closed.
func (d *Data) Close() error {
	var err error
	d.closing.Do(func() {
		if d.upload.Load() {
			err = d.closeUpload()
		} else {
			d.brokenOff = !d.whole
		}
		d.finish(err)
	})
	return err
}

// closeUpload sends close_notify and FIN, then reads to the end. Closing at once would make the
// kernel answer anything unread (a TLS 1.3 session ticket is enough) with a reset, and the
// reset throws away what the server has not read yet. An upload that broke off gets that reset.
func (d *Data) closeUpload() error {
	if d.head != nil {
		<-d.preceded
	}
	if d.spoiled || d.ctx.Err() != nil {
		d.brokenOff = true
		d.reset()
		return nil
	}
	if !d.finished {
		if d.ended.Load() { // before it could know that this is all
			d.reset()
			return d.writeError(errEnded)
		}
		if err := d.finishSending(); err != nil {
			d.reset()
			return d.writeError(err)
		}
	}
	d.renew(d.tcp.SetReadDeadline)
	// A server that keeps its half open, or sends what nobody asked for, is not waited for any
	// longer than its final reply, which decides.
	_, _ = io.Copy(io.Discard, d.tcp)
	return nil
}

func (d *Data) finishSending() error {
	d.renew(d.tcp.SetWriteDeadline)
	if client, ok := d.conn.(*tls.Conn); ok {
		if err := client.CloseWrite(); err != nil {
			return err
		}
	}
	if half, ok := d.tcp.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// abort ends the connection whatever state it is in.
func (d *Data) abort() {
	d.closing.Do(func() {
		d.cancel()
		d.stopConnecting()
		<-d.ready
		if d.upload.Load() {
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
	if d.head != nil {
		<-d.preceded
	}
	if d.tcp != nil {
		d.tcp.Close()
	}
	if err == nil {
		err = d.err
	}
	d.report(DataClosed, nil, err)
	if !d.leaves.Load() && d.control.data == d {
		d.control.releaseData()
	}
}

// releaseData forgets the data connection: its last reply has been read.
func (c *Control) releaseData() {
	c.data = nil
	c.setCurrent(nil)
}

// blameData keeps why there was no data connection when the server knows only that nobody came. One
// that it has had and closed (426) it can tell about.
func (c *Control) blameData(last Reply) {
	if last.Code != 425 && last.Code != 426 {
		return
	}
	select {
	case <-c.data.failed:
		err := c.data.failure()
		if !errors.Is(err, context.Canceled) && (last.Code == 425 || !c.data.stoodThere(err)) {
			c.dataErr = err
		}
	default:
	}
}

// stoodThere says that the server had the connection that has failed here: it has ended it, or it has begun
// to use it before we got to know that it stands.
func (d *Data) stoodThere(err error) bool {
	connecting := d.tcp == nil
	return connecting && d.opened || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, errCut)
}
