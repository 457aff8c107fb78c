package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// move runs the data transfer into what open returns once the server has agreed to send.
func (g *download) move(ctx context.Context, open func() (io.Writer, error)) (remote.Outcome, error) {
	repeated := int64(len(g.overlap))
	done := func(int64) {}
	lines, into := &localLines{}, &intake{}
	sink := func() (io.Writer, error) {
		w, err := open()
		if err != nil {
			return nil, err
		}
		g.moving = true
		done = started(g.Progress, Moving{
			Name: g.Remote, Total: g.total(), From: g.from,
			Moved: func() int64 { return max(0, g.conn.Moved()-repeated) },
		})
		if g.ASCII && !g.KeepCR {
			lines.w, w = w, lines
		}
		*into = intake{out: w, overlap: g.overlap, agreed: g.adopt, limit: g.limit(), slow: g.watch(ctx)}
		return into, nil
	}
	fetched, err := g.conn.Fetch(ctx, remote.Fetch{
		Name: g.Remote, Offset: g.from - repeated, Sink: sink,
		Dated: g.Preserve && g.facts.listed && g.facts.time.IsZero() || g.mayChange() && !g.facts.time.IsZero(), More: g.More,
	})
	out := fetched.Outcome
	g.changed = fetched.Time
	g.result.Bytes, g.result.Took = max(0, out.Bytes-repeated), out.Took
	done(g.result.Bytes)
	if err == nil {
		err = cmp.Or(into.problem, lines.Close())
	}
	return out, err
}

// changing is the size from which a file takes so long that somebody may write to it meanwhile: it is worth
// a question before, where a listing tells no exact time, and one behind its bytes.
const changing = 1 << 20

// mayChange says that the file is asked about again when it has come.
func (g *download) mayChange() bool {
	size := g.facts.size
	if g.Known != nil {
		size = max(size, g.Known.Size)
	}
	return g.To == nil && g.Region == nil && size >= changing
}

// unwritten makes sure that the file has the time that it had before, as far as the server tells it: else
// what came may be of two versions, and have the time of the second. A listing and MDTM may be in two zones.
func (g *download) unwritten() error {
	before, now := g.facts.time, g.changed
	if !g.mayChange() || before.IsZero() || now.IsZero() || now.Sub(before.Truncate(time.Second))%(15*time.Minute) == 0 {
		return nil
	}
	g.surplus = true
	return g.fail(ErrChanged, statusIncomplete, "it was written to while it was fetched", "")
}

// total is where the transfer will end, as far as that can be known before.
func (g *download) total() int64 {
	switch {
	case g.ASCII:
		return -1
	case g.Region != nil:
		return g.piece.To
	}
	return g.facts.size
}

// limit is how many bytes may come before something is wrong; negative for no limit. The line ends
// of ASCII at most double a text.
func (g *download) limit() int64 {
	switch {
	case g.Region != nil:
		return -1
	case g.facts.size < 0 && g.MaxSize > 0:
		return max(0, g.MaxSize-g.from)
	case g.facts.size < 0:
		return -1
	case g.ASCII:
		return 2*g.facts.size + slack
	}
	return max(0, g.facts.size-g.from) + slack
}

// stream fetches into something that only takes bytes.
func (g *download) stream(ctx context.Context, w io.Writer) error {
	open := func() (io.Writer, error) { return w, nil }
	var err error
	switch {
	case g.Region != nil:
		err = g.toRegion(ctx, open)
	case g.Verify:
		err = g.streamCompared(ctx, w)
	default:
		err = g.streamAll(ctx, open)
	}
	if err == nil || !g.moving || ctx.Err() != nil {
		return err
	}
	return g.broken(err, "what came was written as it came", "")
}

func (g *download) streamAll(ctx context.Context, open func() (io.Writer, error)) error {
	g.from = g.Offset
	out, err := g.move(ctx, open)
	if !g.moving {
		return g.refused(ctx, err)
	}
	have := g.from + out.Bytes
	if err = g.judge(ctx, out, have, err); err == nil {
		g.result.Size = have
	}
	return err
}

