package transfer

import (
	"os"
	"sync"
	"time"
)

// Arrived remembers the files that a run of downloads has made, so that none of them is taken for an
// old file and overwritten. Two names may be one file here: README and readme, or an é in two forms,
// where the disk does not tell them apart. The disk is asked, not a table of letters. The zero value is
// ready; several goroutines may use it.
type Arrived struct {
	mu    sync.Mutex
	files map[likeness][]os.FileInfo
}

// likeness is what a file has in common with few others, to search among these only.
type likeness struct {
	size int64
	time time.Time
}

func likenessOf(info os.FileInfo) likeness { return likeness{info.Size(), info.ModTime()} }

func (a *Arrived) add(info os.FileInfo) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.files == nil {
		a.files = map[likeness][]os.FileInfo{}
	}
	key := likenessOf(info)
	a.files[key] = append(a.files[key], info)
}

// has returns the file of this run that info is too, nil if there is none.
func (a *Arrived) has(info os.FileInfo) os.FileInfo {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, earlier := range a.files[likenessOf(info)] {
		if os.SameFile(earlier, info) {
			return earlier
		}
	}
	return nil
}
