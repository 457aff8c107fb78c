package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// readTrusted reads a file that nobody else may have written. There may be a
// symbolic link to it, as from a repository of dotfiles; what counts is the
// file. One that does not exist is empty.
func readTrusted(path string, limit int64) (string, error) {
	if path == "" {
		return "", nil
	}
	text, info, err := readRegular(path, limit)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if err := trusted(path, info); err != nil {
		return "", err
	}
	dir := filepath.Dir(path)
	if info, err = os.Stat(dir); err != nil {
		return "", err
	}
	return text, trusted(dir, info)
}

// readRegular reads a regular file of at most limit bytes.
func readRegular(path string, limit int64) (string, fs.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", nil, err
	}
	if !info.Mode().IsRegular() {
		return "", nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return "", nil, err
	}
	if int64(len(data)) > limit {
		return "", nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("file too large")}
	}
	return string(data), info, nil
}

// writePrivate replaces a file in one step, for nobody else to read. Where the
// path is a symbolic link, the file that it leads to is replaced.
func writePrivate(path, text string) (err error) {
	if path == "" {
		return errors.New("no home directory to write to")
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	_, err = file.WriteString(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
