package transfer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"ftpsh/remote"
)

// sumError is two checksums of one file that differ.
type sumError struct{ algorithm, here, there string }

func (e *sumError) Error() string {
	return fmt.Sprintf("the checksums differ: %s is %s here and %s on the server", e.algorithm, e.here, e.there)
}

// agrees compares a file here with the checksum that the server tells. The error is a *sumError, or why
// they could not be compared.
func agrees(ctx context.Context, conn *remote.Conn, name string, file io.ReaderAt) (algorithm string, err error) {
	sum, err := conn.Checksum(ctx, name)
	if err != nil {
		return "", err
	}
	own := sum.New()
	if _, err := io.Copy(own, &whileWanted{ctx, io.NewSectionReader(file, 0, 1<<62)}); err != nil {
		return "", err
	}
	if here := hex.EncodeToString(own.Sum(nil)); here != sum.Sum {
		return "", &sumError{sum.Algorithm, here, sum.Sum}
	}
	return sum.Algorithm, nil
}

// whileWanted reads until its context ends.
type whileWanted struct {
	ctx context.Context
	io.Reader
}

func (w *whileWanted) Read(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, context.Cause(w.ctx)
	}
	return w.Reader.Read(p)
}

// conclude gives a part that is as long as it should be its name, once it has been compared if that was asked
// for.
func (g *download) conclude(ctx context.Context, have int64) error {
	if !g.Verify {
		return g.finish(have)
	}
	algorithm, err := agrees(ctx, g.conn, g.Remote, g.part.file)
	if err == nil {
		g.agreed(algorithm)
		return g.finish(have)
	}
	var differ *sumError
	g.part.record.Differs = errors.As(err, &differ)
	if keepErr := g.part.keep(); keepErr != nil {
		g.note("%s: %v", g.part.name, plainCause(keepErr))
	}
	g.result.Kept, g.result.Next = g.part.name, g.Again("-c")
	switch {
	case ctx.Err() != nil:
		return err
	case g.part.record.Differs:
		return g.fail(ErrIncomplete, statusIncomplete, fmt.Sprintf("%v; what came is in %s", differ, g.part.name), g.Again("-f"))
	}
	return g.unproved(err, "all of it is in "+g.part.name)
}

// streamCompared compares what passes with the server's checksum.
func (g *download) streamCompared(ctx context.Context, w io.Writer) error {
	sum, err := g.conn.Checksum(ctx, g.Remote)
	if err != nil {
		return err
	}
	own := sum.New()
	err = g.streamAll(ctx, func() (io.Writer, error) { return io.MultiWriter(w, own), nil })
	if err != nil {
		return err
	}
	if here := hex.EncodeToString(own.Sum(nil)); here != sum.Sum {
		g.result.Verified = false
		return g.incomplete((&sumError{sum.Algorithm, here, sum.Sum}).Error())
	}
	g.agreed(sum.Algorithm)
	return nil
}

// compared says what it means for a file that is here already that its checksum was compared.
func (g *download) compared(algorithm string, err error) error {
	var differ *sumError
	switch {
	case err == nil:
		g.agreed(algorithm)
		g.result.Skipped += " and " + algorithm
		return nil
	case errors.As(err, &differ):
		return g.fail(ErrIncomplete, statusIncomplete, fmt.Sprintf("%v; %s is left as it is", differ, g.Name), g.Again("-f"))
	}
	return err
}

// agreed notes that the checksums are the same.
func (g *download) agreed(algorithm string) {
	g.verified("by its " + algorithm)
	g.result.Checksum = algorithm
}

// unproved is a checksum that could not be had.
func (g *download) unproved(err error, where string) *Error {
	e := g.broken(err, where, g.result.Next)
	e.Text = "not verified by its checksum: " + e.Text
	return e
}

// proveSum compares what the server has under a name with the source.
func (p *upload) proveSum(ctx context.Context, name string) error {
	algorithm, err := agrees(ctx, p.conn, name, p.source.file)
	var differ *sumError
	switch {
	case err == nil:
		p.result.Verified, p.result.How, p.result.Checksum = true, "by its "+algorithm, algorithm
		return nil
	case ctx.Err() != nil:
		p.result.Kept = name
		return err
	case errors.As(err, &differ):
		return p.fail(ErrIncomplete, statusIncomplete, fmt.Sprintf("%v; %s", differ, p.takeBack(ctx, name, p.source.size)), p.Again("-f"))
	}
	p.result.Kept = name
	e := p.fail(ErrIncomplete, brokenStatus(err), fmt.Sprintf("not verified by its checksum: %s; all of it is on the server as %s", causeOf(err), name), "")
	e.Err = err
	return e
}
