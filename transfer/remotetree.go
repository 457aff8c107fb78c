package transfer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// RemoteTree is a tree on the server. Hidden files are part of it, and links are told from what they lead to.
type RemoteTree struct {
	Conn *remote.Conn
	Root string // path on the server; empty is the working directory

	ahead bool                  // of the connection's next listing (see [remote.ListOptions], More)
	limit func(nodes int) error // of a directory; nil is none
}

// Read lists a directory.
func (t RemoteTree) Read(ctx context.Context, path string) (Directory, error) {
	return (&reading{dir: remotePath(t.Root, path), more: t.ahead, limit: t.limit}).read(ctx, t.Conn)
}

// remotePath is a path of a tree as the server knows it.
func remotePath(root, path string) string {
	if path == "" {
		return root
	}
	return remote.Join(root, path)
}

// readRemote lists a directory over any connection.
func readRemote(ctx context.Context, conn *remote.Conn, dir string) (Directory, error) {
	return (&reading{dir: dir}).read(ctx, conn)
}

// reading is one directory of the server that is to be listed.
type reading struct {
	dir   string
	more  bool                  // see [remote.ListOptions]
	limit func(nodes int) error // is asked whether there may be so many; nil allows all
}

// read lists the directory. A server that does not bear commands sent ahead is asked again without.
func (l *reading) read(ctx context.Context, conn *remote.Conn) (Directory, error) {
	var d Directory
	var nodes []Node
	list, err := conn.ListEach(ctx, l.dir, remote.ListOptions{Hidden: true, Links: true, Directory: true, More: l.more}, func(e *listing.Entry) error {
		switch {
		case !e.IsDot():
			nodes = append(nodes, lean(e))
		case e.Name == "." || strings.EqualFold(e.Fact("type"), "cdir"):
			d.Unique = strings.Clone(e.Unique)
		}
		if l.limit != nil {
			return l.limit(len(nodes))
		}
		return nil
	})
	var ahead *remote.QueueError
	if l.more && errors.As(err, &ahead) {
		l.more = false
		return l.read(ctx, conn)
	}
	d.admit(l.dir, nodes)
	switch {
	case err != nil:
		d.Problems = append(d.Problems, renamed("ls", err))
	case list.Incomplete, list.Summary.Cut:
		d.Problems = append(d.Problems, in(l.dir, &incompleteError{"it was cut short"}))
	case list.Summary.Unparsed > 0:
		d.Problems = append(d.Problems, in(l.dir, &incompleteError{fmt.Sprintf("%d of its lines are in no format that is known", list.Summary.Unparsed)}))
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
