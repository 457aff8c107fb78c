package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrSourceStays is the kind of an error about a file that has arrived, and whose source could not be
// removed. There is nothing to be tried again.
var ErrSourceStays = errors.New("the source was not removed")

// arrived says that the file has its name, whatever else was wrong.
func arrived(err error) bool { return err == nil || errors.Is(err, ErrSourceStays) }

// removeSource removes the server's file, if it is the one that has been verified here.
func (g *download) removeSource(ctx context.Context) error {
	switch {
	case !g.RemoveSource || g.result.Skipped != "":
		return nil
	case g.DryRun:
		g.result.SourceRemoved = true
		return nil
	case !g.result.Verified:
		return g.sourceStays(statusIncomplete, g.result.How)
	}
	now, err := look(ctx, g.conn, g.Remote, true)
	if err == nil {
		if change := g.facts.changedTo(now); change != "" {
			return g.sourceStays(statusIncomplete, "it has changed meanwhile: "+change)
		}
		err = g.conn.Delete(ctx, g.Remote)
	}
	switch {
	case err == nil:
		g.result.SourceRemoved = true
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return g.sourceStays(cmp.Or(removalStatus(err), statusFailed), causeOf(err))
}

func (g *download) sourceStays(status int, why string) error {
	return g.fail(ErrSourceStays, status, "it has arrived, but stays on the server, too: "+why, "")
}

// removalStatus is what it means to a script that a removal did not work.
func removalStatus(err error) int {
	if refusal(err)/100 == 4 {
		return statusTemporary
	}
	if refusal(err) == 0 {
		return brokenStatus(err)
	}
	return 0
}

// changedTo says how a file is not what it was; empty if nothing shows.
func (f facts) changedTo(now facts) string {
	switch {
	case !now.exists:
		return "it is not there any more"
	case f.size >= 0 && now.size >= 0 && now.size != f.size:
		return fmt.Sprintf("it went from %d to %d bytes", f.size, now.size)
	case !f.time.IsZero() && !now.time.IsZero() && !now.time.Equal(f.time):
		return "it was written to"
	}
	return ""
}

// removeSource removes the file here, if it is the one that has been verified on the server.
func (p *upload) removeSource() error {
	switch {
	case !p.RemoveSource || p.result.Skipped != "":
		return nil
	case p.DryRun:
		p.result.SourceRemoved = true
		return nil
	case !p.result.Verified:
		return p.sourceStays(statusIncomplete, p.result.How)
	}
	if change := p.source.changed(p.source.length()); change != "" {
		return p.sourceStays(statusIncomplete, "it has changed meanwhile: "+change)
	}
	if err := os.Remove(p.Path); err != nil {
		return p.sourceStays(statusLocal, plainCause(err))
	}
	p.result.SourceRemoved = true
	return nil
}

func (p *upload) sourceStays(status int, why string) error {
	return p.fail(ErrSourceStays, status, "it has arrived, but stays here, too: "+why, "")
}
