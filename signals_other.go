//go:build unix && !(darwin || dragonfly || freebsd || netbsd || openbsd)

package main

import "os"

// infoSignals is for those who have SIGINFO.
var infoSignals []os.Signal
