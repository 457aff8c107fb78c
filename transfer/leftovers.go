package transfer

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Leftover is a part that an unfinished download has left in a directory of this machine.
type Leftover struct {
	Name  string // of the part
	Host  string // that it is from; empty if its record has gone
	Path  string // of the file there
	Bytes int64  // that are here
	Size  int64  // of the whole file; -1 unknown
}

// Leftovers finds the parts in a directory, and the records whose parts have gone.
func Leftovers(dir string) ([]Leftover, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	names, err := fs.Glob(root.FS(), ".*"+partSuffix+"*")
	if err != nil {
		return nil, err
	}
	var found []Leftover
	for _, name := range names {
		part, isRecord := strings.CutSuffix(name, recordSuffix)
		info, err := root.Lstat(part)
		switch {
		case !strings.HasSuffix(part, partSuffix), isRecord && err == nil:
		case isRecord:
			found = append(found, Leftover{Name: part, Size: -1})
		case err == nil && info.Mode().IsRegular():
			found = append(found, leftover(root, part, info.Size()))
		}
	}
	return found, nil
}

func leftover(root *os.Root, name string, bytes int64) Leftover {
	l := Leftover{Name: name, Bytes: bytes, Size: -1}
	if r, err := readRecord(root, name); err == nil {
		l.Host, l.Size = r.Host, r.Size
		if r.Missing != nil {
			l.Bytes = r.Size - sum(r.Missing)
		}
		if path, err := url.PathUnescape(r.Path); err == nil {
			l.Path = path
		}
	}
	return l
}

// RemoveLeftover removes a part with its record. One that a download is writing to is ErrBusy.
func RemoveLeftover(dir, name string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	file, err := openLocked(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return root.Remove(recordName(name))
	}
	if err != nil {
		return err
	}
	(&part{root: root, name: name, file: file}).discard()
	if _, err := root.Lstat(name); err == nil {
		return &fs.PathError{Op: "remove", Path: filepath.Join(dir, name), Err: fs.ErrPermission}
	}
	return nil
}

// IsTemporary says that a name on a server is one that an upload uses until the file is whole.
func IsTemporary(name string) bool { return temporary.MatchString(name) }

var temporary = regexp.MustCompile(`(?s)^\..+` + regexp.QuoteMeta(tempInfix) + `[a-z2-7]{8}$`)
