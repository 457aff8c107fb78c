package transfer

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"ftpsh/internal/listing"
)

// Node is what a tree has under one name: as much of a listing's entry as a plan needs, since a tree may
// have millions.
type Node struct {
	Name   string    // one component of a path, never empty, "." or "..", and without a slash
	Size   int64     // bytes; -1 unknown. Of anything but a file it means nothing
	Time   time.Time // of the last change, UTC; zero unknown
	Type   listing.Type
	Approx bool   // Size is rounded: it proves nothing
	Exact  bool   // Time is exact to the second and really UTC
	Target string // of a symbolic link
	Unique string // what the server tells things apart by (RFC 3659, 7.5.2); empty unknown
}

// Directory is what one directory of a tree holds.
type Directory struct {
	Nodes    []Node  // in order of name
	Unique   string  // of the directory itself
	Problems []error // what is missing from Nodes, or may be
}

// Whole says that nothing is missing: only then what is absent may be taken for gone.
func (d Directory) Whole() bool { return len(d.Problems) == 0 }

// find is what has a name in the directory; a Node without a Name if nothing has.
func (d Directory) find(name string) Node {
	if at, found := d.search(name); found {
		return d.Nodes[at]
	}
	return Node{}
}

func (d Directory) search(name string) (at int, found bool) {
	return slices.BinarySearchFunc(d.Nodes, name, func(n Node, name string) int { return strings.Compare(n.Name, name) })
}

// Tree is a directory on either side with all that is below it.
type Tree interface {
	// Read reads one directory: path is seen from the root of the tree, with slashes, and "" is the
	// root. What came before an error is in the Directory. Several goroutines may read at once.
	Read(ctx context.Context, path string) (Directory, error)
}

// Below is the path of a name in a directory of a tree.
func Below(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// twiceError is a name that a listing has more than once: nobody can say which of them a path would mean.
var errTwice = errors.New("listed twice")

// incompleteError is a listing that may lack something.
type incompleteError struct{ why string }

func (e *incompleteError) Error() string { return "the listing is not complete: " + e.why }

// ExitStatus is that of something incomplete.
func (e *incompleteError) ExitStatus() int { return statusIncomplete }

// in tells of a problem which directory it is about.
func in(dir string, err error) error {
	if dir == "" {
		return err
	}
	return &pathError{dir, err}
}

// admit sorts nodes by name and lets those in whose names can be trusted: each is one component of a
// path, and there is one of each. Dir is the directory's path, for those who hear of the others.
func (d *Directory) admit(dir string, nodes []Node) {
	slices.SortFunc(nodes, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
	d.Nodes = nodes[:0]
	for i := 0; i < len(nodes); {
		same := i + 1
		for same < len(nodes) && nodes[same].Name == nodes[i].Name {
			same++
		}
		switch err := listing.SafeName(nodes[i].Name); {
		case err != nil:
			d.Problems = append(d.Problems, in(dir, err))
		case same > i+1:
			d.Problems = append(d.Problems, &pathError{remotePath(dir, nodes[i].Name), errTwice})
		default:
			d.Nodes = append(d.Nodes, nodes[i])
		}
		i = same
	}
}
