package editor

import (
	"strings"

	"ftpsh/internal/term"
)

// line is the text being edited and the place of the cursor in it, a byte
// offset that never stands inside a grapheme cluster. It is pure: no terminal,
// no readline. Its text may be any bytes and hold line ends.
type line struct {
	text string
	pos  int

	undone []snapshot
	typing bool // the last change was typing, which is undone word by word
}

type snapshot struct {
	text string
	pos  int
}

// maxUndo bounds the memory of a line; the oldest changes go first.
const maxUndo = 200

// save remembers the line as it is, before a change.
func (l *line) save() {
	l.typing = false
	l.undone = append(l.undone, snapshot{l.text, l.pos})
	if len(l.undone) > maxUndo {
		l.undone = l.undone[1:]
	}
}

// undo takes the last change back; false if there is none.
func (l *line) undo() bool {
	l.typing = false
	if len(l.undone) == 0 {
		return false
	}
	last := l.undone[len(l.undone)-1]
	l.undone = l.undone[:len(l.undone)-1]
	l.text, l.pos = last.text, last.pos
	return true
}

// typed takes the text and position after a rune was typed. One word is one
// change.
func (l *line) typed(text string, pos int) {
	if !l.typing {
		l.save()
	}
	l.typing = pos == 0 || text[pos-1] != ' '
	l.text, l.pos = text, pos
}

// replace puts s in the place of text[start:end] and the cursor behind it.
func (l *line) replace(start, end int, s string) {
	l.save()
	l.text = l.text[:start] + s + l.text[end:]
	l.pos = start + len(s)
}

// insert puts s at the cursor.
func (l *line) insert(s string) { l.replace(l.pos, l.pos, s) }

// set makes s the whole line.
func (l *line) set(s string) { l.replace(0, len(l.text), s) }

// cut removes text[start:end] and returns it.
func (l *line) cut(start, end int) string {
	if start >= end {
		return ""
	}
	killed := l.text[start:end]
	l.replace(start, end, "")
	return killed
}

// next returns the offset behind the cluster at pos.
func (l *line) next(pos int) int {
	cluster, _ := term.Cluster(l.text[pos:])
	return pos + len(cluster)
}

// prev returns the offset of the cluster that ends at pos. Where a cluster
// starts is only known from the left, except between two ASCII characters.
func (l *line) prev(pos int) int {
	if pos >= 2 && l.text[pos-1] < 0x80 && l.text[pos-2] < 0x80 {
		return pos - 1
	}
	before := 0
	for at := 0; at < pos; at = l.next(at) {
		before = at
	}
	return before
}

// These move the cursor; false where it cannot go further.

func (l *line) left() bool      { return l.move(l.prev(l.pos)) }
func (l *line) right() bool     { return l.move(l.next(l.pos)) }
func (l *line) wordLeft() bool  { return l.move(l.wordStart(isWord)) }
func (l *line) wordRight() bool { return l.move(l.wordEnd()) }

// home goes to the start of the row of text, from there to the start of all.
func (l *line) home() bool {
	if start := l.rowStart(); start < l.pos {
		return l.move(start)
	}
	return l.move(0)
}

// end goes to the end of the row of text, from there to the end of all.
func (l *line) end() bool {
	if end := l.rowEnd(); end > l.pos {
		return l.move(end)
	}
	return l.move(len(l.text))
}

func (l *line) move(pos int) bool {
	moved := pos != l.pos
	l.pos, l.typing = pos, false
	return moved
}

func (l *line) rowStart() int { return strings.LastIndexByte(l.text[:l.pos], '\n') + 1 }

func (l *line) rowEnd() int {
	if i := strings.IndexByte(l.text[l.pos:], '\n'); i >= 0 {
		return l.pos + i
	}
	return len(l.text)
}

// up and down move between the lines of a text that has several, keeping the
// column as far as the other line is long enough.
func (l *line) up() bool {
	start := l.rowStart()
	if start == 0 {
		return false
	}
	above := strings.LastIndexByte(l.text[:start-1], '\n') + 1
	return l.moveToColumn(above, start-1, term.Width(l.text[start:l.pos]))
}

func (l *line) down() bool {
	end := l.rowEnd()
	if end == len(l.text) {
		return false
	}
	column := term.Width(l.text[l.rowStart():l.pos])
	below := len(l.text)
	if i := strings.IndexByte(l.text[end+1:], '\n'); i >= 0 {
		below = end + 1 + i
	}
	return l.moveToColumn(end+1, below, column)
}

// moveToColumn goes to the cluster at a column of text[start:end].
func (l *line) moveToColumn(start, end, column int) bool {
	at := start
	for at < end && term.Width(l.text[start:at]) < column {
		at = l.next(at)
	}
	return l.move(at)
}

// backspace removes the cluster before the cursor, del the one under it; false
// if there is none.
func (l *line) backspace() bool { return l.cut(l.prev(l.pos), l.pos) != "" }
func (l *line) del() bool       { return l.cut(l.pos, l.next(l.pos)) != "" }

// transpose swaps the clusters around the cursor, at the end the two before
// it; false if there are not two.
func (l *line) transpose() bool {
	middle := l.pos
	if middle == len(l.text) {
		middle = l.prev(middle)
	}
	start, end := l.prev(middle), l.next(middle)
	if start == middle || middle == end {
		return false
	}
	l.replace(start, end, l.text[middle:end]+l.text[start:middle])
	return true
}
