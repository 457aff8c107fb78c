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

// ending plays a download of half a file that ends in some way.
func ending(how func(c *script.Conversation, d *script.Data)) script.Handler {
	return func(c *script.Conversation, _ string) {
		c.Reply("150 here")
		d := c.Data()
		d.Send(half)
		how(c, d)
	}
}

var half = strings.Repeat("half", 25_000)

// D05: all that this layer can tell of a short file with a good ending is how short it is.
func TestD05_AShortFileWithAGoodEndTellsItsLength(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.On("RETR", ending(func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("226 done") }))
	s := open(t, srv, nil)
	if text, out, err := s.fetch("a"); err != nil || text != half || out.Bytes != int64(len(half)) || out.Reply.Code != 226 {
		t.Errorf("%d bytes, %+v, %v", len(text), out, err)
	}
}

func TestS44_D06_F04_DownloadsThatEndBadly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(c *script.Conversation, d *script.Data)
		code int // the server's reason, if it gives one
	}{
		"FIN, 426":                     {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("426 broken") }, 426},
		"FIN, 451":                     {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("451 disk") }, 451},
		"FIN, 550":                     {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("550 gone") }, 550},
		"RST, 226":                     {func(c *script.Conversation, d *script.Data) { d.Reset(); c.Reply("226 done") }, 0},
		"RST, 426":                     {func(c *script.Conversation, d *script.Data) { d.Reset(); c.Reply("426 broken") }, 426},
		"RST, nothing":                 {func(c *script.Conversation, d *script.Data) { d.Reset() }, 0},
		"FIN, nothing":                 {func(c *script.Conversation, d *script.Data) { d.Close() }, 0},
		"FIN, 350":                     {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("350 and now?") }, 350},
		"426, data stays open":         {func(c *script.Conversation, d *script.Data) { c.Reply("426 broken"); d.Stall() }, 426},
		"control FIN":                  {func(c *script.Conversation, d *script.Data) { d.Close(); c.Cut() }, 0},
		"control RST":                  {func(c *script.Conversation, d *script.Data) { d.Close(); c.Reset() }, 0},
		"control FIN, data stays open": {func(c *script.Conversation, d *script.Data) { c.Cut(); d.Stall() }, 0},
		"stall":                        {func(c *script.Conversation, d *script.Data) { d.Stall() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
				srv.On("RETR", ending(test.end))
				s := open(t, srv, change)
				if test.code == 0 || strings.HasSuffix(name, "stays open") { // else haste may end before the reply is here
					s.wait(haste)
				}
				started := time.Now()
				text, out, err := s.fetch("a")
				var refused *remote.Error
				errors.As(err, &refused)
				if err == nil || refused == nil || refused.Code != test.code || errors.Is(err, io.EOF) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v, code %d wanted", err, test.code)
				}
				if !strings.HasPrefix(half, text) || out.Bytes != int64(len(text)) {
					t.Errorf("%d bytes of another file, %d counted", len(text), out.Bytes)
				}
				if !strings.Contains(name, "RST") && !strings.Contains(name, "426, data") && len(text) != len(half) {
					t.Errorf("%d bytes that had arrived were given away", len(half)-len(text))
				}
				if took := time.Since(started); took > soon {
					t.Errorf("it took %v", took)
				}
				s.works()
			})
		})
	}
}

