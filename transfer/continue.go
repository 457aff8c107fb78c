package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ftpsh/remote"
)

// sendAppend puts the source behind what the server has (APPE), and is never repeated.
func (p *upload) sendAppend(ctx context.Context) error {
	before := p.facts.size
	if !p.facts.exists {
		before = 0
	}
	out, err := p.transmit(ctx, p.Remote, remote.Append, p.Offset, 0)
	if err != nil {
		return p.cut(ctx, out, err, "")
	}
	want := int64(-1)
	if before >= 0 {
		want = before + out.Bytes
	}
	return p.prove(ctx, p.Remote, p.Offset+out.Bytes, want)
}

// sendFrom writes the source from an offset on over what the server has from there.
func (p *upload) sendFrom(ctx context.Context) error {
	if p.facts.size < p.Offset {
		return p.fail(ErrUnsuitable, statusFailed, fmt.Sprintf("the server has no %d bytes of %s to go on from", p.Offset, p.Remote), p.Again("-c")+" finds out by itself where to go on")
	}
	out, err := p.transmit(ctx, p.Remote, remote.Replace, p.Offset, p.Offset)
	if err != nil {
		return p.cut(ctx, out, err, p.Again("-c"))
	}
	if err := p.prove(ctx, p.Remote, p.Offset+out.Bytes, p.Offset+out.Bytes); err != nil {
		return err
	}
	p.keepTime(ctx, p.Remote)
	return nil
}

// resume appends what the server lacks, if the end of what it has is the same here.
func (p *upload) resume(ctx context.Context) error {
	has := p.facts.size
	switch {
	case !p.facts.exists, has == 0:
		return p.store(ctx)
	case has < 0, p.source.file == nil:
		return p.fail(ErrUnsuitable, statusFailed, "where to go on cannot be found out", p.Again("-f")+" sends all of it")
	case has > p.source.size:
		return p.fail(ErrExists, statusFailed, fmt.Sprintf("%s is longer on the server (%d bytes) than here (%d)", p.Remote, has, p.source.size), p.Again("-f")+" replaces it")
	}
	if err := p.compareEnd(ctx, has); err != nil {
		return err
	}
	if has == p.source.size {
		return p.isThere(ctx, has)
	}
	out, err := p.transmit(ctx, p.Remote, remote.Append, has, 0)
	if err != nil {
		return p.cut(ctx, out, err, p.Again("-c"))
	}
	if err := p.prove(ctx, p.Remote, has+out.Bytes, has+out.Bytes); err != nil {
		return err
	}
	p.keepTime(ctx, p.Remote)
	return nil
}

// isThere leaves a file on the server that is as long as the one here, if its checksum agrees as well where
// that is to be compared.
func (p *upload) isThere(ctx context.Context, size int64) error {
	p.result.Skipped, p.result.Size = "it is there already, with the same size and end", size
	if !p.Verify {
		return nil
	}
	algorithm, err := agrees(ctx, p.conn, p.Remote, p.source.file)
	var differ *sumError
	switch {
	case err == nil:
		p.result.Verified, p.result.How, p.result.Checksum = true, "by its "+algorithm, algorithm
		p.result.Skipped += ", and " + algorithm
		return nil
	case errors.As(err, &differ):
		return p.fail(ErrIncomplete, statusIncomplete, fmt.Sprintf("%v; %s on the server is left as it is", differ, p.Remote), p.Again("-f"))
	}
	return err
}

// compareEnd reads the last bytes that the server has, and compares them with the same ones here.
func (p *upload) compareEnd(ctx context.Context, has int64) error {
	end, err := tail(p.source.file, has)
	if err != nil {
		return localError(p.Op, p.Local, err)
	}
	check := &intake{overlap: end, limit: 0, agreed: func() (io.Writer, error) { return io.Discard, nil }}
	_, err = p.conn.Get(ctx, p.Remote, has-int64(len(end)), func() (io.Writer, error) { return check, nil })
	switch {
	case errors.Is(err, errDiffers), errors.Is(err, errTooMuch), err == nil && len(check.overlap) > 0:
		return p.fail(ErrIncomplete, statusIncomplete, "the end of what the server has differs from the file here", p.Again("-f")+" sends all of it")
	case refusal(err) != 0:
		return p.fail(ErrUnsuitable, statusFailed, "what the server has cannot be read to compare it: "+causeOf(err), p.Again("-f")+" sends all of it")
	case err != nil:
		return err
	}
	return nil
}

// cut is a transfer that broke off while it changed a file of the server's: some of it may be there.
func (p *upload) cut(ctx context.Context, out remote.Outcome, err error, next string) error {
	var own *Error
	switch {
	case errors.As(err, &own), ctx.Err() != nil:
		return err
	case out.Bytes == 0 && !isLocal(err):
		return p.named(err)
	}
	e := p.fail(ErrIncomplete, brokenStatus(err), fmt.Sprintf("%s; %d bytes were sent to %s", causeOf(err), out.Bytes, p.Remote), next)
	e.Err = err
	return e
}

// sendUnique lets the server find a name (STOU). If it does not tell it, nothing can be verified.
func (p *upload) sendUnique(ctx context.Context) error {
	out, err := p.transmit(ctx, "", remote.Unique, 0, 0)
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil && isLocal(err):
		return localError(p.Op, p.Local, err)
	case err != nil:
		return p.named(err)
	}
	name := p.result.Target
	if name == "" {
		p.result.Target, p.result.How = "a name of the server's choice", "the server did not tell the name"
		return nil
	}
	if err := p.prove(ctx, name, out.Bytes, out.Bytes); err != nil {
		return err
	}
	p.keepTime(ctx, name)
	return nil
}
