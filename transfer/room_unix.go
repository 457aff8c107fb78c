//go:build linux || darwin || freebsd

package transfer

import "syscall"

// freeSpace is how many bytes the disk of a directory has left for us, if that is known.
func freeSpace(dir string) (free int64, known bool) {
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil || fs.Blocks == 0 {
		return 0, false // a file system without blocks does not count them
	}
	return int64(fs.Bavail) * int64(fs.Bsize), true
}
