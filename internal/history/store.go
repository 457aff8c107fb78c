package history

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// maxRead is how much of the end of the file is looked at, in bytes, whatever
// the file has grown to.
const maxRead = 4 << 20

// store is the history file, open and locked until Close.
type store struct {
	*lockedfile.File
	size int64
	open bool // the last line lacks its newline: a session was killed
	cut  bool // the file is longer than maxRead
}

// openStore opens the file for reading and writing and waits for its lock,
// which no session holds longer than one of these functions takes.
func openStore(path string) (*store, error) {
	if err := ownDirectory(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if info, err := os.Lstat(path); err == nil {
		if err := acceptable(path, info); err != nil {
			return nil, err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file, err := lockedfile.OpenFile(path, os.O_RDWR|os.O_CREATE|openFlags, 0o600)
	if err != nil {
		return nil, err
	}
	s := &store{File: file}
	if err := s.secure(path); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// ownDirectory makes the directory, which belongs to ftpsh, and closes it to
// everybody else.
func ownDirectory(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm() == 0o700 {
		return nil
	}
	return os.Chmod(dir, 0o700)
}

// acceptable returns an error for a file that must not become the history.
func acceptable(path string, info fs.FileInfo) error {
	problem := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		problem = "is a symbolic link"
	case !info.Mode().IsRegular():
		problem = "is not a regular file"
	case !ours(info):
		problem = "belongs to someone else"
	default:
		return nil
	}
	return &fs.PathError{Op: "history", Path: path, Err: errors.New(problem)}
}

// secure looks again at what was really opened, and takes the rights of others
// away, which an older file may grant.
func (s *store) secure(path string) error {
	info, err := s.Stat()
	if err != nil {
		return err
	}
	if err := acceptable(path, info); err != nil {
		return err
	}
	s.size = info.Size()
	if info.Mode().Perm() == 0o600 {
		return nil
	}
	return s.Chmod(0o600)
}

// read returns the entries in the last maxRead bytes, repeated ones included.
func (s *store) read() ([]string, error) {
	start := max(0, s.size-maxRead)
	s.cut = start > 0
	data, err := io.ReadAll(io.NewSectionReader(s, start, s.size-start))
	if err != nil {
		return nil, err
	}
	text := string(data)
	if s.cut {
		_, text, _ = strings.Cut(text, "\n")
	}
	s.open = text != "" && !strings.HasSuffix(text, "\n")
	var entries []string
	for line := range strings.Lines(text) {
		if entry := decode(strings.TrimSuffix(line, "\n")); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

// append writes one entry behind the last.
func (s *store) append(entry string) error {
	line := encode(entry) + "\n"
	if s.open {
		line = "\n" + line
	}
	_, err := s.WriteAt([]byte(line), s.size)
	return err
}

// rewrite replaces the contents in place, by which the file keeps its mode and
// the lock its meaning. If the session is killed between the two steps, old
// entries follow the new ones, and nothing is lost.
func (s *store) rewrite(entries []string) error {
	var b strings.Builder
	for _, entry := range entries {
		b.WriteString(encode(entry) + "\n")
	}
	if _, err := s.WriteAt([]byte(b.String()), 0); err != nil {
		return err
	}
	return s.Truncate(int64(b.Len()))
}

var (
	encoder = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	decoder = strings.NewReplacer(`\\`, `\`, `\n`, "\n")
)

// encode writes an entry in one line.
func encode(entry string) string { return encoder.Replace(entry) }

// decode is its inverse. A backslash before anything else stands for itself.
func decode(line string) string { return decoder.Replace(line) }
