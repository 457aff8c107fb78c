package term

import (
	"bytes"
	"testing"
)

func TestTable(t *testing.T) {
	columns := []Column{{Title: "name"}, {Title: "size", Right: true}, {Title: "note"}}
	rows := [][]string{
		{"日本", "20M", "x"},
		{"README.txt", "1", ""},
		{"short", "3"},
	}
	tests := []struct {
		name     string
		terminal bool
		columns  []Column
		want     string
	}{
		{"terminal", true, columns, "name        size  note\n日本         20M  x\nREADME.txt     1  \nshort          3\n"},
		{"pipe", false, columns, "日本\t20M\tx\nREADME.txt\t1\t\nshort\t3\n"},
		{"no titles", true, make([]Column, 3), "日本        20M  x\nREADME.txt  1    \nshort       3\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			NewPrinter(PrinterConfig{Out: &out, OutTerminal: test.terminal, Color: ColorNever}).Table(test.columns, rows)
			if out.String() != test.want {
				t.Errorf("got\n%q, want\n%q", out.String(), test.want)
			}
		})
	}
}
