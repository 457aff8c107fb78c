//go:build unix

package shell

import (
	"errors"
	"syscall"
)

// brokenPipe says that nobody reads what a command prints any more.
func brokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
