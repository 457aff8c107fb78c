package transfer

import (
	"context"
	"errors"
	"io/fs"
	"sync/atomic"

	"ftpsh/remote"
)

// Mirror is a plan that makes a tree on one side like the one on the other: files that are missing or
// differ are moved, the rest is left. Nothing is removed, except what Removals says.
type Mirror struct {
	Upload bool   // from here to the server
	Remote string // directory on the server; empty is the working directory
	Local  string // directory here, absolute
	Shown  string // the same as its user calls it

	Filter   Filter
	Depth    int // levels of directories, 1 for the root alone; 0 is all
	Compare  Comparison
	Settings Settings
	Removals *Removals // nil removes nothing

	from, to side
	local    *here
	noRename atomic.Bool // the server has shown that it renames nothing
}

// Settings are what the single files of a plan are moved by, as in [Download] and [Upload].
type Settings struct {
	Op       string // the command, for errors
	Resume   bool   // go on from files that are shorter than at the source
	Policy   Policy // about files that exist and differ
	Asker    Asker
	Manner   Manner
	ASCII    bool
	KeepCR   bool
	Preserve bool
}

func (m *Mirror) begin(ctx context.Context, j *Job) error {
	m.local = &here{dir: m.Local, name: m.Shown}
	err := m.local.open()
	fresh := !m.Upload && errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return localError(m.Settings.Op, m.Shown, err)
	}
	m.from, m.to = side(&there{root: m.Remote}), side(m.local)
	if m.Upload {
		m.from, m.to = m.to, m.from
	}
	if m.Removals != nil {
		m.Removals.side = m.to
	}
	j.todo().look(&pair{mirror: m, fresh: fresh, depth: 1})
	return nil
}

func (m *Mirror) end(ctx context.Context, j *Job, tried bool) error {
	if m.local != nil {
		defer m.local.close()
	}
	if m.Removals == nil {
		return nil
	}
	defer m.Removals.close()
	if !tried {
		return nil
	}
	return m.Removals.carryOut(ctx, j)
}

// deepest is the last level whose directories are entered.
func (m *Mirror) deepest() int {
	if m.Depth > 0 && m.Depth < deepestWalk {
		return m.Depth
	}
	return deepestWalk
}

// move is one file of a tree that is to be moved.
type move struct {
	attempts
	mirror *Mirror
	in     *folder
	node   Node   // at the source
	target string // its name on the other side
	old    Node   // what has that name there; without a Name if nothing has
	why    string
}

func (f *move) name() string { return f.mirror.from.shown(Below(f.in.path, f.node.Name)) }

func (f *move) looks() bool { return false }

func (f *move) run(ctx context.Context, j *Job, conn *remote.Conn) error {
	move := f.fetch
	if f.mirror.Upload {
		move = f.send
	}
	result, err := move(ctx, j, conn)
	if err != nil {
		return err
	}
	j.tell(Ended{Action: MoveFile, Path: f.name(), Size: f.node.Size, Why: f.why, Result: result})
	return nil
}

func (f *move) fetch(ctx context.Context, j *Job, conn *remote.Conn) (Result, error) {
	m := f.mirror
	d := Download{
		Op: m.Settings.Op, Remote: f.name(), Root: m.local.root, Dir: f.in.path, Name: f.node.Name,
		Resume: m.Settings.Resume, Part: !m.Settings.ASCII, Policy: m.Settings.Policy, Asker: m.Settings.Asker,
		ASCII: m.Settings.ASCII, KeepCR: m.Settings.KeepCR, Preserve: m.Settings.Preserve,
		Progress: j.progress(), Arrived: &f.in.arrived,
	}
	if f.failed == 0 {
		d.Known = &f.node
	}
	return Get(ctx, conn, d)
}

func (f *move) send(ctx context.Context, j *Job, conn *remote.Conn) (Result, error) {
	m := f.mirror
	u := Upload{
		Op: m.Settings.Op, Local: f.name(), Path: m.local.absolute(Below(f.in.path, f.node.Name)),
		Remote: m.to.shown(Below(f.in.path, f.target)),
		Manner: m.Settings.Manner, Resume: m.Settings.Resume, Policy: m.Settings.Policy, Asker: m.Settings.Asker,
		ASCII: m.Settings.ASCII, Preserve: m.Settings.Preserve,
		Progress: j.progress(),
	}
	if f.failed == 0 && (f.old.Name != "" || f.in.known) {
		u.Known = &f.old
	}
	if m.noRename.Load() {
		u.Manner = max(u.Manner, NewDirectly)
	}
	result, err := Put(ctx, conn, u)
	if result.NoRename {
		m.noRename.Store(true)
	}
	return result, err
}
