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

// add makes a table of what the contestants spent, with one more column of the benchmark's own.
// Ratios are to the best of the peers, so less than 1 is for us to be proud of.
func (r *report) add(title string, contestants []contestant, spent []cost, heading string, extra func(who int) string) {
	fmt.Fprintf(&r.tables, "\n%s\n", title)
	w := tabwriter.NewWriter(&r.tables, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\twall\tratio\tCPU\tratio\tpeak\t%s\t\n", heading)
	wall := best(contestants, spent, func(c cost) time.Duration { return c.wall })
	cpu := best(contestants, spent, func(c cost) time.Duration { return c.cpu })
	for who, c := range spent {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%.0f MiB\t%s\t\n", contestants[who].client.name,
			milliseconds(c.wall), ratio(c.wall, wall), milliseconds(c.cpu), ratio(c.cpu, cpu), float64(c.peak)/(1<<20), extra(who))
	}
	w.Flush()
}

// best is the least that a peer spent; zero when there is no peer.
func best(contestants []contestant, spent []cost, quantity func(cost) time.Duration) (least time.Duration) {
	for who, c := range spent {
		if q := quantity(c); !contestants[who].client.ours && (least == 0 || q < least) {
			least = q
		}
	}
	return least
}

func ratio(d, of time.Duration) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(d)/float64(of))
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1e3)
}

// print writes the tables, if a benchmark has run.
func (r *report) print(w io.Writer) error {
	if r.tables.Len() == 0 {
		return nil
	}
	peak, err := ownPeak()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\nMedians; ratios to the best peer. A peak of %d MiB may be less: it cannot be told.\n", r.tables.String(), peak>>20)
	return err
}
