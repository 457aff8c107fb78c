package commands

import (
	"maps"
	"slices"
	"sync"
)

// Aliases are the names that the user gave to lines. The zero value has none. Its methods may be
// called from several goroutines.
type Aliases struct {
	mu    sync.Mutex
	lines map[string]string
}

// Line is what a name stands for.
func (a *Aliases) Line(name string) (line string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	line, ok = a.lines[name]
	return line, ok
}

// Set gives a name to a line, in the place of an older one.
func (a *Aliases) Set(name, line string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lines == nil {
		a.lines = map[string]string{}
	}
	a.lines[name] = line
}

// Remove forgets a name, and says whether there was one.
func (a *Aliases) Remove(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.lines[name]
	delete(a.lines, name)
	return ok
}

// Names are all names, sorted.
func (a *Aliases) Names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.lines))
}
