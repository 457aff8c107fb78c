package transfer

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"

	"ftpsh/remote"
)

// joinLimit is the longest file that is sent together with the commands of its neighbours: there it is
// read by us, to find out whether it changes, and not by the kernel.
const joinLimit = 16 << 20

// sending is what the attempts to send one file of a job know of each other.
type sending struct {
	alone bool   // not together with other files, since that did not work
	left  string // what an earlier attempt has left on the server
}

// errOtherWay says that a task is to be done again at once, in the other way that it knows.
var errOtherWay = errors.New("once more, in another way")

// send sends the file, together with the commands of the next one where that works. failed is how often
// that has been tried.
func (s *sending) send(ctx context.Context, w *worker, u Upload, failed int, more bool, done func(Result, error)) {
	s.clear(ctx, w)
	if failed > 0 {
		u.Resume = u.Resume || !u.ASCII && u.Known != nil && u.Known.Name == "" // it may be there already, as a whole
		u.Known = nil
	}
	if w.noRename.Load() {
		u.Manner = max(u.Manner, NewDirectly)
	}
	joined := !s.alone && u.joins() && putNext(ctx, w.conn, u, more, func(result Result, err error) {
		if s.left = result.Kept; s.left != "" {
			w.strays.add(s.left)
		}
		if ctx.Err() == nil && !arrived(err) && !passes(err) && !isUnreachable(err) {
			s.alone, err = true, errOtherWay
		}
		done(result, err)
	})
	if !joined {
		done(s.sendAlone(ctx, w, u))
	}
}

// sendAlone is [Put]. What it leaves on the server is told by its error, or here if it was interrupted: it can
// be gone on from. It goes if there is another attempt.
func (s *sending) sendAlone(ctx context.Context, w *worker, u Upload) (Result, error) {
	result, err := Put(ctx, w.conn, u)
	if result.NoRename {
		w.noRename.Store(true)
	}
	if err != nil && result.Kept != "" {
		s.left = result.Kept
		if ctx.Err() != nil {
			w.note("%s: broken off; what has moved is in %s", u.Local, result.Kept)
		}
	}
	return result, err
}

// clear removes what an earlier attempt has left.
func (s *sending) clear(ctx context.Context, w *worker) {
	if s.left == "" {
		return
	}
	if err := w.conn.Delete(ctx, s.left); err == nil || refusal(err) == 550 {
		w.strays.drop(s.left)
	} else {
		w.strays.add(s.left)
	}
	s.left = ""
}

// joins says that an upload can be one of a queue (see [remote.Conn.Store]): nothing about it has to be
// found out or decided first.
func (u *Upload) joins() bool {
	plain := !mayBecomeAnother(u.Remote) && u.From == nil && !u.Append && !u.Unique && !u.Resume && u.Offset == 0 && !u.ASCII && !u.DryRun && !u.Verify && u.Region == nil && u.Manner == ByRename
	return plain && u.Known != nil && (u.Known.Name == "" || u.Policy == Overwrite)
}

// putNext is [Put] for an upload that joins others, unless the file turns out to be too long for that: then
// nothing was done. done is called once, maybe during a later operation of the connection. With an error, Kept
// is what may be on the server under a temporary name.
func putNext(ctx context.Context, conn *remote.Conn, u Upload, more bool, done func(Result, error)) (joined bool) {
	p := &upload{Upload: u, conn: conn, result: Result{Source: u.Local, Target: u.Remote, Size: -1}}
	if info, err := os.Stat(p.Path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return false // a pipe can be opened once: closing it ends the program that writes to it
	}
	err := p.open(ctx)
	if err == nil && p.source.size > joinLimit {
		p.source.close()
		return false
	}
	if err != nil {
		done(p.result, err)
		return true
	}
	temp := tempName(p.Remote)
	source := &counted{Reader: p.source.reader}
	s := remote.Store{Temporary: temp, Name: p.Remote, Source: source, Size: p.source.size, More: more}
	s.Check = func() error {
		if p.source.changed(source.read) != "" {
			return errChanging
		}
		return nil
	}
	if p.Preserve {
		s.Time = p.source.time
	}
	ended := started(p.Progress, Moving{Name: p.Local, Total: p.source.size, Moved: conn.Moved})
	over := sync.OnceFunc(func() { ended(source.read) }) // before it is told: then another worker may begin with it
	s.Done = func(stored remote.Stored, err error) {
		over()
		p.result.Bytes, p.result.Took = stored.Bytes, stored.Took
		if err != nil {
			p.result.Kept = temp
			done(p.result, renamed(p.Op, err))
			return
		}
		p.result.Size = stored.Bytes
		p.result.Verified, p.result.How = stored.Sized, "by its size"
		if !stored.Sized {
			p.result.How = "the server does not tell the size"
		}
		done(p.result, p.removeSource())
	}
	conn.Store(ctx, s)
	over()
	p.source.close()
	return true
}

// errChanging keeps a file that has changed meanwhile from its name.
var errChanging = errors.New("the file changed while it was sent")

// counted counts what is read.
type counted struct {
	io.Reader
	read int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)
	return n, err
}
