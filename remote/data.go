package remote

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/jlaffaye/ftp"

	"ftpsh/internal/wire"
)

// Outcome is what a transfer came to. Err is nil only for a clean end of data and a final 2xx.
type Outcome struct {
	Bytes     int64
	Truncated bool       // TLS ended without close_notify; everything else was well
	Reply     wire.Reply // the one that ended it
	Took      time.Duration
}

// step is a context to find out where the connection stands, after something on it went wrong or was ended.
func (c *Conn) step(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), c.site.Options.Timeouts.WithDefaults().Step)
}

// download runs one command that sends us data, and gives the data to sink once the server has
// agreed to send it. The command is the library's RETR, or what is to go out in its place.
func (c *Conn) download(ctx context.Context, op, path, command string, offset int64, sink func(*wire.Data) error) (Outcome, error) {
	started := time.Now()
	response, data, err := c.retrieve(ctx, op, path, command, offset)
	if err != nil {
		return Outcome{}, err
	}
	end := c.control.Begin(ctx)
	copyErr := sink(data)
	closeErr := response.Close()
	end()
	out := Outcome{Bytes: data.Bytes(), Took: time.Since(started), Reply: c.lastReply()}
	var cut *wire.TruncatedError
	if errors.As(copyErr, &cut) && closeErr == nil {
		out.Truncated, copyErr = true, nil
	}
	return out, c.transferError(ctx, op, path, out.Reply, copyErr, closeErr)
}

// lastReply is the latest reply in our charset.
func (c *Conn) lastReply() wire.Reply {
	reply, _ := c.control.Last()
	return c.names.told(reply)
}

// retrieve opens the data connection and has the command accepted.
func (c *Conn) retrieve(ctx context.Context, op, path, command string, offset int64) (response *ftp.Response, data *wire.Data, err error) {
	err = c.begin(ctx, op, path, command, func() (err error) {
		response, err = c.library.RetrFrom("file", uint64(offset))
		data = c.control.DataConnection()
		return err
	})
	return response, data, err
}

// begin runs the library's part of a transfer, with command in the place of its own. A connection
// that turns out to be dropped before the command left is brought back once.
func (c *Conn) begin(ctx context.Context, op, path, command string, transfer func() error) error {
	for again := true; ; again = false {
		if err := c.useType(ctx, c.transfer); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := c.control.Substitute(command); err != nil {
			return failure(op, path, err)
		}
		if err := c.escort(ctx); err != nil {
			return failure(op, path, err)
		}
		c.dirFresh = false
		end := c.control.Begin(ctx)
		err := transfer()
		end()
		switch {
		case err != nil && ctx.Err() != nil:
			return context.Cause(ctx)
		case !again || !unsent(err):
			return c.libraryError(op, path, err)
		}
		if err := c.reopen(ctx, err); err != nil {
			return err
		}
	}
}

// transferError puts the causes of a failed transfer in order: the user's Ctrl-C, our own disk,
// the server's refusal, the network. Afterwards the connection is in step, or gone.
func (c *Conn) transferError(ctx context.Context, op, path string, last wire.Reply, copyErr, closeErr error) error {
	if copyErr == nil && closeErr == nil {
		return nil
	}
	defer c.resync(ctx)
	var local *wire.LocalError
	var lost *wire.LostError
	var timeout *wire.TimeoutError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(copyErr, &local):
		return failure(op, path, local)
	case errors.As(copyErr, &timeout): // what the server says of it came after
		return failure(op, path, copyErr)
	case errors.As(closeErr, &lost):
		return failure(op, path, lost)
	case c.control.DataError() == nil && last.Class() >= 4:
		return refusal(op, path, last)
	case copyErr != nil:
		return failure(op, path, copyErr)
	}
	return c.libraryError(op, path, firstOf(closeErr))
}

// firstOf is what went wrong first, of all that the library joins.
func firstOf(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()[0]
	}
	return err
}

// resync proves with a NOOP that the connection is in step after a transfer that broke off, and
// drops it otherwise: the next command brings it back.
func (c *Conn) resync(ctx context.Context) {
	if c.control == nil {
		return
	}
	ctx, cancel := c.step(ctx)
	defer cancel()
	reply, err := c.control.Do(ctx, "NOOP")
	if err != nil || !reply.OK() || reply.Code == 226 {
		c.note("the connection was dropped to be sure of its state; the next command opens it again")
		c.drop()
	}
}

