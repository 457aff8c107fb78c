package transfer

import (
	"context"
	"errors"
)

// move is one file of a tree that is to be moved.
type move struct {
	attempts
	mirror *Mirror
	in     *folder
	node   Node   // at the source
	target string // its name on the other side
	old    Node   // what has that name there; without a Name if nothing has
	why    string

	alone bool   // not together with other files, since that did not work
	left  string // what an earlier attempt has left on the server
}

// errOtherWay says that a task is to be done again at once, in the other way that it knows.
var errOtherWay = errors.New("once more, in another way")

func (f *move) name() string { return f.mirror.from.shown(f.path()) }

func (f *move) path() string { return Below(f.in.path, f.node.Name) }

func (f *move) looks() bool { return false }

func (f *move) run(ctx context.Context, w *worker, more bool, done func(error)) {
	ended := func(result Result, err error) {
		if err == nil {
			w.tell(Ended{Action: MoveFile, Path: f.name(), Size: f.node.Size, Why: f.why, Result: result})
		}
		done(err)
	}
	if f.mirror.Upload {
		f.send(ctx, w, more, ended)
		return
	}
	ended(Get(ctx, w.conn, f.download(w, more)))
}

func (f *move) download(w *worker, more bool) Download {
	m := f.mirror
	d := Download{
		Op: m.Settings.Op, Remote: f.name(), Root: m.local.root, Dir: f.in.path, Name: f.node.Name,
		Resume: m.Settings.Resume, Part: !m.Settings.ASCII, Policy: m.Settings.Policy, Asker: m.Settings.Asker, MaxSize: m.Settings.MaxSize,
		ASCII: m.Settings.ASCII, KeepCR: m.Settings.KeepCR, Preserve: m.Settings.Preserve,
		More: more, Progress: w.progress(), Arrived: &f.in.arrived,
	}
	if !errors.Is(f.attempts.why, errGrew) {
		d.Known = &f.node
	}
	return d
}

func (f *move) upload(w *worker) Upload {
	m := f.mirror
	u := Upload{
		Op: m.Settings.Op, Local: f.name(), Path: m.local.absolute(f.path()),
		Remote: m.to.shown(Below(f.in.path, f.target)),
		Manner: m.Settings.Manner, Resume: m.Settings.Resume, Policy: m.Settings.Policy, Asker: m.Settings.Asker,
		ASCII: m.Settings.ASCII, Preserve: m.Settings.Preserve,
		Progress: w.progress(),
	}
	switch {
	case f.failed == 0 && (f.old.Name != "" || f.in.known):
		u.Known = &f.old
	case f.failed > 0 && f.old.Name == "" && !u.ASCII:
		u.Resume = true // it may be there already, as a whole
	}
	if m.noRename.Load() {
		u.Manner = max(u.Manner, NewDirectly)
	}
	return u
}

// send sends the file, together with the commands of the next one where that works.
func (f *move) send(ctx context.Context, w *worker, more bool, done func(Result, error)) {
	if f.left != "" {
		_ = w.conn.Delete(ctx, f.left) // else it stays there, and is named for what it is
		f.left = ""
	}
	u := f.upload(w)
	if f.alone || !u.joins() {
		result, err := Put(ctx, w.conn, u)
		if result.NoRename {
			f.mirror.noRename.Store(true)
		}
		done(result, err)
		return
	}
	putNext(ctx, w.conn, u, more, func(result Result, err error) {
		f.left = result.Kept
		if err != nil && ctx.Err() == nil && !passes(err) && !isUnreachable(err) {
			f.alone, err = true, errOtherWay
		}
		done(result, err)
	})
}
