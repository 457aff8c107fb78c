package wire

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Bytes move in chunks of about chunkTime at the rate measured so far: after each one the count
// is brought up to date and the deadline renewed, and within one the kernel may copy by itself
// (splice, sendfile), so nothing may stand between the file and the socket.
const (
	chunkTime = 200 * time.Millisecond
	countTime = 250 * time.Millisecond // the count is never older, however slow the data comes
	minChunk  = 64 << 10
	maxChunk  = 4 << 20
	bufferFor = 256 << 10 // what has to pass through us
	writeFor  = 64 << 10  // of it at once under TLS, where a write that is late cannot be gone on with
)

// pace sizes the chunks.
type pace struct {
	size int64
	turn func(fast bool) // called when the largest chunks begin to be the right ones, and when they end to be
}

func (p *pace) moved(n int64, took time.Duration) {
	before := p.size
	switch {
	case n < p.size || took > chunkTime:
		p.size = max(minChunk, p.size/2)
	case took < chunkTime/2:
		p.size = min(maxChunk, p.size*2)
	}
	if p.size != before && max(p.size, before) == maxChunk {
		p.turn(p.size == maxChunk)
	}
}

// LocalError is a failure of our side of a copy: the disk, a pipe, the caller's reader.
type LocalError struct{ Err error }

func (e *LocalError) Error() string { return e.Err.Error() }

func (e *LocalError) Unwrap() error { return e.Err }

// CopyTo writes all that the server sends to w. A clean end is nil; a [LocalError] is w's; a
// [TruncatedError] means that TLS was not closed, so the caller must know the size otherwise. A
// w that can read by itself, as a file can, is given the socket in clear, in pieces.
func (d *Data) CopyTo(w io.Writer) error {
	if err := d.wait(); err != nil {
		return ignoreEOF(d.missing(err))
	}
	if _, can := w.(io.ReaderFrom); can && !d.secure {
		return d.handOver(w)
	}
	buf := buffers.Get().(*[bufferFor]byte)
	defer buffers.Put(buf)
	for {
		n, readErr := d.fill(buf[:d.allow(bufferFor)])
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return &LocalError{Err: err}
			}
		}
		if readErr != nil {
			return ignoreEOF(readErr)
		}
	}
}

// buffers are for what is read, and used again: many small files need one each.
var buffers = sync.Pool{New: func() any { return new([bufferFor]byte) }}

// headFor is how much is read before w may read by itself: what DataBegan shows, and the whole of
// many a file.
const headFor = 64 << 10

// handOver gives w the beginning, and what the observer wants to see, and lets it read the rest from
// the socket.
func (d *Data) handOver(w io.Writer) error {
	buf := buffers.Get().(*[bufferFor]byte)
	defer buffers.Put(buf)
	head := buf[:max(headFor, min(bufferFor, d.payload))]
	for first := true; first || d.payload > 0; first = false {
		n, err := d.fill(head[:d.allow(int64(len(head)))])
		if n > 0 {
			if _, err := w.Write(head[:n]); err != nil {
				return &LocalError{Err: err}
			}
		}
		if err != nil {
			return ignoreEOF(err)
		}
	}
	return d.handOverRest(w)
}

// handOverRest lets w read in chunks. One that comes slowly is counted before it is whole.
func (d *Data) handOverRest(w io.Writer) error {
	p, limit := pace{size: minChunk, turn: d.readFast}, d.deadline()
	for {
		waited := time.Now()
		size := d.allow(p.size)
		started := time.Now()
		limit = earliest(limit.Add(started.Sub(waited)), d.deadline())
		d.renew(func(at time.Time) error { return d.tcp.SetReadDeadline(earliest(at, limit, started.Add(countTime))) })
		n, err := io.CopyN(w, d.tcp, size)
		d.count(n)
		if n > 0 {
			limit = d.deadline()
		}
		switch {
		case err == nil:
			p.moved(n, time.Since(started))
		case errors.Is(err, os.ErrDeadlineExceeded) && time.Now().Before(earliest(limit, d.deadline())):
			p.moved(n, countTime) // not whole, but counted
		case err == io.EOF, ofReading(err):
			return ignoreEOF(d.readError(err))
		default:
			return &LocalError{Err: err}
		}
	}
}

// earliest is the first of several times.
func earliest(times ...time.Time) time.Time { return slices.MinFunc(times, time.Time.Compare) }

// slow says that the deadline passed although bytes have moved, so that it may be renewed.
func (d *Data) slow(moved int64, err error) bool {
	return moved > 0 && errors.Is(err, os.ErrDeadlineExceeded) && d.deadline().After(time.Now())
}

