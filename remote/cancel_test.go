package remote_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// inTheMiddle are transfers that cancel themselves half way.
var inTheMiddle = map[string]func(ctx context.Context, cancel func(), c *remote.Conn) error{
	"get": func(ctx context.Context, cancel func(), c *remote.Conn) error {
		_, err := c.Get(ctx, "big", 0, func() (io.Writer, error) {
			return writer(func(p []byte) (int, error) { cancel(); return len(p), nil }), nil
		})
		return err
	},
	"get, before a byte": func(ctx context.Context, cancel func(), c *remote.Conn) error {
		_, err := c.Get(ctx, "big", 0, func() (io.Writer, error) { cancel(); return io.Discard, nil })
		return err
	},
	"put": func(ctx context.Context, cancel func(), c *remote.Conn) error {
		reads := 0
		_, _, err := c.Put(ctx, "up", remote.Replace, 0, readable(func(p []byte) (int, error) {
			if reads++; reads == 10 {
				cancel()
			}
			return len(p), nil
		}))
		return err
	},
	"put, before a byte": func(ctx context.Context, cancel func(), c *remote.Conn) error {
		_, _, err := c.Put(ctx, "up", remote.Replace, 0, readable(func(p []byte) (int, error) { cancel(); return len(p), nil }))
		return err
	},
	"append": func(ctx context.Context, cancel func(), c *remote.Conn) error {
		_, _, err := c.Put(ctx, "up", remote.Append, 0, readable(func(p []byte) (int, error) { cancel(); return 0, io.EOF }))
		return err
	},
}

func TestF20_CancelInTheMiddle(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		srv.Tree.Write("/big", bytes.Repeat([]byte("x"), 8<<20))
		got := receive(srv, "APPE", nil)
		s := open(t, srv, change)
		for name, transfer := range inTheMiddle {
			for range 2 {
				ctx, cancel := context.WithCancel(t.Context())
				started := time.Now()
				if err := transfer(ctx, cancel, s.Conn); !errors.Is(err, context.Canceled) {
					t.Errorf("%s: %v", name, err)
				}
				if took := time.Since(started); took > soon {
					t.Errorf("%s: it took %v", name, took)
				}
				s.works()
				cancel()
			}
		}
		for range 2 {
			if kept := <-got; kept.err == nil {
				t.Error("what was cancelled with its last byte looks whole to the server")
			}
		}
		if _, kept := srv.Tree.Get("/up"); kept {
			t.Error("a cancelled upload is kept as if it were whole")
		}
		if n := len(srv.Controls()); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

// The connection of a transfer that is cancelled while it is being made was never made: the server, which
// had the command, went on waiting for it, and the session was dropped after four seconds.
func TestF20_CancelBeforeTheDataConnectionStands(t *testing.T) {
	t.Parallel()
	for name, transfer := range map[string]func(context.Context, *session) error{
		"get": func(ctx context.Context, s *session) error { return get(ctx, s.Conn) },
		"put": func(ctx context.Context, s *session) error {
			_, _, err := s.Put(ctx, "up", remote.Replace, 0, strings.NewReader("x"))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
				srv.Tree.Write("/a", []byte("x"))
				ctx, cancel := context.WithCancel(t.Context())
				var tunnels atomic.Int32
				proxy := startProxy(t, "http", func(conn net.Conn) (string, error) {
					if tunnels.Add(1) == 1 {
						return httpProxy(conn)
					}
					ftptest.Wait(t, "the transfer", func() bool { return received(srv, "RETR") || received(srv, "STOR") })
					target, err := heard(conn)
					cancel()
					return target, cmp.Or(err, stays(conn), answered(conn))
				})
				s := open(t, srv, func(s *remote.Site) {
					s.Options.Proxy, s.Options.AllowClear = proxy.URL, true
					if change != nil {
						change(s)
					}
				})
				if err := transfer(ctx, s); !errors.Is(err, context.Canceled) {
					t.Errorf("%v", err)
				}
				s.works()
				if n := len(srv.Controls()); n != 1 {
					t.Errorf("%d connections", n)
				}
				if _, kept := srv.Tree.Get("/up"); kept {
					t.Error("nothing at all is kept as if it were the whole file")
				}
			})
		})
	}
}

// stays says that a client does not hang up within a moment.
func stays(conn net.Conn) error {
	_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	defer conn.SetReadDeadline(time.Time{})
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.New("the client hangs up")
	}
	return nil
}

