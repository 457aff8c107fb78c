package wire

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Files and sockets in clear are copied by the kernel. There are two ways to see it from inside:
// bytes that are read come up in rchar of /proc/self/io, unless splice moves them; and no Go program
// copies without a buffer, which would come up as an allocation.

const bigFile = 64 << 20

func TestDownloadsAreSpliced(t *testing.T) {
	for name, test := range map[string]struct {
		sink    func() io.Writer
		spliced bool
	}{
		"a file":           {func() io.Writer { return fileOf(t, nil) }, true},
		"what hands it on": {func() io.Writer { return handsOn{fileOf(t, nil)} }, true},
		"a writer":         {func() io.Writer { return writerOnly{io.Discard} }, false}, // shows that the count counts
	} {
		d, server := standing(t, 10*time.Second)
		go func() {
			piece := make([]byte, 1<<20)
			for range bigFile / len(piece) {
				_, _ = server.Write(piece)
			}
			_ = server.CloseWrite()
		}()
		sink := test.sink()
		before := readSoFar(t)
		if err := d.CopyTo(sink); err != nil || d.Bytes() != bigFile {
			t.Fatalf("%d bytes, %v", d.Bytes(), err)
		}
		if read := readSoFar(t) - before; read < bigFile/2 != test.spliced {
			t.Errorf("into %s: %d of %d bytes went through this process", name, read, bigFile)
		}
	}
}

// handsOn is a writer that lets a file read by itself, as a download's limit and overlap do.
type handsOn struct{ file *os.File }

func (h handsOn) Write(p []byte) (int, error) { return h.file.Write(p) }

func (h handsOn) ReadFrom(r io.Reader) (int64, error) { return h.file.ReadFrom(r) }

func TestUploadsAreSentByTheKernel(t *testing.T) {
	file := fileOf(t, nil)
	if err := file.Truncate(bigFile); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		source io.Reader
		kernel bool
	}{"a file": {file, true}, "a reader": {struct{ io.Reader }{file}, false}} {
		d, server := standing(t, 10*time.Second)
		buf := make([]byte, 1<<20) // before it counts
		go discard(server, buf)
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		before := allocated()
		if n, err := d.ReadFrom(test.source); err != nil || n != bigFile {
			t.Fatalf("%d bytes, %v", n, err)
		}
		if grown := allocated() - before; grown < 16<<10 != test.kernel {
			t.Errorf("from %s: %d bytes were allocated to copy", name, grown)
		}
	}
}

// While data comes fast, its reader is woken for much of it at once, and for each byte as soon as it does
// not any more: otherwise what comes slowly would not be counted.
func TestAFastDownloadIsWokenSeldom(t *testing.T) {
	d, server := standing(t, 20*time.Second)
	p := pace{size: minChunk, turn: d.readFast}
	for p.size < maxChunk {
		p.moved(p.size, 0)
	}
	if got := socketOption(t, d, syscall.SO_RCVLOWAT); got != wakeFor {
		t.Errorf("woken for %d bytes, want %d", got, wakeFor)
	}
	p.moved(1, 0)
	if got := socketOption(t, d, syscall.SO_RCVLOWAT); got != 1 {
		t.Errorf("woken for %d bytes after a pause", got)
	}
	go func() { _ = d.CopyTo(fileOf(t, nil)) }()
	if _, err := server.Write(make([]byte, bigFile)); err != nil {
		t.Fatal(err)
	}
	for sent := int64(bigFile); sent < bigFile+3; sent++ {
		if _, err := server.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		for until := time.Now().Add(15 * time.Second); d.Bytes() <= sent; {
			if time.Now().After(until) {
				t.Fatalf("%d bytes of %d are counted", d.Bytes(), sent+1)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// A large upload to a server on this host took half as long again as other clients' with a buffer of
// megabytes.
func TestAFastUploadStaysClose(t *testing.T) {
	d, _ := standing(t, 20*time.Second)
	d.sendFast(true)
	if got := socketOption(t, d, syscall.SO_SNDBUF); got != 2*closeBuffer { // the kernel's own share is as much
		t.Errorf("%d bytes are buffered", got)
	}
}

func socketOption(t *testing.T, d *Data, option int) (value int) {
	t.Helper()
	raw, err := d.tcp.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) { value, failed = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, option) })
	if err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	return value
}

func discard(conn *net.TCPConn, buf []byte) {
	for {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}

// readSoFar is how many bytes this process has read by read(2) and its kin.
func readSoFar(t *testing.T) (n int64) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(strings.SplitN(string(text), "\n", 2)[0], "rchar: %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// allocated is how many bytes this process has allocated so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
