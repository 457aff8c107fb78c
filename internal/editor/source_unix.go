//go:build unix

package editor

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"ftpsh/internal/term"
)

// fileSource reads a terminal that is a file, and waits for a pipe besides, so
// that waiting can be ended. select is the call that knows terminals
// everywhere; poll does not on macOS.
type fileSource struct {
	*os.File
	woken, waker *os.File
}

// newSource returns in as a source.
func newSource(in io.ReadCloser) (source, error) {
	f, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return plainSource{in}, nil
	}
	woken, waker, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	if last := max(f.Fd(), woken.Fd()); last >= unix.FD_SETSIZE {
		return nil, errors.Join(fmt.Errorf("file descriptor %d is too high", last), woken.Close(), waker.Close())
	}
	return &fileSource{f, woken, waker}, nil
}

func (s *fileSource) wake() bool {
	_, err := s.waker.Write([]byte{0})
	return err == nil
}

// Read waits for input or wake, and only then reads.
func (s *fileSource) Read(p []byte) (int, error) {
	in, woken := int(s.File.Fd()), int(s.woken.Fd())
	for {
		var ready unix.FdSet
		ready.Set(in)
		ready.Set(woken)
		_, err := unix.Select(max(in, woken)+1, &ready, nil, nil, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, err
		case ready.IsSet(woken):
			s.woken.Read(make([]byte, 64))
			return 0, errWoken
		}
		return s.File.Read(p)
	}
}

// Close closes the terminal, too.
func (s *fileSource) Close() error {
	return errors.Join(s.File.Close(), s.woken.Close(), s.waker.Close())
}
