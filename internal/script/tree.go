package script

import (
	"errors"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// File is one entry of a Tree.
type File struct {
	Path    string // absolute and clean, in bytes
	Dir     bool
	Content []byte    // of a plain file; not to be changed
	Time    time.Time // of last modification, UTC
}

// Name is the last component of the path.
func (f File) Name() string { return path.Base(f.Path) }

// The reasons why a Tree refuses.
var (
	errMissing  = errors.New("no such file or directory")
	errExists   = errors.New("file exists")
	errNotDir   = errors.New("not a directory")
	errIsDir    = errors.New("is a directory")
	errNotEmpty = errors.New("directory not empty")
)

// Tree is the small file system behind the default handlers, safe for many goroutines.
// Paths start at "/"; any byte but "/" may be in a name.
type Tree struct {
	mu    sync.Mutex
	files map[string]File
}

func newTree() *Tree {
	return &Tree{files: map[string]File{"/": {Path: "/", Dir: true, Time: now()}}}
}

func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

func clean(p string) string { return path.Clean("/" + p) }

// Write makes or replaces a file, and the directories above it.
func (t *Tree) Write(p string, content []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p = clean(p)
	t.makeAll(path.Dir(p))
	t.files[p] = File{Path: p, Content: slices.Clone(content), Time: now()}
}

// Mkdir makes a directory and those above it.
func (t *Tree) Mkdir(p string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.makeAll(clean(p))
}

func (t *Tree) makeAll(p string) {
	for ; !t.files[p].Dir; p = path.Dir(p) {
		t.files[p] = File{Path: p, Dir: true, Time: now()}
	}
}

// Touch sets the time of an existing entry.
func (t *Tree) Touch(p string, at time.Time) error {
	return t.change(p, func(f *File) { f.Time = at.UTC() })
}

func (t *Tree) change(p string, how func(f *File)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, ok := t.files[clean(p)]
	if !ok {
		return errMissing
	}
	how(&f)
	t.files[f.Path] = f
	return nil
}

// Get returns the entry at a path.
func (t *Tree) Get(p string) (File, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, ok := t.files[clean(p)]
	return f, ok
}

// List returns what lies in a directory, in byte order of the names.
func (t *Tree) List(directory string) []File {
	t.mu.Lock()
	defer t.mu.Unlock()
	directory = clean(directory)
	var inside []File
	for p, f := range t.files {
		if p != "/" && path.Dir(p) == directory {
			inside = append(inside, f)
		}
	}
	slices.SortFunc(inside, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return inside
}

// Remove deletes a file, or an empty directory.
func (t *Tree) Remove(p string) error { return t.remove(p, nil) }

// remove deletes an entry that wanted, unless nil, does not object to.
func (t *Tree) remove(p string, wanted func(File) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f, ok := t.files[clean(p)]
	if !ok {
		return errMissing
	}
	if wanted != nil {
		if err := wanted(f); err != nil {
			return err
		}
	}
	if f.Dir && t.occupied(f.Path) {
		return errNotEmpty
	}
	delete(t.files, f.Path)
	return nil
}

func (t *Tree) occupied(directory string) bool {
	if directory == "/" {
		return true
	}
	for p := range t.files {
		if strings.HasPrefix(p, directory+"/") {
			return true
		}
	}
	return false
}

// create makes an empty directory whose parent must exist.
func (t *Tree) create(p string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.files[p]; ok {
		return errExists
	}
	if !t.files[path.Dir(p)].Dir {
		return errMissing
	}
	t.files[p] = File{Path: p, Dir: true, Time: now()}
	return nil
}

// store writes content into a file from offset on, keeping what lies behind unless cut is set.
func (t *Tree) store(p string, content []byte, offset int64, cut bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, parent := t.files[p], t.files[path.Dir(p)]
	switch {
	case old.Dir:
		return errIsDir
	case !parent.Dir:
		return errMissing
	}
	whole := make([]byte, max(offset, 0))
	copy(whole, old.Content)
	whole = append(whole, content...)
	if !cut && len(old.Content) > len(whole) {
		whole = append(whole, old.Content[len(whole):]...)
	}
	t.files[p] = File{Path: p, Content: whole, Time: now()}
	return nil
}

// rename moves an entry, with all below it, over a file of the new name if there is one.
func (t *Tree) rename(from, to string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	source, ok := t.files[from]
	target := t.files[to]
	switch {
	case !ok || !t.files[path.Dir(to)].Dir:
		return errMissing
	case from == to:
		return nil
	case target.Dir:
		return errExists
	case strings.HasPrefix(to+"/", from+"/") && source.Dir:
		return errors.New("a directory cannot go into itself")
	}
	for p, f := range t.files {
		if p == from || strings.HasPrefix(p, from+"/") {
			delete(t.files, p)
			f.Path = to + p[len(from):]
			t.files[f.Path] = f
		}
	}
	return nil
}
