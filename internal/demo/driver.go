package demo

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"goftp.io/server/v2"
)

// driver serves the tree under root. It is goftp's Driver and its Perm.
//
// goftp ships a file driver too; on that one RMD removes whole trees, APPE overwrites, STOR after REST
// appends, times are local time and error texts show where the tree lies.
type driver struct{ root *os.Root }

var (
	_ server.Driver = (*driver)(nil)
	_ server.Perm   = (*driver)(nil)
)

// name turns goftp's clean absolute path into one that os.Root takes.
func name(path string) string {
	if path = strings.TrimPrefix(path, "/"); path == "" {
		return "."
	}
	return path
}

// reason takes the name off an error of the file system: the client knows it, by another path.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}

func (d *driver) Stat(_ *server.Context, path string) (os.FileInfo, error) {
	info, err := d.root.Lstat(name(path))
	if err != nil {
		return nil, reason(err)
	}
	return utc{info}, nil
}

func (d *driver) ListDir(_ *server.Context, path string, each func(os.FileInfo) error) error {
	directory, err := d.root.Open(name(path))
	if err != nil {
		return reason(err)
	}
	defer directory.Close()
	entries, err := directory.Readdir(-1)
	if err != nil {
		return reason(err)
	}
	slices.SortFunc(entries, func(a, b os.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	for _, entry := range entries {
		if err := each(utc{entry}); err != nil {
			return err
		}
	}
	return nil
}

func (d *driver) DeleteDir(_ *server.Context, path string) error {
	return d.remove(path, true, "not a directory")
}

func (d *driver) DeleteFile(_ *server.Context, path string) error {
	return d.remove(path, false, "is a directory")
}

func (d *driver) remove(path string, directory bool, otherwise string) error {
	info, err := d.root.Lstat(name(path))
	if err != nil {
		return reason(err)
	}
	if info.IsDir() != directory {
		return errors.New(otherwise)
	}
	return reason(d.root.Remove(name(path)))
}

func (d *driver) Rename(_ *server.Context, from, to string) error {
	return reason(d.root.Rename(name(from), name(to)))
}

func (d *driver) MakeDir(_ *server.Context, path string) error {
	return reason(d.root.Mkdir(name(path), 0o755))
}

func (d *driver) GetFile(_ *server.Context, path string, offset int64) (int64, io.ReadCloser, error) {
	f, err := d.root.Open(name(path))
	if err != nil {
		return 0, nil, reason(err)
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return 0, nil, errors.Join(reason(err), f.Close())
	}
	return info.Size() - offset, download{f}, nil
}

// PutFile stores what comes over the data connection: from the start of an empty file when offset is -1,
// else over what lies at offset, and for APPE at the end. What arrived before an error stays.
func (d *driver) PutFile(ctx *server.Context, path string, data io.Reader, offset int64) (int64, error) {
	if data == nil {
		return 0, errors.New("no data connection")
	}
	if c, ok := data.(io.Closer); ok {
		defer c.Close() // goftp leaves it open, and a client that waits for the end would wait
	}
	flag := os.O_WRONLY | os.O_CREATE
	switch {
	case ctx.Cmd == "APPE":
		flag |= os.O_APPEND
	case offset < 0:
		flag |= os.O_TRUNC
	}
	f, err := d.root.OpenFile(name(path), flag, 0o644)
	if err != nil {
		return 0, reason(err)
	}
	n, err := store(f, data, offset)
	return n, errors.Join(err, f.Close())
}

func store(f *os.File, data io.Reader, offset int64) (int64, error) {
	if offset > 0 {
		if _, err := f.Seek(offset, io.SeekStart); err != nil {
			return 0, reason(err)
		}
	}
	return io.Copy(f, data)
}

func (d *driver) GetMode(path string) (os.FileMode, error) {
	info, err := d.root.Lstat(name(path))
	if err != nil {
		return 0, reason(err)
	}
	return info.Mode().Perm(), nil
}

func (d *driver) GetOwner(string) (string, error)  { return User, nil }
func (d *driver) GetGroup(string) (string, error)  { return User, nil }
func (d *driver) ChOwner(string, string) error     { return errors.ErrUnsupported }
func (d *driver) ChGroup(string, string) error     { return errors.ErrUnsupported }
func (d *driver) ChMode(string, os.FileMode) error { return errors.ErrUnsupported }

// utc is a file whose time is told in UTC, as MLSD and MDTM must (RFC 3659 section 2.3).
type utc struct{ os.FileInfo }

func (u utc) ModTime() time.Time { return u.FileInfo.ModTime().UTC() }

// download is a file on its way to the data connection.
type download struct{ *os.File }

// WriteTo writes nothing first: under TLS that shakes hands, which an empty file would never do.
func (d download) WriteTo(w io.Writer) (int64, error) {
	if _, err := w.Write(nil); err != nil {
		return 0, err
	}
	return io.Copy(w, d.File)
}
