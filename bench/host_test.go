//go:build linux

package bench

import (
	"os/exec"
	"runtime"
	"syscall"
)

// host is where a process runs: a network namespace, or this machine when it is the zero value.
type host struct{ calls chan func(error) }

// newNamespace makes a network namespace that lasts as long as something runs in it.
func newNamespace() host {
	h := host{make(chan func(error))}
	go func() {
		// A thread that has been in a namespace of its own is never handed to others: it ends with us.
		runtime.LockOSThread()
		err := syscall.Unshare(syscall.CLONE_NEWNET)
		for call := range h.calls {
			call(err)
		}
	}()
	return h
}

func (h host) end() { close(h.calls) }

// do runs a function on the host. Sockets that it makes and processes that it starts stay there.
func (h host) do(run func() error) error {
	if h.calls == nil {
		return run()
	}
	done := make(chan error)
	h.calls <- func(err error) {
		if err == nil {
			err = run()
		}
		done <- err
	}
	return <-done
}

func (h host) start(cmd *exec.Cmd) error { return h.do(cmd.Start) }
