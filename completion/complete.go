// Package completion finds what may come next on a line: text and cursor in, candidates out. It
// knows no terminal, and it runs nothing.
//
// The stages are those of elvish: which slot of the line the cursor is in (slot.go), what that
// slot's Kind has to offer (sources.go, paths.go), which of it fits what is typed (filter.go), and
// at last the quotes, in the style that the user opened (quote.go).
package completion

import (
	"context"
	"time"

	"ftpsh/commands"
)

// Request is a line with a cursor, and what to complete it from.
type Request struct {
	Line    string
	Pos     int // of the cursor, in bytes
	Table   *commands.Table
	Sources Sources
}

// Result is what may replace Line[Start:End]. Items are sorted; there may be none.
type Result struct {
	Start, End int
	Items      []Item
	Err        error // why the items are not all, such as a server that does not answer
}

// Item is one candidate.
type Item struct {
	Insert string // for the line: quoted, and with what comes behind it
	Label  string // for a menu; not yet safe for a terminal
	Kind   string // command, alias, flag, dir, file, link, other, setting, bookmark, or choice
	Help   string // one line; may be empty
}

// Deadline bounds how long a source may take.
const Deadline = 1500 * time.Millisecond

// Complete finds what may stand at the cursor. It returns when ctx ends or at the Deadline, at the
// latest, with what is known by then.
func Complete(ctx context.Context, r Request) Result {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	at := findSlot(&r)
	found, err := r.Sources.offer(ctx, &at, r.Table)
	result := Result{Start: at.start, End: at.end, Err: err}
	for _, c := range found {
		result.Items = append(result.Items, at.item(c))
	}
	return result
}
