package commands

import (
	"context"
	"errors"
	"strings"

	"ftpsh/internal/listing"
	"ftpsh/remote"
	"ftpsh/transfer"
)

// sighting is something that a survey comes by.
type sighting struct {
	path string // as it can be typed: below the operand that led to it
	transfer.Step
}

// survey is a walk through trees on the server that visits them as [transfer.Walk] does. Any error of visit
// but fs.SkipDir ends it.
type survey struct {
	*Session
	op      string
	visit   func(sighting) error
	workers int                               // connections at most, as of a job
	levels  int                               // directories of that depth are not entered; 0 is no limit
	through func(transfer.Tree) transfer.Tree // what the trees are seen through; nil shows all
}

// over visits what words name, or the working directory. What cannot be seen is part of the error at the end.
func (s *survey) over(ctx context.Context, words []Word) error {
	found, err := s.remoteOperands(ctx, words)
	if err != nil {
		return err
	}
	return tryAll(orHere(found), func(o operand) error { return s.one(ctx, o) })
}

// one visits the tree that an operand is, or the file.
func (s *survey) one(ctx context.Context, o operand) error {
	root, err := s.rootOf(ctx, o)
	if err != nil {
		return err
	}
	if root.Type != listing.Dir {
		return s.visit(sighting{orDot(o.path), transfer.Step{Event: transfer.Met, Last: true, Node: root}})
	}
	tree := s.ahead(o.path)
	defer tree.Close()
	var problems []error
	err = transfer.Walk(ctx, tree, func(step transfer.Step) error {
		for _, problem := range step.Problems {
			problems = append(problems, unseen(s.op, problem))
		}
		if step.Depth == 0 {
			step.Node = root
		}
		return s.visit(sighting{pathBelow(o.path, step.Path), step})
	})
	return errors.Join(append(problems, err)...)
}

// ahead is a tree of which directories are listed before the survey comes to them.
func (s *survey) ahead(root string) *transfer.Ahead {
	tree := &transfer.Ahead{RemoteTree: transfer.RemoteTree{Conn: s.Conn, Root: root}, Workers: s.workers}
	if s.levels > 0 {
		tree.Enters = func(path string) bool { return strings.Count(path, "/")+1 < s.levels }
	}
	if s.through != nil {
		tree.Through = func(_ *remote.Conn, tree transfer.Tree) transfer.Tree { return s.through(tree) }
	}
	return tree
}

// rootOf is what an operand is. The working directory, and what a slash ends, are directories unasked.
func (s *Session) rootOf(ctx context.Context, o operand) (transfer.Node, error) {
	switch name := lastPart(o.path); {
	case !o.matched() && (name == "" || name == "." || name == ".." || strings.HasSuffix(o.path, "/")):
		return transfer.Node{Name: name, Type: listing.Dir, Size: -1}, nil
	default:
		e, err := s.entryOf(ctx, o)
		return transfer.Node{Name: name, Type: e.Type, Size: e.Size, Time: e.Time, Approx: e.Approx, Exact: e.Precise, Target: e.Target}, err
	}
}

// pathBelow is a path of a tree as it can be typed: with "./" in front in the working directory, so that no
// name is taken for a flag.
func pathBelow(root, path string) string {
	if root = orDot(root); path == "" {
		return root
	}
	return strings.TrimSuffix(root, "/") + "/" + path
}

// unseen is a problem of a tree as an error of a command.
func unseen(op string, problem error) error {
	var refused *remote.Error
	if errors.As(problem, &refused) {
		return problem
	}
	return &UnseenError{Op: op, Err: problem}
}

// UnseenError is a part of a tree that a command could not see, or a name that it must not touch.
type UnseenError struct {
	Op  string
	Err error // names the path
}

func (e *UnseenError) Error() string { return e.Op + ": " + e.Err.Error() }

func (e *UnseenError) Unwrap() error { return e.Err }

// treeCommands are about directories with all that is below them.
func treeCommands() []Command {
	return []Command{findCommand(), duCommand(), treeCommand(), diffCommand()}
}
