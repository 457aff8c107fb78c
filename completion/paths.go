package completion

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// remotePaths offers what the server has below the directory that was typed.
func (s *Sources) remotePaths(ctx context.Context, at *slot, dirsOnly bool) ([]candidate, error) {
	if s.Remote == nil {
		return nil, nil
	}
	cut := strings.LastIndexByte(at.text, '/') + 1
	before, typed := at.text[:cut], at.text[cut:]
	entries, err := s.Remote.entries(ctx, s.remoteDir(before))
	if err != nil {
		return nil, err
	}
	wanted := func(e *listing.Entry) bool {
		return !isHidden(e.Name, typed) && listing.SafeName(e.Name) == nil &&
			(!dirsOnly || e.Type == listing.Dir || e.Type == listing.Link)
	}
	var found []candidate
	for _, e := range filter(entries, func(e *listing.Entry) string { return e.Name }, typed, wanted) {
		found = append(found, pathCandidate(at, before, e.Name, e.Type, dirsOnly))
	}
	return found, nil
}

// remoteDir is the directory that what was typed up to the last slash names, seen from the root
// where the server's paths have one. It is not cleaned: what ".." is behind a link, the server
// knows.
func (s *Sources) remoteDir(typed string) string {
	switch dir := strings.TrimRight(typed, "/"); {
	case typed == "":
		return s.RemoteDir
	case dir == "":
		return "/"
	case strings.HasPrefix(dir, "/"), strings.HasPrefix(dir, "~"):
		return dir
	default:
		return remote.Join(s.RemoteDir, dir)
	}
}

// localPaths offers what this machine has below the directory that was typed.
func (s *Sources) localPaths(ctx context.Context, at *slot, dirsOnly bool) ([]candidate, error) {
	cut := lastSeparator(at.text) + 1
	before, typed := at.text[:cut], at.text[cut:]
	dir := s.localDir(before)
	entries, err := within(ctx, func() ([]os.DirEntry, error) { return os.ReadDir(dir) })
	if err != nil {
		return nil, err
	}
	wanted := func(e *os.DirEntry) bool {
		return !isHidden((*e).Name(), typed) && (!dirsOnly || localType(dir, *e) == listing.Dir)
	}
	var found []candidate
	for _, e := range filter(entries, func(e *os.DirEntry) string { return (*e).Name() }, typed, wanted) {
		found = append(found, pathCandidate(at, before, e.Name(), localType(dir, e), dirsOnly))
	}
	return found, nil
}

func lastSeparator(path string) int {
	for i := len(path) - 1; i >= 0; i-- {
		if os.IsPathSeparator(path[i]) {
			return i
		}
	}
	return -1
}

// localDir is the directory that was typed, ~/ being home.
func (s *Sources) localDir(typed string) string {
	if rest, ok := strings.CutPrefix(typed, "~"); ok && s.Home != "" && rest != "" && os.IsPathSeparator(rest[0]) {
		return filepath.Join(s.Home, rest)
	}
	if filepath.IsAbs(typed) {
		return typed
	}
	return filepath.Join(s.LocalDir, typed)
}

// localType sees through links: what counts is whether the path goes on.
func localType(dir string, e os.DirEntry) listing.Type {
	mode := e.Type()
	if mode&os.ModeSymlink != 0 {
		if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil {
			mode = info.Mode()
		}
	}
	switch {
	case mode.IsDir():
		return listing.Dir
	case mode.IsRegular():
		return listing.File
	}
	return listing.Other
}

// isHidden says that a name is offered only to those who ask for it.
func isHidden(name, typed string) bool {
	return strings.HasPrefix(name, ".") && !strings.HasPrefix(typed, ".")
}

// pathCandidate offers one entry. A link on a server may be a directory or not: the path may go on
// behind it.
func pathCandidate(at *slot, before, name string, kind listing.Type, dirsOnly bool) candidate {
	c := candidate{before: before, name: name, kind: kind.String()}
	switch {
	case kind == listing.Dir, kind == listing.Link && dirsOnly:
		c.tail, c.more = "/", true
	case kind == listing.Link:
		c.more = true
	}
	if before == "" && at.lead == "" && strings.HasPrefix(name, "-") {
		c.before = "./" // else it would be a flag
	}
	return c
}

// within runs something that takes no context, and does not wait for it longer than ctx allows.
func within[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
