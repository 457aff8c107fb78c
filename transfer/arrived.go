package transfer

import (
	"hash/maphash"
	"os"
	"sync"
	"time"
)

// Arrived remembers the files that a run of downloads has made, so that none of them is taken for an
// old file and overwritten. Two names may be one file here: README and readme, or an é in two forms,
// where the disk does not tell them apart. The disk is asked, not a table of letters. The zero value is
// ready; several goroutines may use it. A file costs it a few words, since there may be many.
type Arrived struct {
	mu    sync.Mutex
	seed  maphash.Seed
	files []arrival
	alike map[uint64]int // the hash of a likeness: 1 + where the latest of files is that has it
}

// arrival is a file that has arrived.
type arrival struct {
	name   string
	before int // as in alike, the one before it
}

// likeness is what a file has in common with few others, to search among these only.
type likeness struct {
	dir  string // as its download calls it
	size int64
	time time.Time
}

// of is the hash of a file's likeness. The caller holds mu.
func (a *Arrived) of(dir string, info os.FileInfo) uint64 {
	if a.alike == nil {
		a.alike, a.seed = map[uint64]int{}, maphash.MakeSeed()
	}
	return maphash.Comparable(a.seed, likeness{dir, info.Size(), info.ModTime()})
}

func (a *Arrived) add(dir string, name string, info os.FileInfo) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	like := a.of(dir, info)
	a.files = append(a.files, arrival{name, a.alike[like]})
	a.alike[like] = len(a.files)
}

// has returns the name of the file of this run that info is too, empty if there is none. Both are in the
// directory that root is.
func (a *Arrived) has(dir string, root *os.Root, info os.FileInfo) string {
	if a == nil {
		return ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for at := a.alike[a.of(dir, info)]; at > 0; at = a.files[at-1].before {
		if earlier, err := root.Lstat(a.files[at-1].name); err == nil && os.SameFile(earlier, info) {
			return a.files[at-1].name
		}
	}
	return ""
}
