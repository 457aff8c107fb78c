package transfer

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"ftpsh/internal/listing"
)

// Mirror is a plan that makes a tree on one side like the one on the other: files that are missing or
// differ are moved, the rest is left. Nothing is removed, except what Removals says.
type Mirror struct {
	Upload bool   // from here to the server
	Remote string // directory on the server; empty is the working directory
	Local  string // directory here, absolute
	Shown  string // the same as its user calls it
	Found  bool   // nobody typed the name of the target: a link here of that name is not followed

	Filter   Filter
	Depth    int // levels of directories, 1 for the root alone; 0 is all
	Compare  Comparison
	Settings Settings
	Removals *Removals // nil removes nothing

	from, to side
	local    *here
}

// Settings are what the single files of a plan are moved by, as in [Download] and [Upload].
type Settings struct {
	Op       string // the command, for errors
	Resume   bool   // go on from files that are shorter than at the source
	Policy   Policy // about files that exist and differ
	Asker    Asker
	MaxSize  int64
	Manner   Manner
	ASCII    bool
	KeepCR   bool
	Preserve bool
	Care
}

func (m *Mirror) begin(ctx context.Context, j *Job) error {
	m.local = &here{dir: m.Local, name: m.Shown}
	if info, err := os.Lstat(m.Local); m.Found && err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return &clashError{m.Shown, listing.Link}
	}
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
		m.Removals.side, m.Removals.Why = m.to, "not on the other side"
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