// Get fetches a file from offset on (REST, RETR) into what sink returns. The sink is made once
// the server has agreed, so a refusal leaves nothing behind.
func (c *Conn) Get(ctx context.Context, name string, offset int64, sink func() (io.Writer, error)) (Outcome, error) {
	if err := c.hold(ctx); err != nil {
		return Outcome{}, err
	}
	defer c.release()
	return c.get(ctx, name, offset, sink)
}

func (c *Conn) get(ctx context.Context, name string, offset int64, sink func() (io.Writer, error)) (Outcome, error) {
	path, err := c.wirePath(name)
	if err != nil {
		return Outcome{}, failure("get", name, err)
	}
	return c.download(ctx, "get", name, "RETR "+path, offset, func(data *wire.Data) error {
		w, err := sink()
		if err != nil {
			return &wire.LocalError{Err: err}
		}
		return data.CopyTo(w)
	})
}

// QuoteData runs a command as the user typed it that answers on a data connection, and copies
// what comes to w.
func (c *Conn) QuoteData(ctx context.Context, line string, w io.Writer) (Outcome, error) {
	if err := c.hold(ctx); err != nil {
		return Outcome{}, err
	}
	defer c.release()
	command, err := c.names.encode(line)
	if err != nil {
		return Outcome{}, failure("quote", "", err)
	}
	return c.download(ctx, "quote", "", command, 0, func(data *wire.Data) error { return data.CopyTo(w) })
}

// StoreMode says what becomes of a file of that name.
type StoreMode int

// The modes.
const (
	Replace StoreMode = iota // STOR
	Append                   // APPE
	Unique                   // STOU: the server makes up the name
)

// Put sends r to the server under name. With an offset, the server is asked to go on from there
// (REST). With Unique the returned name is the one that the server chose, if it said so. A reader
// that may wait for ever must itself end when ctx does.
func (c *Conn) Put(ctx context.Context, name string, mode StoreMode, offset int64, r io.Reader) (Outcome, string, error) {
	if err := c.hold(ctx); err != nil {
		return Outcome{}, name, err
	}
	defer c.release()
	return c.put(ctx, name, mode, offset, r, nil)
}

// put is Put. A head has been read from r already.
func (c *Conn) put(ctx context.Context, name string, mode StoreMode, offset int64, r io.Reader, head *wire.HeadStart) (Outcome, string, error) {
	path, err := c.wirePath(name)
	if err != nil {
		return Outcome{}, name, failure("put", name, err)
	}
	started := time.Now()
	source := &countingSource{Reader: r}
	var stored error
	err = c.begin(ctx, "put", name, mode.command(path), func() error {
		source.control = c.control
		c.control.Precede(head)
		stored = c.library.StorFrom("file", source, uint64(offset))
		return stored
	})
	out := Outcome{Bytes: source.sent(), Took: time.Since(started)}
	if source.data == nil {
		return out, name, err
	}
	out.Reply = c.lastReply()
	if err := c.transferError(ctx, "put", name, out.Reply, source.err, stored); err != nil {
		return out, name, err
	}
	if mode == Unique {
		name = uniqueName(c.names.told(source.opening), out.Reply, name)
	}
	return out, name, nil
}

// command is what goes out for an upload in this mode.
func (m StoreMode) command(path string) string {
	switch m {
	case Append:
		return "APPE " + path
	case Unique:
		return "STOU"
	}
	return "STOR " + path
}

// countingSource is what the library copies from. It hands itself over to the data connection,
// which lets the kernel copy a file, and remembers that connection.
type countingSource struct {
	io.Reader
	control *wire.Control
	data    *wire.Data
	opening wire.Reply // the 1xx: with STOU it may carry the name
	err     error      // why not all of it was sent
}

// WriteTo is called by the library's io.Copy with the data connection.
func (s *countingSource) WriteTo(w io.Writer) (n int64, err error) {
	s.data = w.(*wire.Data)
	s.opening, _ = s.control.Last()
	n, s.err = s.data.ReadFrom(s.Reader)
	return n, s.err
}

func (s *countingSource) sent() int64 {
	if s.data == nil {
		return 0
	}
	return s.data.Bytes()
}

// Moved is how many bytes the running transfer has moved so far.
func (c *Conn) Moved() int64 {
	control := c.Control()
	if control == nil {
		return 0
	}
	return control.Moved()
}
