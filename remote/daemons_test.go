package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// TestDaemonsSession runs one session of everything that remote offers on every real server, in
// every TLS mode, passive and active.
func TestDaemonsSession(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		t.Parallel()
		for name, active := range map[string]bool{"passive": false, "active": true} {
			t.Run(name, func(t *testing.T) {
				v := visit(t, d, active)
				v.transfers()
				v.listings()
				v.changes()
				v.refusals()
				v.interruptions()
				v.leave()
			})
		}
	})
}

// visitor is a session on a daemon, in a directory of its own.
type visitor struct {
	*session
	ctx        context.Context
	local, dir string // the directory, on the disk and for the server
	content    []byte
}

func visit(t *testing.T, d ftptest.Daemon, active bool) *visitor {
	v := &visitor{session: closed(t), content: bytes.Repeat([]byte("0123456789abcdef\r\n\x00\xff"), 20_000)}
	var cancel context.CancelFunc
	v.ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	t.Cleanup(func() {
		if t.Failed() {
			v.conversation()
		}
	})
	v.local, v.dir = d.Dir(t)
	site := siteOf(t, d.Addr)
	site.User, site.Password = d.User, d.Password
	site.TLS = map[ftptest.Mode]wire.TLSMode{
		ftptest.Plain: wire.TLSAuto, ftptest.Explicit: wire.TLSRequire, ftptest.Implicit: wire.TLSImplicit,
	}[d.Mode]
	site.Options.TLSConfig, site.Options.Data.Active = ftptest.Certificates(t).Trust(), active
	v.must(v.Open(v.ctx, site))
	if want := d.Mode != ftptest.Plain; v.Secure() != want {
		t.Fatalf("secure is %v", v.Secure())
	}
	v.must(v.Chdir(v.ctx, v.dir))
	if v.Dir() != v.dir {
		t.Fatalf("in %q, want %q", v.Dir(), v.dir)
	}
	return v
}

// conversation shows what was said.
func (v *visitor) conversation() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, e := range v.events {
		text := e.Text
		if e.Data != nil {
			text = fmt.Sprintf("%+v", *e.Data)
		}
		v.t.Log(text)
	}
	v.t.Log(strings.Join(v.notes, "\n"))
}

func (v *visitor) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) put(name string, mode remote.StoreMode, r io.Reader) {
	v.t.Helper()
	_, _, err := v.Put(v.ctx, name, mode, 0, r)
	v.must(err)
}

func (v *visitor) get(name string, offset int64) []byte {
	v.t.Helper()
	var b bytes.Buffer
	_, err := v.Get(v.ctx, name, offset, func() (io.Writer, error) { return &b, nil })
	v.must(err)
	return b.Bytes()
}

func (v *visitor) transfers() {
	for i := range 5 {
		name := fmt.Sprintf("file %d.bin", i)
		v.put(name, remote.Replace, bytes.NewReader(v.content))
		if back := v.get(name, 0); !bytes.Equal(back, v.content) {
			v.t.Fatalf("%s came back changed: %d bytes", name, len(back))
		}
	}
	v.put("from a file", remote.Replace, fileOf(v.t, v.content))
	if tail := v.get("from a file", int64(len(v.content)-5)); !bytes.Equal(tail, v.content[len(v.content)-5:]) {
		v.t.Errorf("the tail is %q", tail)
	}
	v.put("empty", remote.Replace, bytes.NewReader(nil))
	v.put("empty", remote.Append, bytes.NewReader(nil))
	v.put("empty", remote.Append, strings.NewReader("tail"))
	if size, err := v.Size(v.ctx, "empty"); err != nil || size != 4 {
		v.t.Errorf("size %d after append, %v", size, err)
	}
}

