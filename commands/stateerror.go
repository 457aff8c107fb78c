package commands

import (
	"errors"

	"ftpsh/internal/config"
)

// StateError is a command that does not fit the state of the session.
type StateError struct {
	Op      string // empty where whoever returns it names the operation
	Problem string
	Next    string // what to type first
	Status  Status // 0 is StatusUsage
}

func (e *StateError) Error() string {
	if e.Op == "" {
		return e.Problem
	}
	return e.Op + ": " + e.Problem
}

// ExitStatus is what the error means to a script.
func (e *StateError) ExitStatus() int {
	if e.Status == StatusOK {
		return int(StatusUsage)
	}
	return int(e.Status)
}

// Hint is what to type first.
func (e *StateError) Hint() string { return e.Next }

// SettingError is a setting whose value cannot be used.
type SettingError struct{ Err error }

func (e *SettingError) Error() string {
	var line *config.LineError
	if errors.As(e.Err, &line) {
		return e.Err.Error() // the file says what it is about
	}
	return "setting " + e.Err.Error()
}

func (e *SettingError) Unwrap() error { return e.Err }

// ExitStatus is that of a line that cannot be used.
func (e *SettingError) ExitStatus() int { return int(StatusUsage) }

// HintedError is an error that the command knows a way out of.
type HintedError struct {
	Err  error
	Next string
}

func (e *HintedError) Error() string { return e.Err.Error() }

func (e *HintedError) Unwrap() error { return e.Err }

// Hint is what to type next.
func (e *HintedError) Hint() string { return e.Next }