// D07: the library's error for a lost control connection passes for a normal end.
func TestD07_F03_ControlLostAfterTheLastByte(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.On("RETR", ending(func(c *script.Conversation, d *script.Data) { d.Close(); c.Cut() }))
	s := open(t, srv, nil)
	text, _, err := s.fetch("a")
	var lost *wire.LostError
	if !errors.As(err, &lost) || !lost.Sent || errors.Is(err, io.EOF) || text != half {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

// A sink that fails ends the transfer with its own error, and the session stays in step.
func TestDownloadsIntoASinkThatFails(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		srv.Tree.Write("/big", bytes.Repeat([]byte("x"), 4<<20))
		s := open(t, srv, change)
		full := errors.New("disk full")
		for _, sink := range []func() (io.Writer, error){
			func() (io.Writer, error) { return nil, full },
			func() (io.Writer, error) { return &limited{left: 100_000, err: full}, nil },
			func() (io.Writer, error) { return &limited{left: 100_000, err: io.EOF}, nil },
			func() (io.Writer, error) {
				return struct{ io.Writer }{&limited{left: 0, err: io.ErrUnexpectedEOF}}, nil
			},
		} {
			_, err := s.Get(t.Context(), "big", 0, sink)
			var local *wire.LocalError
			if !errors.As(err, &local) {
				t.Errorf("%v", err)
			}
			s.works()
		}
		if n := len(srv.Controls()); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

// limited takes so many bytes and then fails.
type limited struct {
	left int
	err  error
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return l.left, l.err
	}
	l.left -= len(p)
	return len(p), nil
}

// Nothing is made here before the server has agreed.
func TestARefusedDownloadLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	s := open(t, srv, nil)
	_, err := s.Get(t.Context(), "nothing", 0, func() (io.Writer, error) { t.Error("a sink was made"); return io.Discard, nil })
	var refused *remote.Error
	if !errors.As(err, &refused) || refused.Code != 550 || refused.Path != "nothing" {
		t.Errorf("%v", err)
	}
	srv.Tree.Write("/a", []byte("0123456789"))
	var tail bytes.Buffer
	if _, err := s.Get(t.Context(), "a", 7, func() (io.Writer, error) { return &tail, nil }); err != nil || tail.String() != "789" {
		t.Errorf("from 7 on: %q, %v", tail.String(), err)
	}
	srv.Answer("REST", "502 no")
	_, err = s.Get(t.Context(), "a", 7, func() (io.Writer, error) { t.Error("a sink was made"); return io.Discard, nil })
	if !errors.As(err, &refused) || refused.Code != 502 {
		t.Errorf("REST refused: %v", err)
	}
	s.works()
}

// F06: a transfer goes on as long as it moves, however slowly; and what has come is not held back.
func TestF06_SlowDownloadsGoOn(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		srv.On("RETR", func(c *script.Conversation, _ string) {
			c.Reply("150 here")
			d := c.Data()
			for range 40 {
				d.Send("drop")
				c.Pause(80 * time.Millisecond)
			}
			d.Close()
			c.Reply("226 done")
		})
		s := open(t, srv, func(s *remote.Site) {
			if change != nil {
				change(s)
			}
			s.Options.Timeouts.Data = 2500 * time.Millisecond
		})
		writes := 0
		var all bytes.Buffer
		_, err := s.Get(t.Context(), "a", 0, func() (io.Writer, error) {
			return writer(func(p []byte) (int, error) { writes++; return all.Write(p) }), nil
		})
		if err != nil || all.Len() != 160 || writes < 4 {
			t.Errorf("%d bytes in %d writes, %v", all.Len(), writes, err)
		}
	})
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// D13: a session may rest longer than any of its timeouts.
func TestD13_ASessionMayRest(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		srv.Tree.Write("/a", []byte("x"))
		limit := time.Second
		s := open(t, srv, change)
		s.wait(every(limit))
		if text, _, err := s.fetch("a"); err != nil || text != "x" {
			t.Errorf("%q, %v", text, err)
		}
		time.Sleep(limit + limit/2) // this is what the test is about
		s.works()
		if n := len(srv.Controls()); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

// D16: a listing holds so many entries and no more.
func TestD16_ListingsAreCapped(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"MLSD", "LIST", "NLST"} {
		srv := ftptest.Script(t, script.Options{})
		srv.On(verb, func(c *script.Conversation, _ string) {
			c.Reply("150 here")
			d := c.Data()
			for i := 0; d.Err() == nil && i < 1_000_000; i += 1000 {
				var lines strings.Builder
				for j := range 1000 {
					fmt.Fprintf(&lines, "type=file; f%d\r\n", i+j)
				}
				d.Send(lines.String())
			}
			d.Close()
			c.Reply("226 done")
		})
		s := open(t, srv, func(s *remote.Site) { s.Options.MaxEntries, s.Options.NoMLSD = 5000, verb == "LIST" })
		var err error
		n := 0
		if verb == "NLST" {
			err = s.Lines(t.Context(), "nlst", verb, "", func(string) error { n++; return nil })
		} else {
			list, listErr := s.List(t.Context(), "", remote.ListOptions{})
			n, err = len(list.Entries)+len(list.Unparsed), listErr
			if !list.Incomplete {
				t.Errorf("%s: taken for complete", verb)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "5000") || n > 5000 {
			t.Errorf("%s: %d entries, %v", verb, n, err)
		}
		s.works()
	}
}

// Interrupt is for another goroutine, and does not wait for anything.
func TestInterruptEndsWhatRuns(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		for _, verb := range []string{"SITE", "RETR", "STOR"} {
			stalled := make(chan bool)
			once(srv, verb, func(c *script.Conversation, _ string) {
				if verb != "SITE" {
					c.Reply("150 go on")
					c.Data()
				}
				close(stalled)
				c.Stall()
			})
			s := open(t, srv, change)
			ended := make(chan error)
			go func() {
				var err error
				switch verb {
				case "SITE":
					_, err = s.Command(t.Context(), "site", "SITE", "x")
				case "RETR":
					_, _, err = s.fetch("a")
				case "STOR":
					_, _, err = s.Put(context.Background(), "a", remote.Replace, 0, endless{})
				}
				ended <- err
			}()
			<-stalled
			started := time.Now()
			s.Interrupt()
			if took := time.Since(started); took > soon {
				t.Errorf("%s: Interrupt took %v", verb, took)
			}
			if err := <-ended; err == nil || time.Since(started) > soon {
				t.Errorf("%s: %v after %v", verb, err, time.Since(started))
			}
			s.works()
		}
	})
}

// endless never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }
