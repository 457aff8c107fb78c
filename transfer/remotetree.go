package transfer

import (
	"context"
	"fmt"
	"strings"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// RemoteTree is a tree on the server. Hidden files are part of it.
type RemoteTree struct {
	Conn *remote.Conn
	Root string // path on the server; empty is the working directory

	// Links makes sure that what is listed as a directory is none of its own accord: see [remote.ListOptions].
	Links bool
}

// Read lists a directory.
func (t RemoteTree) Read(ctx context.Context, path string) (Directory, error) {
	return readRemote(ctx, t.Conn, remotePath(t.Root, path), t.Links)
}

// remotePath is a path of a tree as the server knows it.
func remotePath(root, path string) string {
	if path == "" {
		return root
	}
	return remote.Join(root, path)
}

// readRemote lists a directory over any connection.
func readRemote(ctx context.Context, conn *remote.Conn, dir string, links bool) (Directory, error) {
	list, err := conn.List(ctx, dir, remote.ListOptions{Hidden: true, Links: links, Directory: true})
	var d Directory
	nodes := make([]Node, 0, len(list.Entries))
	for i := range list.Entries {
		e := &list.Entries[i]
		switch {
		case !e.IsDot():
			nodes = append(nodes, lean(e))
		case e.Name == "." || strings.EqualFold(e.Fact("type"), "cdir"):
			d.Unique = strings.Clone(e.Unique)
		}
	}
	d.admit(dir, nodes)
	switch {
	case err != nil:
		d.Problems = append(d.Problems, renamed("ls", err))
	case list.Incomplete, list.Summary.Cut:
		d.Problems = append(d.Problems, in(dir, &incompleteError{"it was cut short"}))
	case list.Summary.Unparsed > 0:
		d.Problems = append(d.Problems, in(dir, &incompleteError{fmt.Sprintf("%d of its lines are in no format that is known", list.Summary.Unparsed)}))
	}
	return d, err
}

// NodeOf is an entry of a listing as a plan sees it.
func NodeOf(e *listing.Entry) *Node {
	n := lean(e)
	return &n
}

// lean takes from an entry what a Node has. The texts are copied, so that they do not keep the line alive
// that they were a part of.
func lean(e *listing.Entry) Node {
	return Node{
		Name: strings.Clone(e.Name), Type: e.Type, Size: e.Size, Time: e.Time,
		Approx: e.Approx, Exact: e.Precise,
		Target: strings.Clone(e.Target), Unique: strings.Clone(e.Unique),
	}
}
