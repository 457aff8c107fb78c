package remote_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/listing"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// operations is everything that sends a name.
var operations = map[string]func(ctx context.Context, c *remote.Conn, name string) error{
	"chdir":       func(ctx context.Context, c *remote.Conn, name string) error { return c.Chdir(ctx, name) },
	"delete":      func(ctx context.Context, c *remote.Conn, name string) error { return c.Delete(ctx, name) },
	"rmdir":       func(ctx context.Context, c *remote.Conn, name string) error { return c.Rmdir(ctx, name) },
	"rename from": func(ctx context.Context, c *remote.Conn, name string) error { return c.Rename(ctx, name, "to") },
	"rename to":   func(ctx context.Context, c *remote.Conn, name string) error { return c.Rename(ctx, "there", name) },
	"set type":    func(ctx context.Context, c *remote.Conn, name string) error { return c.SetType(ctx, name) },
	"set mod time": func(ctx context.Context, c *remote.Conn, name string) error {
		return c.SetModTime(ctx, name, time.Now())
	},
	"mkdir": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.Mkdir(ctx, name)
		return err
	},
	"size": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.Size(ctx, name)
		return err
	},
	"mod time": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.ModTime(ctx, name)
		return err
	},
	"stat": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.Stat(ctx, name)
		return err
	},
	"list": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.List(ctx, name, remote.ListOptions{})
		return err
	},
	"list hidden": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.List(ctx, name, remote.ListOptions{Hidden: true})
		return err
	},
	"lines": func(ctx context.Context, c *remote.Conn, name string) error {
		return c.Lines(ctx, "nlst", "NLST", name, func(string) error { return nil })
	},
	"get": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.Get(ctx, name, 0, func() (io.Writer, error) { return io.Discard, nil })
		return err
	},
	"put": func(ctx context.Context, c *remote.Conn, name string) error {
		_, _, err := c.Put(ctx, name, remote.Replace, 0, strings.NewReader("x"))
		return err
	},
	"append": func(ctx context.Context, c *remote.Conn, name string) error {
		_, _, err := c.Put(ctx, name, remote.Append, 0, strings.NewReader("x"))
		return err
	},
	"command": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.Command(ctx, "site", "SITE", "CHMOD", "600", name)
		return err
	},
	"quote": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.Quote(ctx, "STAT "+name)
		return err
	},
	"quote data": func(ctx context.Context, c *remote.Conn, name string) error {
		_, err := c.QuoteData(ctx, "LIST "+name, io.Discard)
		return err
	},
	"user":     func(ctx context.Context, c *remote.Conn, name string) error { return c.Login(ctx, name, "p", "") },
	"password": func(ctx context.Context, c *remote.Conn, name string) error { return c.Login(ctx, "u", name, "") },
	"account":  func(ctx context.Context, c *remote.Conn, name string) error { return c.Login(ctx, "u", "p", name) },
}

