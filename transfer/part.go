package transfer

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// overlapSize is how many bytes at the end of a part are compared with the server's before the rest
// is fetched.
const overlapSize = 64 << 10

// maxParts is how many parts of one name may lie side by side. More than one are of different files,
// or of different versions of one.
const maxParts = 10

// isTemporary knows the names of parts, their records, and of what an upload uses on the way.
func isTemporary(name string) bool {
	return strings.HasPrefix(name, ".") && strings.Contains(name, tempInfix)
}

// part is the file that a download grows in, beside its target and locked while it is open. Nothing
// but the target's directory is ever touched: all goes through root.
type part struct {
	root   *os.Root
	name   string
	file   *os.File
	record record

	recorded bool // the record has been written
}

// flush makes what was written to a file outlive a loss of power, or what was renamed in a directory. Tests
// watch the order.
var flush = (*os.File).Sync

// smallPart is the longest file, in bytes, whose part has no record as long as it grows: it is here within a
// moment, or is fetched anew.
const smallPart = 64 << 10

// maxGap is how many names of parts in a row may be free before no further part is looked for: parts take
// the first name that is free, and nearly all files have none.
const maxGap = 2

// findPart looks for a part of the file that want describes. It returns nil without an error if there
// is none, and in other the name of a part of another version of the file, to be told.
func findPart(root *os.Root, target string, want record) (found *part, other string, err error) {
	for n, gap := 0, 0; n < maxParts && gap < maxGap; n++ {
		name := partName(target, n)
		have, err := readRecord(root, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			gap++
			continue
		case err != nil:
			return nil, "", err
		case have.continues(want):
			found, err = openPart(root, name, have)
			if errors.Is(err, fs.ErrNotExist) { // a record whose part has gone
				continue
			}
			return found, "", err
		case have.sameFile(want):
			other = name
		}
		gap = 0
	}
	return nil, other, nil
}

// making is how a new part stands to those that are there.
type making struct {
	beside     bool  // they stay
	unrecorded bool  // it gets its record only when it is kept
	own        *part // one of them that the same download has open
}

// newPart makes an empty part: by emptying one of the same file, or in the first name that is free.
// If anybody else writes to one of the same version, the file is left to him.
func newPart(root *os.Root, target string, want record, how making) (*part, error) {
	for n := range maxParts {
		name := partName(target, n)
		file, err := createPart(root, name)
		if err == nil {
			return startPart(root, name, file, want, how.unrecorded)
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		have, err := readRecord(root, name)
		if errors.Is(err, fs.ErrNotExist) && isBusy(root, name) { // its record is being written
			return nil, ErrBusy
		}
		if err == nil && have.continues(want) && !(how.own != nil && how.own.name == name) && isBusy(root, name) {
			return nil, ErrBusy
		}
		if how.beside || err != nil || have.Differs || !have.sameFile(want) {
			continue
		}
		p, err := openPart(root, name, want)
		if err != nil {
			return nil, err
		}
		return p, cmp.Or(p.file.Truncate(0), p.writeRecord())
	}
	return nil, fmt.Errorf("there are %d unfinished downloads of that name", maxParts)
}

func startPart(root *os.Root, name string, file *os.File, want record, unrecorded bool) (*part, error) {
	p := &part{root: root, name: name, file: file, record: want}
	err := lock(file)
	if err == nil && !unrecorded {
		err = p.writeRecord()
	}
	if err != nil {
		p.discard()
		return nil, err
	}
	return p, nil
}

// createPart makes a new file, in the place of one that a killed download of a small file has left.
func createPart(root *os.Root, name string) (*os.File, error) {
	create := func() (*os.File, error) { return root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) }
	file, err := create()
	if errors.Is(err, fs.ErrExist) && removeOrphan(root, name) {
		file, err = create()
	}
	return file, err
}

