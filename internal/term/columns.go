package term

import "strings"

// columnGap is the number of blanks between two columns.
const columnGap = 2

// Columns sets cells in as many columns as fit into width, sorted downwards as
// ls does it, each line with its newline. Cells may be painted, and must be
// safe. What is wider than width gets a line of its own.
func Columns(cells []string, width int) string {
	widths := make([]int, len(cells))
	for i, cell := range cells {
		widths[i] = Width(cell)
	}
	columns := fitColumns(widths, width)
	rows := rowsFor(len(cells), len(columns))
	var b strings.Builder
	for row := range rows {
		for i, column := row, 0; i < len(cells); i, column = i+rows, column+1 {
			b.WriteString(cells[i])
			if i+rows < len(cells) {
				pad(&b, columns[column]-widths[i]+columnGap)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// fitColumns returns the widths of the columns of the lowest table that fits
// into width, one column if none does.
func fitColumns(widths []int, width int) []int {
	const narrowest = 1 + columnGap
	most := min(len(widths), (width+columnGap)/narrowest)
	for columns := most; columns > 1; columns-- {
		rows := rowsFor(len(widths), columns)
		if rowsFor(len(widths), rows) < columns {
			continue // as many rows as with fewer columns
		}
		if fitted, ok := columnWidths(widths, rows, width); ok {
			return fitted
		}
	}
	return []int{0}
}

// columnWidths returns the width of each column of so many rows. It is false,
// and has looked no further, where they exceed width together.
func columnWidths(widths []int, rows, width int) ([]int, bool) {
	var columns []int
	total := -columnGap
	for len(widths) > 0 {
		n := min(rows, len(widths))
		widest := 0
		for _, w := range widths[:n] {
			widest = max(widest, w)
		}
		widths = widths[n:]
		columns = append(columns, widest)
		if total += widest + columnGap; total > width {
			return nil, false
		}
	}
	return columns, true
}

// rowsFor returns n divided by columns, rounded up.
func rowsFor(n, columns int) int { return (n + columns - 1) / columns }

// pad writes blanks.
func pad(b *strings.Builder, blanks int) {
	for range blanks {
		b.WriteByte(' ')
	}
}
