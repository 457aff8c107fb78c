package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// WorkingDir is the local directory of a session. It is state of the session and not of the
// process, so that jobs in the background keep the directory in which they began. Its methods may
// be called from several goroutines.
type WorkingDir struct {
	home string

	mu       sync.Mutex
	dir      string
	previous string
}

// NewWorkingDir starts in an absolute directory. Home is what ~ stands for; it may be empty.
func NewWorkingDir(dir, home string) *WorkingDir { return &WorkingDir{home: home, dir: dir} }

// clone is another one that is at the same place.
func (w *WorkingDir) clone() *WorkingDir {
	w.mu.Lock()
	defer w.mu.Unlock()
	return &WorkingDir{home: w.home, dir: w.dir, previous: w.previous}
}

// Dir is the directory, absolute.
func (w *WorkingDir) Dir() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dir
}

// Abs is a path as it was typed, seen from the directory. ~ and ~/ are the home directory.
func (w *WorkingDir) Abs(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && w.home != "" && (rest == "" || os.IsPathSeparator(rest[0])) {
		return filepath.Join(w.home, rest)
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(w.Dir(), path)
}

// Short is an absolute path as seen from the directory, if it is in it.
func (w *WorkingDir) Short(path string) string {
	if short, err := filepath.Rel(w.Dir(), path); err == nil && filepath.IsLocal(short) {
		return short
	}
	return path
}

// Change goes to a directory: nothing is home, "-" is the one before.
func (w *WorkingDir) Change(path string) error {
	switch path {
	case "":
		path = "~"
	case "-":
		w.mu.Lock()
		path = w.previous
		w.mu.Unlock()
		if path == "" {
			return fmt.Errorf("lcd: there is no previous directory")
		}
	}
	dir := w.Abs(path)
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &os.PathError{Op: "lcd", Path: path, Err: fmt.Errorf("not a directory")}
	}
	if err != nil {
		return &LocalError{Op: "lcd", Path: path, Err: err}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.previous, w.dir = w.dir, dir
	return nil
}
