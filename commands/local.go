package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"ftpsh/internal/listing"
	"ftpsh/internal/term"
)

// localCommands do for this machine what ls and the rest do for the server, on every system.
func localCommands() []Command {
	files := func(ask string) []Arg { return []Arg{{Name: "file", Kind: LocalPath, Many: true, Ask: ask}} }
	return []Command{
		{
			Name: "lls", Group: LocalFiles,
			Short:    "list files on this machine",
			Args:     []Arg{{Name: "path", Kind: LocalPath, Optional: true, Many: true}},
			Flags:    []Flag{{Letter: 'l', Help: "long: permissions, size, time"}, {Letter: 'a', Help: "names that begin with a dot too"}},
			Examples: []string{"lls", "lls -l ~/downloads"},
			Run:      runLls,
		},
		{
			Name: "lcat", Group: LocalFiles,
			Short:    "print files of this machine",
			Args:     files("(local-file) "),
			Examples: []string{"lcat notes.txt"},
			Run: eachLocal("lcat", func(s *Session, path string) error {
				file, err := os.Open(path)
				if err != nil {
					return err
				}
				defer file.Close()
				_, err = io.Copy(s.Print.Out(), file)
				return err
			}),
		},
		{
			Name: "lmkdir", Group: LocalFiles,
			Short:    "make directories on this machine",
			Args:     []Arg{{Name: "file", Kind: LocalDir, Many: true, Ask: "(directory-name) "}},
			Examples: []string{"lmkdir incoming"},
			Run:      eachLocal("lmkdir", func(_ *Session, path string) error { return os.Mkdir(path, 0o777) }),
		},
		{
			Name: "lrm", Group: LocalFiles, Danger: true,
			Short:    "delete files on this machine",
			Args:     files("(local-file) "),
			Examples: []string{"lrm old.txt"},
			Run: eachLocal("lrm", func(_ *Session, path string) error {
				if info, err := os.Lstat(path); err == nil && info.IsDir() {
					return errors.New("is a directory (lrmdir removes it)")
				}
				return os.Remove(path)
			}),
		},
		{
			Name: "lrmdir", Group: LocalFiles, Danger: true,
			Short:    "remove empty directories on this machine",
			Args:     []Arg{{Name: "file", Kind: LocalDir, Many: true, Ask: "(directory-name) "}},
			Examples: []string{"lrmdir old"},
			Run: eachLocal("lrmdir", func(_ *Session, path string) error {
				if info, err := os.Lstat(path); err == nil && !info.IsDir() {
					return errors.New("is not a directory (lrm deletes it)")
				}
				return os.Remove(path)
			}),
		},
		{
			Name: "lrename", Later: []string{"lmv"}, Group: LocalFiles,
			Short:    "rename a file on this machine",
			Args:     []Arg{{Name: "from", Kind: LocalPath, Ask: "(from-name) "}, {Name: "to", Kind: LocalPath, Ask: "(to-name) "}},
			Flags:    []Flag{{Letter: 'f', Help: "replace what has the new name"}},
			Examples: []string{"lrename draft.txt final.txt"},
			Run:      runLrename,
		},
	}
}

// eachLocal makes a handler that does one thing to every file it is given; all are tried.
func eachLocal(op string, run func(s *Session, path string) error) func(context.Context, *Session, *Call) error {
	return func(ctx context.Context, s *Session, c *Call) error {
		paths, err := s.localPaths(c.Args("file"))
		if err != nil {
			return err
		}
		return tryAll(paths, func(path string) error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := run(s, s.Local.Abs(path)); err != nil {
				return &LocalError{Op: op, Path: path, Err: err}
			}
			return nil
		})
	}
}

func runLls(_ context.Context, s *Session, c *Call) error {
	paths, err := s.localPaths(c.Args("path"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	l := &lister{s: s, call: c}
	var files []listing.Entry
	err = tryAll(paths, func(path string) error {
		entries, err := localEntries(s.Local.Abs(path), path, c.Has("a"))
		if err != nil {
			return &LocalError{Op: "lls", Path: path, Err: err}
		}
		files = append(files, entries...)
		return nil
	})
	l.printLocal(files)
	return err
}

// localEntries are what is in a local directory, or a local file itself under the name typed.
func localEntries(path, typed string, hidden bool) ([]listing.Entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []listing.Entry{localEntry(typed, info)}, nil
	}
	children, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var entries []listing.Entry
	for _, child := range children {
		if strings.HasPrefix(child.Name(), ".") && !hidden {
			continue
		}
		if info, err := child.Info(); err == nil {
			entries = append(entries, localEntry(child.Name(), info))
		}
	}
	return entries, nil
}

// localEntry is a local file in the form of a remote one, so that both are printed alike.
func localEntry(name string, info os.FileInfo) listing.Entry {
	e := listing.Entry{Name: name, Size: info.Size(), Time: info.ModTime().UTC(), Precise: true, Perm: info.Mode().Perm().String()[1:]}
	switch {
	case info.IsDir():
		e.Type = listing.Dir
	case info.Mode()&os.ModeSymlink != 0:
		e.Type = listing.Link
	case !info.Mode().IsRegular():
		e.Type = listing.Other
	}
	return e
}

func runLrename(_ context.Context, s *Session, c *Call) error {
	from, to := s.Local.Abs(c.Arg("from")), s.Local.Abs(c.Arg("to"))
	if _, err := os.Lstat(to); err == nil && !c.Has("f") {
		return &StateError{Op: "lrename", Problem: c.Arg("to") + ": exists already", Next: "lrename -f replaces it", Status: StatusLocal}
	}
	if err := os.Rename(from, to); err != nil {
		var link *os.LinkError
		if errors.As(err, &link) {
			err = link.Err
		}
		return &LocalError{Op: "lrename", Path: c.Arg("from"), Err: err}
	}
	return nil
}

// printLocal shows local entries: the flags of lls are a part of those of ls.
func (l *lister) printLocal(entries []listing.Entry) {
	slices.SortFunc(entries, func(a, b listing.Entry) int { return strings.Compare(a.Name, b.Name) })
	if !l.call.Has("l") {
		names := make([]string, len(entries))
		for i := range entries {
			names[i] = l.s.Print.Entry(entries[i].Name, lsKind(&entries[i]))
		}
		if l.s.Print.OutIsTerminal() {
			l.s.Print.Printf("%s", term.Columns(names, l.s.Print.Width()))
			return
		}
		for _, name := range names {
			l.s.Print.Printf("%s\n", name)
		}
		return
	}
	for i := range entries {
		e := &entries[i]
		l.s.Print.Printf("%s%s %12s %s %s\n", typeLetter(e), e.Perm, fmt.Sprint(e.Size), listTime(e), l.s.Print.Entry(e.Name, lsKind(e)))
	}
}
