package editor

import (
	"bytes"
	"fmt"
)

// What is written around every change of the screen: the terminal shows it in
// one go (mode 2026, ignored by those that do not know it), without a cursor
// that flies about.
const (
	beginDrawing = "\x1b[?2026h\x1b[?25l"
	endDrawing   = "\x1b[?25h\x1b[?2026l"
	eraseRow     = "\x1b[K"
	eraseBelow   = "\x1b[J"
	firstColumn  = "\x1b[G"
)

// draw replaces the frame on the screen by another one. Rows that are the same
// are left alone. Nothing is erased but the tails of rows: tmux takes a screen
// erased from its first cell for one to keep, which would happen once per key.
func draw(b *bytes.Buffer, old, next frame, cols int) {
	if len(next.rows) == 0 {
		erase(b, old)
		return
	}
	up(b, old.line)
	b.WriteByte('\r')
	first := sharedRows(old.rows, next.rows)
	down(b, first)
	for i := first; i < len(next.rows); i++ {
		drawRow(b, next.rows[i], cols)
		if i+1 < len(next.rows) {
			nextRow(b, next.rows[i], next.rows[i+1])
		}
	}
	surplus := max(0, len(old.rows)-len(next.rows))
	for range surplus {
		b.WriteString("\r\n" + eraseRow)
	}
	up(b, surplus+len(next.rows)-1-next.line)
	b.WriteByte('\r')
	right(b, next.col)
}

// sharedRows returns how many rows at the top need no drawing; the last row of
// either frame is drawn in any case.
func sharedRows(old, next []row) int {
	n := 0
	for n < len(old)-1 && n < len(next)-1 && old[n] == next[n] {
		n++
	}
	return n
}

func drawRow(b *bytes.Buffer, r row, cols int) {
	b.WriteString(r.text)
	if r.width < cols { // at the edge, erasing would take the last cell
		b.WriteString(eraseRow)
	}
}

// nextRow goes from the end of a row to the start of the next. Behind a soft
// one that is the terminal's business, which takes a character to wrap.
func nextRow(b *bytes.Buffer, r, following row) {
	switch {
	case !r.soft:
		b.WriteString("\r\n")
	case following.width == 0:
		b.WriteString(" \r")
	}
}

// erase clears a frame row by row and leaves the cursor where it started.
func erase(b *bytes.Buffer, old frame) {
	up(b, old.line)
	b.WriteByte('\r')
	if len(old.rows) == 0 {
		return
	}
	b.WriteString(eraseRow)
	for range len(old.rows) - 1 {
		b.WriteString("\r\n" + eraseRow)
	}
	up(b, len(old.rows)-1)
	b.WriteByte('\r')
}

// reflowed returns the frame as the terminal shows it after its width has
// changed: terminals break rows that became too long and join soft ones.
func reflowed(f frame, cols int) frame {
	var g frame
	for i := 0; i < len(f.rows); {
		logical, before := 0, -1
		start := i
		for ; i < len(f.rows); i++ {
			if i == f.line {
				before = logical + f.col
			}
			logical += f.rows[i].width
			if !f.rows[i].soft {
				i++
				break
			}
		}
		if before >= 0 {
			g.line, g.col = len(g.rows)+before/cols, before%cols
		}
		height := max(1, (logical+cols-1)/cols)
		if i == len(f.rows) && start <= f.line { // the cursor may need one more
			height = max(height, g.line-len(g.rows)+1)
		}
		for range height {
			g.rows = append(g.rows, row{width: -1})
		}
	}
	return g
}

func up(b *bytes.Buffer, n int)    { move(b, n, 'A') }
func down(b *bytes.Buffer, n int)  { move(b, n, 'B') }
func right(b *bytes.Buffer, n int) { move(b, n, 'C') }

func move(b *bytes.Buffer, n int, direction byte) {
	if n > 0 {
		fmt.Fprintf(b, "\x1b[%d%c", n, direction)
	}
}
