//go:build linux

package bench

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ftpsh/internal/ftptest"
)

// tree is many small files, spread over directories.
type tree struct{ files, directories int }

// fileSize is the size of each file of a tree.
const fileSize = 4 << 10

func (t tree) String() string {
	return fmt.Sprintf("%d files of %d KiB in %d directories", t.files, fileSize>>10, t.directories)
}

// plant makes the tree below dir, readable by everyone.
func (t tree) plant(b *testing.B, dir string) {
	b.Helper()
	for i := range t.files {
		folder := dir
		if t.directories > 1 {
			folder = filepath.Join(dir, fmt.Sprintf("folder-%03d", i%t.directories))
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			b.Fatal(err)
		}
		writeNoise(b, filepath.Join(folder, fmt.Sprintf("%05d.dat", i)), fileSize)
	}
}

// globbed is the names of a tree in one directory, as curl writes them.
func (t tree) globbed() string { return fmt.Sprintf("[00000-%05d].dat", t.files-1) }

// arrived fails unless all of the tree is below dir.
func (t tree) arrived(dir string) error {
	files := 0
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Size() == fileSize {
			files++
		}
		return err
	})
	if err == nil && files != t.files {
		err = fmt.Errorf("%d files of %d have arrived", files, t.files)
	}
	return err
}

// BenchmarkTree moves a thousand small files each way.
func BenchmarkTree(b *testing.B) {
	for _, mode := range []ftptest.Mode{ftptest.Plain, ftptest.Explicit} {
		b.Run(string(mode), func(b *testing.B) {
			d := vsftpd(b, mode)
			moveTree(b, d, siteOf(b, d, d.Addr), tree{1000, 1}, string(mode))
		})
	}
}

// BenchmarkFarTree moves two hundred over a long line, where only round trips count.
func BenchmarkFarTree(b *testing.B) {
	if os.Getuid() != 0 {
		b.Skip("network namespaces take root")
	}
	l := line{delay: far.delay}
	d, s := across(b, l)
	moveTree(b, d, s, tree{200, 1}, l.String())
}

// movers are the clients that can move trees with that server. curl cannot over TLS: the sessions of its
// connections get mixed up, and vsftpd refuses the data connections.
func movers(b *testing.B, d ftptest.Daemon) []client {
	return slices.DeleteFunc(speaking(clients(b), d.Mode), func(c client) bool {
		return c.getTree == nil || c.name == "curl" && d.Mode != ftptest.Plain
	})
}

func moveTree(b *testing.B, d ftptest.Daemon, s site, t tree, where string) {
	b.Run("get", func(b *testing.B) {
		all := gettingTree(b, d, s, t)
		results.add(fmt.Sprintf("get %v, %s", t, where), all, costs(all, compete(b, all))...)
	})
	b.Run("put", func(b *testing.B) {
		all := puttingTree(b, d, s, t)
		results.add(fmt.Sprintf("put %v, %s", t, where), all, costs(all, compete(b, all))...)
	})
}

func gettingTree(b *testing.B, d ftptest.Daemon, s site, t tree) (all []contestant) {
	served, remote := d.Dir(b)
	t.plant(b, served)
	local := filepath.Join(b.TempDir(), "tree")
	for _, c := range movers(b, d) {
		all = append(all, contestant{c, movingTree(s, c.getTree(s, t, remote, local), t, local)})
	}
	return all
}

func puttingTree(b *testing.B, d ftptest.Daemon, s site, t tree) (all []contestant) {
	served, remote := d.Dir(b)
	local := b.TempDir()
	t.plant(b, local)
	for _, c := range movers(b, d) {
		all = append(all, contestant{c, movingTree(s, c.putTree(s, t, local, remote+"/tree"), t, filepath.Join(served, "tree"))})
	}
	return all
}

// movingTree runs an order that brings a tree to dir, from where it is removed again.
func movingTree(s site, o order, t tree, dir string) func() (cost, error) {
	return func() (cost, error) {
		spent, err := o.run(s.from, s.home)
		if err != nil {
			return cost{}, err
		}
		return spent, errors.Join(t.arrived(dir), os.RemoveAll(dir))
	}
}

// BenchmarkMirror brings a large tree here, and then again, when there is nothing left to do.
func BenchmarkMirror(b *testing.B) {
	t := tree{10_000, 500}
	d := vsftpd(b, ftptest.Plain)
	s := siteOf(b, d, d.Addr)
	served, remote := d.Dir(b)
	t.plant(b, served)
	b.Run("first", func(b *testing.B) {
		var all []contestant
		for _, c := range clients(b) {
			if c.mirror != nil {
				local := filepath.Join(b.TempDir(), "tree")
				all = append(all, contestant{c, movingTree(s, c.mirror(s, remote, local), t, local)})
			}
		}
		results.add(fmt.Sprintf("first mirror of %v", t), all, costs(all, compete(b, all))...)
	})
	b.Run("second", func(b *testing.B) {
		var all []contestant
		for _, c := range clients(b) {
			if c.mirror != nil {
				o := c.mirror(s, remote, filepath.Join(b.TempDir(), "tree"))
				all = append(all, contestant{c, func() (cost, error) { return o.run(s.from, s.home) }})
			}
		}
		// The round that warms up is the first mirror.
		results.add(fmt.Sprintf("second mirror of %v", t), all, costs(all, compete(b, all))...)
	})
}