// A refused line leaves the library's writer broken for good (D14): one bad name must not cost the session.
func TestS01_D14_D28_NoNameEndsItsLine(t *testing.T) {
	t.Parallel()
	for name, operate := range operations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/there", []byte("x"))
			if name == "account" {
				srv.On("PASS", func(c *script.Conversation, argument string) { c.Reply("332 account please") })
			}
			s, err := dial(t, srv, func(s *remote.Site) { s.NoLogin = name == "account" })
			if err != nil {
				t.Fatal(err)
			}
			for _, control := range []string{"\r", "\n", "\r\n", "\x00", "\x1b", "\x7f", "\x01"} {
				if name == "quote" && !strings.ContainsAny(control, "\r\n\x00") {
					continue // a line typed as it is may have these
				}
				err := operate(t.Context(), s.Conn, "a"+control+"EVIL b")
				var refused *wire.LineError
				if !errors.As(err, &refused) {
					t.Errorf("%q: %v", control, err)
				}
			}
			for _, line := range srv.Log() {
				if strings.Contains(line, "EVIL") {
					t.Errorf("the server got %q", line)
				}
			}
			if name == "account" {
				return
			}
			if strings.Contains("user password", name) {
				if err := s.Login(t.Context(), "ann", "p", ""); err != nil {
					t.Errorf("logging in again: %v", err)
				}
			}
			for range 2 {
				s.works()
				if text, _, err := s.fetch("there"); err != nil || text != "x" {
					t.Errorf("a transfer afterwards: %q, %v", text, err)
				}
			}
			if n := len(srv.Controls()); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// What the server says is its directory goes back to it in CWD after a reconnect.
func TestS03_ADirectoryWithControlsIsNeverSentBack(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{
		"a control": "257 \"/a\x03EVIL\"", "a line end": "257 \"/a\rDELE EVIL\"", "an escape": "257 \"/\x1b[2JEVIL\"",
		"no end": `257 "/EVIL`, "no path": "257 EVIL",
	} {
		srv := ftptest.Script(t, script.Options{})
		srv.Tree.Mkdir("/sub")
		srv.Answer("PWD", reply)
		s := open(t, srv, nil)
		if _, err := s.Pwd(t.Context()); err == nil {
			t.Errorf("%s: taken for a directory", name)
		}
		if err := s.Chdir(t.Context(), "/sub"); err != nil {
			t.Errorf("%s: without a PWD: %v", name, err)
		}
		s.hangUp((*script.Conversation).Close)
		if _, err := s.Command(t.Context(), "noop", "NOOP"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if count(srv, "CWD /sub") != 2 || strings.Contains(strings.Join(srv.Log(), "\n"), "EVIL") {
			t.Errorf("%s: the server got %q", name, srv.Log())
		}
	}
}

func TestS04_TelnetsByteIsDoubledUnlessAskedNotTo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		raw  bool
		line string
	}{"as Telnet has it": {false, "DELE a\xff\xffb"}, "as it is": {true, "DELE a\xffb"}} {
		srv := ftptest.Script(t, script.Options{Literal: test.raw})
		srv.Tree.Write("/a\xffb", nil)
		srv.Tree.Mkdir("/d\xff")
		s := open(t, srv, func(s *remote.Site) { s.Options.RawIAC = test.raw })
		if err := s.Delete(t.Context(), "a\xffb"); err != nil || !received(srv, test.line) {
			t.Errorf("%s: %v, the server got %q", name, err, srv.Log())
		}
		if err := s.Chdir(t.Context(), "d\xff"); err != nil || s.Dir() != "/d\xff" {
			t.Errorf("%s: %v, in %q", name, err, s.Dir())
		}
	}
}

// ls on the other side takes a dash for options, and a blank for nothing.
func TestS05_NamesThatLsWouldMisread(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"-R", "-la", " x"} {
		srv := ftptest.Script(t, script.Options{})
		srv.Tree.Write("/"+name, []byte("x"))
		srv.Answer("FEAT", "502 no")
		s := open(t, srv, nil)
		for _, operate := range []string{"list", "list hidden", "lines", "size", "get", "put", "rename from"} {
			if err := operations[operate](t.Context(), s.Conn, name); err != nil {
				t.Errorf("%s %q: %v", operate, name, err)
			}
		}
		for _, line := range srv.Log() {
			if strings.HasSuffix(line, " "+name) {
				t.Errorf("the server got %q", line)
			}
		}
		if !received(srv, "NLST ./"+name) || !received(srv, "RETR ./"+name) {
			t.Errorf("the server got %q", srv.Log())
		}
	}
}

// Names are bytes: those that are no UTF-8 go back as they came.
func TestS56_NamesKeepTheirBytes(t *testing.T) {
	t.Parallel()
	const name = "\xff\xfe\x80 \xc3"
	for _, facts := range []bool{true, false} {
		srv := ftptest.Script(t, script.Options{})
		srv.Tree.Write("/"+name, []byte("content"))
		s := open(t, srv, func(s *remote.Site) { s.Options.NoMLSD = !facts })
		list, err := s.List(t.Context(), "", remote.ListOptions{})
		if err != nil || len(list.Entries) != 1 || list.Entries[0].Name != name || list.Entries[0].Type != listing.File {
			t.Fatalf("facts %v: %+v, %v", facts, list.Entries, err)
		}
		if text, _, err := s.fetch(list.Entries[0].Name); err != nil || text != "content" {
			t.Errorf("facts %v: %q, %v", facts, text, err)
		}
		if entry, err := s.Stat(t.Context(), name); err != nil || entry.Size != 7 {
			t.Errorf("facts %v: %+v, %v", facts, entry, err)
		}
		if err := s.Rename(t.Context(), name, name+"\xff"); err != nil {
			t.Error(err)
		}
		if err := s.Delete(t.Context(), name+"\xff"); err != nil {
			t.Error(err)
		}
		if left := srv.Tree.List("/"); len(left) != 0 {
			t.Errorf("facts %v: %+v is left", facts, left)
		}
	}
}
