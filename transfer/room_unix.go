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

// mayWrite says why no file can be made in a directory, as far as the system tells that without trying.
func mayWrite(dir string) error {
	const writing = 2 // W_OK
	return syscall.Access(dir, writing)
}
