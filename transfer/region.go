package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ftpsh/remote"
)

// Region is a piece of a file, as curl and HTTP have it (RFC 9110 section 14.1.2): the bytes First to Last,
// counted from 0, both included. One that goes beyond the end of the file stops there.
type Region struct {
	First int64 // below 0: the last -First bytes
	Last  int64 // below 0: up to the end
}

// of is where the piece lies in a file of so many bytes; below 0 they are not known.
func (r Region) of(size int64) (span, error) {
	switch {
	case r.First < 0 && size < 0:
		return span{}, errors.New("the server does not tell the size, so its end is not known")
	case r.First < 0:
		return span{max(0, size+r.First), size}, nil
	case size >= 0 && r.First >= size:
		return span{}, fmt.Errorf("it has %d bytes, and the range begins at %d", size, r.First)
	case r.Last < 0 || size >= 0 && r.Last >= size:
		return span{r.First, size}, nil
	}
	return span{r.First, r.Last + 1}, nil
}

// toRegion fetches the piece that is wanted, into w as it is opened. The data connection is closed when all
// of it is here, whatever the server would still send.
func (g *download) toRegion(ctx context.Context, open func() (io.Writer, error)) error {
	if err := g.beginsThere(ctx); err != nil {
		return err
	}
	piece := &pieceWriter{left: -1}
	if g.piece.To >= 0 {
		piece.left = g.piece.To - g.piece.From
	}
	g.from = g.piece.From
	out, err := g.move(ctx, func() (w io.Writer, err error) {
		piece.out, err = open()
		return piece, err
	})
	switch why := g.cannotGoOn(err); {
	case why != "":
		return g.fail(ErrUnsuitable, statusFailed, why, "")
	case !g.moving:
		return g.refused(ctx, err)
	case errors.Is(err, errEnough) && g.piece.To == g.facts.size:
		err = g.incomplete("more comes than there is up to the end: the file has grown, or the server cannot start in the middle of it")
	case errors.Is(err, errEnough):
		err = nil
	}
	g.result.Bytes = piece.written
	return g.judgeRegion(out, piece, err)
}

// beginsThere makes sure that a server that is to start in the middle does: the bytes from elsewhere
// would look as good.
func (g *download) beginsThere(ctx context.Context) error {
	if g.piece.From == 0 || g.facts.size < 2 || g.piece.To == g.facts.size {
		return nil // at the end of the file their number tells
	}
	switch beginsWhereTold(ctx, g.conn, g.Remote, g.facts.size) {
	case disproved:
		return g.fail(ErrUnsuitable, statusFailed, errNoRestart.Error(), "")
	case unproved:
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// judgeRegion counts what came.
func (g *download) judgeRegion(out remote.Outcome, piece *pieceWriter, err error) error {
	switch {
	case err != nil:
		return err
	case piece.left > 0:
		return g.incomplete(fmt.Sprintf("the server sent %d bytes of %d", piece.written, piece.written+piece.left))
	case piece.left < 0 && out.Truncated:
		return g.incomplete("the connection was cut without a TLS close, so there may be more")
	case g.facts.size < 0:
		g.result.How = "the server does not tell the size"
	default:
		g.verified("by the number of its bytes")
	}
	g.result.Size = piece.written
	return nil
}

// pieceWriter takes so many bytes, and then ends the transfer.
type pieceWriter struct {
	out     io.Writer
	left    int64 // below 0 for all that come
	written int64
}

func (p *pieceWriter) Write(b []byte) (int, error) {
	enough := p.left >= 0 && int64(len(b)) > p.left
	if enough {
		b = b[:p.left]
	}
	n, err := p.out.Write(b)
	p.written += int64(n)
	if p.left >= 0 {
		p.left -= int64(n)
	}
	if err == nil && enough {
		err = errEnough
	}
	return n, err
}

// regionToFile fetches the piece into a file of its own. If it breaks off, nothing is kept: what a part
// holds is the beginning of a file.
func (g *download) regionToFile(ctx context.Context) error {
	err := g.toRegion(ctx, func() (_ io.Writer, err error) {
		whole := newRecord(g.conn, g.Remote, g.facts)
		whole.Differs = true
		if g.part, err = newPart(g.root, g.Name, whole, making{beside: true}); err != nil {
			return nil, err
		}
		return g.part.file, nil
	})
	switch {
	case err == nil:
		return g.finish(g.result.Bytes)
	case g.part != nil:
		g.part.discard()
	}
	if ctx.Err() != nil || !g.moving {
		return err
	}
	return g.broken(err, "nothing was kept", "")
}
