// Package term is everything that ftpsh knows about terminals: which streams
// are one, how wide text is on it, which colours it gets, and above all how
// text that came from elsewhere is made safe to print.
//
// # Safe text
//
// What a server, a file name or a listing says is bytes of a stranger. It
// reaches the terminal only through [Safe] (one line) or [Lines] (several),
// which leave no control character standing. The notes of a [Printer] apply
// Safe themselves; results are written as the caller made them.
//
// # Colour
//
// Nobody names a colour: callers name a [Role], and one table says what it
// looks like. Whether colour is used at all is decided per stream, once, from
// --color, NO_COLOR, CLICOLOR_FORCE and TERM.
package term

import xterm "golang.org/x/term"

// IsTerminal reports whether the file descriptor is a terminal.
func IsTerminal(fd int) bool { return xterm.IsTerminal(fd) }

// Size returns the size of the terminal in columns and rows. It is false where
// fd is no terminal, or one that does not know its size.
func Size(fd int) (cols, rows int, ok bool) {
	cols, rows, err := xterm.GetSize(fd)
	if err != nil || cols <= 0 || rows <= 0 {
		return 0, 0, false
	}
	return cols, rows, true
}

// MakeRaw puts the terminal into raw mode: every byte typed arrives as it is,
// without echo, and output needs its own carriage returns. The function it
// returns puts the previous mode back and may be called more than once.
func MakeRaw(fd int) (restore func() error, err error) {
	before, err := xterm.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	return func() error { return xterm.Restore(fd, before) }, nil
}