func (v *visitor) listings() {
	for _, facts := range []bool{true, false} {
		options := v.Site().Options
		options.NoMLSD = !facts
		v.must(v.Reconfigure(options, wire.TLSAuto, false))
		list, err := v.List(v.ctx, "", remote.ListOptions{})
		if v.must(err); len(list.Entries) < 6 || len(list.Unparsed) > 0 || list.Incomplete {
			v.t.Errorf("listing %+v", list)
		}
		for _, name := range []string{"empty", "file 0.bin"} {
			one, err := v.List(v.ctx, name, remote.ListOptions{})
			if err != nil || len(one.Entries) != 1 || !strings.HasSuffix(one.Entries[0].Name, name) {
				v.t.Errorf("the listing of %q, facts %v: %+v, %v", name, facts, one, err)
			}
		}
		if entry, err := v.Stat(v.ctx, "empty"); err != nil || entry.Size != 4 {
			v.t.Errorf("stat %+v, %v", entry, err)
		}
		if _, err := v.List(v.ctx, "no such", remote.ListOptions{}); err == nil {
			v.t.Error("a missing directory lists as empty")
		}
		if v.Dir() != v.dir {
			v.t.Errorf("listing has led to %s", v.Dir())
		}
	}
}

func (v *visitor) changes() {
	when := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	v.must(v.SetModTime(v.ctx, "empty", when))
	if got, err := v.ModTime(v.ctx, "empty"); err != nil || !got.Equal(when) {
		v.t.Errorf("time %v, want %v, %v", got, when, err)
	}
	v.must(v.Rename(v.ctx, "empty", "-full"))
	if _, err := os.Stat(filepath.Join(v.local, "-full")); err != nil {
		v.t.Error(err)
	}
	v.must(v.Delete(v.ctx, "-full"))
	_, err := v.Mkdir(v.ctx, "sub dir")
	v.must(err)
	for _, hidden := range []bool{true, false} {
		sub, err := v.List(v.ctx, "sub dir", remote.ListOptions{Hidden: hidden})
		v.must(err)
		for _, e := range sub.Entries {
			if !e.IsDot() {
				v.t.Errorf("an empty directory lists %+v", sub)
			}
		}
	}
	v.must(v.Rmdir(v.ctx, "sub dir"))
}

func (v *visitor) refusals() {
	_, err := v.Get(v.ctx, "no such", 0, func() (io.Writer, error) { return nil, io.ErrClosedPipe })
	var refused *remote.Error
	if !errors.As(err, &refused) || refused.Code/100 != 5 {
		v.t.Errorf("a missing file: %v", err)
	}
	if _, _, err = v.Put(v.ctx, "no/such/place", remote.Replace, 0, strings.NewReader("x")); !errors.As(err, &refused) || refused.Code == 0 {
		v.t.Errorf("a missing place: %v", err)
	}
	if _, err := v.Pwd(v.ctx); err != nil {
		v.t.Error(err)
	}
}

// interruptions end transfers in the middle, both ways, and go on.
func (v *visitor) interruptions() {
	started := time.Now()
	for range 2 {
		ctx, cancel := context.WithCancel(v.ctx)
		_, err := v.Get(ctx, "file 0.bin", 0, func() (io.Writer, error) { cancel(); return io.Discard, nil })
		if !errors.Is(err, context.Canceled) {
			v.t.Errorf("get: %v", err)
		}
		if _, err := v.Pwd(v.ctx); err != nil {
			v.t.Error(err)
		}
		ctx, cancel = context.WithCancel(v.ctx)
		reads := 0
		_, _, err = v.Put(ctx, "cancelled", remote.Replace, 0, readable(func(p []byte) (int, error) {
			if reads++; reads == 5 {
				cancel()
			}
			return len(p), nil
		}))
		if !errors.Is(err, context.Canceled) {
			v.t.Errorf("put: %v", err)
		}
		if back := v.get("file 1.bin", 0); !bytes.Equal(back, v.content) {
			v.t.Errorf("afterwards: %d bytes", len(back))
		}
		cancel()
	}
	if took := time.Since(started); took > 20*time.Second {
		v.t.Errorf("four interruptions took %v", took)
	}
	if v.Dir() != v.dir {
		v.t.Errorf("in %s", v.Dir())
	}
}

func (v *visitor) leave() {
	farewell, err := v.Close(v.ctx, false)
	if err != nil || farewell == "" {
		v.t.Errorf("%q, %v", farewell, err)
	}
}
