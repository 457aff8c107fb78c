//go:build linux

package bench

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
)

// far is the line of the benchmarks between two hosts.
var far = line{delay: 25 * time.Millisecond, rate: 1e9}

// farMiB is the size of the file that crosses it.
const farMiB = 64

// nearOnly are clients that fix the sizes of their sockets' buffers: a long line takes them ten times as long.
var nearOnly = []string{"tnftp", "ncftp"}

// BenchmarkFar moves one file over a long fat line, clean and with a packet in ten thousand lost. The limit
// is the line's rate, after the round trips of the login and those in which TCP finds the rate.
func BenchmarkFar(b *testing.B) {
	for _, l := range []line{far, {far.delay, far.rate, 0.0001}} {
		b.Run(l.String(), func(b *testing.B) {
			if os.Getuid() != 0 {
				b.Skip("network namespaces take root")
			}
			d, s := across(b, l)
			b.Run("get", func(b *testing.B) { moveFar(b, "get", l, benchmarkGet, d, s) })
			b.Run("put", func(b *testing.B) { moveFar(b, "put", l, benchmarkPut, d, s) })
		})
	}
}

func moveFar(b *testing.B, verb string, l line, work transfer, d ftptest.Daemon, s site) {
	all := slices.DeleteFunc(work(b, d, s, farMiB), func(c contestant) bool { return slices.Contains(nearOnly, c.client.name) })
	spent := compete(b, all)
	least := time.Duration(int64(farMiB<<20) * 8 * int64(time.Second) / l.rate)
	limit := func(who int) string { return fmt.Sprintf("%.2f", float64(spent[who].wall)/float64(least)) }
	results.add(fmt.Sprintf("%s %d MiB, %v", verb, farMiB, l), all, append(costs(all, spent), column{"times the line's", limit})...)
}
