package lang

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"

	"mvdan.cc/sh/v3/interp"
)

// gate is what the right side of a pipe waits at, since two commands cannot share the connection. It opens
// once for each time that the pipe runs, and says what has become of the left side's output.
func (r *Runner) gate(number string) chan error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gates[number] == nil {
		r.gates[number] = make(chan error, 1)
	}
	return r.gates[number]
}

// await waits until the left side of a pipe is done. If its output is lost, the right side does not run.
func (r *Runner) await(ctx context.Context, number string) error {
	select {
	case err := <-r.gate(number):
		return err
	case <-ctx.Done():
		return statusError(statusFailed)
	}
}

// spool holds its input in a file until it has ended, then opens the gate and lets it go.
func (r *Runner) spool(hc interp.HandlerContext, number string) error {
	file, err := hold(hc.Stdin, hc.Env.Get("TMPDIR").String())
	if file != nil {
		defer os.Remove(file.Name())
		defer file.Close()
	}
	if err != nil {
		fmt.Fprintf(hc.Stderr, "the output of the pipe cannot be kept: %v\n", err)
		err = statusError(statusLocalFile)
	}
	select {
	case r.gate(number) <- err:
	default: // the run is being cut off, and nobody waits
	}
	if err != nil {
		return err
	}
	if _, err = io.Copy(hc.Stdout, file); err != nil && !IsClosedPipe(err) { // who reads may have seen enough
		return statusError(statusFailed)
	}
	return nil
}

// hold reads all of an input into a new file, and goes back to its beginning. It reads to the end even
// if it cannot keep what it reads: whoever writes must be done.
func hold(in io.Reader, dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, "ftpsh-pipe-")
	if err == nil {
		_, err = io.Copy(file, in)
	}
	if err != nil {
		_, _ = io.Copy(io.Discard, in)
		return file, err
	}
	_, err = file.Seek(0, io.SeekStart)
	return file, err
}

// IsClosedPipe says that the program that reads what a command prints has gone, as head does when it has seen
// enough: no failure. A broken network connection is one, though systems have the same word for it.
func IsClosedPipe(err error) bool {
	const brokenPipe, noData = syscall.Errno(109), syscall.Errno(232) // what Windows calls it
	var network *net.OpError
	if errors.As(err, &network) {
		return false
	}
	return errors.Is(err, io.ErrClosedPipe) || errors.Is(err, syscall.EPIPE) ||
		runtime.GOOS == "windows" && (errors.Is(err, brokenPipe) || errors.Is(err, noData))
}

// errNothingKept says that no ( ) is open.
var errNothingKept = errors.New("no state is kept")

// save keeps the state that ( ) and $( ) must not change.
func (r *Runner) save(ctx context.Context) {
	restore := r.options.Host.Fork(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forks = append(r.forks, restore)
}

// isInside says that a ( ) or $( ) runs.
func (r *Runner) isInside() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.forks) > 0
}

// back brings back what was kept last, and passes the status on of what has run since.
func (r *Runner) back(ctx context.Context, hc interp.HandlerContext) error {
	err := r.restore()
	r.follow(ctx, hc)
	if err != nil {
		fmt.Fprintf(hc.Stderr, "going back after ( ): %v\n", err)
		return r.failed(err)
	}
	return statusError(hc.LastExitStatus)
}

// restore brings back what was kept last.
func (r *Runner) restore() error {
	r.mu.Lock()
	last := len(r.forks) - 1
	if last < 0 {
		r.mu.Unlock()
		return errNothingKept
	}
	restore := r.forks[last]
	r.forks = r.forks[:last]
	r.mu.Unlock()
	return restore()
}
