//go:build linux

package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
)

// manyFiles is how many files the trees have of which the peak memory is what matters.
const manyFiles = 100_000

// BenchmarkLarge is about trees of so many files that whoever keeps them in memory needs much of it: beside each
// other in one directory, and spread over a thousand.
func BenchmarkLarge(b *testing.B) {
	for _, directories := range []int{1, 1000} {
		t := tree{manyFiles, directories}
		title := fmt.Sprintf("%d files in %d directories", t.files, t.directories)
		b.Run(title, func(b *testing.B) {
			d := vsftpd(b, ftptest.Plain)
			s := siteOf(b, d, d.Addr)
			served, remote := d.Dir(b)
			local := b.TempDir()
			t.plantTiny(b, served, local)
			b.Run("find", func(b *testing.B) {
				largeRow(b, "find "+title, func(c client) func() (cost, error) {
					if c.find == nil {
						return nil
					}
					return func() (cost, error) { return c.find(s, remote).run(s.from, s.home) }
				})
			})
			b.Run("mirror", func(b *testing.B) {
				largeRow(b, "mirror with nothing to do of "+title, func(c client) func() (cost, error) {
					if c.mirror == nil {
						return nil
					}
					return func() (cost, error) { return c.mirror(s, remote, local).run(s.from, s.home) }
				})
			})
			b.Run("first", func(b *testing.B) {
				largeRow(b, "first mirror of "+title, func(c client) func() (cost, error) {
					if c.mirror == nil {
						return nil
					}
					return func() (cost, error) {
						target := filepath.Join(local, c.name)
						defer os.RemoveAll(target)
						return c.mirror(s, remote, target).run(s.from, s.home)
					}
				})
			})
		})
	}
}

// largeRow has everyone do the work once, however many rounds are asked for: it takes minutes.
func largeRow(b *testing.B, title string, work func(client) func() (cost, error)) {
	var all []contestant
	var spent []cost
	for _, c := range clients(b) {
		do := work(c)
		if do == nil {
			continue
		}
		took, err := do()
		if err != nil {
			b.Fatalf("%s: %v", c.name, err)
		}
		all, spent = append(all, contestant{c, do}), append(spent, took)
	}
	results.add(title, all, costs(all, spent)...)
}

// plantTiny makes the tree below each of dirs, of files of one byte and the same time.
func (t tree) plantTiny(b *testing.B, dirs ...string) {
	b.Helper()
	long := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	for i := range t.files {
		for _, dir := range dirs {
			folder := filepath.Join(dir, fmt.Sprintf("folder-%03d", i%t.directories))
			if err := os.MkdirAll(folder, 0o755); err != nil {
				b.Fatal(err)
			}
			name := filepath.Join(folder, fmt.Sprintf("%06d.dat", i))
			if err := errors.Join(os.WriteFile(name, []byte("x"), 0o644), os.Chtimes(name, long, long)); err != nil { // everybody may read it
				b.Fatal(err)
			}
		}
	}
}
