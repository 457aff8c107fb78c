package remote_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// receiving plays an upload and reports what came and how it ended.
type receiving struct {
	content []byte
	err     error // nil for a clean end
}

func receive(srv *script.Server, verb string, before func(c *script.Conversation, d *script.Data)) <-chan receiving {
	got := make(chan receiving, 10)
	srv.On(verb, func(c *script.Conversation, _ string) {
		c.Reply("150 go on")
		d := c.Data()
		if before != nil {
			before(c, d)
		}
		content := d.Receive(-1)
		got <- receiving{content, d.Err()}
		d.Close()
		c.Reply("226 got it")
	})
	return got
}

// numbered is content whose parts can be told from one another.
func numbered(size int) []byte {
	content := make([]byte, 0, size+64)
	for sum := [32]byte{}; len(content) < size; sum = sha256.Sum256(sum[:]) {
		content = append(content, sum[:]...)
	}
	return content[:size]
}

// A server that reads slowly, and sends what nobody reads (a TLS 1.3 ticket, or noise), loses
// nothing: a close with unread bytes would be a reset, and take with it what is on the way.
func TestS27_D01_D02_SlowReadersGetEverything(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		content := numbered(3 << 20)
		got := receive(srv, "STOR", func(c *script.Conversation, d *script.Data) {
			d.Send("noise that nobody asked for")
			c.Pause(300 * time.Millisecond)
		})
		s := open(t, srv, change)
		for _, r := range []io.Reader{bytes.NewReader(content), fileOf(t, content)} {
			out, _, err := s.Put(t.Context(), "a", remote.Replace, 0, r)
			if kept := <-got; err != nil || !bytes.Equal(kept.content, content) || kept.err != nil || out.Bytes != int64(len(content)) {
				t.Errorf("%d of %d bytes, %v; the server: %v", len(kept.content), len(content), err, kept.err)
			}
		}
		s.works()
	})
}

func fileOf(t *testing.T, content []byte) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "content")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// TLS would give up its close_notify after 5 s if the socket is full that long.
func TestS27_AReaderThatIsVerySlow(t *testing.T) {
	t.Parallel()
	srv := secure(t)
	content := numbered(16 << 20)
	got := receive(srv, "STOR", func(c *script.Conversation, _ *script.Data) { c.Pause(6 * time.Second) })
	s := open(t, srv, func(s *remote.Site) {
		trusting(t)(s)
		s.Options.Timeouts.Data, s.Options.Timeouts.Final = 20*time.Second, 20*time.Second
	})
	_, _, err := s.Put(t.Context(), "a", remote.Replace, 0, bytes.NewReader(content))
	if kept := <-got; err != nil || !bytes.Equal(kept.content, content) || kept.err != nil {
		t.Errorf("%d of %d bytes, %v; the server: %v", len(kept.content), len(content), err, kept.err)
	}
}

func TestUploadsOfEverySize(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		s := open(t, srv, change)
		for _, size := range []int{0, 1, 100, 16384, 65536, 65537, 262144, 262145, 1_000_000} {
			content := numbered(size)
			for _, mode := range []remote.StoreMode{remote.Replace, remote.Append, remote.Unique} {
				name := "a"
				_ = srv.Tree.Remove("/a")
				out, name, err := s.Put(t.Context(), name, mode, 0, fileOf(t, content))
				kept, _ := srv.Tree.Get("/" + name)
				if err != nil || !bytes.Equal(kept.Content, content) || out.Bytes != int64(size) || out.Reply.Code != 226 {
					t.Errorf("%d bytes in mode %d: %d in %q, %v", size, mode, len(kept.Content), name, err)
				}
			}
		}
	})
}

