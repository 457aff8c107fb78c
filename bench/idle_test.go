//go:build linux

package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"ftpsh/internal/ftptest"
)

// BenchmarkIdle is the memory of a shell at its prompt, connected, after its first listing.
func BenchmarkIdle(b *testing.B) {
	d := vsftpd(b, ftptest.Plain)
	s := siteOf(b, d, d.Addr)
	local, remote := d.Dir(b)
	write(b, filepath.Join(local, marker), "")
	var all []contestant
	for _, c := range clients(b) {
		if c.shell != nil {
			all = append(all, contestant{c, func() (cost, error) { return idle(c.shell(s, remote), s.home) }})
		}
	}
	spent := compete(b, all)
	results.add("idle at the prompt, connected", all, column{"resident", func(who int) string { return mebibytes(spent[who].peak) }})
}

// marker is a file whose name in the output of ls shows that a shell is connected.
const marker = "marker.txt"

// patience is how long a shell may take to show the marker, and then to come to rest.
const patience = 20 * time.Second

// idle starts a shell on a terminal, has it list, and measures it when its memory has come to rest.
func idle(o order, home string) (cost, error) {
	cmd := o.command(home)
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		return cost{}, err
	}
	defer func() {
		terminal.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}()
	if _, err := terminal.WriteString("ls\r"); err != nil {
		return cost{}, err
	}
	if err := await(terminal, marker); err != nil {
		return cost{}, fmt.Errorf("%s: %w", o.args[0], err)
	}
	resident, err := atRest(cmd.Process.Pid)
	return cost{peak: resident}, err
}

// await reads from a terminal until it shows text, and goes on reading, so that nobody has to wait.
func await(terminal *os.File, text string) error {
	var shown []byte
	if err := terminal.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	buf := make([]byte, 4096)
	for !bytes.Contains(shown, []byte(text)) {
		n, err := terminal.Read(buf)
		if err != nil {
			return fmt.Errorf("%w; it shows %q", err, shown)
		}
		shown = append(shown, buf[:n]...)
	}
	return nil
}

// atRest returns the resident memory of a process, in bytes, once it stays the same for a second.
func atRest(pid int) (int64, error) {
	const pause, times = 100 * time.Millisecond, 10
	var last int64
	for deadline, same := time.Now().Add(patience), 0; same < times; time.Sleep(pause) {
		now, err := resident(pid)
		switch {
		case err != nil:
			return 0, err
		case time.Now().After(deadline):
			return 0, fmt.Errorf("process %d does not come to rest", pid)
		case now == last:
			same++
		default:
			last, same = now, 0
		}
	}
	return last, nil
}

// resident reads VmRSS of a process.
func resident(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no VmRSS", pid)
}
