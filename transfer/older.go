package transfer

import (
	"context"
	"fmt"
)

// A download that starts anew leaves the part of an earlier one alone until it knows better: of one
// version of a file the longer part stays, and none when the file is whole.

// findOlder looks for such a part, and lets a person choose to go on from it.
func (g *download) findOlder(ctx context.Context) error {
	found, _, err := findPart(g.root, g.Name, newRecord(g.conn, g.Remote, g.facts))
	if err != nil {
		return g.partError(err)
	}
	if found == nil {
		return nil
	}
	size, err := found.size()
	if err != nil || size == 0 {
		found.discard()
		return nil
	}
	goOn, err := g.mayGoOn(ctx, size)
	switch {
	case err != nil:
		found.file.Close()
		return err
	case goOn:
		return g.goOnFrom(found)
	}
	g.older, g.olderSize = found, size
	return nil
}

// mayGoOn asks, where somebody can answer, and else tells how to go on.
func (g *download) mayGoOn(ctx context.Context, size int64) (bool, error) {
	if g.Policy != Ask || g.Asker == nil || g.ASCII {
		g.note("%d bytes of it are here from before, and are not used; %s would have", size, g.Again("-c"))
		return false, nil
	}
	answer, err := g.Asker(ctx, Conflict{Target: g.Name, Part: true, Old: Version{Size: size}, New: Version{Size: g.facts.size, Time: g.facts.time}})
	return answer == Resume, err
}

// releaseOlder lets go of the older part, which stays.
func (g *download) releaseOlder() {
	if g.older != nil {
		g.older.file.Close()
		g.older = nil
	}
}

// replaceOlder removes it.
func (g *download) replaceOlder() {
	if g.older != nil {
		g.older.discard()
		g.older = nil
	}
}

// keepOlder says that the new part, which broke off, is the shorter one, and not worth keeping.
func (g *download) keepOlder(have int64) (where string, kept bool) {
	if g.older == nil || g.olderSize < have {
		g.replaceOlder()
		return "", false
	}
	g.part.discard()
	g.result.Kept, g.result.Next = g.older.name, g.Again("-c")
	where = fmt.Sprintf("%d bytes from before are kept in %s", g.olderSize, g.older.name)
	g.releaseOlder()
	return where, true
}