func TestUploadsFromAnOffset(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Write("/a", []byte("0123456789"))
	s := open(t, srv, nil)
	file := fileOf(t, []byte("xxxxabc"))
	if _, err := file.Seek(4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	out, _, err := s.Put(t.Context(), "a", remote.Replace, 5, file)
	if kept, _ := srv.Tree.Get("/a"); err != nil || string(kept.Content) != "01234abc89" || out.Bytes != 3 {
		t.Errorf("%q, %+v, %v", kept.Content, out, err)
	}
}

// The server must not take for whole what broke off here: it sees a reset.
func TestD35_UploadsThatBreakOffAreReset(t *testing.T) {
	t.Parallel()
	disk := errors.New("disk")
	for name, source := range map[string]func(t *testing.T) io.Reader{
		"at once":           func(*testing.T) io.Reader { return failing{disk} },
		"in the middle":     func(*testing.T) io.Reader { return io.MultiReader(strings.NewReader("half"), failing{disk}) },
		"after a lot":       func(*testing.T) io.Reader { return io.MultiReader(bytes.NewReader(numbered(2<<20)), failing{disk}) },
		"a directory":       func(t *testing.T) io.Reader { return directory(t) },
		"a closed file":     func(t *testing.T) io.Reader { file := fileOf(t, []byte("x")); file.Close(); return file },
		"an unexpected end": func(*testing.T) io.Reader { return failing{io.ErrUnexpectedEOF} },
	} {
		eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
			got := receive(srv, "STOR", nil)
			s := open(t, srv, unhurried(change))
			_, _, err := s.Put(t.Context(), "a", remote.Replace, 0, source(t))
			var local *wire.LocalError
			if !errors.As(err, &local) {
				t.Errorf("%s: %v", name, err)
			}
			if kept := <-got; kept.err == nil {
				t.Errorf("%s: the server saw a clean end after %d bytes", name, len(kept.content))
			}
			s.works()
			if n := len(srv.Controls()); n != 1 {
				t.Errorf("%s: %d connections", name, n)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func directory(t *testing.T) *os.File {
	t.Helper()
	d, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// So it is when the control connection is lost while the data connection stands.
func TestD35_AnUploadWithoutItsControlConnectionIsReset(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(*script.Conversation){"FIN": (*script.Conversation).Cut, "RST": (*script.Conversation).Reset} {
		eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
			got := receive(srv, "STOR", func(c *script.Conversation, d *script.Data) {
				d.Receive(1000)
				end(c)
			})
			s := open(t, srv, change)
			_, _, err := s.Put(t.Context(), "a", remote.Replace, 0, endless{})
			var lost *wire.LostError
			if !errors.As(err, &lost) || !lost.Sent || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v", how, err)
			}
			if kept := <-got; kept.err == nil {
				t.Errorf("%s: the server saw a clean end after %d bytes", how, len(kept.content))
			}
			s.works()
		})
	}
}

func TestD36_D37_F04_F10_UploadsThatTheServerEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(c *script.Conversation, d *script.Data)
		code int
	}{
		"452, data stays open": {func(c *script.Conversation, d *script.Data) { c.Reply("452 disk full"); d.Stall() }, 452},
		"FIN, 452":             {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("452 disk full") }, 452},
		"RST, 452":             {func(c *script.Conversation, d *script.Data) { d.Reset(); c.Reply("452 disk full") }, 452},
		"RST, 226":             {func(c *script.Conversation, d *script.Data) { d.Reset(); c.Reply("226 got it") }, 0},
		"226, data stays open": {func(c *script.Conversation, d *script.Data) { c.Reply("226 got it"); <-c.Done() }, 0},
		"RST, nothing":         {func(_ *script.Conversation, d *script.Data) { d.Reset() }, 0},
		"a stall":              {func(c *script.Conversation, _ *script.Data) { <-c.Done() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
				srv.On("STOR", func(c *script.Conversation, _ string) {
					c.Reply("150 go on")
					d := c.Data()
					d.Receive(1000)
					test.end(c, d)
				})
				s := open(t, srv, change)
				s.wait(haste)
				started := time.Now()
				_, _, err := s.Put(t.Context(), "a", remote.Replace, 0, endless{})
				var refused *remote.Error
				if !errors.As(err, &refused) || refused.Code != test.code || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v, code %d wanted", err, test.code)
				}
				if took := time.Since(started); took > soon {
					t.Errorf("it took %v", took)
				}
				if strings.Contains(name, "226, data") || name == "a stall" || strings.Contains(name, "nothing") {
					return // nobody reads commands any more
				}
				s.works()
			})
		})
	}
}

