package wire

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"
)

// Bytes move in chunks of about chunkTime at the rate measured so far: after each one the count
// is brought up to date and the deadline renewed, and within one the kernel may copy by itself
// (splice, sendfile), so nothing may stand between the file and the socket.
const (
	chunkTime = 200 * time.Millisecond
	minChunk  = 64 << 10
	maxChunk  = 4 << 20
	tlsBuffer = 256 << 10
)

// pace sizes the chunks.
type pace struct{ size int64 }

func (p *pace) moved(n int64, took time.Duration) {
	switch {
	case n < p.size || took > chunkTime:
		p.size = max(minChunk, p.size/2)
	case took < chunkTime/2:
		p.size = min(maxChunk, p.size*2)
	}
}

// LocalError is a failure of our side of a copy: the disk, a pipe, the caller's reader.
type LocalError struct{ Err error }

func (e *LocalError) Error() string { return e.Err.Error() }

func (e *LocalError) Unwrap() error { return e.Err }

// Bytes is how many have moved so far. Any goroutine may ask.
func (d *Data) Bytes() int64 { return d.bytes.Load() }

// CopyTo writes all that the server sends to w. A clean end is nil; a [LocalError] is w's; a
// [TruncatedError] means that TLS was not closed, so the caller must know the size otherwise.
func (d *Data) CopyTo(w io.Writer) error {
	if err := d.wait(); err != nil {
		return ignoreEOF(err)
	}
	if d.secure {
		return d.copyRecords(w)
	}
	p := pace{size: minChunk}
	for {
		started := time.Now()
		d.conn.SetReadDeadline(d.deadline())
		if d.ctx.Err() != nil {
			return context.Cause(d.ctx)
		}
		n, err := io.CopyN(w, d.conn, p.size)
		d.bytes.Add(n)
		switch {
		case err == nil:
			p.moved(n, time.Since(started))
		case err == io.EOF:
			d.whole = true
			return nil
		case n == 0 || !isTimeout(err) || d.ctx.Err() != nil:
			return ignoreEOF(d.copyError(err, d.readError))
		}
	}
}

// ignoreEOF is for the end of data that was read: it is the good end.
func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// copyRecords is CopyTo for TLS: records are small, so they are gathered before they are written.
func (d *Data) copyRecords(w io.Writer) error {
	buf := make([]byte, tlsBuffer)
	for {
		n, readErr := d.fill(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return &LocalError{Err: err}
			}
		}
		if readErr == io.EOF {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

// fill reads until buf is full, the data ends, or the server pauses for a moment.
func (d *Data) fill(buf []byte) (n int, err error) {
	started := time.Now()
	for n < len(buf) && err == nil && (n == 0 || time.Since(started) < chunkTime) {
		var m int
		m, err = d.Read(buf[n:])
		n += m
	}
	return n, err
}

// ReadFrom sends all of r; the library's io.Copy ends up here.
func (d *Data) ReadFrom(r io.Reader) (int64, error) {
	if err := d.wait(); err != nil {
		return 0, err
	}
	d.upload = true
	n, err := d.send(r)
	var local *LocalError
	d.spoiled = errors.As(err, &local) || d.ctx.Err() != nil
	return n, err
}

func (d *Data) send(r io.Reader) (total int64, err error) {
	p := pace{size: minChunk}
	if d.secure {
		p.size = tlsBuffer
		r = readerOnly{r}
	}
	buf := make([]byte, tlsBuffer)
	for {
		started := time.Now()
		d.conn.SetWriteDeadline(d.deadline())
		if d.ctx.Err() != nil {
			return total, context.Cause(d.ctx)
		}
		if d.spoken.Load() {
			return total, &DataError{Mode: d.opening.mode, Address: d.opening.address, Err: errors.New("the server stopped the transfer")}
		}
		n, err := d.sendChunk(r, p.size, buf)
		d.bytes.Add(n)
		total += n
		switch {
		case err == nil:
			p.moved(n, time.Since(started))
		case err == io.EOF:
			return total, nil
		case n == 0 || !isTimeout(err) || d.ctx.Err() != nil || d.secure:
			return total, d.copyError(err, d.writeError)
		}
	}
}

// sendChunk gives the kernel a file to copy by itself, and reads anything else through buf.
func (d *Data) sendChunk(r io.Reader, size int64, buf []byte) (int64, error) {
	if _, isFile := r.(*os.File); isFile {
		return io.CopyN(d.conn, r, size)
	}
	n, readErr := r.Read(buf)
	if readErr != nil && readErr != io.EOF {
		readErr = &LocalError{Err: readErr}
	}
	if n == 0 {
		return 0, readErr
	}
	m, err := d.conn.Write(buf[:n])
	if err != nil {
		return int64(m), &brokenWrite{err}
	}
	return int64(m), readErr
}

// brokenWrite is a write that cannot be repeated from where it stopped.
type brokenWrite struct{ error }

func (e *brokenWrite) Unwrap() error { return e.error }

// readerOnly hides that r is a file: under TLS the kernel cannot copy.
type readerOnly struct{ io.Reader }

func isTimeout(err error) bool {
	var broken *brokenWrite
	return errors.Is(err, os.ErrDeadlineExceeded) && !errors.As(err, &broken)
}

// copyError tells our side's failures from the network's, which other names.
func (d *Data) copyError(err error, other func(error) error) error {
	var local *LocalError
	if errors.As(err, &local) {
		return err
	}
	var path *fs.PathError
	var network *net.OpError
	isNetwork := errors.As(err, &network) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, net.ErrClosed)
	if !isNetwork && (errors.As(err, &path) || !errors.Is(err, errCut)) {
		return &LocalError{Err: err}
	}
	return other(err)
}
