package editor

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// keyboardSignals is what a console sends for Ctrl-C.
var keyboardSignals = []os.Signal{os.Interrupt}

// enableSequences makes a console obey escape sequences, and leave line ends
// alone.
func enableSequences(out io.Writer) {
	f, ok := out.(*os.File)
	if !ok {
		return
	}
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) == nil {
		mode |= windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING | windows.DISABLE_NEWLINE_AUTO_RETURN
		windows.SetConsoleMode(console, mode)
	}
}

// stopProcess does nothing: there is no job control.
func stopProcess() {}

// sizeInterval is how often the size of the console is looked at; nothing
// tells when it changes.
const sizeInterval = 500 * time.Millisecond

// followTerminal keeps the screen right while the window changes its size.
func (e *Editor) followTerminal() (stop func()) {
	ticker := time.NewTicker(sizeInterval)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				e.screen.followSize()
			case <-done:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(done)
	}
}

// followSize is Refresh for where nothing tells when the size has changed.
func (s *Screen) followSize() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cols, rows := s.terminalSize(); cols != s.cols || rows != s.rows {
		s.update(nil)
	}
}