// At any moment: before the connection, in its handshake, before the reply, in the data, after it.
func TestF20_CancelAtAnyTime(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		content := numbered(300_000)
		srv.Tree.Write("/a", content)
		s := open(t, srv, change)
		for range 40 {
			ctx, cancel := context.WithCancel(t.Context())
			timer := time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, cancel)
			var b bytes.Buffer
			_, err := s.Get(ctx, "a", 0, func() (io.Writer, error) { return &b, nil })
			if err == nil && !bytes.Equal(b.Bytes(), content) || err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("%d of %d bytes, %v", b.Len(), len(content), err)
			}
			_, _, err = s.Put(ctx, "b", remote.Replace, 0, bytes.NewReader(content))
			if kept, _ := srv.Tree.Get("/b"); err == nil && !bytes.Equal(kept.Content, content) || err != nil && !errors.Is(err, context.Canceled) {
				t.Errorf("%d of %d bytes stored, %v", len(kept.Content), len(content), err)
			}
			_ = srv.Tree.Remove("/b")
			timer.Stop()
			cancel()
			s.works()
		}
	}, func(o *script.Options) { o.Patience = 200 * time.Millisecond })
}

// A listing that enters a directory and is cancelled there must not leave the session in it.
func TestF20_ACancelledListingComesBack(t *testing.T) {
	t.Parallel()
	for name, stay := range map[string]func(c *script.Conversation){
		"the server goes on": func(c *script.Conversation) { c.Reply("426 broken") },
		"it hangs":           func(c *script.Conversation) { c.Stall() },
		"it hangs up":        func(c *script.Conversation) { c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Mkdir("/home/with blank")
			srv.Tree.Write("/home/a", []byte("right"))
			srv.Tree.Write("/home/with blank/a", []byte("wrong"))
			s := open(t, srv, func(s *remote.Site) { s.Options.NoMLSD = true })
			if err := s.Chdir(t.Context(), "/home"); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			once(srv, "LIST", func(c *script.Conversation, _ string) {
				c.Reply("150 here")
				c.Data()
				cancel()
				stay(c)
			})
			if name == "it hangs" {
				s.wait(haste)
			}
			if _, err := s.List(ctx, "with blank", remote.ListOptions{}); err == nil {
				t.Error("a success")
			}
			if dir := s.Dir(); dir != "/home" {
				t.Errorf("in %s", dir)
			}
			s.wait(patience)
			if text, _, err := s.fetch("a"); err != nil || text != "right" {
				t.Errorf("%q, %v", text, err)
			}
			if err := s.Delete(t.Context(), "a"); err != nil {
				t.Error(err)
			}
			if _, there := srv.Tree.Get("/home/with blank/a"); !there {
				t.Error("the file of the other directory was deleted")
			}
		})
	}
}

// After a Ctrl-C nothing more goes out under the same context.
func TestF20_NothingIsSentAfterACtrlC(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := len(srv.Log())
	for name, operate := range operations {
		if err := operate(ctx, s.Conn, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, line := range srv.Log()[before:] {
		t.Errorf("the server got %q", line)
	}
	if err := s.Login(t.Context(), "ann", "p", ""); err != nil {
		t.Error(err)
	}
	s.works()
	if _, err := remote.New(remote.Hooks{}).Pwd(ctx); !errors.Is(err, remote.ErrNotConnected) {
		t.Errorf("%v", err)
	}
}

// A connection that had dropped was announced to be opened again, once for each command that a Ctrl-C ended.
func TestF20_NothingIsOpenedAfterACtrlC(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	s.hangUp((*script.Conversation).Close)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, operate := range operations {
		if err := operate(ctx, s.Conn, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(srv.Controls()); n != 1 || s.told("again") {
		t.Errorf("%d connections; %q", n, s.notes)
	}
	s.works()
}

// A command that waited for another could not be interrupted.
func TestF20_CancelWhileAnotherOperationRuns(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	stalled, goOn := make(chan bool), make(chan bool)
	srv.On("SITE", func(c *script.Conversation, _ string) {
		close(stalled)
		<-goOn
		c.Reply("200 done")
	})
	s := open(t, srv, nil)
	ended := make(chan error)
	go func() { _, err := s.Command(t.Context(), "site", "SITE"); ended <- err }()
	<-stalled
	for name, operate := range operations {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		if err := operate(ctx, s.Conn, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	close(goOn)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	s.works()
}

// The second Ctrl-C does not wait for the server.
func TestF20_TheSecondCtrlCDropsTheConnection(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		stalled := make(chan bool)
		once(srv, "RETR", func(c *script.Conversation, _ string) {
			c.Reply("150 go on")
			c.Data()
			close(stalled)
			c.Stall()
		})
		s := open(t, srv, change)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- get(ctx, s.Conn) }()
		<-stalled
		cancel()
		s.Interrupt()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
		case <-time.After(soon):
			t.Error("it goes on")
		}
		s.works()
		var lost *wire.LostError
		if err := s.Control().Err(); errors.As(err, &lost) {
			t.Errorf("the new connection: %v", err)
		}
	})
}
