package term

import (
	"strings"

	"github.com/rivo/uniseg"
)

// ellipsis marks where [Cut] left something out.
const ellipsis = "…"

// resetStyle ends whatever colours and attributes are in force.
const resetStyle = "\x1b[0m"

// Width returns how many terminal columns s takes: grapheme clusters are
// measured, colour sequences count nothing.
func Width(s string) int {
	if printable(s) {
		return len(s)
	}
	width := 0
	for s != "" {
		cell, columns := nextCell(s)
		width += columns
		s = s[len(cell):]
	}
	return width
}

// Cut shortens s to at most width columns, with … where something is missing.
// Colours are kept, and ended at the cut.
func Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if Width(s) <= width {
		return s
	}
	var b strings.Builder
	painted, room := false, width-Width(ellipsis)
	for rest := s; rest != ""; {
		cell, columns := nextCell(rest)
		if columns > room {
			break
		}
		painted = painted || cell[0] == '\x1b'
		b.WriteString(cell)
		room -= columns
		rest = rest[len(cell):]
	}
	b.WriteString(ellipsis)
	if painted {
		b.WriteString(resetStyle)
	}
	return b.String()
}

// Cluster returns the first grapheme cluster of s, which is what a user takes
// for one character, and its width in columns. It is empty only when s is.
func Cluster(s string) (cluster string, width int) {
	cluster, _, width, _ = uniseg.FirstGraphemeClusterInString(s, -1)
	return cluster, width
}

// nextCell returns what stands at the start of s: a colour sequence, which has
// no width, or a grapheme cluster.
func nextCell(s string) (cell string, columns int) {
	if n := sgrLen(s); n > 0 {
		return s[:n], 0
	}
	return Cluster(s)
}

// sgrLen returns the length of the colour sequence (ESC [ digits ; ... m) at
// the start of s, 0 if there is none.
func sgrLen(s string) int {
	const introducer = "\x1b["
	if !strings.HasPrefix(s, introducer) {
		return 0
	}
	parameters := strings.TrimLeft(s[len(introducer):], "0123456789;:")
	if !strings.HasPrefix(parameters, "m") {
		return 0
	}
	return len(s) - len(parameters) + 1
}

// printable reports whether s is printable ASCII throughout, where bytes are
// columns. Nearly every file name is.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
