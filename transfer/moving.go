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
	node   *Node  // at the source
	target string // its name on the other side
	old    *Node  // what has that name there; without a Name if nothing has
	why    string
	sending
	expected
}

func (f *move) name() string { return f.mirror.from.shown(f.path()) }

func (f *move) path() string { return Below(f.in.path, f.node.Name) }

func (f *move) looks() bool { return false }

func (f *move) sends() bool { return f.mirror.Upload }

func (f *move) run(ctx context.Context, w *worker, more bool, done func(error)) {
	ended := func(result Result, err error) {
		if arrived(err) {
			f.turnsOut(w.Job, 0)
			if f.old.Name == "" && result.Skipped == "" {
				f.in.census.add(f.target)
			}
			w.moved(Ended{Action: MoveFile, Path: f.name(), Size: f.node.Size, Why: f.why}, result)
		}
		done(renamed(f.mirror.Settings.Op, err))
	}
	if f.mirror.Upload {
		f.sending.send(ctx, w, f.upload(w), f.failed, more, ended)
		return
	}
	ended(Get(ctx, w.conn, f.download(w, more)))
}

func (f *move) download(w *worker, more bool) Download {
	m := f.mirror
	d := Download{
		Op: m.Settings.Op, Remote: f.name(), Root: m.local.root, Dir: f.in.path, Name: f.node.Name,
		Resume: m.Settings.Resume, Part: !m.Settings.ASCII, Policy: m.Settings.Policy, Asker: m.Settings.Asker, MaxSize: m.Settings.MaxSize,
		ASCII: m.Settings.ASCII, KeepCR: m.Settings.KeepCR, Preserve: m.Settings.Preserve, Care: m.Settings.Care, DryRun: w.DryRun,
		More: more, Progress: f.progress(w.Job), Arrived: &f.in.arrived,
		NoPart: f.attempts.failed == 0 && !f.in.parts, in: f.in.local,
	}
	if !errors.Is(f.attempts.why, errGrew) {
		d.Known = f.node
	}
	return d
}

func (f *move) upload(w *worker) Upload {
	m := f.mirror
	u := Upload{
		Op: m.Settings.Op, Local: f.name(), Path: m.local.absolute(f.path()),
		Remote: m.to.shown(Below(f.in.path, f.target)),
		Manner: m.Settings.Manner, Resume: m.Settings.Resume, Policy: m.Settings.Policy, Asker: m.Settings.Asker,
		ASCII: m.Settings.ASCII, Preserve: m.Settings.Preserve, Care: m.Settings.Care, DryRun: w.DryRun,
		Progress: f.progress(w.Job),
	}
	if f.old.Name != "" || f.in.known && seesAll(w.conn.Features().Has("MLST"), f.target) {
		u.Known = f.old
	}
	return u
}
