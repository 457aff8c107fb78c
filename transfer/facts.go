package transfer

import (
	"context"
	"errors"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// facts is what a server tells about a file.
type facts struct {
	exists bool
	dir    bool
	size   int64     // bytes; -1 unknown
	time   time.Time // of the last change, UTC; zero unknown
	listed bool      // size comes from a listing: good to compare with, no proof of the contrary
}

// known is what a listing has told about a file, with the exact time if it must be known, or else what the
// server says now, with the time if it is wanted.
func known(ctx context.Context, conn *remote.Conn, name string, n *Node, wantTime, mustTime bool) (facts, error) {
	if n == nil || n.Name != "" && (n.Approx || n.Size < 0 || n.Type == listing.Link) {
		return look(ctx, conn, name, wantTime)
	}
	f := facts{exists: n.Name != "", dir: n.Type == listing.Dir, size: n.Size, listed: true}
	if n.Exact {
		f.time = n.Time
	} else if mustTime && f.exists && !f.dir {
		var err error
		if f.time, err = conn.ModTime(ctx, name); err != nil && !answered(err) {
			return f, err
		}
	}
	return f, nil
}

// look asks the server about a file: by MLST where it has that, which is one round trip, else by SIZE,
// and by MDTM if the time is wanted and still unknown. What a server cannot tell is left unknown; the
// error is the connection's.
func look(ctx context.Context, conn *remote.Conn, name string, wantTime bool) (facts, error) {
	f := facts{size: -1}
	var err error
	if conn.Features().Has("MLST") {
		err = f.stat(ctx, conn, name)
	} else if wantTime {
		conn.AskAhead(ctx, name)
	}
	if err == nil && f.size < 0 && !f.dir {
		err = f.askSize(ctx, conn, name)
	}
	if err == nil && wantTime && f.exists && !f.dir && f.time.IsZero() {
		f.time, err = conn.ModTime(ctx, name)
	}
	if answered(err) {
		err = nil
	}
	return f, err
}

// stat fills in what MLST tells, or else the listing of the parent.
func (f *facts) stat(ctx context.Context, conn *remote.Conn, name string) error {
	e, err := conn.Stat(ctx, name)
	if err != nil {
		return err
	}
	f.exists, f.dir = true, e.Type == listing.Dir
	if e.Type == listing.File && !e.Approx && e.Facts != "" {
		f.size = e.Size // in a LIST line it may be anything: no proof
	}
	if e.Type == listing.File && e.Precise {
		f.time = e.Time
	}
	return nil
}

// askSize asks by SIZE. Where that is unknown a listing is asked for, since it matters most whether
// there is something at all.
func (f *facts) askSize(ctx context.Context, conn *remote.Conn, name string) error {
	size, err := conn.Size(ctx, name)
	if err == nil {
		f.exists, f.size = true, size
		return nil
	}
	if code := refusal(err); code >= 500 && code <= 504 && !f.exists {
		return f.stat(ctx, conn, name)
	}
	return err
}

// answered says that an error is the server's answer, if only that it cannot tell.
func answered(err error) bool {
	var odd *wire.ProtocolError
	return refusal(err) != 0 || errors.As(err, &odd)
}

// isNewer compares times in whole seconds, which is all that FTP can tell. With a time unknown it is
// true: better moved twice than not at all.
func isNewer(t, than time.Time) bool {
	if t.IsZero() || than.IsZero() {
		return true
	}
	return t.Truncate(time.Second).After(than.Truncate(time.Second))
}
