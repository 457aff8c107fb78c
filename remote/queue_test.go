package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// collected is what came of the stores of a queue, by name.
type collected map[string]error

// store adds a file to a queue.
func (got collected) store(ctx context.Context, c *remote.Conn, name, content string, more bool) {
	c.Store(ctx, remote.Store{
		Temporary: "." + name, Name: name, Source: strings.NewReader(content), Size: int64(len(content)), Time: aTime, More: more,
		Done: func(s remote.Stored, err error) {
			if _, twice := got[name]; twice {
				err = errors.New("done twice")
			}
			if err == nil && !s.Dated {
				err = errors.New("without its time")
			}
			got[name] = err
		},
	})
}

var aTime = time.Date(2021, 2, 3, 4, 5, 6, 0, time.UTC)

// fetchNext fetches a file of a queue, with its time.
func fetchNext(ctx context.Context, c *remote.Conn, name string, more bool) (string, error) {
	var b bytes.Buffer
	out, err := c.Fetch(ctx, remote.Fetch{Name: name, Dated: true, More: more, Sink: func() (io.Writer, error) { return &b, nil }})
	if err == nil && !out.Time.Equal(aTime) {
		err = fmt.Errorf("the time is %v", out.Time)
	}
	return b.String(), err
}

// roundTrips stores n files and fetches them again, and counts the round trips of each way, less those
// that data connections take for themselves.
func roundTrips(t *testing.T, ctx context.Context, s *session, n int) (stores, fetches int) {
	t.Helper()
	s.mu.Lock()
	s.events = nil
	s.mu.Unlock()
	got := collected{}
	for i := range n {
		got.store(ctx, s.Conn, fmt.Sprint("f", i), fmt.Sprint("content of ", i), i < n-1)
	}
	s.Flush(ctx)
	stores = s.flights()
	for i := range n {
		if err, done := got[fmt.Sprint("f", i)]; err != nil || !done {
			t.Errorf("f%d: %v, done %v", i, err, done)
		}
	}
	for i := range n {
		if text, err := fetchNext(ctx, s.Conn, fmt.Sprint("f", i), i < n-1); err != nil || text != fmt.Sprint("content of ", i) {
			t.Errorf("%q, %v", text, err)
		}
	}
	s.Flush(ctx)
	return stores, s.flights() - stores
}

// Two round trips a file: one is counted here, the other is the data connection's.
func TestRoundTripsOfAQueue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change          func(*remote.Site)
		banner          string
		stores, fetches int
	}{
		"together":  {nil, "220 ready", 1 + 5 + 1, 1 + 5},
		"lock step": {lockStep, "220 ready", 5 * 6, 5 * 3},
		"pyftpdlib": {nil, "220 pyftpdlib based ftpd ready.", 5 * 6, 5 * 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := plain(t)
			srv.OnConnect(func(c *script.Conversation) { c.Reply(test.banner) })
			s := overDelay(t, srv, test.change)
			stores, fetches := roundTrips(t, t.Context(), s, 5)
			if stores != test.stores || fetches != test.fetches {
				t.Errorf("five files take %d and %d round trips, want %d and %d", stores, fetches, test.stores, test.fetches)
			}
			s.works()
		})
	}
}

func TestAQueueUnderTLS(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		s := open(t, srv, change)
		if stores, fetches := roundTrips(t, t.Context(), s, 3); stores != 1+3+1 || fetches != 1+3 {
			t.Errorf("%d and %d round trips", stores, fetches)
		}
		s.works()
	}, func(o *script.Options) { o.Reuse = true })
}

// A server that looks at commands during a transfer, and has the transfer suffer for it.
func TestAServerThatBearsNoQueue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer    func(c *script.Conversation)
		transfers bool // all the same
	}{
		"answers out of turn": {func(c *script.Conversation) { c.Reply("229 here (|||4711|)", "426 the transfer was killed") }, false},
		"breaks the transfer": {func(c *script.Conversation) { c.Reply("426 the transfer was killed", "229 here (|||4711|)") }, false},
		"hangs up":            {func(c *script.Conversation) { c.Close() }, false},
		"has no connection":   {func(c *script.Conversation) { c.Reply("425 killed", "229 here (|||4711|)") }, false},
	} {
		for _, verb := range []string{"RETR", "STOR"} {
			t.Run(name+", "+verb, func(t *testing.T) {
				t.Parallel()
				srv := plain(t)
				srv.Tree.Write("/a", []byte("x"))
				srv.On("MDTM", func(c *script.Conversation, _ string) { c.Reply("213 20210203040506") })
				once(srv, verb, func(c *script.Conversation, _ string) {
					c.Reply("150 go on")
					if line, err := c.ReadLine(); line != "EPSV" {
						t.Errorf("behind %s comes %q, %v", verb, line, err)
					}
					c.Data().Reset()
					test.answer(c)
				})
				s := open(t, srv, nil)
				run := func() error {
					if verb == "RETR" {
						_, err := fetchNext(t.Context(), s.Conn, "a", true)
						return err
					}
					got := collected{}
					got.store(t.Context(), s.Conn, "b", "y", true)
					s.Flush(t.Context())
					return got["b"]
				}
				var queue *remote.QueueError
				if err := run(); !errors.As(err, &queue) {
					t.Errorf("%v", err)
				}
				for range 2 {
					if err := run(); err != nil {
						t.Errorf("one command at a time: %v", err)
					}
				}
				if n := s.decided("one at a time"); n != 1 {
					t.Errorf("it is told %d times", n)
				}
				s.works()
			})
		}
	}
}

