package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// toFile fetches into the part and gives it the final name.
func (g *download) toFile(ctx context.Context) error {
	if g.splits() {
		if again, err := g.inSegments(ctx); !again {
			return err
		}
	}
	out, err := g.move(ctx, g.openPart)
	if errors.Is(err, errSlow) {
		if again, err := g.inSegments(ctx); !again {
			return err
		}
		out, err = g.move(ctx, g.openPart)
	}
	if why := g.cannotGoOn(err); why != "" {
		if err := g.startOver(err, why); err != nil {
			return err
		}
		out, err = g.move(ctx, g.openPart)
	}
	if !g.moving || g.part == nil {
		return g.withdraw(ctx, err)
	}
	have, sizeErr := g.part.size()
	if sizeErr != nil {
		return g.unfinished(ctx, 0, sizeErr)
	}
	if err := g.judge(ctx, out, have, err); err != nil {
		return g.unfinished(ctx, have, err)
	}
	return g.conclude(ctx, have)
}

// openPart makes the part, unless there is one to go on from, or the end of the file that has the
// final name must be compared first.
func (g *download) openPart() (w io.Writer, err error) {
	if g.part == nil && g.whole == nil {
		how := making{beside: g.Resume || g.Part || g.older != nil, unrecorded: g.isSmall(), own: g.older}
		g.part, err = newPart(g.root, g.Name, newRecord(g.conn, g.Remote, g.facts), how)
	}
	if err != nil || g.part == nil {
		return nil, err
	}
	return g.part.file, nil
}

// isSmall says that it is not worth a record how the file comes, if the permissions are known that the part
// would take over from it.
func (g *download) isSmall() bool {
	return g.facts.size >= 0 && g.facts.size <= smallPart && g.in.usual() != 0
}

// usualMode is the permissions of a new file where this one arrives.
func (g *download) usualMode() fs.FileMode {
	if !g.part.recorded {
		return g.in.usual()
	}
	mode := g.part.usualMode()
	if g.from == 0 {
		g.in.learn(mode)
	}
	return mode
}

// adopt is called when the overlap has agreed, and tells where the rest goes.
func (g *download) adopt() (io.Writer, error) {
	if g.whole != nil {
		p, err := adopt(g.root, g.Name, g.whole, newRecord(g.conn, g.Remote, g.facts))
		if err != nil {
			return nil, err
		}
		g.part, g.whole = p, nil
	}
	return g.part.file, nil
}

// cannotGoOn says why a transfer that was to go on from the middle has to start from the beginning;
// empty if it has not.
func (g *download) cannotGoOn(err error) string {
	_, command := g.conn.Last()
	switch {
	case g.from == 0:
		return ""
	case errors.Is(err, errDiffers):
		return "it differs from the file on the server"
	case refusal(err) != 0 && strings.HasPrefix(command, "REST"):
		return "the server cannot start in the middle of a file"
	}
	return ""
}

// startOver gets ready for another attempt, from the beginning. Not with a file that has the final
// name, which would have to be overwritten, nor with an offset that was asked for.
func (g *download) startOver(err error, why string) error {
	switch {
	case g.Offset > 0:
		g.part.discard()
		return g.fail(ErrUnsuitable, statusFailed, why, g.Again("-f")+" fetches all of it")
	case g.whole != nil:
		g.whole.Close()
		return g.fail(ErrIncomplete, statusIncomplete, g.Name+" is left as it is: "+why, g.Again("-f")+" fetches all of it")
	}
	g.moving = false
	return g.setAside(why, errors.Is(err, errDiffers))
}

// withdraw leaves everything as it was.
func (g *download) withdraw(ctx context.Context, err error) error {
	switch {
	case g.whole != nil:
		g.whole.Close()
		if err == nil {
			err = g.incomplete("the server sent too little to compare with what is here")
		}
	case g.part != nil && g.Offset > 0:
		g.part.discard()
	case g.part != nil:
		_ = g.part.keep() // it was on the disk before
	}
	return g.refused(ctx, err)
}

