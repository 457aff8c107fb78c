//go:build unix

package main

import (
	"testing"

	"ftpsh/internal/demo"
)

// -e runs its commands and then goes on at the prompt, where Ctrl-D leaves.
func TestExecuteThenPrompt(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	x := v.sits("-e", "cd deep", "-e", "pwd", server.Addr())
	x.sees("/deep\r\n")
	x.sees(":/deep> ")
	x.enters("ls")
	x.sees("down\r\n")
	x.types("\x04")
	equal(t, x.leaves(), 0)
}
