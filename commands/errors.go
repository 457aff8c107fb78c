package commands

import (
	"errors"
	"fmt"
	"io/fs"

	"ftpsh/internal/term"
	"ftpsh/remote"
)

// ErrQuit is returned by the command that ends the session.
var ErrQuit = errors.New("quit")

// callErrors tells the errors of operations, and those that were joined, which command they are about.
func callErrors(err error, command string) {
	switch e := err.(type) {
	case interface{ CalledAs(command string) }:
		e.CalledAs(command)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			callErrors(one, command)
		}
	case interface{ Unwrap() error }:
		callErrors(e.Unwrap(), command)
	}
}

// about names the path in a refusal of a command whose words nobody below has told apart.
func about(path string, err error) error {
	var refused *remote.Error
	if errors.As(err, &refused) && refused.Path == "" {
		refused.Path = path
	}
	return err
}

// LocalError is a failure of this machine's disk.
type LocalError struct {
	Op   string
	Path string // as typed
	Err  error
}

// Error names the operation and the path once, whatever the system's error names.
func (e *LocalError) Error() string {
	cause := e.Err
	var path *fs.PathError
	if errors.As(cause, &path) {
		cause = path.Err
	}
	return fmt.Sprintf("%s: %s: %v", e.Op, term.Safe(e.Path), cause)
}

func (e *LocalError) Unwrap() error { return e.Err }

// CalledAs tells the error which command it is about.
func (e *LocalError) CalledAs(command string) { e.Op = command }

// UsageError is a line that does not fit the declaration of its command.
type UsageError struct {
	Command *Command
	Problem string

	missing *Arg   // the argument that could be asked for
	hint    string // what to type instead; empty for the command's help
}

func usage(c *Command, format string, args ...any) *UsageError {
	return &UsageError{Command: c, Problem: fmt.Sprintf(format, args...)}
}

func (e *UsageError) Error() string { return e.Command.Name + ": " + e.Problem }

// Usage is the command's usage line, to be shown below the error.
func (e *UsageError) Usage() string { return e.Command.Usage() }

// Hint says where to read on, or how to say what was probably meant.
func (e *UsageError) Hint() string {
	if e.hint != "" {
		return e.hint
	}
	return "help " + e.Command.Name
}

// misuse makes a usage error of an error of another package, and keeps its hint.
func misuse(c *Command, err error) error {
	misused := usage(c, "%v", err)
	misused.hint = ownHint(err)
	return misused
}

// ownHint is what an error of another package has to suggest; empty if nothing.
func ownHint(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}
