//go:build unix

package main

import (
	"os"
	"syscall"
)

// progressSignals ask how far what runs is.
var progressSignals = append([]os.Signal{syscall.SIGUSR1}, infoSignals...)
