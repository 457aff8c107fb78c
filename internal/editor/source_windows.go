package editor

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/windows"

	"ftpsh/internal/term"
)

// consoleSource reads a console, and waits for an event besides, so that
// waiting can be ended. A read that a mouse movement has begun cannot be.
type consoleSource struct {
	*os.File
	woken windows.Handle
}

// newSource returns in as a source.
func newSource(in io.ReadCloser) (source, error) {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return plainSource{in}, nil
	}
	woken, err := windows.CreateEvent(nil, 0, 0, nil) // resets itself, not set
	if err != nil {
		return nil, err
	}
	return &consoleSource{f, woken}, nil
}

func (s *consoleSource) wake() bool { return windows.SetEvent(s.woken) == nil }

// Read waits for input or wake, and only then reads.
func (s *consoleSource) Read(p []byte) (int, error) {
	handles := []windows.Handle{s.woken, windows.Handle(s.Fd())}
	first, err := windows.WaitForMultipleObjects(handles, false, windows.INFINITE)
	switch {
	case err != nil:
		return 0, err
	case first == windows.WAIT_OBJECT_0:
		return 0, errWoken
	}
	return s.File.Read(p)
}

// Close closes the console, too.
func (s *consoleSource) Close() error {
	return errors.Join(s.File.Close(), windows.CloseHandle(s.woken))
}