// What a transfer ends with is its own affair: the next one goes on, still in one write.
func TestAQueueGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.Tree.Write("/f0", []byte("old"))
	once(srv, "STOR", func(c *script.Conversation, _ string) { c.Reply("553 not this one") })
	wrong := 0
	srv.On("SIZE", func(c *script.Conversation, name string) {
		if wrong++; wrong == 3 {
			c.Reply("213 5")
			return
		}
		c.Default("SIZE", name)
	})
	renames := 0
	srv.On("RNTO", func(c *script.Conversation, name string) {
		if renames++; renames == 1 {
			c.Reply("553 that name is taken")
			return
		}
		c.Default("RNTO", name)
	})
	s := open(t, srv, nil)
	got := collected{}
	for i := range 5 {
		got.store(t.Context(), s.Conn, fmt.Sprint("f", i), "new", i < 4)
	}
	var refused *remote.Error
	if !errors.As(got["f0"], &refused) || refused.Code != 553 || refused.Op != "put" {
		t.Errorf("f0: %v", got["f0"])
	}
	if !errors.As(got["f1"], &refused) || refused.Code != 553 || refused.Op != "rename" {
		t.Errorf("f1: %v", got["f1"])
	}
	var size *remote.SizeError
	if !errors.As(got["f2"], &size) || *size != (remote.SizeError{Sent: 3, Has: 5}) {
		t.Errorf("f2: %v", got["f2"])
	}
	if _, there := srv.Tree.Get("/f2"); there {
		t.Error("a file of the wrong size gets its name")
	}
	if got["f3"] != nil || got["f4"] != nil || len(got) != 5 {
		t.Errorf("%v", got)
	}
	for _, missing := range []string{"nothing", "/f4"} {
		_, err := fetchNext(t.Context(), s.Conn, missing, true)
		if (err == nil) != (missing == "/f4") {
			t.Errorf("%s: %v", missing, err)
		}
	}
	if n := s.decided("one at a time"); n != 0 {
		t.Error("a refusal ends the queue")
	}
	s.works()
}

// What comes between a file and its name, on the same connection.
func TestOtherCommandsInAQueue(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	s := open(t, srv, nil)
	got := collected{}
	got.store(t.Context(), s.Conn, "a", "x", true)
	if _, done := got["a"]; done {
		t.Error("the name does not wait")
	}
	if _, err := s.Mkdir(t.Context(), "d"); err != nil {
		t.Error(err)
	}
	if err, done := got["a"]; err != nil || !done {
		t.Errorf("%v, done %v", err, done)
	}
	got.store(t.Context(), s.Conn, "b", "x", true)
	s.hangUp((*script.Conversation).Close)
	got.store(t.Context(), s.Conn, "c", "x", true)
	s.Flush(t.Context())
	got.store(t.Context(), s.Conn, "d2", "x", true)
	s.KeepAlive(t.Context())
	for _, name := range []string{"a", "b", "c", "d2"} {
		if _, there := srv.Tree.Get("/" + name); got[name] != nil || !there {
			t.Errorf("%s: %v, there %v", name, got[name], there)
		}
	}
	s.works()
}