// ofReading tells an error of the socket from one of whatever the bytes went to. The kernel's copy
// puts the name of the file on both.
func ofReading(err error) bool {
	var network *net.OpError
	if errors.As(err, &network) {
		return network.Op == "read"
	}
	for _, cause := range []error{
		os.ErrDeadlineExceeded, net.ErrClosed,
		syscall.ECONNRESET, syscall.ECONNABORTED, syscall.ETIMEDOUT,
		syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENETDOWN, syscall.ENETRESET,
	} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// ignoreEOF is for the end of data that was read: it is the good end.
func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// fill reads until buf is full, the data ends, or the server pauses for a moment.
func (d *Data) fill(buf []byte) (n int, err error) {
	if n, err = d.Read(buf); err != nil {
		return n, err
	}
	for until := time.Now().Add(chunkTime); n < len(buf) && d.ctx.Err() == nil; {
		if d.deadline().Before(until) {
			return n, nil // a shorter wait is for the next Read
		}
		d.tcp.SetReadDeadline(until)
		m, err := d.conn.Read(buf[n:])
		d.count(int64(m))
		d.show(buf[n : n+m])
		n += m
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return n, nil
		case err != nil:
			return n, d.readError(err)
		}
	}
	return n, nil
}

// ReadFrom sends all of r; the library's io.Copy ends up here. A reader that can wait for ever must
// itself end when the context of the transfer does.
func (d *Data) ReadFrom(r io.Reader) (int64, error) {
	if err := d.wait(); err != nil {
		return 0, err
	}
	d.upload.Store(true)
	n, more, err := d.afterHead()
	if more {
		var rest int64
		rest, err = d.send(r)
		n += rest
	}
	d.spoiled = d.spoiled || err != nil
	return n, err
}

func (d *Data) send(r io.Reader) (int64, error) {
	if file, ok := r.(*os.File); ok && !d.secure {
		if at, err := file.Seek(0, io.SeekCurrent); err == nil {
			return d.sendShown(file, at)
		}
	}
	return d.sendBuffered(r)
}

// sendShown sends what the observer wants to see, and lets the kernel do the rest.
func (d *Data) sendShown(file *os.File, at int64) (shown int64, err error) {
	if d.payload > 0 {
		if shown, err = d.sendBuffered(io.LimitReader(file, d.payload)); err != nil {
			return shown, err
		}
	}
	rest, err := d.sendFile(file, at+shown)
	return shown + rest, err
}

// sendFile gives the kernel a file to copy by itself, from where the file is.
func (d *Data) sendFile(file *os.File, at int64) (total int64, err error) {
	head := make([]byte, HeadBytes)
	n, _ := file.ReadAt(head, at)
	d.began(head[:n])
	for p := (pace{size: minChunk, turn: d.sendFast}); ; {
		size := d.allow(p.size)
		started := time.Now()
		if err := d.maySend(); err != nil {
			return total, err
		}
		n, err := io.CopyN(d.tcp, file, size)
		d.count(n)
		total += n
		switch {
		case err == nil:
			p.moved(n, time.Since(started))
		case err == io.EOF:
			return total, nil
		case d.slow(n, err):
			// Where the kernel cannot copy, more may have been read than was sent.
			if _, err := file.Seek(at+total, io.SeekStart); err != nil {
				return total, &LocalError{Err: err}
			}
			p.moved(n, time.Since(started))
		case ofFile(err):
			return total, &LocalError{Err: err}
		default:
			return total, d.writeError(err)
		}
	}
}

// ofFile tells an error of the file from one of the socket that it was copied to.
func ofFile(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) || errors.Is(err, syscall.EIO)
}

// sendBuffered sends what only Read can give.
func (d *Data) sendBuffered(r io.Reader) (total int64, err error) {
	buf := make([]byte, bufferFor)
	for {
		n, readErr := r.Read(buf)
		m, err := d.writeAll(buf[:n])
		total += int64(m)
		switch {
		case err != nil:
			return total, err
		case readErr == io.EOF:
			return total, nil
		case readErr != nil:
			return total, &LocalError{Err: readErr}
		}
	}
}

// writeAll sends p, renewing the deadline as long as bytes move.
func (d *Data) writeAll(p []byte) (total int, err error) {
	d.began(p)
	for len(p) > 0 {
		piece := p
		if d.secure {
			piece = p[:min(len(p), writeFor)]
		}
		piece = piece[:d.allow(int64(len(piece)))]
		if err := d.maySend(); err != nil {
			return total, err
		}
		n, err := d.conn.Write(piece)
		d.count(int64(n))
		d.show(p[:n])
		total += n
		p = p[n:]
		if err != nil && (d.secure || !d.slow(int64(n), err)) {
			return total, d.writeError(err)
		}
	}
	return total, d.maySend()
}

// maySend renews the deadline for sending, unless nothing may be sent any more.
func (d *Data) maySend() error {
	d.renew(d.tcp.SetWriteDeadline)
	if d.ctx.Err() != nil || d.ended.Load() {
		return d.writeError(os.ErrDeadlineExceeded)
	}
	return nil
}

// Write sends to the server.
func (d *Data) Write(p []byte) (int, error) {
	if err := d.wait(); err != nil {
		return 0, err
	}
	d.upload.Store(true)
	n, err := d.writeAll(p)
	d.spoiled = d.spoiled || err != nil
	return n, err
}
