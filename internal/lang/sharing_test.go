package lang

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"
)

// A server that had hung up was once taken for a reader that had seen enough, and the command for done.
func TestIsClosedPipe(t *testing.T) {
	broken := os.NewSyscallError("write", syscall.EPIPE)
	for _, test := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.ErrClosedPipe, true},
		{fmt.Errorf("ls: %w", &fs.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}), true},
		{fmt.Errorf("put: %w", &net.OpError{Op: "write", Net: "tcp", Err: broken}), false},
		{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, false},
	} {
		if got := IsClosedPipe(test.err); got != test.want {
			t.Errorf("%v: %v", test.err, got)
		}
	}
}
