//go:build linux

package bench

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"testing"

	"ftpsh/internal/ftptest"
)

// fileName is the same on both sides, since ncftp cannot rename.
const fileName = "noise.bin"

// transfer is the work of every client that can do it: one file of that size, one way.
type transfer func(b *testing.B, d ftptest.Daemon, s site, mib int) []contestant

func BenchmarkGet(b *testing.B) { eachMode(b, "get", benchmarkGet) }

func BenchmarkPut(b *testing.B) { eachMode(b, "put", benchmarkPut) }

// eachMode moves one file in clear and over TLS, where the server wants data connections to resume the
// session of the control connection.
func eachMode(b *testing.B, verb string, move transfer) {
	for _, mode := range []ftptest.Mode{ftptest.Plain, ftptest.Explicit} {
		b.Run(string(mode), func(b *testing.B) {
			d := vsftpd(b, mode)
			all := move(b, d, siteOf(b, d, d.Addr), *mib)
			spent := compete(b, all)
			perGiB := func(who int) string {
				return fmt.Sprintf("%.2f s", spent[who].cpu.Seconds()*1024/float64(*mib))
			}
			results.add(fmt.Sprintf("%s %d MiB, %s", verb, *mib, mode), all, append(costs(all, spent), column{"CPU a GiB", perGiB})...)
		})
	}
}

func benchmarkGet(b *testing.B, d ftptest.Daemon, s site, mib int) (all []contestant) {
	served, remote := d.Dir(b)
	size := int64(mib) << 20
	writeNoise(b, filepath.Join(served, fileName), size)
	local := filepath.Join(b.TempDir(), fileName)
	for _, c := range speaking(clients(b), d.Mode) {
		if c.get != nil {
			all = append(all, contestant{c, moving(s, c.get(s, path.Join(remote, fileName), local), local, size)})
		}
	}
	return all
}

func benchmarkPut(b *testing.B, d ftptest.Daemon, s site, mib int) (all []contestant) {
	served, remote := d.Dir(b)
	size := int64(mib) << 20
	local := filepath.Join(b.TempDir(), fileName)
	writeNoise(b, local, size)
	for _, c := range speaking(clients(b), d.Mode) {
		if c.put != nil {
			all = append(all, contestant{c, moving(s, c.put(s, local, path.Join(remote, fileName)), filepath.Join(served, fileName), size)})
		}
	}
	return all
}

// speaking leaves out who cannot speak TLS where it is spoken.
func speaking(all []client, mode ftptest.Mode) (able []client) {
	for _, c := range all {
		if c.tls || mode == ftptest.Plain {
			able = append(able, c)
		}
	}
	return able
}

// moving runs an order that brings a file of that size to arrived, from where it is removed again.
func moving(s site, o order, arrived string, size int64) func() (cost, error) {
	return func() (cost, error) {
		spent, err := o.run(s.from, s.home)
		if err != nil {
			return cost{}, err
		}
		info, err := os.Stat(arrived)
		if err == nil && info.Size() != size {
			err = fmt.Errorf("%d bytes of %d have arrived", info.Size(), size)
		}
		return spent, errors.Join(err, os.Remove(arrived))
	}
}
