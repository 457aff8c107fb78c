package config

import "fmt"

// hintedError is an error with a word on what to do about it.
type hintedError struct{ text, hint string }

func hinted(hint, format string, args ...any) error {
	return &hintedError{text: fmt.Sprintf(format, args...), hint: hint}
}

func (e *hintedError) Error() string { return e.text }

// Hint says what to do.
func (e *hintedError) Hint() string { return e.hint }

// LineError is a line of a file that cannot be used.
type LineError struct {
	Path string
	Line int // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("%s:%d: %v", e.Path, e.Line, e.Err) }

// Unwrap returns what is wrong with the line; it may have a Hint.
func (e *LineError) Unwrap() error { return e.Err }
