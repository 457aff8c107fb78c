package editor

import (
	"fmt"
	"slices"
	"strings"

	"ftpsh/internal/term"
)

// menu offers the candidates of a completion. The line holds the chosen one at
// once; leaving the menu in any way but cancelling keeps it.
type menu struct {
	items      []Candidate
	labels     []string // safe
	width      int      // of the widest label
	shown      bool     // the second Tab shows it
	selected   int      // -1: none
	before     snapshot // the line without any of them
	start, end int      // what an item replaces in before.text
}

func newMenu(items []Candidate, before snapshot, start, end int) *menu {
	m := &menu{items: items, selected: -1, before: before, start: start, end: end}
	for _, item := range items {
		label := term.Safe(item.Label)
		m.labels = append(m.labels, label)
		m.width = max(m.width, term.Width(label))
	}
	return m
}

// step moves the selection by n, round and round.
func (m *menu) step(n int) {
	if m.selected < 0 && n < 0 {
		m.selected = 0
	}
	m.selected = (m.selected + n + len(m.items)) % len(m.items)
}

// jump moves the selection by n, but not past either end.
func (m *menu) jump(n int) {
	m.selected = max(0, min(len(m.items)-1, m.selected+n))
}

// apply returns the line with the selected item in its place.
func (m *menu) apply() (text string, pos int) {
	if m.selected < 0 {
		return m.before.text, m.before.pos
	}
	insert := m.items[m.selected].Insert
	return m.before.text[:m.start] + insert + m.before.text[m.end:], m.start + len(insert)
}

// These two make a row of a menu: one gap between columns, and the selected
// label in reverse, which is no colour and thus shown without colours too.
const (
	menuGap  = 2
	selectOn = "\x1b[7m"
)

// grid returns how the labels are arranged: down the columns, as ls does.
func (m *menu) grid(cols int) (columns, height, width int) {
	width = min(m.width, max(1, cols-1))
	columns = max(1, (cols-1+menuGap)/(width+menuGap))
	height = (len(m.items) + columns - 1) / columns
	return columns, height, width
}

// layout returns at most height rows. If there are more, it shows those around
// the selected one, and a last row says so.
func (m *menu) layout(cols, height int) []string {
	if !m.shown || height <= 0 {
		return nil
	}
	_, all, _ := m.grid(cols)
	visible, footer := all, m.footer()
	if all > height || footer != "" {
		visible = max(1, min(all, height-1))
	}
	top := 0
	if m.selected >= 0 {
		top = max(0, min(m.selected%all-visible/2, all-visible))
	}
	var rows []string
	for r := top; r < top+visible; r++ {
		rows = append(rows, m.row(r, cols))
	}
	if visible < all && footer == "" {
		footer = fmt.Sprintf("%d candidates", len(m.items))
	}
	if footer != "" && len(rows) < height {
		rows = append(rows, fit(footer, cols-1))
	}
	return rows
}

// row returns one row of the grid.
func (m *menu) row(r, cols int) string {
	_, height, width := m.grid(cols)
	var b strings.Builder
	for i := r; i < len(m.items); i += height {
		label := term.Cut(m.labels[i], width)
		blanks := strings.Repeat(" ", width-term.Width(label))
		if i == m.selected {
			label = selectOn + label + resetStyle
		}
		b.WriteString(label)
		if i+height < len(m.items) {
			b.WriteString(blanks + strings.Repeat(" ", menuGap))
		}
	}
	return b.String()
}

// footer is what is known of the selected item beyond its label.
func (m *menu) footer() string {
	if m.selected < 0 {
		return ""
	}
	item := m.items[m.selected]
	parts := []string{fmt.Sprintf("%d of %d", m.selected+1, len(m.items)), term.Safe(item.Kind), term.Safe(item.Help)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "  ")
}

// commonPrefix returns what all items insert first, whole clusters only.
func commonPrefix(items []Candidate) string {
	first := items[0].Insert
	shared := len(first)
	for _, item := range items[1:] {
		other := item.Insert
		n := 0
		for n < shared && n < len(other) {
			a, _ := term.Cluster(first[n:])
			b, _ := term.Cluster(other[n:])
			if a != b {
				break
			}
			n += len(a)
		}
		shared = min(shared, n)
	}
	return first[:shared]
}