// unfinished keeps what came, for the next time, and says so. ASCII cannot go on in the middle, so
// there is nothing to keep.
func (g *download) unfinished(ctx context.Context, have int64, err error) error {
	if g.ASCII || have == 0 {
		g.part.discard()
		if ctx.Err() != nil {
			return err
		}
		return g.broken(err, "nothing was kept", "")
	}
	if g.surplus {
		if err := g.part.cutBack(g.from); err != nil {
			return localError(g.Op, g.part.name, err)
		}
		return err
	}
	if where, kept := g.keepOlder(have); kept {
		if ctx.Err() != nil {
			return err
		}
		return g.broken(err, where, g.result.Next)
	}
	g.part.record.Size, g.part.record.Time = g.facts.size, g.facts.time
	if keepErr := g.part.keep(); keepErr != nil {
		g.note("%s: %v", g.part.name, plainCause(keepErr))
	}
	g.result.Kept, g.result.Next = g.part.name, g.Again("-c")
	if ctx.Err() != nil {
		return err
	}
	return g.broken(err, fmt.Sprintf("%d bytes are kept in %s", have, g.part.name), g.result.Next)
}

// finish gives the whole file its name. A file of that name that nobody was asked about stays.
func (g *download) finish(have int64) error {
	mode := g.usualMode()
	if g.replaces != nil && g.replaces.Mode().IsRegular() {
		mode = g.replaces.Mode().Perm()
	}
	if info, err := g.root.Lstat(g.Name); err == nil && g.replaces == nil {
		return g.appeared(info, have)
	}
	if err := g.part.finish(g.Name, mode, g.wantedTime()); err != nil {
		return g.nameless(ErrLocal, plainCause(err))
	}
	g.in.sync()
	g.replaceOlder()
	g.result.Size = have
	if info, err := g.root.Lstat(g.Name); err == nil {
		g.Arrived.add(g.Dir, g.Name, info)
	}
	return nil
}

// wantedTime is the time that the file gets here; zero leaves it as it is.
func (g *download) wantedTime() time.Time {
	switch {
	case !g.Preserve:
		return time.Time{}
	case g.facts.time.IsZero():
		return g.changed
	}
	return g.facts.time
}

// appeared is a file that has got the final name meanwhile. One of the same size and time is the same,
// brought by another ftpsh; nobody needs it twice.
func (g *download) appeared(info os.FileInfo, have int64) error {
	if at := g.wantedTime(); info.Mode().IsRegular() && info.Size() == have && !at.IsZero() && info.ModTime().Equal(at) {
		g.part.discard()
		g.result.Skipped = "another transfer has brought it meanwhile"
		return nil
	}
	_ = g.part.keep() // it is whole and on the disk
	return g.nameless(ErrExists, g.Name+" has appeared here meanwhile")
}

// nameless is a whole file that did not get its name.
func (g *download) nameless(kind error, why string) error {
	g.result.Kept = g.part.name
	return g.fail(kind, statusLocal, why+"; the whole file is in "+g.part.name, g.Again("-c"))
}

// partError is a part that cannot be made or opened.
func (g *download) partError(err error) error {
	if errors.Is(err, ErrBusy) {
		return g.fail(ErrBusy, statusLocal, "another ftpsh is fetching it into "+g.Name, g.Again("-o NAME"))
	}
	return localError(g.Op, g.Name, err)
}

// toDevice writes to something that is no file and has no size.
func (g *download) toDevice(ctx context.Context) error {
	file, err := openWaiting(ctx, filepath.Join(g.Dir, g.Name), os.O_WRONLY)
	switch {
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return localError(g.Op, g.Name, err)
	}
	defer file.Close()
	return g.stream(ctx, writerOnly{file}) // the kernel cannot splice to every device
}

// writerOnly hides that a writer is a file.
type writerOnly struct{ io.Writer }