// removeOrphan removes a small part that has no record and that nobody has open: nothing can go on from it.
func removeOrphan(root *os.Root, name string) bool {
	if _, err := readRecord(root, name); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	file, err := openLocked(root, name)
	if err != nil {
		return false
	}
	defer file.Close()
	info, err := file.Stat()
	return err == nil && info.Size() <= smallPart && root.Remove(name) == nil
}

// openPart opens a part to be written on.
func openPart(root *os.Root, name string, have record) (*part, error) {
	file, err := openLocked(root, name)
	if err != nil {
		return nil, err
	}
	return &part{root: root, name: name, file: file, record: have, recorded: true}, nil
}

// adopt makes a part of a file that has the final name: it is unfinished, and from now on called so.
func adopt(root *os.Root, target string, file *os.File, want record) (*part, error) {
	p, err := newPart(root, target, want, making{beside: true})
	if err != nil {
		return nil, err
	}
	if err := root.Rename(target, p.name); err != nil {
		p.discard()
		return nil, err
	}
	p.file.Close()
	p.file = file
	return p, nil
}

// openLocked opens a file to be written on, by nobody else.
func openLocked(root *os.Root, name string) (*os.File, error) {
	file, err := openPlain(root, name, os.O_RDWR)
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// isBusy says that somebody has the file open to write on.
func isBusy(root *os.Root, name string) bool {
	file, err := openLocked(root, name)
	if err == nil {
		file.Close()
	}
	return errors.Is(err, ErrBusy)
}

// openPlain opens a regular file and nothing else: a pipe of that name would wait for ever.
func openPlain(root *os.Root, name string, flag int) (*os.File, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	return root.OpenFile(name, flag, 0)
}

// tail returns the last bytes of a file of the given size, and leaves the file at its end.
func tail(file *os.File, size int64) ([]byte, error) {
	end := make([]byte, min(size, overlapSize))
	if _, err := file.ReadAt(end, size-int64(len(end))); err != nil {
		return nil, err
	}
	_, err := file.Seek(size, io.SeekStart)
	return end, err
}

// size is how many bytes of the file are here.
func (p *part) size() (int64, error) {
	if p.record.Missing != nil {
		return p.record.Size - sum(p.record.Missing), nil
	}
	info, err := p.file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// keep closes a part that something is to be done with later.
func (p *part) keep() error {
	err := cmp.Or(p.shorten(), flush(p.file))
	if size, sizeErr := p.size(); err == nil && sizeErr == nil {
		p.record.Bytes = size
	}
	return cmp.Or(err, p.writeRecord(), p.file.Close())
}

// shorten makes a part whose one gap reaches to the end the beginning of its file.
func (p *part) shorten() error {
	gaps := p.record.Missing
	if len(gaps) != 1 || gaps[0].To != p.record.Size {
		return nil
	}
	err := p.file.Truncate(gaps[0].From)
	if err == nil {
		p.record.Missing = nil
	}
	return err
}

// cutBack takes away what this transfer has added to a part, and the part if nothing was there before.
func (p *part) cutBack(size int64) error {
	if size == 0 {
		p.discard()
		return nil
	}
	return cmp.Or(p.file.Truncate(size), p.keep())
}

// discard removes a part and its record.
func (p *part) discard() {
	p.file.Close()
	_ = p.root.Remove(p.name) // what is left is an unfinished file, and named so
	_ = p.root.Remove(recordName(p.name))
	_ = p.root.Remove(p.name + renewedSuffix)
}

// finish gives a whole part its final name: what is in it reaches the disk first, then its name. A
// zero time leaves the time as it is.
func (p *part) finish(target string, mode fs.FileMode, changed time.Time) error {
	err := cmp.Or(p.file.Chmod(mode), flush(p.file))
	if err == nil && !changed.IsZero() {
		err = p.root.Chtimes(p.name, changed, changed)
	}
	if err = cmp.Or(err, p.file.Close()); err != nil {
		return err
	}
	if err := p.root.Rename(p.name, target); err != nil {
		return err
	}
	if p.recorded {
		_ = p.root.Remove(recordName(p.name)) // a record without its part does no harm
	}
	return nil
}
