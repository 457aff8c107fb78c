//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package main

import (
	"os"
	"syscall"
)

// infoSignals is Ctrl-T.
var infoSignals = []os.Signal{syscall.SIGINFO}
