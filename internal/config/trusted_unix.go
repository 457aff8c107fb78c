//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// openFlags make opening a pipe return at once, so that it can be refused.
const openFlags = syscall.O_NONBLOCK

// The bits of a mode that must be clear.
const (
	othersWrite fs.FileMode = 0o022
	othersAny   fs.FileMode = 0o077
)

// trusted returns an error, with a hint, for a file or directory that somebody
// other than the user and root may change. In a sticky directory others cannot
// touch what is ours.
func trusted(path string, info fs.FileInfo) error {
	if owner := ownerOf(info); owner != os.Geteuid() && owner != 0 {
		return hinted("copy it, so that it is yours", "read %s: belongs to someone else", path)
	}
	sticky := info.IsDir() && info.Mode()&fs.ModeSticky != 0
	if info.Mode()&othersWrite != 0 && !sticky {
		return hinted("chmod go-w "+path, "read %s: others may write it", path)
	}
	return nil
}

// secret returns an error, with a hint, for a file that anybody but the user
// may so much as read.
func secret(path string, info fs.FileInfo) error {
	if ownerOf(info) != os.Geteuid() {
		return hinted("copy it, so that it is yours", "read %s: belongs to someone else", path)
	}
	if info.Mode()&othersAny != 0 {
		return hinted("chmod 600 "+path, "read %s: others may read it", path)
	}
	return nil
}

// ownerOf returns the user id of the owner, -1 if the system does not tell.
func ownerOf(info fs.FileInfo) int {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return -1
	}
	return int(stat.Uid)
}
