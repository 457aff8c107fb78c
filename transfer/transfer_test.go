package transfer

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ftpsh/internal/demo"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// bench is a server, a connection to it, and a local directory.
type bench struct {
	*script.Server
	conn *remote.Conn
	dir  string
}

// newBench starts a scripted server in clear.
func newBench(t *testing.T) *bench {
	t.Helper()
	return benchFor(t, script.Options{}, remote.Options{}, wire.TLSNever)
}

func benchFor(t *testing.T, server script.Options, options remote.Options, mode wire.TLSMode) *bench {
	t.Helper()
	srv := ftptest.Script(t, server)
	return &bench{Server: srv, conn: connect(t, srv.Addr(), "ann", "secret", options, mode), dir: t.TempDir()}
}

func connect(t *testing.T, address, user, password string, options remote.Options, mode wire.TLSMode) *remote.Conn {
	t.Helper()
	host, portText, _ := net.SplitHostPort(address)
	port, _ := strconv.Atoi(portText)
	conn := remote.New(remote.Hooks{Note: func(text string) { t.Log("note:", text) }})
	site := remote.Site{Host: host, Port: port, User: user, Password: password, TLS: mode, Options: options}
	if err := conn.Open(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background(), true) })
	return conn
}

func (b *bench) get(t *testing.T, d Download) (Result, error) {
	t.Helper()
	if d.Dir == "" {
		d.Dir = b.dir
	}
	if d.Name == "" {
		d.Name = filepath.Base(d.Remote)
	}
	return Get(t.Context(), b.conn, d)
}

func (b *bench) put(t *testing.T, u Upload) (Result, error) {
	t.Helper()
	if u.Path == "" && u.From == nil {
		u.Path = filepath.Join(b.dir, u.Local)
	}
	if u.Remote == "" {
		u.Remote = u.Local
	}
	return Put(t.Context(), b.conn, u)
}

// here reads a local file; missing is "" and false.
func (b *bench) here(t *testing.T, name string) (string, bool) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text), err == nil
}

func (b *bench) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// writeLong makes a local file that is longer than all that lies in sockets between here and there.
func (b *bench) writeLong(t *testing.T, name string) {
	t.Helper()
	b.write(t, name, "")
	if err := os.Truncate(filepath.Join(b.dir, name), 20<<20); err != nil {
		t.Fatal(err)
	}
}

// arrived waits until a local file has so many bytes: a server's no may overtake what it sent before.
func (b *bench) arrived(t *testing.T, name string, size int) {
	t.Helper()
	ftptest.Wait(t, "the bytes to be on the disk", func() bool {
		info, err := os.Stat(filepath.Join(b.dir, name))
		return err == nil && info.Size() == int64(size)
	})
}

// names are what lies in the local directory.
func (b *bench) names(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// there reads a file of the scripted server.
func (b *bench) there(path string) string {
	f, _ := b.Tree.Get(path)
	return string(f.Content)
}

// listed are the names in the server's root.
func (b *bench) listed() []string {
	var names []string
	for _, f := range b.Tree.List("/") {
		names = append(names, f.Name())
	}
	return names
}

// usable fails unless the connection is in step: it answers about what is there.
func (b *bench) usable(t *testing.T) {
	t.Helper()
	b.Tree.Write("/usable", []byte("12345"))
	b.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	var got bytes.Buffer
	if _, err := b.get(t, Download{Remote: "/usable", To: &got}); err != nil || got.String() != "12345" {
		t.Errorf("the connection is not usable afterwards: %q, %v", got.String(), err)
	}
}

// wants checks an error's kind, status, and a part of its words.
func wants(t *testing.T, err, kind error, status int, words string) {
	t.Helper()
	var own *Error
	if !errors.As(err, &own) || !errors.Is(err, kind) || own.ExitStatus() != status || !strings.Contains(err.Error(), words) {
		t.Errorf("error %v\nwant one of kind %q, status %d, with %q", err, kind, status, words)
	}
}

// random is bytes that repeat nowhere.
func random(n int) []byte {
	r := rand.NewChaCha8([32]byte{1})
	b := make([]byte, n)
	r.Read(b)
	return b
}

func TestRoundTrip(t *testing.T) {
	for _, secure := range []bool{false, true} {
		srv := ftptest.Demo(t, demo.Options{TLS: secure})
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(srv.Certificate())
		b := &bench{
			conn: connect(t, srv.Addr(), demo.User, srv.Password(), remote.Options{TLSConfig: &tls.Config{RootCAs: pool}}, wire.TLSAuto),
			dir:  t.TempDir(),
		}
		content := string(random(3_000_000))
		for _, size := range []int64{0, 1, 65536, 3_000_000} {
			b.write(t, "big", content[:size])
			up, err := b.put(t, Upload{Local: "big", Remote: "incoming/two words", Policy: Overwrite, Preserve: true})
			if err != nil || !up.Verified || up.Bytes != size {
				t.Fatalf("put of %d bytes, TLS %v: %+v, %v", size, secure, up, err)
			}
			down, err := b.get(t, Download{Remote: "incoming/two words", Name: "back", Policy: Overwrite, Preserve: true})
			if err != nil || !down.Verified || down.Bytes != size || down.Size != size {
				t.Fatalf("get of %d bytes, TLS %v: %+v, %v", size, secure, down, err)
			}
			if got, _ := b.here(t, "back"); got != content[:size] {
				t.Fatalf("%d bytes, TLS %v: not the same after a round trip", size, secure)
			}
		}
		left, err := os.ReadDir(filepath.Join(srv.Directory(), "incoming"))
		if err != nil || len(left) != 1 || !slices.Equal(b.names(t), []string{"back", "big"}) {
			t.Errorf("left behind: %v here, %v on the server", b.names(t), left)
		}
	}
}

// connectDaemon logs in on a real server.
func connectDaemon(t *testing.T, d ftptest.Daemon) *remote.Conn {
	t.Helper()
	mode := map[ftptest.Mode]wire.TLSMode{
		ftptest.Plain: wire.TLSAuto, ftptest.Explicit: wire.TLSRequire, ftptest.Implicit: wire.TLSImplicit,
	}[d.Mode]
	return connect(t, d.Addr, d.User, d.Password, remote.Options{TLSConfig: ftptest.Certificates(t).Trust()}, mode)
}
