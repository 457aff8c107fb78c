package transfer

import (
	"fmt"
	"path/filepath"
)

// checkRoom refuses what would not fit: more bytes than the user allows, or than the disk has, or any in a directory
// that nothing may be written to.
func (g *download) checkRoom() error {
	size := g.total()
	if g.MaxSize > 0 && size > g.MaxSize {
		return g.tooLarge(fmt.Sprintf("it has %d bytes", size))
	}
	if g.isSmall() { // there was room for another one just now, and the disk itself tells soon enough
		return nil
	}
	dir := g.Dir
	if g.Root != nil {
		dir = filepath.Join(g.Root.Name(), localPath(g.Dir))
	}
	if err := mayWrite(dir); err != nil {
		return localError(g.Op, g.Name, err)
	}
	free, known := freeSpace(dir)
	if missing := size - max(g.from, g.piece.From); known && size >= 0 && missing > free {
		return g.fail(ErrLocal, statusLocal, fmt.Sprintf("%d bytes are to come, and %s has room for %d", missing, dir, free), g.Again("-O DIR")+" saves it elsewhere")
	}
	return nil
}

// tooLarge is a file that is longer than the user allows.
func (g *download) tooLarge(what string) error {
	return g.fail(ErrLocal, statusLocal, fmt.Sprintf("%s, and no more than %d are wanted", what, g.MaxSize), "set max-size tells and changes how many")
}
