package transfer

import (
	"context"
	"strings"
	"unicode"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// extras plans the removal of what only the side has that the mirror changes, if that is wanted.
func (s *pairing) extras() {
	r := s.mirror.Removals
	if r == nil {
		return
	}
	for _, problem := range append(s.from.Problems, s.to.Problems...) {
		r.distrust(problem)
	}
	removes := false
	for i, n := range s.to.Nodes {
		if !s.matched[i] && !s.keeps(n) {
			s.extra(n)
			removes = true
		}
	}
	if removes && s.adds {
		r.doubts(s.path, s.folder.census)
	}
}

// keeps says that something that the source does not have stays nevertheless: the filter is not about it,
// it is a transfer under way, or it may be what a name of the source has become here.
func (s *pairing) keeps(n Node) bool {
	if isTemporary(n.Name) || s.mirror.Filter.leavesOut(Below(s.path, n.Name), n) != "" {
		return true
	}
	if s.folded == nil {
		s.folded = make(map[folded]bool, len(s.from.Nodes))
		for _, other := range s.from.Nodes {
			s.folded[fold(other.Name)] = true
		}
	}
	return s.folded[fold(n.Name)]
}

// folded is a name of which the case of letters does not count, as a disk sees it that keeps names in so many
// bytes.
type folded struct {
	name  string
	bytes int
}

// fold takes of each letter the first of those that differ from it by case alone.
func fold(name string) folded {
	return folded{strings.Map(func(r rune) rune {
		first := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			first = min(first, next)
		}
		return first
	}, name), len(name)}
}

func (s *pairing) extra(n Node) {
	path := Below(s.path, n.Name)
	if n.Type == listing.Dir {
		s.dirs = append(s.dirs, &extraDir{mirror: s.mirror, path: path, node: n})
		return
	}
	if err := s.mirror.Removals.add(path, n); err != nil {
		s.mirror.Removals.distrust(err)
		s.job.tell(Ended{Path: s.mirror.to.shown(path), Size: -1, Err: err})
	}
}

// extraDir is a directory that only the changed side has. What is in it is planned to be removed, and
// then the directory, unless something in it is kept.
type extraDir struct {
	attempts
	mirror *Mirror
	path   string
	node   Node
}

func (t *extraDir) name() string { return t.mirror.to.shown(t.path) }

func (t *extraDir) looks() bool { return true }

func (t *extraDir) run(ctx context.Context, w *worker, _ bool, done func(error)) {
	err := t.collect(ctx, w.Job, w.conn)
	t.mirror.Removals.distrust(err) // part of it is planned already
	done(err)
}

func (t *extraDir) collect(ctx context.Context, j *Job, conn *remote.Conn) error {
	r := t.mirror.Removals
	tree := subtree{t, conn}
	var keeping []bool // of each directory that the walk is in
	return Walk(ctx, tree, func(s Step) error {
		for _, problem := range s.Problems {
			r.distrust(problem)
		}
		j.problems(t.name(), s.Problems)
		path := strings.TrimSuffix(t.path+"/"+s.Path, "/")
		last := len(keeping) - 1
		switch {
		case s.Event == Entered:
			keeping = append(keeping, false)
			return nil
		case s.Event == Left:
			kept := keeping[last]
			keeping = keeping[:last]
			if kept {
				if last > 0 {
					keeping[last-1] = true
				}
				return nil
			}
		case isTemporary(s.Name) || t.mirror.Filter.leavesOut(path, s.Node) != "":
			keeping[last] = true
			return nil
		}
		return r.add(path, s.Node)
	})
}

// subtree is what is below a directory, read over one connection.
type subtree struct {
	*extraDir
	conn *remote.Conn
}

// Read reads a directory.
func (t subtree) Read(ctx context.Context, path string) (Directory, error) {
	return t.mirror.to.read(ctx, t.conn, strings.TrimSuffix(t.path+"/"+path, "/"), nil)
}
