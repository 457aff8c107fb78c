//go:build !unix

package shell

// brokenPipe is reported as io.ErrClosedPipe here.
func brokenPipe(error) bool { return false }
