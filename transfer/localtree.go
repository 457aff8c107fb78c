package transfer

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"ftpsh/internal/listing"
)

// LocalTree is a tree on this machine. Nothing outside Root is ever read, whatever links lead there.
type LocalTree struct{ Root *os.Root }

// Read reads a directory. What vanishes meanwhile was not there.
func (t LocalTree) Read(_ context.Context, path string) (Directory, error) { return t.read(path, nil) }

// read is Read within a limit.
func (t LocalTree) read(path string, limit func(nodes int) error) (Directory, error) {
	var d Directory
	nodes, err := readLocal(t.Root, path, limit)
	d.admit(path, nodes)
	if err != nil {
		err = localError("lls", filepath.Join(t.Root.Name(), filepath.FromSlash(path)), err)
		d.Problems = append(d.Problems, err)
	}
	return d, err
}

// entriesAtOnce is how many entries of a directory here are in memory before they are nodes.
const entriesAtOnce = 1000

func readLocal(root *os.Root, path string, limit func(nodes int) error) (nodes []Node, err error) {
	dir, err := root.Open(localPath(path))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	for err == nil {
		if limit != nil && limit(len(nodes)) != nil {
			return nodes, errMany
		}
		var entries []fs.DirEntry
		entries, err = dir.ReadDir(entriesAtOnce)
		for _, e := range entries {
			if info, err := e.Info(); err == nil {
				nodes = append(nodes, nodeOf(info))
			}
		}
	}
	if err == io.EOF {
		err = nil
	}
	return nodes, err
}

// localPath is a path of a tree as os.Root takes it.
func localPath(path string) string {
	if path == "" {
		return "."
	}
	return filepath.FromSlash(path)
}

// nodeOf is a file here as a plan sees it.
func nodeOf(info fs.FileInfo) Node {
	n := Node{Name: info.Name(), Size: info.Size(), Time: info.ModTime().UTC(), Exact: true}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		n.Type = listing.File
	case mode.IsDir():
		n.Type = listing.Dir
	case mode&fs.ModeSymlink != 0:
		n.Type = listing.Link
	default:
		n.Type = listing.Other
	}
	return n
}
