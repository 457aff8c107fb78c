package ftptest

import (
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"
)

// FullPort is a port on 127.0.0.1 where a connection gets no answer, as behind a firewall that drops it: its
// queue is full, and nobody takes anything off it.
func FullPort(t testing.TB) int {
	t.Helper()
	fd, port := takePort(t)
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 200*time.Millisecond); err == nil {
			t.Cleanup(func() { _ = conn.Close() })
		}
	}
	return port
}

// ClosedPort is a port on 127.0.0.1 where connections are refused until the end of the test: it is taken, so
// that nobody else begins to listen there, and nobody listens.
func ClosedPort(t testing.TB) int {
	t.Helper()
	_, port := takePort(t)
	return port
}

func takePort(t testing.TB) (fd, port int) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fd, name.(*syscall.SockaddrInet4).Port
}
