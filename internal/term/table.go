package term

import (
	"io"
	"strings"
)

// Column is one column of a table.
type Column struct {
	Title string
	Right bool // numbers stand to the right
}

// Table writes rows as a result. On a terminal the columns are aligned, below
// their titles if any has one; elsewhere cells are separated by one tab and
// the titles are left out, for cut and awk. Cells must be safe; a row has at
// most as many as there are columns.
func (p *Printer) Table(columns []Column, rows [][]string) {
	var b strings.Builder
	if !p.OutIsTerminal() {
		for _, row := range rows {
			b.WriteString(strings.Join(row, "\t") + "\n")
		}
		io.WriteString(p.Out(), b.String())
		return
	}
	if titles := p.titles(columns); titles != nil {
		rows = append([][]string{titles}, rows...)
	}
	widths := tableWidths(columns, rows)
	for _, row := range rows {
		writeRow(&b, columns, widths, row)
	}
	io.WriteString(p.Out(), b.String())
}

// titles returns the painted titles, nil if no column has one.
func (p *Printer) titles(columns []Column) []string {
	var row []string
	titled := false
	for _, column := range columns {
		titled = titled || column.Title != ""
		row = append(row, p.Paint(RoleHeading, column.Title))
	}
	if !titled {
		return nil
	}
	return row
}

// tableWidths returns the width of the widest cell of each column.
func tableWidths(columns []Column, rows [][]string) []int {
	widths := make([]int, len(columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], Width(cell))
		}
	}
	return widths
}

// writeRow writes one aligned line, without blanks at its end.
func writeRow(b *strings.Builder, columns []Column, widths []int, row []string) {
	for i, cell := range row {
		blanks := widths[i] - Width(cell)
		if columns[i].Right {
			pad(b, blanks)
			blanks = 0
		}
		b.WriteString(cell)
		if i < len(row)-1 {
			pad(b, blanks+columnGap)
		}
	}
	b.WriteByte('\n')
}
