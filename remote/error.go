package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

// Error is an operation that the server refused, or that failed on the way.
type Error struct {
	Op      string // what was asked for: "get", "cd"
	As      string // the command that asked for it, if it has another name: "recv"
	Path    string // on what; may be empty
	Code    int    // the reply's code; 0 when there was no reply
	Text    string // the server's own words
	Command string // that the reply answers, masked; empty when there was no reply
	Err     error  // what failed, when it was not the server that refused
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(cmp.Or(e.As, e.Op))
	if e.Path != "" {
		fmt.Fprintf(&b, ": %s", term.Safe(e.Path))
	}
	switch {
	case e.Code != 0:
		fmt.Fprintf(&b, ": %d %s", e.Code, e.Text)
	case e.Err != nil:
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// CalledAs tells the error which command it is about.
func (e *Error) CalledAs(command string) { e.As = command }

// Temporary says that the same may work later (RFC 959: 4yz).
func (e *Error) Temporary() bool { return e.Code/100 == 4 }

// Errors of the session itself.
var (
	ErrNotConnected = errors.New("not connected")
	ErrNotLoggedIn  = errors.New("not logged in")
)

// LoginError is a login that the server refused.
type LoginError struct {
	User  string
	Reply wire.Reply
}

func (e *LoginError) Error() string {
	return fmt.Sprintf("login as %s refused: %d %s", e.User, e.Reply.Code, e.Reply.Text())
}

// ClearTextError is a password that would have gone out unencrypted.
type ClearTextError struct {
	Host    string
	Refused bool // the server has been seen with TLS before and refuses it now
}

func (e *ClearTextError) Error() string {
	if e.Refused {
		return e.Host + " did TLS before and refuses it now; nothing was sent in clear"
	}
	return "the connection to " + e.Host + " is not encrypted; the password was not sent"
}

// UnknownOutcomeError is a command that changes something and whose reply was lost. It is never
// sent again by itself.
type UnknownOutcomeError struct {
	Op, Path string
	As       string // the command, if it has another name than Op
	Found    string // what a look afterwards showed; empty when there could be none
	Err      error
}

func (e *UnknownOutcomeError) Error() string {
	found := e.Found
	if found == "" {
		found = "it is not known whether it was done"
	}
	return fmt.Sprintf("%s: %s: the reply was lost (%v); %s", cmp.Or(e.As, e.Op), term.Safe(e.Path), e.Err, found)
}

func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// CalledAs tells the error which command it is about.
func (e *UnknownOutcomeError) CalledAs(command string) { e.As = command }

// refusal makes an error of a reply that is not 2xx.
func refusal(op, path string, reply wire.Reply) error {
	return &Error{Op: op, Path: path, Code: reply.Code, Text: reply.Text(), Command: reply.Command}
}

// failure names the operation once on the way up; a cancelled one keeps its bare cause.
func failure(op, path string, err error) error {
	var named *Error
	if err == nil || errors.Is(err, context.Canceled) || errors.As(err, &named) {
		return err
	}
	return &Error{Op: op, Path: path, Err: err}
}

// libraryError finds out what the library's error was about: it knows the reply's code at most,
// and sometimes only its text.
func (c *Conn) libraryError(op, path string, err error) error {
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		return failure(op, path, err)
	}
	if cause := c.control.DataError(); cause != nil {
		return failure(op, path, cause)
	}
	return refusal(op, path, c.lastReply())
}
