package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ftpsh/internal/wire"
)

// This file is the queue: many small files after one another on one connection. Where the server
// bears it, the commands of one file travel with those of the next:
//
//	RETR a, EPSV | 150, data, 226, 229 | RETR b, EPSV | ...
//	STOR .a, EPSV, SIZE .a, RNFR .a | 150, data, 226, 229, 213, 350 | RNTO a, STOR .b, EPSV, SIZE .b, RNFR .b | ...
//
// With the data connection, which is made while the transfer's command travels, that is two round
// trips a file. No command shares a write with one whose outcome decides about it: RNTO waits until
// the answer to SIZE has been compared.
//
// A worker that moves files calls Fetch or Store for one after another, with More set as long as it
// knows of a next one, and Flush at the end. Nothing is sent ahead, and all else is the same, where a
// server is known not to bear it (pyftpdlib, the setting pipelining, active mode, PRET), and from the
// first sign on that it does not: that file fails with a *QueueError, and works when it is asked for
// again.

// Fetch is a file of a queue that is to be fetched.
type Fetch struct {
	Name   string
	Offset int64                     // where to go on (REST)
	Sink   func() (io.Writer, error) // called once the server has agreed, as for [Conn.Get]
	Dated  bool                      // ask when the file was changed (MDTM), too
	More   bool                      // another file follows at once
}

// Fetched is what came of a Fetch.
type Fetched struct {
	Outcome
	Time time.Time // UTC; zero when it was not asked for or is not known
}

// Store is a file of a queue that is to be stored: under a temporary name, which becomes the right
// one once the server has confirmed the transfer and the size.
type Store struct {
	Temporary, Name string
	Source          io.Reader
	Size            int64        // how many bytes it will probably give
	Check           func() error // called when all has been sent: an error keeps the file from its name; may be nil
	Time            time.Time    // what the file's time of change is set to; zero leaves it
	More            bool         // another file follows at once

	// Done is called once, when the file has its name or will not get it. That may be during a later
	// operation of the connection, whichever it is; Done must not start another.
	Done func(Stored, error)
}

// Stored is what came of a Store. With an error, the temporary file may exist.
type Stored struct {
	Outcome
	Dated bool // the file has got its time
	Sized bool // the server says that it has as many bytes as were sent
}

// QueueError reports a transfer that failed because the server does not bear commands sent ahead of
// their turn. From now on the session sends them one at a time; the same transfer may be tried again.
type QueueError struct{ Err error }

func (e *QueueError) Error() string {
	return fmt.Sprintf("the server does not bear commands sent ahead: %v", e.Err)
}

func (e *QueueError) Unwrap() error { return e.Err }

// SizeError reports an upload of which the server has another number of bytes than were sent.
type SizeError struct{ Sent, Has int64 }

func (e *SizeError) Error() string {
	return fmt.Sprintf("the server has %d of %d bytes", e.Has, e.Sent)
}

// queued is what belongs to the next transfer of a queue.
type queued struct {
	arrange bool
	behind  []string
	convoy  *wire.Convoy // nil when everything goes one at a time
}

// stored is a file of which only the name is not the right one yet.
type stored struct {
	Store
	result   Stored
	from, to string // as the server sees them
}

// Fetch fetches the next file of a queue. See the top of this file.
func (c *Conn) Fetch(ctx context.Context, f Fetch) (Fetched, error) {
	if err := c.hold(ctx); err != nil {
		return Fetched{}, err
	}
	defer c.release()
	path, err := c.wirePath(f.Name)
	if err != nil {
		return Fetched{}, failure("get", f.Name, err)
	}
	c.queued = &queued{arrange: f.More}
	if f.Dated {
		c.queued.behind = []string{"MDTM " + path}
	}
	var result Fetched
	result.Outcome, err = c.get(ctx, f.Name, f.Offset, f.Sink)
	replies, err := c.unqueue(ctx, err)
	if len(replies) == 1 && replies[0].OK() {
		result.Time, _ = wire.ParseTime(replies[0].Text())
	}
	return result, err
}

// Store stores the next file of a queue, and gives the one before it its name. What comes of it is
// told to s.Done.
func (c *Conn) Store(ctx context.Context, s Store) {
	if err := c.seize(ctx); err != nil {
		s.Done(Stored{}, err)
		return
	}
	defer c.release()
	w := &stored{Store: s}
	if err := c.upload(ctx, w); err != nil {
		s.Done(w.result, err)
		return
	}
	c.waiting = w
	if !s.More || !c.mayConvoy() {
		c.finish(ctx)
	}
}

