package transfer

import (
	"context"
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

// sharpen asks for the times that a listing told by the minute or by the day, where they matter: of files
// that have the same size on both sides (MDTM).
func (m *Mirror) sharpen(ctx context.Context, conn *remote.Conn, s *pairing) error {
	nodes, others := s.from.Nodes, s.to
	if m.Upload {
		nodes, others = s.to.Nodes, s.from
	}
	var vague []int
	var names []string
	for i, n := range nodes {
		if m.needsTime(n, others.find(n.Name)) {
			vague, names = append(vague, i), append(names, remotePath(m.Remote, Below(s.path, n.Name)))
		}
	}
	if len(names) == 0 {
		return nil
	}
	times, err := conn.ModTimes(ctx, names)
	if err != nil {
		return err
	}
	for i, at := range vague {
		if !times[i].IsZero() {
			nodes[at].Time, nodes[at].Exact = times[i], true
		}
	}
	return nil
}

// needsTime says that the exact time of a file on the server decides whether it is moved.
func (m *Mirror) needsTime(n, other Node) bool {
	return !n.Exact && n.Type == listing.File && other.Name != "" && !m.Compare.SizeOnly &&
		(m.Compare.NewerOnly || sameSize(n, other))
}
