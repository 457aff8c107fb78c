package transfer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/remote"
)

// Names that an upload uses on the way, on the server.
const tempInfix = ".ftpsh-"

// tempName is a name that nobody else uses, in the directory of the target: .NAME.ftpsh-xxxxxxxx.
func tempName(target string) string {
	at := strings.LastIndexByte(target, '/') + 1
	suffix := tempInfix + strings.ToLower(rand.Text()[:8])
	return target[:at] + "." + shorten(target[at:], maxName-len(".")-len(suffix)) + suffix
}

// store sends the file to a temporary name and then gives it its own, or in the manner asked for.
func (p *upload) store(ctx context.Context) error {
	switch {
	case p.Manner == NewDirectly && p.facts.exists:
		return p.stays("with upload-temp off only new names are stored")
	case p.Manner != ByRename:
		return p.direct(ctx)
	}
	temp := tempName(p.Remote)
	out, err := p.transmit(ctx, temp, remote.Replace, 0, 0)
	switch unfit := refusal(err) >= 500 && out.Bytes == 0; { // a server that takes only certain names
	case unfit && !p.facts.exists && p.source.unread():
		return p.direct(ctx)
	case unfit && p.facts.exists && (refusal(err) == 550 || refusal(err) == 553):
		return p.noTemporary(err)
	case err != nil:
		return p.broken(ctx, temp, out, err)
	}
	if !p.ASCII && !p.Verify { // a checksum is asked for between the size and the rename
		p.conn.StoredAhead(ctx, temp, p.wantedTime())
	}
	if err := p.prove(ctx, temp, out.Bytes, out.Bytes); err != nil {
		return err
	}
	p.keepTime(ctx, temp)
	return p.place(ctx, temp)
}

// direct sends the file to its name. If it breaks off, a new name is taken away again.
func (p *upload) direct(ctx context.Context) error {
	out, err := p.transmit(ctx, p.Remote, remote.Replace, 0, 0)
	if err != nil {
		return p.broken(ctx, p.Remote, out, err)
	}
	if err := p.prove(ctx, p.Remote, out.Bytes, out.Bytes); err != nil {
		return err
	}
	p.keepTime(ctx, p.Remote)
	return nil
}

// transmit is one data transfer: the source from skip on, to a name, where the server is to begin at
// an offset.
func (p *upload) transmit(ctx context.Context, name string, mode remote.StoreMode, skip, offset int64) (remote.Outcome, error) {
	if err := p.source.from(skip); err != nil {
		return remote.Outcome{}, localError(p.Op, p.Local, err)
	}
	var reader io.Reader = p.source.reader
	total := p.source.length()
	if p.ASCII {
		reader, total = &wireLines{r: reader}, -1
	}
	done := started(p.Progress, Moving{Name: p.Local, Total: total, From: skip, Moved: p.conn.Moved})
	out, stored, err := p.conn.Put(ctx, name, mode, offset, reader)
	done(out.Bytes)
	p.result.Bytes, p.result.Took = p.result.Bytes+out.Bytes, p.result.Took+out.Took
	if mode == remote.Unique && err == nil {
		p.result.Target = stored
	}
	return out, err
}

// prove makes sure that the server has what the source was when it was opened. read is how many bytes
// the source gave in all, want how many the server's file must have, or below 0 if that is unknown.
func (p *upload) prove(ctx context.Context, name string, read, want int64) error {
	if p.ASCII {
		read = p.source.length()
	}
	if how := p.source.changed(read); how != "" {
		where := p.takeBack(ctx, name, read)
		return p.fail(ErrChanged, statusIncomplete, "the file changed while it was sent: "+how+"; "+where, "")
	}
	switch {
	case p.ASCII:
		p.result.How = "in ASCII the size proves nothing"
		return nil
	case want < 0:
		p.result.How = "the size before is not known"
		return nil
	}
	size, err := p.conn.Size(ctx, name)
	switch {
	case answered(err):
		p.result.How = "the server does not tell the size"
	case err != nil:
		p.result.Kept = name
		return err
	case size != want:
		p.result.Kept = name
		return p.fail(ErrIncomplete, statusIncomplete, fmt.Sprintf("the server has %d bytes of %d, in %s", size, want, name), p.Again("-f"))
	default:
		p.result.Verified, p.result.How, p.result.Size = true, "by its size", size
	}
	if p.Verify {
		return p.proveSum(ctx, name)
	}
	return nil
}

// broken is a transfer to name that did not end well. What the server cannot use is removed; what may
// be gone on from stays, and is told.
func (p *upload) broken(ctx context.Context, name string, out remote.Outcome, err error) error {
	var own *Error
	code := refusal(err)
	switch {
	case errors.As(err, &own):
		return err
	case ctx.Err() != nil:
		p.result.Kept, p.result.Next = name, p.goOn(name)
		return err
	case isLocal(err):
		e := localError(p.Op, p.Local, err)
		e.Text += "; " + p.takeBack(ctx, name, out.Bytes)
		return e
	case code != 0 && (out.Bytes == 0 || code >= 500 || code == 452):
		p.takeBack(ctx, name, out.Bytes)
		return p.named(err)
	}
	p.result.Kept, p.result.Next = name, p.goOn(name)
	e := p.fail(ErrIncomplete, brokenStatus(err), fmt.Sprintf("%s; %d bytes were sent, to %s", causeOf(err), out.Bytes, name), p.result.Next)
	e.Err = err
	return e
}

// goOn is how to send the rest to name.
func (p *upload) goOn(name string) string {
	next := "reput " + lang.Operands(p.Local, name)
	if name != p.Remote {
		next += ", then rename " + lang.Operands(name, p.Remote)
	}
	return next
}

// takeBack removes what was stored, and says in words what is there now. It removes nothing that may
// have been there before: a target that existed, or that this transfer has not written to.
func (p *upload) takeBack(ctx context.Context, name string, sent int64) string {
	switch {
	case name == p.Remote && sent == 0:
		return "nothing was sent"
	case name == p.Remote && p.facts.exists:
		return name + " on the server is not what it was"
	case !p.conn.Connected():
		return name + " may be on the server, incomplete"
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := p.conn.Delete(ctx, name); err != nil && refusal(err) != 550 {
		return name + " is on the server, incomplete"
	}
	return "nothing was left on the server"
}

// keepTime gives the server's file the time of the local one, where the server can do that.
func (p *upload) keepTime(ctx context.Context, name string) {
	if t := p.wantedTime(); !t.IsZero() {
		_ = p.conn.SetModTime(ctx, name, t) // the file itself is safe
	}
}

// wantedTime is the time that the server's file is to get; zero for none.
func (p *upload) wantedTime() time.Time {
	if !p.Preserve {
		return time.Time{}
	}
	return p.source.time
}

// named gives a server's refusal the name that the user asked for, whatever name it was about.
func (p *upload) named(err error) error {
	var refused *remote.Error
	if !errors.As(err, &refused) {
		return err
	}
	other := *refused
	other.Op, other.Path = "put", p.Remote
	return &other
}
