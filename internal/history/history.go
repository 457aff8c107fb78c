// Package history keeps the command lines of the user between sessions.
//
// The file is ours alone: mode 0600 in a directory of mode 0700, and never
// reached through a symbolic link. It holds one entry a line, the oldest
// first; a newline inside an entry is written as \n, a backslash as \\. All
// sessions append to the same file under a lock, and each sees what the others
// added when it adds something itself. Of equal entries only the latest counts.
//
// What may be remembered is the caller's decision: this package cannot know
// which word of a line is a password.
package history

import (
	"slices"
	"strings"
	"sync"
)

// maxEntry is the longest line that is remembered, in bytes. Longer ones were
// pasted, and nobody wants to scroll through them again.
const maxEntry = 16 << 10

// File is a history, in a file or only in memory. Its methods may be called by
// several goroutines.
type File struct {
	path  string // "" for memory
	limit int

	mu      sync.Mutex
	entries []string // oldest first, none twice, at most limit
}

// Open reads the history in the file at path, which is created, with its
// directory, where there is none. At most limit entries are kept; with none
// allowed the disk is left alone, and with path "" there is no file at all. A
// path that is a symbolic link, no regular file, or someone else's is an error.
func Open(path string, limit int) (*File, error) {
	f := &File{path: path, limit: limit}
	if !f.onDisk() {
		return f, nil
	}
	store, err := openStore(path)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	written, err := store.read()
	if err != nil {
		return nil, err
	}
	f.entries = latest(written, limit)
	return f, nil
}

// Add remembers a line as the latest entry. Blank lines and those over 16 KiB
// are not remembered. After an error the line is remembered for this session.
func (f *File) Add(line string) error {
	if strings.TrimSpace(line) == "" || len(line) > maxEntry || f.limit <= 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.onDisk() {
		entries, err := f.save(line)
		if err == nil {
			f.entries = entries
			return nil
		}
		f.entries = latest(append(f.entries, line), f.limit)
		return err
	}
	f.entries = latest(append(f.entries, line), f.limit)
	return nil
}

// Lines returns the entries, the oldest first.
func (f *File) Lines() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.entries)
}

// Search returns the entries that start with prefix, the latest first.
func (f *File) Search(prefix string) []string {
	var found []string
	for _, entry := range slices.Backward(f.Lines()) {
		if strings.HasPrefix(entry, prefix) {
			found = append(found, entry)
		}
	}
	return found
}

func (f *File) onDisk() bool { return f.path != "" && f.limit > 0 }

// save adds a line to the file and returns all entries, with those that other
// sessions have added meanwhile. When repeated and old entries fill more than
// half of the file it is written anew.
func (f *File) save(line string) ([]string, error) {
	store, err := openStore(f.path)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	written, err := store.read()
	if err != nil {
		return nil, err
	}
	written = append(written, line)
	entries := latest(written, f.limit)
	if store.cut || len(written) > 2*f.limit {
		return entries, store.rewrite(entries)
	}
	return entries, store.append(line)
}

// latest returns the last limit different entries, each where it last stood.
func latest(entries []string, limit int) []string {
	seen := make(map[string]bool, len(entries))
	var kept []string
	for _, entry := range slices.Backward(entries) {
		if len(kept) == limit {
			break
		}
		if !seen[entry] {
			seen[entry] = true
			kept = append(kept, entry)
		}
	}
	slices.Reverse(kept)
	return kept
}
