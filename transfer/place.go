package transfer

import (
	"context"
	"fmt"

	"ftpsh/internal/lang"
	"ftpsh/internal/listing"
)

// place gives what was stored under the temporary name its own.
func (p *upload) place(ctx context.Context, temp string) error {
	err := p.conn.Rename(ctx, temp, p.Remote)
	switch {
	case err == nil:
		return nil
	case refusal(err) == 0:
		return p.unanswered(temp, err)
	case refusal(err) < 500:
		return p.leave(temp, causeOf(err))
	case p.facts.exists:
		return p.replace(ctx, temp)
	}
	return p.storeAgain(ctx, temp)
}

// replace is for servers that do not rename onto a file: the old one gets another name, the new one
// its place, and only then the old one goes.
func (p *upload) replace(ctx context.Context, temp string) error {
	if e, err := p.conn.Stat(ctx, p.Remote); err != nil || e.Type != listing.File {
		return p.giveUp(ctx, temp)
	}
	old := tempName(p.Remote)
	if err := p.conn.Rename(ctx, p.Remote, old); err != nil {
		if refusal(err) == 0 {
			return p.scattered(temp, old, err)
		}
		return p.giveUp(ctx, temp)
	}
	if err := p.conn.Rename(ctx, temp, p.Remote); err != nil {
		return p.moveBack(ctx, temp, old, err)
	}
	if err := p.conn.Delete(ctx, old); err != nil {
		p.note("the old file is still on the server, as %s", old)
	}
	return nil
}

// moveBack undoes the first half of replace, if it is sure that the second was refused.
func (p *upload) moveBack(ctx context.Context, temp, old string, why error) error {
	if refusal(why) == 0 {
		return p.scattered(temp, old, why)
	}
	if err := p.conn.Rename(ctx, old, p.Remote); err != nil {
		return p.scattered(temp, old, err)
	}
	return p.giveUp(ctx, temp)
}

// scattered tells where the two files are, or may be, when a rename had no answer.
func (p *upload) scattered(temp, old string, why error) error {
	p.result.Kept = temp
	e := p.fail(ErrIncomplete, brokenStatus(why), fmt.Sprintf("%s; look for the old file on the server as %s, and for the new one as %s", causeOf(why), old, temp), "ls -a")
	e.Err = why
	return e
}

// unanswered is the last rename when its reply was lost.
func (p *upload) unanswered(temp string, why error) error {
	p.result.Kept = temp
	e := p.fail(ErrIncomplete, brokenStatus(why), fmt.Sprintf("%s; all of it is on the server, under its name or as %s", causeOf(why), temp), "ls -a")
	e.Err = why
	return e
}

// giveUp leaves the existing file and removes the new one.
func (p *upload) giveUp(ctx context.Context, temp string) error {
	p.takeBack(ctx, temp, 0)
	return p.stays("the server does not rename onto it, nor it to another name")
}

// stays is the error for an existing file that cannot be replaced safely.
func (p *upload) stays(why string) error {
	return p.fail(ErrIncomplete, statusIncomplete, p.Remote+" on the server stays as it was: "+why, p.Again("--direct -f")+" writes over it, with nothing to fall back on")
}

// noTemporary is the error for an existing file beside which the server takes no temporary name.
func (p *upload) noTemporary(why error) error {
	next := p.Again("--direct -f") + " writes over " + p.remoteName() + ", with nothing to fall back on"
	e := p.fail(ErrUnsuitable, statusFailed, "the server takes no temporary name beside it: "+causeOf(why), next)
	e.Err = why
	return e
}

// leave tells that all is on the server, but under the temporary name.
func (p *upload) leave(temp, why string) error {
	p.result.Kept = temp
	return p.fail(ErrIncomplete, statusIncomplete, why+"; all of it is on the server as "+temp, "rename "+lang.Operands(temp, p.Remote))
}

// storeAgain is for servers that do not rename at all: a new name is stored to directly. What could be
// read only once cannot be sent again and stays where it is.
func (p *upload) storeAgain(ctx context.Context, temp string) error {
	if !p.source.unread() {
		return p.leave(temp, "the server does not rename")
	}
	now, err := look(ctx, p.conn, p.Remote, false)
	if err != nil {
		return err
	}
	p.takeBack(ctx, temp, 0)
	if now.exists {
		return p.stays("it has appeared meanwhile")
	}
	p.result.NoRename = true
	p.note("the server does not rename, so %s is stored directly", p.Remote)
	p.result.Bytes, p.result.Took = 0, 0
	return p.direct(ctx)
}
