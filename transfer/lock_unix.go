//go:build unix && !solaris && !illumos && !aix

package transfer

import (
	"os"
	"syscall"
)

// lock makes the file ours until it is closed, or says at once that another process has it. File
// systems that know no locks are taken as they are.
func lock(file *os.File) error {
	err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == syscall.EWOULDBLOCK {
		return ErrBusy
	}
	return nil
}
