//go:build linux

package bench

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var (
	mib     = flag.Int("mib", 1024, "size of the file that is moved, in MiB")
	entries = flag.Int("entries", 100_000, "entries of the directory that is listed")
)

// inMemory is where all files lie unless TMPDIR says otherwise.
const inMemory = "/dev/shm"

// scratch is a directory for what all benchmarks share.
var scratch string

func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (status int, err error) {
	if _, err := os.Stat(inMemory); err == nil && os.Getenv("TMPDIR") == "" {
		os.Setenv("TMPDIR", inMemory)
	}
	if scratch, err = os.MkdirTemp("", "ftpsh-bench-"); err != nil {
		return 1, err
	}
	status = m.Run()
	return status, errors.Join(results.print(os.Stdout), os.RemoveAll(scratch))
}

// ftpshProgram is the ftpsh of this source tree.
var ftpshProgram = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "ftpsh")
	if output, err := exec.Command("go", "build", "-o", path, "ftpsh").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, output)
	}
	return path, nil
})