// Flush gives the last file of a queue its name, and ends the queue. Every other operation does so
// first, too. It happens after a Ctrl-C as well: the file is whole.
func (c *Conn) Flush(ctx context.Context) {
	if c.hold(ctx) != nil {
		return
	}
	defer c.release()
	if c.control != nil {
		c.control.Disarrange()
	}
}

// upload brings a file to the server under its temporary name, and makes sure that it is whole.
func (c *Conn) upload(ctx context.Context, w *stored) (err error) {
	if w.from, err = c.wirePath(w.Temporary); err == nil {
		w.to, err = c.wirePath(w.Name)
	}
	if err == nil {
		err = wire.CheckLines("RNFR "+w.from, "RNTO "+w.to)
	}
	if err == nil {
		err = c.ready(ctx)
	}
	if err != nil {
		return failure("put", w.Name, err)
	}
	var head *wire.HeadStart
	if c.mayConvoy() {
		if head, err = w.head(); err != nil {
			return failure("put", w.Name, &wire.LocalError{Err: err})
		}
	}
	c.queued = &queued{arrange: w.More, behind: slices.DeleteFunc([]string{
		c.dateLine(w), c.sizeLine(w), "RNFR " + w.from,
	}, func(line string) bool { return line == "" })}
	w.result.Outcome, _, err = c.put(ctx, w.Temporary, Replace, 0, w.Source, head)
	lines := c.queued.behind
	replies, err := c.unqueue(ctx, err)
	if err != nil {
		return err
	}
	if len(replies) < len(lines) {
		return failure("put", w.Name, errors.New("the connection was lost before the file could be verified"))
	}
	if err := w.check(); err != nil {
		return failure("put", w.Name, &wire.LocalError{Err: err})
	}
	if err = c.verify(w, lines, replies); err == nil {
		c.dateApart(ctx, w)
	}
	return err
}

func (w *stored) check() error {
	if w.Check == nil {
		return nil
	}
	return w.Check()
}

// headSize is how much of a file of a queue is read before its turn, to be sent without waiting for the
// server's word. It is more than TCP sends at first anyway.
const headSize = 64 << 10

// head reads the beginning of a file, or all of it and the end.
func (w *stored) head() (*wire.HeadStart, error) {
	content := make([]byte, min(max(w.Size, 0)+1, headSize))
	n, err := io.ReadFull(w.Source, content)
	whole := err == io.EOF || err == io.ErrUnexpectedEOF
	if whole {
		err = nil
	}
	return &wire.HeadStart{Content: content[:n], Whole: whole}, err
}

// verify reads the answers about a file under its temporary name.
func (c *Conn) verify(w *stored, lines []string, replies []wire.Reply) error {
	for i, reply := range replies {
		switch verb, _, _ := strings.Cut(lines[i], " "); verb {
		case "MFMT", "MDTM", "SITE":
			w.result.Dated = reply.OK()
		case "SIZE":
			size, err := wire.ParseSize(reply.Text())
			w.result.Sized = reply.OK() && err == nil
			if w.result.Sized && size != w.result.Bytes {
				return failure("put", w.Name, &SizeError{Sent: w.result.Bytes, Has: size})
			}
		case "RNFR":
			if reply.Class() != 3 {
				return refusal("rename", w.Temporary, reply)
			}
		}
	}
	return nil
}

// sizeLine asks how much of an upload has arrived. In ASCII, the answer would prove nothing.
func (c *Conn) sizeLine(w *stored) string {
	if c.transfer != "I" {
		return ""
	}
	return "SIZE " + w.from
}

// finish gives the file that waits for it its name.
func (c *Conn) finish(ctx context.Context) {
	w := c.waiting
	if w == nil {
		return
	}
	c.waiting = nil
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = c.step(ctx)
		defer cancel()
	}
	w.Done(w.result, c.giveName(ctx, w))
}

// giveName is the second half of a rename, or all of it where something has come between.
func (c *Conn) giveName(ctx context.Context, w *stored) error {
	if !c.renaming(w) {
		return c.rename(ctx, w.Temporary, w.Name)
	}
	_, err := c.change(ctx, "rename", w.Name, "RNTO "+w.to, func() string { return c.named(ctx, w) })
	var refused *Error
	if errors.As(err, &refused) && refused.Code == 503 { // on a new connection
		return c.rename(ctx, w.Temporary, w.Name)
	}
	return err
}

