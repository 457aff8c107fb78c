package transfer

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"ftpsh/remote"
)

// strays are the temporary names that uploads of a job may have left on the server, and that nobody would go on
// from.
type strays struct {
	mu    sync.Mutex
	names map[string]bool
}

func (s *strays) add(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[name] = true
}

func (s *strays) drop(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.names, name)
}

// tidyTime is how long the removal of strays may take, so that it does not hold up a Ctrl-C.
const tidyTime = 5 * time.Second

// tidy removes the strays, also after a Ctrl-C, and tells which may still be there.
func (j *Job) tidy(ctx context.Context) {
	var removals []remote.Removal
	for _, name := range slices.Sorted(maps.Keys(j.strays.names)) {
		removals = append(removals, remote.Removal{Name: name})
	}
	if len(removals) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidyTime)
	defer cancel()
	_ = j.Conn.RemoveAll(ctx, removals, func(i int, err error) { // what it does not come to is told below
		if err == nil || refusal(err) == 550 {
			j.strays.drop(removals[i].Name)
		}
	})
	for _, name := range slices.Sorted(maps.Keys(j.strays.names)) {
		j.note("%s may be on the server, incomplete; clean -r finds it", name)
	}
}