// refused is why nothing moved: the server would not send, or there is no place for what it would.
func (g *download) refused(ctx context.Context, err error) error {
	if isLocal(err) || errors.Is(err, ErrBusy) {
		return g.partError(err)
	}
	if code := refusal(err); code == 550 && !g.facts.exists {
		if e, statErr := g.conn.Stat(ctx, g.Remote); statErr == nil && e.Type == listing.Dir {
			return g.remoteDirectory()
		}
	}
	return err
}

// judge tells a whole file from the rest, by how the transfer ended and what the server says the size
// is. Without an error the result says how.
func (g *download) judge(ctx context.Context, out remote.Outcome, have int64, err error) error {
	size := g.facts.size
	lost := size >= 0 && have == size && !g.ASCII && lostReply(err)
	switch {
	case errors.Is(err, errTooMuch) && size < 0:
		g.surplus = true
		return g.tooLarge("there is more of it")
	case errors.Is(err, errTooMuch), lost, err == nil && size >= 0 && have > size && !g.ASCII,
		err == nil && g.facts.listed && !out.Truncated && have != size && !g.ASCII:
		return g.askAgain(ctx, have, err)
	case err != nil:
		return err
	case g.ASCII && !out.Truncated:
		g.result.How = "in ASCII the size proves nothing"
	case size < 0 && !out.Truncated:
		g.result.How = "the server does not tell the size"
	case have == size && !g.ASCII:
		if err := g.unwritten(); err != nil {
			return err
		}
		g.verified("by its size")
	case out.Truncated:
		return g.incomplete("the connection was cut without a TLS close, so there may be more")
	default:
		return g.incomplete(fmt.Sprintf("%d of %d bytes came", have, size))
	}
	return nil
}

// lostReply says that the control connection ended before the server's last word.
func lostReply(err error) bool {
	var lost *wire.LostError
	return errors.As(err, &lost)
}

// askAgain compares with the size as it is now: a file may grow while it is fetched.
func (g *download) askAgain(ctx context.Context, have int64, err error) error {
	again, askErr := g.conn.Size(ctx, g.Remote)
	tooMuch := errors.Is(err, errTooMuch)
	switch {
	case askErr != nil && err == nil:
		return askErr
	case askErr != nil:
		return err
	case again == have && !tooMuch:
		g.verified("by its size, asked for again")
		return nil
	case again >= have && again > g.facts.size && !g.ASCII:
		return g.grew(ctx, again)
	case have < again:
		return g.incomplete(fmt.Sprintf("%d of %d bytes came", have, again))
	}
	g.surplus = true
	return g.incomplete(fmt.Sprintf("the server sends more than the %d bytes that it says the file has", again))
}

// errGrew is the cause when a file is longer on the server than it was.
var errGrew = errors.New("the file grew")

// grew makes the part one of the file as it is now.
func (g *download) grew(ctx context.Context, size int64) error {
	before := g.facts.size
	g.facts.size = size
	if t, err := g.conn.ModTime(ctx, g.Remote); err == nil {
		g.facts.time = t
	}
	e := g.incomplete(fmt.Sprintf("the file grew from %d to %d bytes while it was fetched", before, size))
	e.Err = errGrew
	return e
}

func (g *download) verified(how string) { g.result.Verified, g.result.How = true, how }

func (g *download) incomplete(text string) *Error {
	return g.fail(ErrIncomplete, statusIncomplete, text, "")
}

// broken is an error about what moved, with where it is now and how to go on.
func (g *download) broken(err error, where, next string) *Error {
	var own *Error
	if errors.As(err, &own) {
		own.Text += "; " + where
		own.Next = next
		return own
	}
	e := g.fail(ErrIncomplete, brokenStatus(err), causeOf(err)+"; "+where, next)
	if isLocal(err) {
		e.Kind = ErrLocal
	}
	e.Err = err
	return e
}
