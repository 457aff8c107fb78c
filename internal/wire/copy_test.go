package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain lets more tests run side by side than there are processors: they wait more than they work.
func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "16")
	m.Run()
}

// pair is a TCP connection, both ends of it.
func pair(t testing.TB) (ours, theirs *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = conn.Close(), accepted.Close() })
	return conn.(*net.TCPConn), accepted.(*net.TCPConn)
}

// standing is a data connection that stands, in clear, with the server at the other end.
func standing(t testing.TB, timeout time.Duration) (d *Data, server *net.TCPConn) {
	t.Helper()
	ours, server := pair(t)
	c := &Control{ctx: t.Context(), tcp: ours, conn: ours}
	d = &Data{control: c, limits: Timeouts{Data: timeout, Reply: timeout}.WithDefaults(), opening: &opening{mode: "EPSV", address: "the server"}, tcp: ours, conn: ours,
		ready: make(chan struct{}), sent: make(chan struct{}), failed: make(chan struct{})}
	d.ctx, d.cancel = context.WithCancel(t.Context())
	d.leaves.Store(true)
	close(d.ready)
	c.data, c.current = d, d
	return d, server
}

// numbered is content whose parts can be told from one another.
func numbered(size int) []byte {
	content := make([]byte, 0, size+64)
	for sum := [32]byte{}; len(content) < size; sum = sha256.Sum256(sum[:]) {
		content = append(content, sum[:]...)
	}
	return content[:size]
}

func fileOf(t testing.TB, content []byte) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "content"))
	if err == nil {
		_, err = file.Write(content)
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// pipeOf gives content through a pipe: a file that cannot be read twice.
func pipeOf(t testing.TB, content []byte) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	go func() {
		_, _ = w.Write(content)
		_ = w.Close()
	}()
	return r
}

// The other side is fast until the chunks are large, and then so slow that the deadline passes in the
// middle of one, though bytes do move: nothing is lost or sent twice.
func TestF06_ChunksThatOutlastTheDeadline(t *testing.T) {
	t.Parallel()
	content := numbered(14 << 20)
	const deadline = 3 * time.Second
	for name, source := range map[string]io.Reader{"file": fileOf(t, content), "pipe": pipeOf(t, content)} {
		t.Run("upload from a "+name, func(t *testing.T) {
			t.Parallel()
			d, server := standing(t, deadline)
			got := make(chan []byte)
			go func() { got <- readSlowly(server, len(content)) }()
			if n, err := d.ReadFrom(source); n != int64(len(content)) || err != nil {
				t.Errorf("%d of %d bytes sent, %v", n, len(content), err)
			}
			_ = d.Close()
			if kept := <-got; !bytes.Equal(kept, content) {
				t.Errorf("what came is not what was sent: %d of %d bytes", len(kept), len(content))
			}
		})
	}
	for name, sink := range map[string]func() (io.Writer, func() []byte){
		"file": func() (io.Writer, func() []byte) {
			f := fileOf(t, nil)
			return f, func() []byte { return contentOf(t, f) }
		},
		"writer": func() (io.Writer, func() []byte) { var b bytes.Buffer; return writerOnly{&b}, b.Bytes },
	} {
		t.Run("download to a "+name, func(t *testing.T) {
			t.Parallel()
			d, server := standing(t, deadline)
			go writeSlowly(server, content)
			w, kept := sink()
			if err := d.CopyTo(w); err != nil {
				t.Error(err)
			}
			if !bytes.Equal(kept(), content) || d.Bytes() != int64(len(content)) {
				t.Errorf("%d of %d bytes, %d counted", len(kept()), len(content), d.Bytes())
			}
		})
	}
}

// Of a stream that came slowly nothing used to be counted until 64 KiB of it were there.
func TestF06_SlowBytesAreCountedAsTheyCome(t *testing.T) {
	t.Parallel()
	d, server := standing(t, 20*time.Second)
	file := fileOf(t, nil)
	ended := make(chan error, 1)
	go func() { ended <- d.CopyTo(file) }()
	for n := range 3 {
		if _, err := server.Write([]byte("ten bytes.")); err != nil {
			t.Fatal(err)
		}
		for until := time.Now().Add(15 * time.Second); d.Bytes() != int64(10*(n+1)); {
			if time.Now().After(until) {
				t.Fatalf("%d bytes are counted after %d times ten", d.Bytes(), n+1)
			}
			time.Sleep(time.Millisecond)
		}
	}
	_ = server.CloseWrite()
	if err := <-ended; err != nil || string(contentOf(t, file)) != strings.Repeat("ten bytes.", 3) {
		t.Errorf("%q, %v", contentOf(t, file), err)
	}
}

type writerOnly struct{ io.Writer }

