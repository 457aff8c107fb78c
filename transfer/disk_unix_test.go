//go:build unix

package transfer

import (
	"os/signal"
	"syscall"
	"testing"
)

// The disk takes no more in the middle of a download: what it took is kept as a part, the connection
// stays in step, and with room again the rest is fetched. A limit on the size of files stands in for a
// full disk.
func TestF09_PartIsKeptOnAFullDisk(t *testing.T) {
	b := newBench(t)
	whole := random(3_000_000)
	b.Tree.Write("/a", whole)
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	small := before
	small.Cur = 1_000_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	result, err := b.get(t, Download{Remote: "/a"})
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	wants(t, err, ErrLocal, 7, "1000000 bytes are kept in .a.ftpsh-part")
	b.usable(t)
	result, err = b.get(t, Download{Remote: "/a", Resume: true})
	if got, _ := b.here(t, "a"); err != nil || got != string(whole) || result.Bytes != 2_000_000 {
		t.Errorf("%+v, %v", result, err)
	}
}
