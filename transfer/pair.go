package transfer

import (
	"context"
	"os"
	"slices"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// pair is a directory and its counterpart on the other side, to be compared.
type pair struct {
	attempts
	extent
	mirror *Mirror
	path   string
	fresh  bool // there is no counterpart yet
	depth  int  // 1 is the root
	node   Node // the directory, as its parent listed it
	above  *above
	beside *census // of its parent; nil for the root
	made   bool    // here and now
}

func (p *pair) name() string { return p.mirror.from.shown(p.path) }

func (p *pair) looks() bool { return true }

func (p *pair) run(ctx context.Context, w *worker, _ bool, done func(error)) {
	err := p.compare(ctx, w.Job, w.conn)
	done(renamed(p.mirror.Settings.Op, w.todo().read(&p.extent, err)))
}

// compare reads both directories and adds to the queue what is to be done.
func (p *pair) compare(ctx context.Context, j *Job, conn *remote.Conn) error {
	from, err := p.mirror.from.read(ctx, conn, p.path, j.todo().limit(&p.extent))
	if err != nil {
		return err
	}
	to, err := p.counterpart(ctx, j, conn)
	if err != nil {
		return err
	}
	s := &pairing{pair: p, job: j, from: from, to: to, matched: make([]bool, len(to.Nodes)), folder: p.folder(to)}
	s.folder.census.addAll(to.Nodes)
	if err := p.mirror.sharpen(ctx, conn, s); err != nil {
		return err
	}
	j.problems(p.name(), from.Problems)
	j.problems(p.mirror.to.shown(p.path), to.Problems)
	s.match()
	return nil
}

// counterpart reads the directory on the other side, or makes it.
func (p *pair) counterpart(ctx context.Context, j *Job, conn *remote.Conn) (Directory, error) {
	if !p.fresh {
		d, err := p.mirror.to.read(ctx, conn, p.path, j.todo().limit(&p.extent))
		if missing := p.path == "" && refusal(err)/100 == 5; !missing {
			return d, err
		}
		p.fresh = true
	}
	if !j.DryRun {
		if err := p.mirror.to.makeDir(ctx, conn, p.path); err != nil {
			return Directory{}, err
		}
		if !p.made {
			p.made = true
			p.beside.add(p.node.Name)
		}
	}
	j.tell(Ended{Action: MakeDirectory, Path: p.mirror.to.shown(p.path), Size: -1, Why: "new"})
	return Directory{}, nil
}

// folder is what the files of one directory have in common while they are moved.
type folder struct {
	path    string
	known   bool // what the listing of the other side lacks is not there
	arrived Arrived
	parts   bool // there were some on the other side
	local   *localDir
	census  *census
}

// folder is that of the files that go to a directory, of which the listing is known.
func (p *pair) folder(to Directory) *folder {
	return &folder{
		path: p.path, known: p.fresh || to.Whole(), census: &census{},
		parts: slices.ContainsFunc(to.Nodes, func(n Node) bool { return isTemporary(n.Name) }),
		local: &localDir{open: func() (*os.Root, error) { return p.mirror.local.root.OpenRoot(localPath(p.path)) }},
	}
}

// pairing is two directories side by side.
type pairing struct {
	*pair
	job      *Job
	from, to Directory
	matched  []bool // of to.Nodes: there is something of that name at the source
	folder   *folder
	folded   map[folded]bool // names of the source; nil before they are asked about

	moves []task
	dirs  []task
	adds  bool // some of them are new on the other side
}

// match goes through what the source has, then through what only the other side has.
func (s *pairing) match() {
	in := &above{unique: s.from.Unique, up: s.above}
	if in.unique == "" {
		in.unique = s.node.Unique
	}
	for i := range s.from.Nodes {
		s.one(&s.from.Nodes[i], in)
	}
	s.extras()
	s.job.enlist(s.moves)
	slices.Reverse(s.dirs) // the last to come is the first to be taken
	s.job.todo().look(s.dirs...)
}

// one decides about one name of the source.
func (s *pairing) one(n *Node, in *above) {
	path := Below(s.path, n.Name)
	target, err := s.mirror.to.admit(n.Name)
	if err != nil {
		s.refuse(n, err)
		return
	}
	old := s.other(target)
	if isTemporary(n.Name) {
		s.passOver(n, "an unfinished transfer")
		return
	}
	if why := s.mirror.Filter.leavesOut(path, *n); why != "" {
		s.passOver(n, why)
		return
	}
	switch {
	case n.Type == listing.Dir:
		s.directory(n, old, path, in)
	case n.Type == listing.Link:
		s.passOver(n, "a symbolic link")
	case n.Type != listing.File:
		s.passOver(n, "not a regular file")
	case old.Name != "" && old.Type != listing.File:
		s.refuse(n, &clashError{s.mirror.to.shown(path), old.Type})
	default:
		s.file(n, target, old)
	}
}

// other is what has a name on the other side; a Node without a Name if nothing has.
func (s *pairing) other(name string) *Node {
	if at, found := s.to.search(name); found {
		s.matched[at] = true
		return &s.to.Nodes[at]
	}
	return nothing
}

// nothing is what has no name.
var nothing = &Node{}

func (s *pairing) directory(n, old *Node, path string, in *above) {
	switch {
	case old.Name != "" && old.Type != listing.Dir:
		s.refuse(n, &clashError{s.mirror.to.shown(path), old.Type})
		return
	case in.has(n.Unique):
		s.refuse(n, &pathError{s.mirror.from.shown(path), ErrLoop})
		return
	case s.depth >= deepestWalk:
		s.refuse(n, &pathError{s.mirror.from.shown(path), ErrDeep})
		return
	case s.depth >= s.mirror.deepest():
		s.passOver(n, "deeper than was asked for")
		return
	}
	s.dirs = append(s.dirs, &pair{mirror: s.mirror, path: path, fresh: old.Name == "", depth: s.depth + 1, node: *n, above: in, beside: s.folder.census})
	s.adds = s.adds || old.Name == ""
}

func (s *pairing) file(n *Node, target string, old *Node) {
	why := s.mirror.Compare.differs(*n, *old)
	if why == "" {
		s.job.same()
		return
	}
	f := &move{mirror: s.mirror, in: s.folder, node: n, target: target, old: old, why: why, expected: expected{bytes: n.Size}}
	if s.job.DryRun && old.Name == "" { // nothing is in its way
		s.job.moved(Ended{Action: MoveFile, Path: f.name(), Why: why}, Result{Size: n.Size, SourceRemoved: s.mirror.Settings.RemoveSource})
		return
	}
	s.moves = append(s.moves, f)
	s.adds = s.adds || old.Name == ""
}

func (s *pairing) passOver(n *Node, why string) {
	s.job.tell(Ended{Action: PassOver, Path: s.mirror.from.shown(Below(s.path, n.Name)), Size: n.Size, Why: why})
}

func (s *pairing) refuse(n *Node, err error) {
	s.job.tell(Ended{Path: s.mirror.from.shown(Below(s.path, n.Name)), Size: n.Size, Err: err})
}

// clashError is a name that is something else on the other side.
type clashError struct {
	path string
	has  listing.Type
}

func (e *clashError) Error() string {
	return e.path + ": " + map[listing.Type]string{
		listing.Dir: "a directory", listing.File: "a file", listing.Link: "a symbolic link", listing.Other: "not a regular file",
	}[e.has] + " on the other side"
}

// ExitStatus is that of a failure.
func (e *clashError) ExitStatus() int { return statusFailed }
