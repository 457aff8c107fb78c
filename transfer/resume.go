package transfer

import (
	"context"
	"fmt"
	"io"
	"os"
)

// plan finds out what is here already, and where to go on. It opens what it goes on from, and makes
// nothing: the server may still refuse.
func (g *download) plan(ctx context.Context) error {
	switch {
	case g.Region != nil:
		return nil
	case g.Offset > 0:
		return g.planOffset()
	case !g.Resume && !g.Part:
		return g.findOlder(ctx)
	}
	if g.NoPart && !g.Resume {
		return nil
	}
	want := newRecord(g.conn, g.Remote, g.facts)
	found, other, err := findPart(g.root, g.Name, want)
	switch {
	case err != nil:
		return g.partError(err)
	case found != nil:
		return g.goOnFrom(found)
	case g.replaces != nil && g.Resume:
		return g.planShorter(ctx)
	case other != "":
		g.note("%s is of another version of the file; starting anew", other)
	}
	return nil
}

// goOnFrom takes a part that was kept. One that is longer than the file cannot be of it.
func (g *download) goOnFrom(p *part) error {
	size, err := p.size()
	if err != nil {
		p.file.Close()
		return localError(g.Op, p.name, err)
	}
	g.part, g.from = p, size
	if g.facts.size >= 0 && g.from > g.facts.size {
		return g.setAside("it is longer than the file on the server", true)
	}
	if p.record.Missing != nil {
		return nil // each of its segments compares for itself
	}
	if g.overlap, err = tail(p.file, g.from); err != nil {
		p.file.Close()
		return localError(g.Op, p.name, err)
	}
	return nil
}

// planShorter goes on from a file that has the final name and is shorter than the one on the server.
func (g *download) planShorter(ctx context.Context) error {
	size := g.replaces.Size()
	switch {
	case g.facts.size < 0:
		return g.fail(ErrUnsuitable, statusIncomplete, "the server does not tell the size, so it is not known whether "+g.Name+" is all of it", g.Again("-f"))
	case size == g.facts.size:
		return g.isHere(ctx, size)
	case size > g.facts.size:
		return g.fail(ErrExists, statusLocal, fmt.Sprintf("%s is longer here (%d bytes) than on the server (%d)", g.Name, size, g.facts.size), g.Again("-f")+" replaces it")
	case size == 0:
		return nil
	}
	file, err := openLocked(g.root, g.Name)
	if err != nil {
		return g.partError(err)
	}
	g.whole, g.from = file, size
	if g.overlap, err = tail(file, size); err != nil {
		file.Close()
		return localError(g.Op, g.Name, err)
	}
	return nil
}

// isHere leaves a file that is as long as the one on the server, if its checksum agrees as well where that is
// to be compared.
func (g *download) isHere(ctx context.Context, size int64) error {
	g.result.Skipped, g.result.Size = "it is here already, with the same size", size
	if !g.Verify {
		return nil
	}
	file, err := openPlain(g.root, g.Name, os.O_RDONLY)
	if err != nil {
		return localError(g.Op, g.Name, err)
	}
	defer file.Close()
	return g.compared(agrees(ctx, g.conn, g.Remote, file))
}

// planOffset copies what the local file keeps. What is in it is the user's word, so it is not compared.
func (g *download) planOffset() error {
	if g.replaces == nil || g.replaces.Size() < g.Offset {
		return g.fail(ErrUnsuitable, statusLocal, fmt.Sprintf("there are no %d bytes of %s here to go on from", g.Offset, g.Name), g.Again("-c")+" finds out by itself where to go on")
	}
	old, err := openPlain(g.root, g.Name, os.O_RDONLY)
	if err != nil {
		return localError(g.Op, g.Name, err)
	}
	defer old.Close()
	p, err := newPart(g.root, g.Name, newRecord(g.conn, g.Remote, g.facts), making{beside: true})
	if err != nil {
		return g.partError(err)
	}
	if _, err := io.CopyN(p.file, old, g.Offset); err != nil {
		p.discard()
		return localError(g.Op, g.Name, err)
	}
	g.part, g.from = p, g.Offset
	return nil
}

// setAside leaves a part where it is and starts over beside it. One that differs from the server's file
// is marked, so that nothing goes on from it later either.
func (g *download) setAside(why string, differs bool) error {
	g.note("%s: %s; starting anew beside it", g.part.name, why)
	g.part.record.Differs = differs
	err := g.part.keep()
	g.part, g.from, g.overlap = nil, 0, nil
	if err != nil {
		return localError(g.Op, g.Name, err)
	}
	return nil
}
