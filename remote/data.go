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
	out := Outcome{Bytes: data.Bytes(), Took: time.Since(started)}
	out.Reply, _ = c.control.Last()
	var cut *wire.TruncatedError
	if errors.As(copyErr, &cut) && closeErr == nil {
		out.Truncated, copyErr = true, nil
	}
	return out, c.transferError(ctx, op, path, out.Reply, copyErr, closeErr)
}

// retrieve opens the data connection and has the command accepted; a connection that turns out to
// be dropped is brought back once.
func (c *Conn) retrieve(ctx context.Context, op, path, command string, offset int64) (*ftp.Response, *wire.Data, error) {
	for again := true; ; again = false {
		if err := c.ready(ctx); err != nil {
			return nil, nil, err
		}
		c.dirFresh = false
		end := c.control.Begin(ctx)
		c.control.Substitute(command)
		response, err := c.library.RetrFrom("file", uint64(offset))
		data := c.control.DataConnection()
		end()
		switch {
		case err == nil:
			return response, data, nil
		case again && unsent(err):
			if err := c.reopen(ctx, err); err != nil {
				return nil, nil, err
			}
			continue
		}
		return nil, nil, c.libraryError(op, path, err)
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
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(copyErr, &local):
		return failure(op, path, local)
	case c.control.Err() == nil && last.Class() >= 4:
		return refusal(op, path, last)
	case copyErr != nil:
		return failure(op, path, copyErr)
	}
	return c.libraryError(op, path, closeErr)
}

// resync proves with a NOOP that the connection is in step after a transfer that broke off, and
// drops it otherwise: the next command brings it back.
func (c *Conn) resync(ctx context.Context) {
	if c.control == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
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
	defer c.hold()()
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
	defer c.hold()()
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
// (REST). With Unique the returned name is the one that the server chose, if it said so.
func (c *Conn) Put(ctx context.Context, name string, mode StoreMode, offset int64, r io.Reader) (Outcome, string, error) {
	defer c.hold()()
	path, err := c.wirePath(name)
	if err != nil {
		return Outcome{}, name, failure("put", name, err)
	}
	if err := c.ready(ctx); err != nil {
		return Outcome{}, name, err
	}
	started := time.Now()
	c.dirFresh = false
	end := c.control.Begin(ctx)
	defer end()
	source := &countingSource{Reader: r, control: c.control}
	err = c.store(path, mode, offset, source)
	out := Outcome{Bytes: source.sent(), Took: time.Since(started)}
	out.Reply, _ = c.control.Last()
	if err != nil {
		return out, name, c.putError(ctx, name, out.Reply, source, err)
	}
	if mode == Unique {
		name = c.uniqueName(source.opening, out.Reply, name)
	}
	return out, name, nil
}

func (c *Conn) store(path string, mode StoreMode, offset int64, source *countingSource) error {
	switch mode {
	case Append:
		c.control.Substitute("APPE " + path)
		return c.library.StorFrom("file", source, 0)
	case Unique:
		c.control.Substitute("STOU")
		return c.library.StorFrom("file", source, 0)
	}
	c.control.Substitute("STOR " + path)
	return c.library.StorFrom("file", source, uint64(offset))
}

func (c *Conn) putError(ctx context.Context, name string, last wire.Reply, source *countingSource, err error) error {
	if source.data == nil {
		return c.libraryError("put", name, err)
	}
	var local *wire.LocalError
	var copyErr error
	if errors.As(err, &local) {
		copyErr = local
	}
	return c.transferError(ctx, "put", name, last, copyErr, err)
}

// countingSource is what the library copies from. It hands itself over to the data connection,
// which lets the kernel copy a file, and remembers that connection.
type countingSource struct {
	io.Reader
	control *wire.Control
	data    *wire.Data
	opening wire.Reply // the 1xx: with STOU it may carry the name
}

// WriteTo is called by the library's io.Copy with the data connection.
func (s *countingSource) WriteTo(w io.Writer) (int64, error) {
	s.data = w.(*wire.Data)
	s.opening, _ = s.control.Last()
	return s.data.ReadFrom(s.Reader)
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
