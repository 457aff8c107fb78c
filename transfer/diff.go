package transfer

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// Side says where something is that only one of two trees has.
type Side int

// The sides.
const (
	Both Side = iota
	Here
	There // the server
)

// Difference is a name that two trees do not have alike.
type Difference struct {
	Path   string // from the roots, with slashes
	Only   Side   // Both: they differ
	Why    string // how they differ
	Local  Node   // without a Name if there is none
	Remote Node
}

// Diff compares a tree here with one on the server, and moves no file.
type Diff struct {
	Local     *os.Root
	Remote    RemoteTree
	Workers   int  // connections at most, as of [Ahead]
	Recursive bool // directories that both have are looked into
	SizeOnly  bool // times mean nothing

	// Same compares what is in two files of the same size; an empty why says that nothing shows. nil
	// leaves it at the times.
	Same func(ctx context.Context, path string) (why string, err error)
	// Found is told of each difference, in order of name.
	Found func(Difference) error
	// Unseen is told what of either tree could not be looked at.
	Unseen func(err error)

	Alike int // files that are the same as far as was looked

	there Tree
}

// Run compares. It ends with the first error of Found, or when the server has gone.
func (d *Diff) Run(ctx context.Context) error {
	tree := &Ahead{RemoteTree: d.Remote, Workers: d.Workers, Enters: d.enters, Through: func(conn *remote.Conn, tree Tree) Tree {
		return dated{tree, d, conn}
	}}
	defer tree.Close()
	d.there = tree
	return d.dir(ctx, "", 1, "", nil)
}

// enters says that a directory of the server is compared: there is one here, too.
func (d *Diff) enters(path string) bool {
	info, err := d.Local.Lstat(localPath(path))
	return d.Recursive && err == nil && info.IsDir()
}

// dated is a tree on the server with times as exact as the comparison needs them.
type dated struct {
	Tree
	*Diff
	conn *remote.Conn
}

// Read reads a directory.
func (t dated) Read(ctx context.Context, path string) (Directory, error) {
	there, err := t.Tree.Read(ctx, path)
	if err == nil && !t.SizeOnly && t.Same == nil && slices.ContainsFunc(there.Nodes, isVague) {
		here, _ := LocalTree{t.Local}.Read(ctx, path) // what is wrong with it is told elsewhere
		err = sharpen(ctx, t.conn, remotePath(t.Remote.Root, path), there, func(n Node) bool {
			local := here.find(n.Name)
			return local.Name != "" && local.Type == listing.File && sameSize(n, local)
		})
		if err != nil {
			there.Problems = append(there.Problems, err)
		}
	}
	return there, err
}

// File compares one file here with one on the server, whatever they are called.
func (d *Diff) File(ctx context.Context, path string, here, there Node) error {
	if !there.Exact && !d.SizeOnly && d.Same == nil {
		times, err := d.Remote.Conn.ModTimes(ctx, []string{d.Remote.Root})
		if err != nil {
			return err
		}
		if !times[0].IsZero() {
			there.Time, there.Exact = times[0], true
		}
	}
	return d.one(ctx, path, here, there, 1, nil)
}

// dir compares two directories. Unique is what the server tells that one apart by.
func (d *Diff) dir(ctx context.Context, path string, depth int, unique string, up *above) error {
	if problem := mayEnter(Step{Path: path, Depth: depth, Node: Node{Unique: unique}}, up); problem != nil {
		d.Unseen(problem)
		return nil
	}
	there, err := d.there.Read(ctx, path)
	if err != nil && (ends(ctx, err) || path == "") {
		return err
	}
	here, localErr := LocalTree{d.Local}.Read(ctx, path)
	for _, problem := range slices.Concat(here.Problems, there.Problems) {
		d.Unseen(problem)
	}
	if err != nil || localErr != nil {
		return nil // nobody knows what only the other side has
	}
	in := &above{unique: there.Unique, up: up}
	if in.unique == "" {
		in.unique = unique
	}
	for _, name := range d.names(here, there) {
		if err := d.one(ctx, Below(path, name), here.find(name), there.find(name), depth, in); err != nil {
			return err
		}
	}
	return nil
}

// names are those of both directories, in order. One of the server that cannot stand here is told.
func (d *Diff) names(here, there Directory) []string {
	var names []string
	for _, n := range here.Nodes {
		names = append(names, n.Name)
	}
	for _, n := range there.Nodes {
		if local, err := listing.LocalName(n.Name, runtime.GOOS == "windows"); err != nil || local != n.Name {
			d.Unseen(&pathError{n.Name, errUnlike})
			continue
		}
		names = append(names, n.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var errUnlike = fmt.Errorf("no file here can have that name")

// one compares what has one name on both sides.
func (d *Diff) one(ctx context.Context, path string, here, there Node, depth int, in *above) error {
	found := Difference{Path: path, Local: here, Remote: there}
	switch {
	case here.Name == "":
		found.Only = There
	case there.Name == "":
		found.Only = Here
	case here.Type != there.Type:
		found.Why = here.Type.String() + " here, " + there.Type.String() + " on the server"
	case here.Type == listing.Dir && d.Recursive:
		return d.dir(ctx, path, depth+1, there.Unique, in)
	case here.Type != listing.File:
		return nil
	default:
		var err error
		if found.Why, err = d.differ(ctx, path, here, there); err != nil {
			return err
		}
		if found.Why == "" {
			d.Alike++
			return nil
		}
	}
	return d.Found(found)
}

// differ says how two files differ; empty if nothing shows. What is in them counts for more than their times.
func (d *Diff) differ(ctx context.Context, path string, here, there Node) (why string, err error) {
	switch {
	case there.Size >= 0 && !there.Approx && here.Size != there.Size:
		return fmt.Sprintf("%d bytes here, %d on the server", here.Size, there.Size), nil
	case d.Same != nil:
		return d.Same(ctx, path)
	case d.SizeOnly:
		return "", nil
	}
	slack := precision(there)
	switch apart := here.Time.Sub(there.Time); {
	case there.Time.IsZero():
		return "", nil
	case apart >= slack:
		return "newer here", nil
	case apart <= -slack:
		return "newer on the server", nil
	}
	return "", nil
}

// precision is how far apart two times may be that are told for the same moment. Listings by LIST tell the
// minute, or of old files the day, and nobody says in which zone.
func precision(n Node) time.Duration {
	switch t := n.Time; {
	case n.Exact:
		return sameTime
	case t.Hour() == 0 && t.Minute() == 0:
		return 24 * time.Hour
	}
	return time.Minute
}
