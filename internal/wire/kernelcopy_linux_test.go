package wire

import (
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
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