// renaming says that the server's latest reply was to the first half of this rename.
func (c *Conn) renaming(w *stored) bool {
	if c.control == nil || c.control.Err() != nil {
		return false
	}
	_, command := c.control.Last()
	return command == "RNFR "+w.from
}

// named looks whether a file has got its name.
func (c *Conn) named(ctx context.Context, w *stored) string {
	return c.present(ctx, w.Temporary, "it was not renamed", "it was renamed")
}

// mayConvoy says whether commands may be sent together with those of a transfer.
func (c *Conn) mayConvoy() bool {
	switch {
	case c.control == nil, c.site.Options.LockStep, c.home().inTurn.Load(), c.control.Data().Active:
		return false
	case c.control.NeedsPRET(): // in front of EPSV, with the name of the file
		return false
	}
	return !strings.Contains(strings.ToLower(c.control.Greeting().Text()), "pyftpdlib")
}

// home is the session's own connection.
func (c *Conn) home() *Conn {
	if c.session != nil {
		return c.session
	}
	return c
}

// escort has the convoy of a queue's next transfer ready, if there is to be one.
func (c *Conn) escort(ctx context.Context) error {
	q := c.queued
	if q == nil {
		return nil
	}
	q.convoy = nil
	if c.waiting != nil && !(c.mayConvoy() && c.renaming(c.waiting) && c.control.Arranged()) {
		c.finish(ctx)
	}
	if !c.mayConvoy() {
		return nil
	}
	q.convoy = &wire.Convoy{Arrange: q.arrange, Behind: q.behind}
	if c.waiting != nil {
		q.convoy.Before = []string{"RNTO " + c.waiting.to}
	}
	return c.control.Escort(q.convoy)
}

// unqueue ends a transfer of a queue that has come to err: it reads the replies to the commands
// behind it, or sends those commands only now.
func (c *Conn) unqueue(ctx context.Context, err error) (replies []wire.Reply, _ error) {
	q := c.queued
	c.queued = nil
	if q.convoy == nil {
		if err != nil {
			return nil, err
		}
		for _, line := range q.behind {
			reply, err := c.do(ctx, line)
			if err != nil {
				return replies, nil
			}
			replies = append(replies, reply)
		}
		return replies, nil
	}
	c.settleName(ctx, q.convoy)
	if c.control != nil && c.control.Err() == nil {
		replies, _ = c.control.Behind(ctx) // what is missing is missed by the caller
	}
	switch {
	case err == nil && q.arrange && c.control.Arranged():
		c.home().bears.Store(true)
	case err == nil && q.arrange && c.control.Err() == nil:
		c.takeTurns(errors.New("the server agrees on no data connection during a transfer"))
	case err != nil && ctx.Err() == nil && q.convoy.Sent && c.mixedUp(err):
		c.takeTurns(err)
		err = &QueueError{Err: err}
	}
	return replies, err
}

// settleName tells what has come of the rename that a convoy had in front.
func (c *Conn) settleName(ctx context.Context, convoy *wire.Convoy) {
	w := c.waiting
	if w == nil || !convoy.Sent {
		return
	}
	c.waiting = nil
	if len(convoy.Replies) > 0 {
		reply, err := convoy.Replies[0], error(nil)
		if !reply.OK() {
			err = refusal("rename", w.Name, c.names.told(reply))
		}
		w.Done(w.result, err)
		return
	}
	unknown := &UnknownOutcomeError{Op: "rename", Path: w.Name, Err: errors.New("the connection was lost")}
	if ctx.Err() == nil && c.ready(ctx) == nil {
		unknown.Found = c.named(ctx, w)
	}
	w.Done(w.result, unknown)
}

// takeTurns ends the sending ahead for all connections of the session.
func (c *Conn) takeTurns(why error) {
	if !c.home().inTurn.Swap(true) {
		c.decide(fmt.Sprintf("commands are sent one at a time from now on: %v", why))
	}
}

// mixedUp says that an error is what a server would cause that does not bear commands sent ahead. One
// that has borne them before may also have been cut off.
func (c *Conn) mixedUp(err error) bool {
	var reordered *wire.ReorderedError
	var data *wire.DataError
	var desync *wire.DesyncError
	var lost *wire.LostError
	var refused *Error
	switch {
	case errors.As(err, &reordered):
		return true
	case errors.As(err, &refused) && refused.Code != 0:
		return refused.Code == 425 || refused.Code == 426
	case c.home().bears.Load():
		return false
	}
	return errors.As(err, &data) || errors.As(err, &desync) || errors.As(err, &lost)
}
