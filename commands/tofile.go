package commands

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ftpsh/internal/term"
)

// listToFile lists into a local file, which has its name only when all of it is there: a file of that
// name is not touched before.
func (s *Session) listToFile(ctx context.Context, verb string, c *Call) error {
	name := c.Arg("local")
	if err := refusePipe(c.Verb, name, strings.ToLower(verb)+" ... "+name); err != nil {
		return err
	}
	found, err := s.remoteOperands(ctx, c.Args("path"))
	if err != nil {
		return err
	}
	if name == "-" {
		return s.rawLines(ctx, s.Print, c.Verb, verb, found)
	}
	if err := s.mayWrite(ctx, c.Verb, name, c.Has("force")); err != nil {
		return err
	}
	err = writeWhole(s.Local.Abs(name), func(w io.Writer) error {
		return s.rawLines(ctx, s.Print.To(w, false), c.Verb, verb, found)
	})
	var disk *fs.PathError
	if errors.As(err, &disk) {
		return &LocalError{Op: c.Verb, Path: name, Err: err}
	}
	return err
}

// mayWrite decides about a local file that may exist: force replaces it, a person is asked, and without
// one it stays.
func (s *Session) mayWrite(ctx context.Context, op, name string, force bool) error {
	info, err := os.Stat(s.Local.Abs(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &LocalError{Op: op, Path: name, Err: err}
	case info.IsDir():
		return &StateError{Op: op, Problem: name + ": a directory, and a file is wanted", Status: StatusLocal}
	case force || !info.Mode().IsRegular():
		return nil
	}
	yes := false
	if s.Ask != nil {
		yes, err = s.Ask.Confirm(ctx, fmt.Sprintf("%s: replace the local file %s?", op, term.Safe(name)))
	}
	if err == nil && !yes {
		err = &StateError{Op: op, Problem: name + ": the local file exists already", Next: op + " -f ... replaces it", Status: StatusLocal}
	}
	return err
}

// writeWhole makes a file of what write writes. It grows under another name beside the path and gets its
// own by renaming, unless the path is a device or a pipe. If write fails nothing is left.
func writeWhole(path string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(file), file.Close())
	}
	temp := filepath.Join(filepath.Dir(path), ".ftpsh-"+rand.Text()[:8])
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	err = errors.Join(write(file), file.Close())
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
	}
	return err
}
