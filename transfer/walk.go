package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"ftpsh/internal/listing"
)

// Event says where a walk is.
type Event int

// The events.
const (
	Met     Event = iota // something that is no directory
	Entered              // a directory, before what is in it
	Left                 // the same directory, after that
)

// Step is one event of a walk.
type Step struct {
	Event Event
	Path  string // from the root of the tree, with slashes; "" is the root itself
	Depth int    // 0 is the root
	Last  bool   // nothing comes after it in its directory
	Node         // of the root only the type is known

	// Problems are what is missing from a directory that is left, or may be, the directories below it
	// counted by themselves. There is one if it could not be read, or not be entered: see [ErrDeep]
	// and [ErrLoop].
	Problems []error
}

// Bounds of a walk: no tree that a person made is larger, and no walk ends in one that a server makes up.
const (
	deepestWalk = 100
	longestWalk = 10_000_000 // nodes
)

// Directories that a walk does not enter.
var (
	ErrDeep = fmt.Errorf("more than %d directories within each other", deepestWalk)
	ErrLoop = errors.New("a directory within itself")
	errLong = fmt.Errorf("more than %d files and directories", longestWalk)
)

// Walk visits a tree, each directory in order of name, and what is in a directory before what comes
// after it. Links are met and never followed. If visit returns fs.SkipDir for a directory that is entered,
// its content is passed over and it is not left. What cannot be read is told in Problems, and the walk
// goes on; it ends with the first other error of visit, the cause of the context's end, or when the
// server has gone.
func Walk(ctx context.Context, tree Tree, visit func(Step) error) error {
	w := &walk{tree: tree, visit: visit}
	return w.dir(ctx, Step{Last: true, Node: Node{Type: listing.Dir, Size: -1}}, nil)
}

type walk struct {
	tree  Tree
	visit func(Step) error
	seen  int
}

// above are the directories that a walk is in, as far as they can be told apart.
type above struct {
	unique string
	up     *above
}

func (a *above) has(unique string) bool {
	for ; a != nil && unique != ""; a = a.up {
		if a.unique == unique {
			return true
		}
	}
	return false
}

func (w *walk) dir(ctx context.Context, at Step, up *above) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	at.Event = Entered
	if err := w.visit(at); err != nil {
		if errors.Is(err, fs.SkipDir) {
			return nil
		}
		return err
	}
	at.Event = Left
	if problem := mayEnter(at, up); problem != nil {
		at.Problems = []error{problem}
		return w.visit(at)
	}
	d, err := w.tree.Read(ctx, at.Path)
	if err != nil && ends(ctx, err) {
		return err
	}
	if err := w.nodes(ctx, at, d, up); err != nil {
		return err
	}
	at.Problems = d.Problems
	return w.visit(at)
}

// nodes visits what a directory holds.
func (w *walk) nodes(ctx context.Context, at Step, d Directory, up *above) error {
	in := &above{unique: d.Unique, up: up}
	if in.unique == "" {
		in.unique = at.Unique
	}
	for i, node := range d.Nodes {
		if w.seen++; w.seen > longestWalk {
			return errLong
		}
		next := Step{Path: Below(at.Path, node.Name), Depth: at.Depth + 1, Last: i == len(d.Nodes)-1, Node: node}
		var err error
		if node.Type == listing.Dir {
			err = w.dir(ctx, next, in)
		} else {
			err = w.visit(next)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mayEnter says why a directory must not be entered.
func mayEnter(at Step, up *above) error {
	switch {
	case at.Depth > deepestWalk:
		return &pathError{at.Path, ErrDeep}
	case up.has(at.Unique):
		return &pathError{at.Path, ErrLoop}
	}
	return nil
}

// pathError is a problem with one path of a tree.
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }

func (e *pathError) Unwrap() error { return e.err }

// ends says that after an error nothing more is to be had.
func ends(ctx context.Context, err error) bool {
	return ctx.Err() != nil || isUnreachable(err)
}
