//go:build linux

package bench

import (
	"fmt"
	"path/filepath"
	"testing"

	"ftpsh/internal/ftptest"
)

// BenchmarkLs lists a large directory sorted, in a client's own form; curl shows what the server's lines
// alone cost.
func BenchmarkLs(b *testing.B) {
	benchmarkListing(b, "ls", func(c client) listing {
		if c.ls == nil && c.name == "curl" {
			return c.list
		}
		return c.ls
	})
}

// BenchmarkDir prints the server's own lines.
func BenchmarkDir(b *testing.B) { benchmarkListing(b, "dir", func(c client) listing { return c.list }) }

// BenchmarkNlist prints names alone.
func BenchmarkNlist(b *testing.B) {
	benchmarkListing(b, "nlist", func(c client) listing { return c.names })
}

// listing is an order to list a directory.
type listing func(s site, dir string) order

func benchmarkListing(b *testing.B, verb string, way func(client) listing) {
	d := vsftpd(b, ftptest.Plain)
	s := siteOf(b, d, d.Addr)
	local, remote := d.Dir(b)
	for i := range *entries {
		write(b, filepath.Join(local, fmt.Sprintf("file-%06d.dat", i)), "")
	}
	var all []contestant
	for _, c := range clients(b) {
		if list := way(c); list != nil {
			all = append(all, contestant{c, listed(s, list(s, remote))})
		}
	}
	spent := compete(b, all)
	first := func(who int) string { return milliseconds(spent[who].first) }
	results.add(fmt.Sprintf("%s of %d entries", verb, *entries), all, append(costs(all, spent), column{"first output", first})...)
}

// listed runs an order whose output must have a line for each entry.
func listed(s site, o order) func() (cost, error) {
	return func() (cost, error) {
		spent, err := o.run(s.from, s.home)
		if err == nil && spent.lines < *entries {
			err = fmt.Errorf("%d lines for %d entries", spent.lines, *entries)
		}
		return spent, err
	}
}
