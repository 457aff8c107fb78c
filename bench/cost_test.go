//go:build linux

package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// cost is what a client spent on doing something once.
type cost struct {
	wall  time.Duration // from start to exit
	first time.Duration // from start to the first byte of output
	cpu   time.Duration // user and system
	peak  int64         // largest resident memory, in bytes; see ownPeak
	lines int           // of output
}

// command prepares the process, in an environment that says little but where home is.
func (o order) command(home string) *exec.Cmd {
	cmd := exec.Command(o.args[0], o.args[1:]...)
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TERM=xterm"}
	return cmd
}

// run runs a client to its end on a host, its output going through a pipe, and fails unless it succeeds.
func (o order) run(on host, home string) (cost, error) {
	cmd := o.command(home)
	var complaint bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(o.typed), &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return cost{}, err
	}
	output := arrivals{since: time.Now()}
	if err := on.start(cmd); err != nil {
		return cost{}, err
	}
	_, copyErr := io.Copy(&output, out)
	if err := cmd.Wait(); err != nil || copyErr != nil {
		return cost{}, fmt.Errorf("%s: %v, %v\n%s", strings.Join(o.args, " "), err, copyErr, complaint.Bytes())
	}
	return cost{
		wall:  time.Since(output.since),
		first: output.first,
		cpu:   cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		peak:  cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10,
		lines: output.lines,
	}, nil
}

// arrivals counts lines of output and notes when the first of it came.
type arrivals struct {
	since time.Time
	first time.Duration
	lines int
}

func (a *arrivals) Write(p []byte) (int, error) {
	if a.first == 0 {
		a.first = time.Since(a.since)
	}
	a.lines += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

// ownPeak is the largest resident memory that this process has had, in bytes. What it starts counts from
// there, since Linux carries the mark over exec: a smaller peak cannot be told.
func ownPeak() (int64, error) {
	var usage syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage.Maxrss << 10, err
}
