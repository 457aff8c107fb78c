// Package transfer moves files between this machine and a server so that nothing is lost on the way.
//
// # What success means
//
// A transfer has succeeded when the data ended cleanly, the server's last reply was 2xx, and as many
// bytes moved as SIZE told, where it can tell. Until then the file has no final name. A download grows
// in a hidden part beside its target, with a record of what it is a part of; an upload goes to a
// temporary name on the server. Both get their name by renaming, so an old file of that name is there,
// whole, until the new one is.
//
// # What it does not know
//
// [Get] and [Put] move one file over the connection they are given and ask nobody anything: what is to
// be done about a file that exists is a [Policy], or a function that returns one.
//
// # Many files
//
// A [Job] moves what a [Plan] finds: [Several] files, a [Mirror] of a tree. Its workers, each with a
// connection, take tasks from one queue: to look into a pair of directories, which adds tasks, or to move
// a file. They move as long as there is enough to move, so no tree is ever held as a whole.
package transfer

import (
	"context"
	"time"

	"ftpsh/remote"
)

// Result is what a transfer came to. It is filled in as far as the transfer got, even if it failed.
type Result struct {
	Source string // path that the bytes came from
	Target string // path that they went to; after STOU the server's choice

	Bytes int64         // moved by this transfer, without those that were there before
	Size  int64         // of the whole file; -1 when the transfer did not end; in a dry run what it would be
	Took  time.Duration // of the data transfer alone

	Verified bool   // the size was compared with what the server tells
	How      string // how it was verified, or why it could not be
	Checksum string // the algorithm by which the two files were compared; empty when they were not
	Skipped  string // why nothing was moved; empty when the transfer went ahead
	Kept     string // what a broken transfer left behind, here or on the server; empty when nothing
	Next     string // what to type to go on from that
	Notes    []string

	SourceRemoved bool // as Care asks; in a dry run it would be
	NoRename      bool // the server refuses to rename, so the upload went to its name directly
}

// Rate is in bytes a second; 0 when nothing moved.
func (r Result) Rate() float64 {
	if r.Took <= 0 {
		return 0
	}
	return float64(r.Bytes) / r.Took.Seconds()
}

// Care is what is done with a file beyond moving it, in the same way for all files of a job.
type Care struct {
	Verify       bool // the server's checksum has to agree, too, before the file gets its name
	RemoveSource bool // the source is removed once the file is verified and has its name
}

// Moving is a transfer under way, for somebody who shows it.
type Moving struct {
	Name  string       // of the file
	Total int64        // bytes of the whole file; -1 unknown
	From  int64        // bytes that were there before
	Moved func() int64 // how many have moved since; any goroutine may ask
}

// Progress is told when bytes begin to move, and when they have stopped, how many have moved. A
// transfer that starts over tells both again.
type Progress interface {
	Started(m Moving)
	Done(moved int64)
}

// started tells the progress, if there is one, and returns what is to be called at the end.
func started(p Progress, m Moving) (done func(moved int64)) {
	if p == nil {
		return func(int64) {}
	}
	p.Started(m)
	return p.Done
}

// useType makes the transfer type A or a binary one, and returns what puts the former type back.
func useType(ctx context.Context, conn *remote.Conn, ascii bool) (restore func(), err error) {
	before := conn.TransferType()
	want := before
	switch {
	case ascii:
		want = "A"
	case before == "A":
		want = "I"
	}
	if want == before {
		return func() {}, nil
	}
	restore = func() {
		if conn.Connected() {
			_ = conn.SetType(context.WithoutCancel(ctx), before) // the transfer's own error matters more
		}
	}
	return restore, conn.SetType(ctx, want)
}
