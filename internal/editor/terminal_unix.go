//go:build unix

package editor

import (
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// keyboardSignals are what a terminal that is not raw sends for Ctrl-C and
// Ctrl-\.
var keyboardSignals = []os.Signal{syscall.SIGINT, syscall.SIGQUIT}

// enableSequences is for Windows; terminals here know nothing else.
func enableSequences(io.Writer) {}

// stopWait is how long a stop may take to happen. It does not when the process
// group is orphaned, since nobody could continue it.
const stopWait = 300 * time.Millisecond

// stopProcess stops the process group, as the terminal does on Ctrl-Z, so that
// whoever waits for us sees the whole job stop. It returns when the job is
// continued.
func stopProcess() {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if syscall.Kill(0, syscall.SIGTSTP) != nil {
		return
	}
	select {
	case <-continued:
	case <-time.After(stopWait):
	}
}

// followTerminal keeps the screen right while the window changes its size, and
// the mode after the process was stopped and continued by others.
func (e *Editor) followTerminal() (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGWINCH, syscall.SIGCONT)
	go func() {
		for s := range signals {
			if s == syscall.SIGCONT {
				e.tty.again()
			}
			e.screen.Refresh()
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}
