package transfer

import (
	"context"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// Remove is a plan that removes files and whole directories from the server. All of it is listed first, and
// nothing is removed if that lacks anything. Links are removed, never followed.
type Remove struct {
	Names []string // on the server

	// Choose says, while the trees are walked through, what of them is removed; nil takes all. Each name
	// is the root of a tree. fs.SkipDir passes over what is in a directory.
	Choose func(ctx context.Context, name string, s Step) (bool, error)

	Removals Removals
}

func (r *Remove) begin(ctx context.Context, j *Job) error {
	r.Removals.side = &there{}
	var around parent
	for _, name := range r.Names {
		node, err := around.look(ctx, j, name)
		if err == nil {
			err = r.plan(ctx, j, name, node)
			r.Removals.distrust(err)
		}
		switch {
		case err != nil && ends(ctx, err):
			return err
		case err != nil:
			j.tell(Ended{Path: name, Size: -1, Err: err})
		}
	}
	j.known()
	return nil
}

// parent is a directory that has been listed, for the names in it.
type parent struct {
	dir    string
	listed bool
	Directory
}

// look finds a name in the listing of its directory: only that tells a link from what it leads to.
func (p *parent) look(ctx context.Context, j *Job, name string) (Node, error) {
	dir, base := remote.Split(name)
	if isPlace(name) {
		return Node{Name: base, Type: listing.Dir, Size: -1}, nil
	}
	if !p.listed || dir != p.dir {
		d, err := readRemote(ctx, j.Conn, dir)
		if err != nil {
			return Node{}, err
		}
		*p = parent{dir, true, d}
	}
	if node := p.find(base); node.Name != "" {
		return node, nil
	}
	return Node{}, &Error{Op: j.Op, Name: name, Text: "not in the listing of its directory", status: statusFailed}
}

// isPlace says that a name is that of a directory wherever it leads: it is looked into, but never removed.
func isPlace(name string) bool {
	_, base := remote.Split(name)
	return base == "" || base == "." || base == ".."
}

// plan collects what is to be removed of a name and of what is below it.
func (r *Remove) plan(ctx context.Context, j *Job, name string, node Node) error {
	if node.Type != listing.Dir {
		return r.visit(ctx, name, Step{Event: Met, Last: true, Node: node})
	}
	tree := &Ahead{RemoteTree: RemoteTree{Conn: j.Conn, Root: name}, Workers: j.Workers}
	defer tree.Close()
	return Walk(ctx, tree, func(s Step) error {
		for _, problem := range s.Problems {
			r.Removals.distrust(problem)
		}
		j.problems(name, s.Problems)
		if s.Depth == 0 {
			s.Node = node
		}
		return r.visit(ctx, name, s)
	})
}

// visit decides about one step of a walk.
func (r *Remove) visit(ctx context.Context, name string, s Step) error {
	chosen, end := s.Event != Entered, error(nil)
	if r.Choose != nil {
		chosen, end = r.Choose(ctx, name, s)
	}
	if chosen && !(s.Depth == 0 && isPlace(name)) {
		if err := r.Removals.add(remotePath(name, s.Path), s.Node); err != nil {
			return err
		}
	}
	return end
}

func (r *Remove) end(ctx context.Context, j *Job, tried bool) error {
	defer r.Removals.close()
	if !tried {
		return nil
	}
	return r.Removals.carryOut(ctx, j)
}
