package transfer

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// side is one of the two trees of a mirror. Paths are seen from its root, with slashes.
type side interface {
	// read reads a directory, for a worker that goes on with its connection. limit is asked whether it may
	// have so many nodes; nil allows all.
	read(ctx context.Context, conn *remote.Conn, dir string, limit func(nodes int) error) (Directory, error)
	// makeDir makes a directory; it is no error if it is there. Only the root may lack its parents.
	makeDir(ctx context.Context, conn *remote.Conn, dir string) error
	// remove removes files, or directories, in their order, and tells done of each what came of it. The
	// error is what kept it from going on.
	remove(ctx context.Context, conn *remote.Conn, paths []string, dirs bool, done func(i int, err error)) error
	// admit is the name under which a file of the other side stands here.
	admit(name string) (string, error)
	// shown is a path as its user knows it.
	shown(path string) string
}

// there is a tree on the server.
type there struct{ root string }

func (s *there) read(ctx context.Context, conn *remote.Conn, dir string, limit func(int) error) (Directory, error) {
	return (&reading{dir: remotePath(s.root, dir), more: true, limit: limit}).read(ctx, conn)
}

func (s *there) makeDir(ctx context.Context, conn *remote.Conn, dir string) error {
	name := remotePath(s.root, dir)
	err := makeRemoteDir(ctx, conn, name)
	if refusal(err) == 0 || dir != "" {
		return err
	}
	for at := 1; at < len(name); at++ { // its parents first
		if name[at] != '/' {
			continue
		}
		if err := makeRemoteDir(ctx, conn, name[:at]); err != nil && refusal(err) == 0 {
			return err
		}
	}
	return makeRemoteDir(ctx, conn, name)
}

// makeRemoteDir asks whether a directory is there only when the server refuses to make it.
func makeRemoteDir(ctx context.Context, conn *remote.Conn, name string) error {
	if name == "" {
		return nil
	}
	_, err := conn.Mkdir(ctx, name)
	if refusal(err) == 0 {
		return err
	}
	if there, lookErr := isDirectory(ctx, conn, name); lookErr == nil && there {
		return nil
	}
	return err
}

// isDirectory says that a name is that of a directory, and of no link to one: that only the listing of
// what it is in tells.
func isDirectory(ctx context.Context, conn *remote.Conn, name string) (bool, error) {
	if isPlace(name) {
		e, err := conn.Stat(ctx, name)
		return e.Type == listing.Dir, err
	}
	dir, base := remote.Split(name)
	d, err := readRemote(ctx, conn, dir)
	return d.find(base).Type == listing.Dir, err
}

func (s *there) remove(ctx context.Context, conn *remote.Conn, paths []string, dirs bool, done func(int, error)) error {
	removals := make([]remote.Removal, len(paths))
	for i, path := range paths {
		removals[i] = remote.Removal{Name: remotePath(s.root, path), Dir: dirs}
	}
	return conn.RemoveAll(ctx, removals, done)
}

func (s *there) admit(name string) (string, error) { return name, listing.SafeName(name) }

func (s *there) shown(path string) string { return remotePath(s.root, path) }

// here is a tree on this machine. Nothing outside its root is touched, whatever links lead there.
type here struct {
	dir  string // the root, absolute
	name string // of the root, as its user knows it
	root *os.Root
}

func (s *here) open() (err error) {
	s.root, err = os.OpenRoot(s.dir)
	return err
}

// make makes the root, and opens it.
func (s *here) make() error {
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return err
	}
	return s.open()
}

func (s *here) close() {
	if s.root != nil {
		s.root.Close()
	}
}

func (s *here) read(_ context.Context, _ *remote.Conn, dir string, limit func(int) error) (Directory, error) {
	return LocalTree{s.root}.read(dir, limit)
}

func (s *here) makeDir(_ context.Context, _ *remote.Conn, dir string) error {
	if dir == "" {
		if err := s.make(); err != nil {
			return localError("lmkdir", s.name, err)
		}
		return nil
	}
	err := s.root.Mkdir(localPath(dir), 0o777)
	if info, statErr := s.root.Lstat(localPath(dir)); errors.Is(err, fs.ErrExist) && statErr == nil && info.IsDir() {
		return nil
	}
	if err != nil {
		return localError("lmkdir", s.shown(dir), err)
	}
	return nil
}

func (s *here) remove(ctx context.Context, _ *remote.Conn, paths []string, _ bool, done func(int, error)) error {
	for i, path := range paths {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := s.root.Remove(localPath(path))
		if err != nil {
			err = localError("lrm", s.shown(path), err)
		}
		done(i, err)
	}
	return nil
}

func (s *here) admit(name string) (string, error) {
	return listing.LocalName(name, runtime.GOOS == "windows")
}

// absolute is where a file is.
func (s *here) absolute(path string) string {
	return filepath.Join(s.dir, filepath.FromSlash(path))
}

func (s *here) shown(path string) string { return filepath.Join(s.name, filepath.FromSlash(path)) }