// The reply to a rename is lost together with the transfer that it travelled with.
func TestD13_ALostRenameInAQueue(t *testing.T) {
	t.Parallel()
	for name, renamed := range map[string]bool{"it was renamed": true, "it was not renamed": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := plain(t)
			once(srv, "RNTO", func(c *script.Conversation, _ string) {
				if renamed {
					_ = srv.Tree.Remove("/.a")
					srv.Tree.Write("/a", []byte("x"))
				}
				c.Close()
			})
			s := open(t, srv, nil)
			got := collected{}
			got.store(t.Context(), s.Conn, "a", "x", true)
			got.store(t.Context(), s.Conn, "b", "y", true)
			var unknown *remote.UnknownOutcomeError
			if !errors.As(got["a"], &unknown) || unknown.Found != name {
				t.Errorf("a: %v", got["a"])
			}
			var lost *wire.LostError
			if !errors.As(got["b"], &lost) {
				t.Errorf("b: %v", got["b"])
			}
			if n := count(srv, "RNTO"); n != 1 {
				t.Errorf("RNTO is sent %d times", n)
			}
			s.works()
		})
	}
}

func TestF20_CancelInAQueue(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		s := open(t, srv, change)
		got := collected{}
		got.store(t.Context(), s.Conn, "a", "x", true)
		ctx, cancel := context.WithCancel(t.Context())
		s.Store(ctx, remote.Store{
			Temporary: ".b", Name: "b", More: true, Done: func(_ remote.Stored, err error) { got["b"] = err },
			Source: readable(func(p []byte) (int, error) { cancel(); return len(p), nil }),
		})
		if !errors.Is(got["b"], context.Canceled) || got["a"] != nil {
			t.Errorf("%v", got)
		}
		s.works()
		got.store(t.Context(), s.Conn, "c", "x", true)
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		s.Flush(ctx)
		for _, name := range []string{"a", "b", "c"} {
			if _, there := srv.Tree.Get("/" + name); there != (name != "b") {
				t.Errorf("%s is there: %v", name, there)
			}
		}
		if got["c"] != nil {
			t.Errorf("c: %v", got["c"])
		}
		s.works()
		if n := len(srv.Controls()); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestDaemonsQueue(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		t.Parallel()
		v := visit(t, d, false)
		const n = 20
		stores, fetches := roundTrips(t, v.ctx, v.session, n)
		if pipelines := !strings.Contains(v.Welcome(), "pyftpdlib"); pipelines && (stores != 1+n+1 || fetches != 1+n) {
			t.Errorf("%d files take %d and %d round trips", n, stores, fetches)
		}
		if n := v.decided("one at a time"); n != 0 {
			t.Error("the queue was given up")
		}
		list, err := v.List(v.ctx, "", remote.ListOptions{Hidden: true})
		v.must(err)
		for _, e := range list.Entries {
			if strings.HasPrefix(e.Name, ".f") {
				t.Errorf("%s is left", e.Name)
			}
		}
		v.must(v.Delete(v.ctx, "f0"))
		v.leave()
	})
}

// A small file leaves as soon as its connection stands: the server may read it to its end before it has said
// 150. A large one goes on after that.
func TestTheBeginningOfAnUploadDoesNotWaitForTheServersWord(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		large := strings.Repeat("0123456789abcdef", 30_000)
		srv.On("STOR", func(c *script.Conversation, name string) {
			d := c.Data()
			head := make([]byte, len("small"))
			if _, err := io.ReadFull(d, head); err != nil {
				t.Error(err)
			}
			c.Reply("150 go on")
			rest, err := io.ReadAll(d)
			if err != nil {
				t.Error(err)
			}
			d.Close()
			srv.Tree.Write("/"+name, append(head, rest...))
			c.Reply("226 done")
		})
		s := open(t, srv, change)
		got := collected{}
		for i, content := range []string{"small", large, "small"} {
			got.store(t.Context(), s.Conn, fmt.Sprint("f", i), content, true)
		}
		s.Flush(t.Context())
		if err := s.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, content := range []string{"small", large, "small"} {
			name := fmt.Sprint("f", i)
			file, there := srv.Tree.Get("/" + name)
			if err, done := got[name]; err != nil || !done || !there || string(file.Content) != content {
				t.Errorf("%s: %v, done %v, there %v, %d bytes", name, err, done, there, len(file.Content))
			}
		}
		s.works()
	})
}

// A server that refuses an upload has been sent the beginning of it for nothing, and that is all.
func TestAnUploadThatIsRefusedAfterItsBeginning(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.On("STOR", func(c *script.Conversation, _ string) {
		d := c.Data()
		if _, err := io.ReadFull(d, make([]byte, 1)); err != nil {
			t.Error(err)
		}
		d.Reset()
		c.Reply("553 not that name")
	})
	s := open(t, srv, nil)
	got := collected{}
	for _, name := range []string{"a", "b"} {
		got.store(t.Context(), s.Conn, name, strings.Repeat("x", 1<<20), true)
		var refused *remote.Error
		if err := got[name]; !errors.As(err, &refused) || refused.Code != 553 {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.works()
}
