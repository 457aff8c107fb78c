package transfer

import (
	"context"
	"slices"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// Comparison says when a file counts as the same on both sides. The zero value compares sizes and times.
type Comparison struct {
	NewerOnly bool // only a source that is newer is moved, whatever the sizes
	SizeOnly  bool // times mean nothing
	KeepsTime bool // moved files get the time of their source, so that any other time is another version
}

// sameTime is how far the times of a file and its copy may be apart: FTP tells whole seconds, and some
// disks keep every other one.
const sameTime = 2 * time.Second

// differs says why a file has to be moved to where old is, which has no Name if nothing is there; empty
// if it has not. What is not known counts as another version: better moved twice than not at all.
func (c Comparison) differs(n, old Node) string {
	unknown := n.Time.IsZero() || old.Time.IsZero()
	apart := n.Time.Sub(old.Time)
	switch {
	case old.Name == "":
		return "new"
	case c.NewerOnly && unknown, c.NewerOnly && apart >= sameTime:
		return "newer"
	case c.NewerOnly:
		return ""
	case !sameSize(n, old):
		return "another size"
	case c.SizeOnly:
		return ""
	case unknown:
		return "its time is not known"
	case apart >= sameTime:
		return "newer"
	case apart <= -sameTime && c.KeepsTime:
		return "older"
	}
	return ""
}

// sameSize says that as far as the sizes tell, two files may be the same.
func sameSize(a, b Node) bool {
	return a.Size == b.Size || a.Size < 0 || b.Size < 0 || a.Approx || b.Approx
}

// isVague says that the time of a file is not known to the second.
func isVague(n Node) bool { return n.Type == listing.File && !n.Exact }

// sharpen asks for the times (MDTM) of the files of a directory on the server that a listing told by the
// minute or by the day, where they are needed.
func sharpen(ctx context.Context, conn *remote.Conn, dir string, d Directory, needed func(Node) bool) error {
	var vague []*Node
	for i := range d.Nodes {
		if n := &d.Nodes[i]; isVague(*n) && needed(*n) {
			vague = append(vague, n)
		}
	}
	for some := range slices.Chunk(vague, timesAtOnce) {
		names := make([]string, len(some))
		for i, n := range some {
			names[i] = remotePath(dir, n.Name)
		}
		times, err := conn.ModTimes(ctx, names)
		if err != nil {
			return err
		}
		for i, n := range some {
			if !times[i].IsZero() {
				n.Time, n.Exact = times[i], true
			}
		}
	}
	return nil
}

// timesAtOnce is for how many files the questions are held in memory.
const timesAtOnce = 1000

// sharpen asks for the times that decide whether files are moved: of those that have the same size on both
// sides.
func (m *Mirror) sharpen(ctx context.Context, conn *remote.Conn, s *pairing) error {
	there, here := s.from, s.to
	if m.Upload {
		there, here = s.to, s.from
	}
	if m.Compare.SizeOnly {
		return nil
	}
	return sharpen(ctx, conn, remotePath(m.Remote, s.path), there, func(n Node) bool {
		other := here.find(n.Name)
		return other.Name != "" && (m.Compare.NewerOnly || sameSize(n, other))
	})
}
