package remote_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// daemonSite is how a session reaches a daemon.
func daemonSite(t testing.TB, d ftptest.Daemon, active bool) remote.Site {
	host, port, err := net.SplitHostPort(d.Addr)
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.Atoi(port)
	mode := map[ftptest.Mode]wire.TLSMode{ftptest.Plain: wire.TLSAuto, ftptest.Explicit: wire.TLSRequire, ftptest.Implicit: wire.TLSImplicit}[d.Mode]
	return remote.Site{
		Host: host, Port: number, User: d.User, Password: d.Password, TLS: mode,
		Options: remote.Options{TLSConfig: ftptest.Certificates(t).Trust(), Data: wire.DataOptions{Active: active}},
	}
}

// TestDaemonsSession runs one session of everything that remote offers on every real server, in
// every TLS mode, passive and active.
func TestDaemonsSession(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		for _, active := range []bool{false, true} {
			t.Run(map[bool]string{false: "passive", true: "active"}[active], func(t *testing.T) {
				daemonSession(t, d, active)
			})
		}
	})
}

func daemonSession(t *testing.T, d ftptest.Daemon, active bool) {
	local, dir := d.Dir(t)
	var events []string
	c := remote.New(remote.Hooks{
		Note: func(text string) { events = append(events, "note: "+text) },
		Observe: func(e wire.Event) {
			text := e.Text
			if e.Data != nil {
				text = fmt.Sprintf("%+v", *e.Data)
			}
			events = append(events, text)
		},
	})
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	defer func() {
		if t.Failed() {
			t.Log(strings.Join(events, "\n"))
		}
	}()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.Open(ctx, daemonSite(t, d, active)))
	if want := d.Mode != ftptest.Plain; c.Secure() != want {
		t.Fatalf("secure is %v", c.Secure())
	}
	must(c.Chdir(ctx, dir))
	if c.Dir() != dir {
		t.Fatalf("in %q, want %q", c.Dir(), dir)
	}
	content := bytes.Repeat([]byte("0123456789abcdef\r\n\x00\xff"), 20_000)
	for i := range 5 {
		name := fmt.Sprintf("file %d.bin", i)
		out, _, err := c.Put(ctx, name, remote.Replace, 0, bytes.NewReader(content))
		must(err)
		if out.Bytes != int64(len(content)) {
			t.Fatalf("sent %d of %d", out.Bytes, len(content))
		}
		var back bytes.Buffer
		_, err = c.Get(ctx, name, 0, func() (io.Writer, error) { return &back, nil })
		must(err)
		if !bytes.Equal(back.Bytes(), content) {
			t.Fatalf("%s came back changed: %d bytes", name, back.Len())
		}
	}
	_, _, err := c.Put(ctx, "empty", remote.Replace, 0, bytes.NewReader(nil))
	must(err)
	_, _, err = c.Put(ctx, "empty", remote.Append, 0, strings.NewReader("tail"))
	must(err)
	size, err := c.Size(ctx, "empty")
	must(err)
	if size != 4 {
		t.Fatalf("size %d after append", size)
	}
	list, err := c.List(ctx, "", remote.ListOptions{})
	must(err)
	if len(list.Entries) < 6 || len(list.Unparsed) > 0 || list.Incomplete {
		t.Fatalf("listing %+v", list)
	}
	when := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	must(c.SetModTime(ctx, "empty", when))
	got, err := c.ModTime(ctx, "empty")
	must(err)
	if !got.Equal(when) {
		t.Fatalf("time %v, want %v", got, when)
	}
	entry, err := c.Stat(ctx, "empty")
	must(err)
	if entry.Size != 4 {
		t.Fatalf("stat %+v", entry)
	}
	must(c.Rename(ctx, "empty", "-full"))
	if _, err := os.Stat(filepath.Join(local, "-full")); err != nil {
		t.Fatal(err)
	}
	must(c.Delete(ctx, "-full"))
	made, err := c.Mkdir(ctx, "sub dir")
	must(err)
	t.Log(made)
	sub, err := c.List(ctx, "sub dir", remote.ListOptions{})
	must(err)
	for _, e := range sub.Entries {
		if !e.IsDot() {
			t.Fatalf("empty directory lists %+v", sub)
		}
	}
	if _, err := c.List(ctx, "no such", remote.ListOptions{}); err == nil {
		t.Fatal("a missing directory lists as empty")
	}
	must(c.Rmdir(ctx, "sub dir"))
	if _, err = c.Get(ctx, "no such", 0, func() (io.Writer, error) { return nil, io.ErrClosedPipe }); err == nil || strings.Contains(err.Error(), "pipe") {
		t.Fatalf("missing file: %v", err)
	}
	cancelled, stop := context.WithCancel(ctx)
	c.Get(cancelled, "file 0.bin", 0, func() (io.Writer, error) { stop(); return io.Discard, nil })
	_, err = c.Pwd(ctx)
	must(err)
	var tail bytes.Buffer
	_, err = c.Get(ctx, "file 1.bin", int64(len(content)-5), func() (io.Writer, error) { return &tail, nil })
	must(err)
	if tail.String() != string(content[len(content)-5:]) {
		t.Fatalf("tail %q", tail.String())
	}
	_, err = c.Close(ctx, false)
	must(err)
}
