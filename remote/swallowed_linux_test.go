package remote_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
)

// A firewall that swallows packets: nothing ever answers.
func TestF26_APortThatIsSwallowed(t *testing.T) {
	t.Parallel()
	backlog := fullListener(t)
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("EPSV", fmt.Sprintf("229 (|||%d|)", backlog))
	srv.On("RETR", func(c *script.Conversation, _ string) { c.Stall() })
	s := open(t, srv, nil)
	s.wait(haste)
	started := time.Now()
	_, _, err := s.fetch("a")
	var data *wire.DataError
	var timeout *wire.TimeoutError
	if !errors.As(err, &data) || !errors.As(err, &timeout) || !strings.Contains(err.Error(), fmt.Sprintf("127.0.0.1:%d", backlog)) {
		t.Errorf("%v", err)
	}
	if took := time.Since(started); took > 6*time.Second {
		t.Errorf("it took %v", took)
	}
	s.works()
}

// fullListener is a port on which the kernel takes no more connections, and refuses none.
func fullListener(t *testing.T) int {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	port := name.(*syscall.SockaddrInet4).Port
	for range 3 {
		if conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 200*time.Millisecond); err == nil {
			t.Cleanup(func() { _ = conn.Close() })
		}
	}
	return port
}
