package commands

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"strconv"

	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// Status is the exit status of a command, and of the program that ran it last.
type Status int

// The statuses. Scripts rely on the numbers.
const (
	StatusOK           Status = 0
	StatusFailed       Status = 1
	StatusUsage        Status = 2
	StatusNoConnection Status = 3
	StatusLogin        Status = 4
	StatusTLS          Status = 5
	StatusTemporary    Status = 6
	StatusLocal        Status = 7
	StatusIncomplete   Status = 8
	StatusLost         Status = 9
	StatusTimeout      Status = 10
	StatusInterrupted  Status = 130
)

// statuses tells what each status means, for the manual.
var statuses = []struct {
	status  Status
	meaning string
}{
	{StatusOK, "Everything was done."},
	{StatusFailed, "The server refused a command for good (5xx)."},
	{StatusUsage, "A line or a flag was not understood; nothing was sent for it."},
	{StatusNoConnection, "There was no connection."},
	{StatusLogin, "The login was refused."},
	{StatusTLS, "TLS could not be had, or the certificate proves nothing."},
	{StatusTemporary, "The server refused a command for now (4xx): the same may work later."},
	{StatusLocal, "A file on this machine could not be read or written."},
	{StatusIncomplete, "A transfer is not complete, or could not be verified."},
	{StatusLost, "The connection was lost, or the server broke the protocol."},
	{StatusTimeout, "There was no progress for as long as --timeout allows."},
	{StatusInterrupted, "Interrupted. Other signals give 128 and their number."},
}

func statusEntries() (entries []ManualEntry) {
	for _, s := range statuses {
		entries = append(entries, ManualEntry{strconv.Itoa(int(s.status)), s.meaning})
	}
	return entries
}

// ExitStatus is the status that an error stands for. An error of another package may name its own
// with a method ExitStatus() int: a local program's, or that of a transfer cut short.
func ExitStatus(err error) int {
	var own interface{ ExitStatus() int }
	if errors.As(err, &own) {
		return own.ExitStatus()
	}
	for _, rule := range statusRules {
		if rule.fits(err) {
			return int(rule.status)
		}
	}
	if code := replyCode(err); code/100 == 4 {
		return int(StatusTemporary)
	}
	return int(StatusFailed)
}

// statusRules are tried in order: what was wrong with the line, then how it ended, then the
// outermost cause.
var statusRules = []struct {
	status Status
	fits   func(error) bool
}{
	{StatusOK, func(err error) bool { return err == nil || errors.Is(err, ErrQuit) }},
	{StatusInterrupted, is(context.Canceled)},
	{StatusUsage, as[*UsageError]},
	{StatusUsage, as[*UnknownError]},
	{StatusUsage, as[*AmbiguousError]},
	{StatusUsage, as[*wire.LineError]},
	{StatusUsage, as[*remote.OutOfStepError]},
	{StatusTimeout, timedOut},
	{StatusTemporary, func(err error) bool { return as[*remote.LoginError](err) && replyCode(err)/100 == 4 }},
	{StatusLogin, as[*remote.LoginError]},
	{StatusLogin, is(remote.ErrNotLoggedIn)},
	{StatusTLS, as[*remote.ClearTextError]},
	{StatusTLS, as[*wire.TLSError]},
	{StatusTLS, as[*wire.CertificateError]},
	{StatusNoConnection, is(remote.ErrNotConnected)},
	{StatusNoConnection, as[*wire.DialError]},
	{StatusNoConnection, func(err error) bool { return as[*wire.GreetingError](err) && replyCode(err)/100 != 4 }},
	{StatusIncomplete, as[*wire.TruncatedError]},
	{StatusLocal, as[*LocalError]},
	{StatusLocal, as[*wire.LocalError]},
	{StatusLost, as[*wire.LostError]},
	{StatusLost, as[*wire.DesyncError]},
	{StatusLost, as[*wire.ProtocolError]},
	{StatusLost, as[*wire.ReorderedError]},
	{StatusLost, as[*wire.DataError]},
	{StatusLocal, as[*fs.PathError]},
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func as[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}

// timedOut says that a wait reached its limit, ours or the system's.
func timedOut(err error) bool {
	var timeout net.Error
	var ours *wire.TimeoutError
	return errors.As(err, &ours) || errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// replyCode is the code of the reply that an error is about; 0 if there is none.
func replyCode(err error) int {
	var refused *remote.Error
	var login *remote.LoginError
	var greeting *wire.GreetingError
	var reply *wire.ReplyError
	switch {
	case errors.As(err, &login):
		return login.Reply.Code
	case errors.As(err, &greeting):
		return greeting.Reply.Code
	case errors.As(err, &reply):
		return reply.Reply.Code
	case errors.As(err, &refused):
		return refused.Code
	}
	return 0
}
