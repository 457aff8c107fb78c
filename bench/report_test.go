//go:build linux

package bench

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// report collects a table for each benchmark and prints them all in the end, since the benchmarks'
// own lines would come between.
type report struct{ tables strings.Builder }

var results report

// column is one quantity, with a cell for each contestant.
type column struct {
	heading string
	cell    func(who int) string
}

func (r *report) add(title string, contestants []contestant, columns ...column) {
	fmt.Fprintf(&r.tables, "\n%s\n", title)
	w := tabwriter.NewWriter(&r.tables, 0, 0, 3, ' ', tabwriter.AlignRight)
	for _, c := range columns {
		fmt.Fprintf(w, "\t%s", c.heading)
	}
	for who := range contestants {
		fmt.Fprintf(w, "\t\n%s", contestants[who].client.name)
		for _, c := range columns {
			fmt.Fprintf(w, "\t%s", c.cell(who))
		}
	}
	fmt.Fprint(w, "\t\n")
	_ = w.Flush() // into a builder
}

// print writes the tables, if a benchmark has run.
func (r *report) print(w io.Writer) error {
	if r.tables.Len() == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "%s\nMedians of each quantity; ratios to the best peer, less than 1 is better.\n", r.tables.String())
	return err
}

// costs are the columns that most tables begin with.
func costs(contestants []contestant, spent []cost) []column {
	wall := func(who int) time.Duration { return spent[who].wall }
	cpu := func(who int) time.Duration { return spent[who].cpu }
	return []column{
		{"wall", func(who int) string { return milliseconds(wall(who)) }},
		{"ratio", ratio(contestants, wall)},
		{"CPU", func(who int) string { return milliseconds(cpu(who)) }},
		{"ratio", ratio(contestants, cpu)},
		{"peak", func(who int) string { return peak(spent[who].peak) }},
	}
}

// ratio compares a quantity with the least that a peer has of it.
func ratio(contestants []contestant, quantity func(who int) time.Duration) func(who int) string {
	var least time.Duration
	for who, c := range contestants {
		if q := quantity(who); !c.client.ours && (least == 0 || q < least) {
			least = q
		}
	}
	return func(who int) string {
		if least == 0 { // no peer is here
			return "-"
		}
		return fmt.Sprintf("%.2f", float64(quantity(who))/float64(least))
	}
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1e3)
}

func mebibytes(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

// peak says what can be told of a peak: see ownPeak.
func peak(bytes int64) string {
	if own, err := ownPeak(); err != nil || bytes <= own {
		return "≤ " + mebibytes(bytes)
	}
	return mebibytes(bytes)
}
