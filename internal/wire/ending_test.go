package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
)

// A connection that the server had and reset, of which we learn no more than an error in connecting, hid
// the reason that the server gave with its 426.
func TestS44_BlameIsForConnectionsThatTheServerNeverHad(t *testing.T) {
	tcp, other := net.Pipe()
	t.Cleanup(func() { _, _ = tcp.Close(), other.Close() })
	distrust := errors.New("another certificate")
	for name, test := range map[string]struct {
		code   int
		opened bool
		tcp    net.Conn // nil: it failed in connecting
		err    error
		blamed bool
	}{
		"refused, 425":                      {425, true, nil, syscall.ECONNREFUSED, true},
		"reset, 425":                        {425, true, nil, syscall.ECONNRESET, true},
		"refused, 426":                      {426, false, nil, syscall.ECONNREFUSED, true},
		"refused, 426 after 150":            {426, true, nil, syscall.ECONNREFUSED, false},
		"too late, 426 after 150":           {426, true, nil, &TimeoutError{Waiting: "it to open"}, false},
		"reset, 426":                        {426, true, nil, syscall.ECONNRESET, false},
		"aborted in connecting, 426":        {426, true, nil, syscall.ECONNABORTED, false},
		"reset in the handshake, 426":       {426, true, tcp, syscall.ECONNRESET, false},
		"written after its end, 426":        {426, true, tcp, syscall.EPIPE, false},
		"ended in the handshake, 426":       {426, true, tcp, errCut, false},
		"not trusted in the handshake, 426": {426, true, tcp, distrust, true},
		"550":                               {550, true, nil, io.ErrUnexpectedEOF, false},
	} {
		d := &Data{opened: test.opened, tcp: test.tcp, ready: make(chan struct{}), failed: make(chan struct{})}
		d.err = &DataError{Mode: "EPSV", Err: fmt.Errorf("connect: %w", test.err)}
		close(d.failed)
		close(d.ready)
		c := &Control{data: d}
		c.blameData(Reply{Code: test.code})
		if blamed := c.dataErr != nil; blamed != test.blamed {
			t.Errorf("%s: blamed %t", name, blamed)
		}
	}
}
