//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/script"
)

// Very many files in one mget, of which most are here already and one in a thousand cannot be had: it goes
// on, tells each failure and the sum, ends with a status, and needs no more memory than for few.
func TestF28_ManyFilesInOneMget(t *testing.T) {
	const files, missing = 100_000, 8 // of each thousand, so many are not here yet
	v, server := atScript(t, script.Options{})
	var listing strings.Builder
	for i := range files {
		name := fmt.Sprintf("f%05d", i)
		fmt.Fprintf(&listing, "type=file;size=1;modify=20200102030405; %s\r\n", name)
		switch here := fmt.Sprintf("f%05d", i-i%1000+missing); {
		case name == here:
			v.writes(name, "")
		case name > here:
			v.links(here, name)
		}
	}
	server.On("MLSD", func(c *script.Conversation, _ string) { c.Download([]byte(listing.String())) })
	server.On("RETR", func(c *script.Conversation, name string) {
		if strings.HasSuffix(name, "007") {
			c.Reply("550 this one is not to be had")
			return
		}
		c.Download([]byte("x"))
	})
	cmd := v.command("-c", "mget -n *", server.Addr())
	cmd.Path = withoutDetectors(t)
	text, peak := runMeasured(t, cmd)
	equal(t, cmd.ProcessState.ExitCode(), 1)
	equal(t, strings.Count(text, ": 550 this one is not to be had"), files/1000)
	contains(t, text, fmt.Sprintf("%d files, ", files/1000*(missing-1)), fmt.Sprint(files/1000, " failed"))
	if peak == 0 || peak > 64<<10 {
		t.Errorf("the peak of memory is %d KiB", peak)
	}
	if _, err := os.Stat(filepath.Join(v.dir, "f99006")); err != nil {
		t.Error(err)
	}
	if len(text) > 100_000 {
		t.Errorf("%d bytes of output", len(text))
	}
}

// withoutDetectors is the program as its users have it: with the race detector it takes several times the memory.
func withoutDetectors(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "ftpsh")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "GOFLAGS=")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return program
}

// runMeasured runs a program to its end, whatever its status, and returns what it prints and the peak of
// its memory in KiB, as it is shortly before. What wait4 tells of that is at least the peak of this process.
func runMeasured(t *testing.T, cmd *exec.Cmd) (output string, peak int) {
	t.Helper()
	var printed strings.Builder
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its status is looked at
		close(ended)
	}()
	for {
		select {
		case <-ended:
			return printed.String(), peak
		case <-time.After(20 * time.Millisecond):
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)) // gone after its end
			_, after, _ := strings.Cut(string(status), "VmHWM:")
			var now int
			fmt.Sscan(after, &now)
			peak = max(peak, now)
		}
	}
}
