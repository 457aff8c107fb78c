package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// Ability is one thing that a server may be able to do beyond RFC 959.
type Ability struct {
	Name    string
	Feature string // as FEAT names it; empty for what FEAT has no name for
	Claimed bool   // FEAT names it
	Works   Proof  // what came of trying it
	Notes   string // what was seen; foreign text may be in it
}

// Proof is what came of trying an ability.
type Proof int

// The outcomes.
const (
	Untried Proof = iota // the reason is in the notes
	Works
	Refused // the server does not do it, or not as it should
)

// String is the outcome in a word.
func (p Proof) String() string { return [...]string{"untried", "yes", "no"}[p] }

// Lie says that the server claims what it does not do.
func (a Ability) Lie() bool { return a.Claimed && a.Works == Refused }

// ability is an Ability before it is tried.
type ability struct {
	name    string
	feature string // as FEAT names it; empty for what FEAT has no name for
	writes  bool   // cannot be tried without changing something
	try     func(p *prober, ctx context.Context) (Proof, string)
}

// prober is what the trials share.
type prober struct {
	conn    *remote.Conn
	dir     string // where things are tried: made for it, or the working directory
	made    []string
	file    string // a file to try things on, as a path; empty when there is none
	content []byte // of it
}

// tryTime is how long one trial may take.
const tryTime = 15 * time.Second

// Probe tries what a server may be able to do, in a directory that it makes for that and removes again,
// whatever happens; readOnly leaves out all that writes. It leaves the session where it was. The error is
// that of the connection, or the end of ctx.
func Probe(ctx context.Context, conn *remote.Conn, readOnly bool) (found []Ability, err error) {
	if err := conn.Ready(ctx); err != nil {
		return nil, err
	}
	p := &prober{conn: conn}
	defer p.restore(ctx)()
	if !readOnly {
		defer p.tidy(ctx)
	}
	p.prepare(ctx, readOnly)
	for _, a := range abilities {
		if err := conn.Ready(ctx); err != nil {
			return found, err
		}
		found = append(found, p.test(ctx, a, readOnly))
		if ctx.Err() != nil {
			return found, context.Cause(ctx)
		}
	}
	return found, nil
}

func (p *prober) test(ctx context.Context, a ability, readOnly bool) Ability {
	result := Ability{Name: a.name, Feature: a.feature, Claimed: p.conn.Features().Has(a.feature)}
	switch {
	case a.writes && readOnly:
		result.Notes = "only without --read-only"
	case a.writes && len(p.made) == 0:
		result.Notes = "nothing can be written here"
	default:
		bounded, cancel := context.WithTimeoutCause(ctx, tryTime, errTooSlow)
		defer cancel()
		result.Works, result.Notes = a.try(p, bounded)
	}
	return result
}

// restore returns what puts the session back to how it is now.
func (p *prober) restore(ctx context.Context) func() {
	transferType, data := p.conn.TransferType(), p.conn.Site().Options.Data
	_ = p.conn.SetType(ctx, "I") // what cannot be set shows in the first trial
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tryTime)
		defer cancel()
		p.conn.ChangeData(func(d *wire.DataOptions) { *d = data })
		_ = p.conn.SetType(ctx, transferType) // the next transfer asks for it again
	}
}

// prepare makes a directory with a file in it, or finds a file to look at.
func (p *prober) prepare(ctx context.Context, readOnly bool) {
	if !readOnly && p.mkdir(ctx) {
		p.content = []byte(strings.Repeat("0123456789abcdef", 64))
		if path, err := p.put(ctx, "probe.txt", p.content); err == nil {
			p.file = path
			return
		}
	}
	p.findFile(ctx)
}

func (p *prober) mkdir(ctx context.Context) bool {
	dir := remote.Join(p.conn.Dir(), ".ftpsh-probe-"+rand.Text()[:8])
	if _, err := p.conn.Mkdir(ctx, dir); err != nil {
		return false
	}
	p.dir, p.made = dir, []string{dir}
	return true
}

// put stores a file in the directory, and remembers to remove it.
func (p *prober) put(ctx context.Context, name string, content []byte) (path string, err error) {
	path = remote.Join(p.dir, name)
	p.made = append(p.made, path)
	_, _, err = p.conn.Put(ctx, path, remote.Replace, 0, bytes.NewReader(content))
	return path, err
}

// findFile takes the smallest file of the working directory for a sample.
func (p *prober) findFile(ctx context.Context) {
	entries, err := p.conn.List(ctx, "", remote.ListOptions{})
	if err != nil {
		return
	}
	name, _, found := smallest(entries.Entries)
	if !found {
		return
	}
	if content, err := p.get(ctx, name, 0); err == nil {
		p.file, p.content = name, content
	}
}

func (p *prober) get(ctx context.Context, path string, offset int64) ([]byte, error) {
	var got bytes.Buffer
	_, err := p.conn.Get(ctx, path, offset, func() (io.Writer, error) { return enough{&got}, nil })
	return got.Bytes(), err
}

// tidy removes what was made, last things first, even after a Ctrl-C.
func (p *prober) tidy(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tryTime)
	defer cancel()
	for i := len(p.made) - 1; i > 0; i-- {
		_ = p.conn.Delete(ctx, p.made[i]) // it may never have come to be
	}
	if len(p.made) > 0 {
		_ = p.conn.Rmdir(ctx, p.made[0]) // what is left in it shows in a listing
	}
}

// verdict is the proof that an error is.
func verdict(err error, notes string) (Proof, string) {
	switch refused := refusalIn(err); {
	case err == nil:
		return Works, notes
	case errors.Is(err, context.Canceled):
		return Untried, err.Error()
	case refused.Code != 0:
		return Refused, fmt.Sprintf("%d %s", refused.Code, lastLine(refused.Text()))
	}
	return Refused, err.Error()
}

// smallest is the smallest file of more than a byte, whose contents are worth a look.
func smallest(entries []listing.Entry) (name string, size int64, found bool) {
	for _, e := range entries {
		if e.Type != listing.File || e.Size < 2 || e.Size > mostBytes || found && e.Size >= size || listing.SafeName(e.Name) != nil {
			continue
		}
		name, size, found = e.Name, e.Size, true
	}
	return name, size, found
}
