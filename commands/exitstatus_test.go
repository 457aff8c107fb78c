package commands

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"testing"

	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// ended is a local program that left with a status.
type ended int

func (e ended) Error() string   { return fmt.Sprintf("status %d", int(e)) }
func (e ended) ExitStatus() int { return int(e) }

func TestExitStatus(t *testing.T) {
	reply := func(code int) wire.Reply { return wire.Reply{Code: code, Lines: []string{"text"}} }
	tests := []struct {
		err  error
		want Status
	}{
		{nil, StatusOK},
		{ErrQuit, StatusOK},
		{errors.New("anything"), StatusFailed},
		{&remote.Error{Op: "rm", Code: 550}, StatusFailed},
		{&remote.Error{Op: "rm", Code: 450}, StatusTemporary},
		{fmt.Errorf("mget: %w", &remote.Error{Op: "get", Code: 426}), StatusTemporary},
		{&wire.ReplyError{Reply: reply(421)}, StatusTemporary},
		{&UsageError{Command: &Command{Name: "x"}}, StatusUsage},
		{&UnknownError{Word: "x"}, StatusUsage},
		{&AmbiguousError{Word: "x"}, StatusUsage},
		{remote.ErrNotConnected, StatusNoConnection},
		{&wire.DialError{Err: errors.New("refused")}, StatusNoConnection},
		{&wire.GreetingError{Reply: reply(554)}, StatusNoConnection},
		{&wire.GreetingError{Reply: reply(421)}, StatusTemporary},
		{&wire.DialError{Err: &net.DNSError{IsTimeout: true}}, StatusTimeout},
		{remote.ErrNotLoggedIn, StatusLogin},
		{&remote.LoginError{Reply: reply(530)}, StatusLogin},
		{&remote.LoginError{Reply: reply(421)}, StatusTemporary},
		{&remote.ClearTextError{Host: "h"}, StatusTLS},
		{&wire.TLSError{Problem: "x"}, StatusTLS},
		{&wire.CertificateError{Host: "h"}, StatusTLS},
		{&LocalError{Op: "lcd", Path: "x", Err: fs.ErrNotExist}, StatusLocal},
		{&wire.LocalError{Err: errors.New("disk full")}, StatusLocal},
		{fmt.Errorf("put: %w", &os.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}), StatusLocal},
		{&wire.TruncatedError{Bytes: 3}, StatusIncomplete},
		{&wire.LostError{Why: "gone"}, StatusLost},
		{&wire.LostError{Reply: reply(421)}, StatusLost},
		{&wire.DesyncError{Reply: reply(200)}, StatusLost},
		{&wire.ProtocolError{Problem: "x"}, StatusLost},
		{&wire.DataError{Mode: "EPSV", Err: errors.New("refused")}, StatusLost},
		{&remote.UnknownOutcomeError{Op: "rm", Err: &wire.TimeoutError{}}, StatusTimeout},
		{&remote.Error{Op: "get", Err: &wire.DataError{Err: &wire.TimeoutError{}}}, StatusTimeout},
		{context.DeadlineExceeded, StatusTimeout},
		{context.Canceled, StatusInterrupted},
		{fmt.Errorf("get: %w", context.Canceled), StatusInterrupted},
		{ended(42), 42},
	}
	for _, test := range tests {
		if got := ExitStatus(test.err); got != int(test.want) {
			t.Errorf("%T %v exits with %d; want %d", test.err, test.err, got, test.want)
		}
	}
}

func TestLocalErrorNamesThePathOnce(t *testing.T) {
	_, err := os.Stat("nonesuch")
	got := (&LocalError{Op: "lcd", Path: "nonesuch", Err: err}).Error()
	if want := "lcd: nonesuch: no such file or directory"; got != want {
		t.Errorf("error is %q; want %q", got, want)
	}
}