func contentOf(t *testing.T, f *os.File) []byte {
	t.Helper()
	content, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// fast is how much is taken or given before the slow part begins, in pieces of slowPiece with a pause
// after each.
const (
	fast      = 9 << 20
	slowPiece = 64 << 10
	slowPause = 60 * time.Millisecond
)

func readSlowly(r io.Reader, size int) []byte {
	content := make([]byte, size)
	n, err := io.ReadFull(r, content[:fast])
	for n < size && err == nil {
		var m int
		m, err = io.ReadFull(r, content[n:min(n+slowPiece, size)])
		n += m
		time.Sleep(slowPause) // slow on purpose
	}
	return content[:n]
}

func writeSlowly(conn *net.TCPConn, content []byte) {
	_, err := conn.Write(content[:fast])
	for content = content[fast:]; len(content) > 0 && err == nil; {
		var n int
		n, err = conn.Write(content[:min(slowPiece, len(content))])
		content = content[n:]
		time.Sleep(slowPause) // slow on purpose
	}
	_ = conn.CloseWrite()
}

// Whose fault it was decides what is told and what is kept.
func TestErrorsOfACopyAreOursOrTheirs(t *testing.T) {
	t.Parallel()
	local := func(err error) bool { var e *LocalError; return errors.As(err, &e) }
	theirs := func(err error) bool { var e *DataError; return errors.As(err, &e) && !local(err) }
	full := errors.New("disk full")
	for name, sink := range map[string]io.Writer{
		"a writer":                failingWriter{full},
		"a writer that says EOF":  failingWriter{io.EOF},
		"a closed file":           closedFile(t),
		"a file to be read":       readOnly(t),
		"a pipe nobody reads":     brokenPipe(t),
		"a socket that was reset": resetSocket(t),
	} {
		d, server := standing(t, 20*time.Second)
		go func() { _, _ = server.Write(numbered(1 << 20)); _ = server.CloseWrite() }()
		if err := d.CopyTo(sink); !local(err) {
			t.Errorf("to %s: %v", name, err)
		}
	}
	for name, sink := range map[string]io.Writer{"a file": fileOf(t, nil), "a buffer": &bytes.Buffer{}, "a writer": writerOnly{&bytes.Buffer{}}} {
		d, server := standing(t, 20*time.Second)
		_, _ = server.Write(numbered(1000))
		_ = server.SetLinger(0)
		_ = server.Close()
		if err := d.CopyTo(sink); !theirs(err) {
			t.Errorf("a reset on the way to %s: %v", name, err)
		}
		d, _ = standing(t, 30*time.Millisecond)
		var timeout *TimeoutError
		if err := d.CopyTo(sink); !theirs(err) || !errors.As(err, &timeout) {
			t.Errorf("silence on the way to %s: %v", name, err)
		}
	}
	for name, source := range map[string]io.Reader{
		"a reader": failingReader{full}, "a closed file": closedFile(t), "a directory": openDir(t), "an unexpected end": failingReader{io.ErrUnexpectedEOF},
	} {
		d, _ := standing(t, 20*time.Second)
		if _, err := d.ReadFrom(source); !local(err) || !d.spoiled {
			t.Errorf("from %s: %v, spoiled %v", name, err, d.spoiled)
		}
	}
	content := numbered(16 << 20)
	for name, source := range map[string]io.Reader{"a file": fileOf(t, content), "a reader": bytes.NewReader(content)} {
		d, server := standing(t, 20*time.Second)
		_ = server.SetLinger(0)
		_ = server.Close()
		if _, err := d.ReadFrom(source); !theirs(err) || !d.spoiled {
			t.Errorf("a reset on the way from %s: %v, spoiled %v", name, err, d.spoiled)
		}
		d, _ = standing(t, 30*time.Millisecond)
		var timeout *TimeoutError
		if _, err := d.ReadFrom(source); !theirs(err) || !errors.As(err, &timeout) {
			t.Errorf("nobody takes what comes from %s: %v", name, err)
		}
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

func closedFile(t *testing.T) *os.File {
	f := fileOf(t, numbered(10))
	_ = f.Close()
	return f
}

func readOnly(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Open(fileOf(t, nil).Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func openDir(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func brokenPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func resetSocket(t *testing.T) io.Writer {
	ours, theirs := pair(t)
	_ = theirs.SetLinger(0)
	_ = theirs.Close()
	return writerOnly{ours}
}

func TestPace(t *testing.T) {
	t.Parallel()
	var turns []bool
	p := pace{size: minChunk, turn: func(fast bool) { turns = append(turns, fast) }}
	for range 10 {
		p.moved(p.size, 10*time.Millisecond)
	}
	if p.size != maxChunk {
		t.Errorf("fast: %d", p.size)
	}
	p.moved(p.size, 150*time.Millisecond)
	if p.size != maxChunk {
		t.Errorf("as fast as it should be: %d", p.size)
	}
	for range 10 {
		p.moved(p.size, time.Second)
	}
	if p.size != minChunk {
		t.Errorf("slow: %d", p.size)
	}
	if !slices.Equal(turns, []bool{true, false}) {
		t.Errorf("it has become fast, and slow again: %v", turns)
	}
}
