package transfer

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"ftpsh/internal/lang"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// What can be wrong with a transfer, for errors.Is.
var (
	ErrIncomplete = errors.New("incomplete, or not proved to be whole")
	ErrExists     = errors.New("the target exists")
	ErrDirectory  = errors.New("a directory where a file is wanted")
	ErrMissing    = errors.New("the source is not there")
	ErrCollision  = errors.New("two names that are one file here")
	ErrChanged    = errors.New("the source changed on the way")
	ErrBusy       = errors.New("another transfer writes the same file")
	ErrLocal      = errors.New("a failure of this machine")
	ErrUnsuitable = errors.New("a combination that cannot work")
)

// Exit statuses, as scripts know them.
const (
	statusFailed     = 1
	statusUsage      = 2
	statusTemporary  = 6
	statusLocal      = 7
	statusIncomplete = 8
	statusLost       = 9
	statusTimeout    = 10
)

// Error is a transfer that was refused by us or did not end well. What the server refuses before
// anything has moved stays a *remote.Error.
type Error struct {
	Op   string // the command that was typed: get, mput, cat
	Name string // the file, as it was asked for
	Kind error  // one of the Err values
	Text string // what is wrong, and what is where now
	Next string // what to type next; may be empty
	Err  error  // the cause, if it was another error; Text tells it

	status int
}

// Error names the operation, the file and the problem once each.
func (e *Error) Error() string { return e.Op + ": " + term.Safe(e.Name) + ": " + e.Text }

// Is makes errors.Is find the kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

func (e *Error) Unwrap() error { return e.Err }

// Hint is what to type next.
func (e *Error) Hint() string { return e.Next }

// ExitStatus is what the error means to a script.
func (e *Error) ExitStatus() int { return e.status }

// localError is a failure of the disk, under the path that the user knows.
func localError(op, path string, err error) *Error {
	return &Error{Op: op, Name: path, Kind: ErrLocal, Text: plainCause(err), Err: err, status: statusLocal}
}

// plainCause is a failure of the system in words, without the operations and paths around it.
func plainCause(err error) string {
	var number syscall.Errno
	var path *fs.PathError
	switch {
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &path):
		return path.Err.Error()
	}
	return err.Error()
}

// causeOf is what ended a transfer, in words: the server's own, the disk's, or the network's.
func causeOf(err error) string {
	var refused *remote.Error
	var unknown *remote.UnknownOutcomeError
	switch {
	case isLocal(err):
		return plainCause(err)
	case errors.As(err, &unknown):
		return fmt.Sprintf("the reply to %s was lost (%v)", unknown.Op, unknown.Err)
	case !errors.As(err, &refused):
		return err.Error()
	case refused.Code != 0:
		return fmt.Sprintf("%d %s", refused.Code, refused.Text)
	}
	return refused.Err.Error()
}

// brokenStatus is what a transfer that broke off means to a script, by its cause.
func brokenStatus(err error) int {
	var timeout *wire.TimeoutError
	var lost *wire.LostError
	switch {
	case isLocal(err):
		return statusLocal
	case errors.As(err, &timeout):
		return statusTimeout
	case errors.As(err, &lost):
		return statusLost
	}
	return statusIncomplete
}

func isLocal(err error) bool {
	var local *wire.LocalError
	return errors.As(err, &local)
}

// refusal is the server's reply code when it was the server who said no, else 0.
func refusal(err error) int {
	var refused *remote.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return 0
}

// isUnreachable says that the server has gone and does not let us in again.
func isUnreachable(err error) bool {
	var dial *wire.DialError
	var greeting *wire.GreetingError
	var login *remote.LoginError
	var clear *remote.ClearTextError
	var secure *wire.TLSError
	var certificate *wire.CertificateError
	return errors.Is(err, remote.ErrNotConnected) || errors.Is(err, remote.ErrNotLoggedIn) ||
		errors.As(err, &dial) || errors.As(err, &greeting) || errors.As(err, &login) ||
		errors.As(err, &clear) || errors.As(err, &secure) || errors.As(err, &certificate)
}

// renamed gives an error of the server's, whatever question it answers, the name of the operation that
// asked it.
func renamed(op string, err error) error {
	named, ok := err.(*remote.Error)
	if !ok {
		return err
	}
	other := *named
	other.Op = op
	return &other
}

// quote writes a name as it is to be typed.
func quote(name string) string { return lang.Quote(name, 0) }