// A server may keep its half of the data connection open: its 226 says that it has everything.
func TestAnUploadIsOverWithItsReply(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		srv.On("STOR", func(c *script.Conversation, _ string) {
			c.Reply("150 go on")
			d := c.Data()
			content := d.Receive(-1)
			srv.Tree.Write("/a", content)
			c.Reply("226 got it")
		})
		s := open(t, srv, func(s *remote.Site) {
			if change != nil {
				change(s)
			}
			s.Options.Timeouts.Data = time.Minute
		})
		for _, size := range []int{0, 10, 1 << 20} {
			started := time.Now()
			if _, err := s.store("a", string(numbered(size))); err != nil {
				t.Errorf("%d bytes: %v", size, err)
			}
			if kept, _ := srv.Tree.Get("/a"); len(kept.Content) != size {
				t.Errorf("%d of %d bytes", len(kept.Content), size)
			}
			if took := time.Since(started); took > soon {
				t.Errorf("%d bytes took %v", size, took)
			}
		}
		s.works()
	})
}

func TestRefusedUploads(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	for _, answer := range []string{"550 no", "553 not that name", "452 full", "532 account", "425 no"} {
		srv.Answer("STOR", answer)
		_, _, err := s.Put(t.Context(), "a", remote.Replace, 0, readable(func([]byte) (int, error) { t.Error("it was read"); return 0, io.EOF }))
		var refused *remote.Error
		if !errors.As(err, &refused) || answer[:3] != err.Error()[len("put: a: "):][:3] {
			t.Errorf("%q: %v", answer, err)
		}
		s.works()
	}
}

type readable func(p []byte) (int, error)

func (r readable) Read(p []byte) (int, error) { return r(p) }

func TestSTOUNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ opening, last, want string }{
		{"150 FILE: stou.0001", "226 done", "stou.0001"},
		{"150 Opening, FILE: a b c", "226 done", "a b c"},
		{"150 go on", `226 stored as "x.1"`, "x.1"},
		{"150 go on", "226 Transfer complete (unique file name:x.2).", "x.2"},
		{"150-hello\r\n150 FILE: y", "226 done", "y"},
		{"150 go on", "226 done", "fallback"},
		{"150 FILE: ", "226 done", "fallback"},
	} {
		srv := ftptest.Script(t, script.Options{})
		srv.On("STOU", func(c *script.Conversation, argument string) {
			if argument != "" {
				t.Errorf("STOU %s", argument)
			}
			c.Reply(strings.Split(test.opening, "\r\n")...)
			d := c.Data()
			d.Receive(-1)
			d.Close()
			c.Reply(test.last)
		})
		s := open(t, srv, nil)
		_, name, err := s.Put(t.Context(), "fallback", remote.Unique, 0, strings.NewReader("x"))
		if err != nil || name != test.want {
			t.Errorf("%q, %q: %q, %v; want %q", test.opening, test.last, name, err, test.want)
		}
	}
}

// F06 for uploads: a reader that is slow all the time gets all of it.
func TestF06_SlowUploadsGoOn(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		content := numbered(12 << 20)
		got := receive(srv, "STOR", func(c *script.Conversation, d *script.Data) {
			c.Pause(400 * time.Millisecond)
		})
		s := open(t, srv, func(s *remote.Site) {
			if change != nil {
				change(s)
			}
			s.Options.Timeouts.Data = 5 * time.Second
		})
		var sources = []io.Reader{bytes.NewReader(content), fileOf(t, content)}
		for _, r := range sources {
			_, _, err := s.Put(context.Background(), "a", remote.Replace, 0, r)
			if kept := <-got; err != nil || !bytes.Equal(kept.content, content) {
				t.Errorf("%d of %d bytes, %v", len(kept.content), len(content), err)
			}
		}
	})
}
