package transfer

import (
	"context"
	"errors"
	"time"

	"ftpsh/remote"
)

// splits says whether the file is to come in segments. If one stream has to do although more were asked
// for, a note says why. A part that grew in segments always goes on so.
func (g *download) splits() bool {
	switch {
	case g.part != nil && g.part.record.Missing != nil:
		return true
	case g.Segments < 2 || g.WhenSlow:
		return false
	}
	why := ""
	switch {
	case g.ASCII:
		why = "text has no segments"
	case g.facts.size < 0:
		why = "the server does not tell the size"
	case g.Offset > 0, g.whole != nil:
		why = "it goes on from a file that has its name"
	case g.facts.size-g.from < 2*smallest:
		return false
	default:
		return true
	}
	g.note("one stream: %s", why)
	return false
}

// inSegments fetches what is missing of the part over several connections. Again means that it has to be
// fetched anew, in one stream.
func (g *download) inSegments(ctx context.Context) (again bool, err error) {
	if _, err := g.openPart(); err != nil {
		return false, g.withdraw(ctx, err)
	}
	held, err := g.part.size()
	if err == nil && g.part.record.Missing == nil {
		g.part.record.Missing = []span{{held, g.facts.size}}
		err = g.part.writeRecord()
	}
	if err != nil {
		g.part.file.Close()
		return false, localError(g.Op, g.part.name, err)
	}
	g.from = held
	s := newSplit(g, g.part.record.Missing)
	began := time.Now()
	done := started(g.Progress, Moving{Name: g.Remote, Total: s.size, From: held, Moved: s.moved.Load})
	err = s.run(ctx, max(1, g.Segments))
	g.result.Bytes, g.result.Took = g.result.Bytes+s.moved.Load(), g.result.Took+time.Since(began)
	done(s.moved.Load())
	g.part.record.Missing = s.absent()
	return g.concludeSegments(ctx, s, err)
}

func (g *download) concludeSegments(ctx context.Context, s *split, err error) (again bool, _ error) {
	why := g.cannotGoOn(err)
	if err == errNoRestart {
		why = err.Error()
	}
	if errors.Is(err, errDiffers) || errors.Is(err, errTooMuch) {
		if err := g.unchanged(ctx); err != nil {
			g.part.discard()
			return false, err
		}
		why, err = "its segments do not fit together", errDiffers
	}
	if why != "" {
		return true, g.startOver(err, why)
	}
	g.noteStreams(s)
	have, sizeErr := g.part.size()
	switch {
	case sizeErr != nil:
		return false, localError(g.Op, g.part.name, sizeErr)
	case err != nil && s.moved.Load() == 0 && g.from == 0 && ctx.Err() == nil && refusal(err) != 0:
		g.part.discard()
		g.part = nil
		return false, g.refused(ctx, err)
	case err != nil:
		return false, g.unfinished(ctx, have, err)
	}
	if err := g.unchanged(ctx); err != nil {
		g.part.discard()
		return false, err
	}
	g.verified("by its size")
	return false, g.conclude(ctx, have)
}

// noteStreams says why there was one stream where several were wanted.
func (g *download) noteStreams(s *split) {
	var crowded *remote.CrowdedError
	switch {
	case g.Segments < 2:
	case s.proof == disproved:
		g.note("one stream: %v", errNoRestart)
	case s.proof == unproved && errors.As(s.crowded, &crowded):
		g.note("one stream: %v", crowded)
	}
}

// unchanged makes sure that all segments are of one version of the file.
func (g *download) unchanged(ctx context.Context) error {
	now, err := look(ctx, g.conn, g.Remote, true)
	if err != nil {
		return err
	}
	change := g.facts.changedTo(now)
	if change == "" && !now.time.Equal(g.facts.time) { // known once, and once not
		change = "it was written to"
	}
	if change == "" {
		return nil
	}
	return g.fail(ErrChanged, statusIncomplete, "the file changed while it was fetched: "+change+"; nothing was kept", g.Again("-f"))
}
