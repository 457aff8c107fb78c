package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
)

// retrying opens a session whose pauses are short, and returns its notes.
func retrying(t *testing.T, addr string, retries int) (*Conn, *[]string, error) {
	t.Helper()
	var notes []string
	c := New(Hooks{Note: func(text string) { notes = append(notes, text) }})
	c.pause = time.Millisecond
	t.Cleanup(c.Interrupt)
	return c, &notes, c.Open(t.Context(), at(t, addr, Site{User: "ann", Password: "p", Options: Options{Retries: retries}}))
}

// at is the site of a test's server.
func at(t *testing.T, addr string, site Site) Site {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	site.Host = host
	site.Port, _ = strconv.Atoi(port)
	limit := 10 * time.Second
	site.Options.Timeouts = wire.Timeouts{Connect: limit, TLS: limit, Reply: limit, Data: limit, Final: limit}
	return site
}

// opened is a session without hooks.
func opened(t *testing.T, addr string, site Site) *Conn {
	t.Helper()
	c := New(Hooks{})
	t.Cleanup(c.Interrupt)
	if err := c.Open(t.Context(), at(t, addr, site)); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRetriesOfAFirstConnectionAreBounded(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		greet func(c *script.Conversation)
		again bool
	}{
		"busy":       {func(c *script.Conversation) { c.Reply("421 too many"); c.Close() }, true},
		"not now":    {func(c *script.Conversation) { c.Reply("450 later"); c.Close() }, true},
		"gone":       {func(c *script.Conversation) { c.Close() }, true},
		"never":      {func(c *script.Conversation) { c.Reply("530 not from there"); c.Close() }, false},
		"no FTP":     {func(c *script.Conversation) { _ = c.Send("HTTP/1.1 400 Bad Request\r\n\r\n"); c.Close() }, false},
		"HTTP, 230 ": {func(c *script.Conversation) { c.Reply("230 welcome"); c.Close() }, false},
	} {
		srv := ftptest.Script(t, script.Options{})
		srv.OnConnect(test.greet)
		_, notes, err := retrying(t, srv.Addr(), 3)
		want := 1
		if test.again {
			want = 4
		}
		if n := len(srv.Controls()); err == nil || n != want || len(*notes) != want-1 {
			t.Errorf("%s: %v after %d connections, notes %q", name, err, n, *notes)
		}
	}
}

func TestRetriesSucceedWhenTheServerIsBack(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	refusals := 2
	srv.OnConnect(func(c *script.Conversation) {
		if refusals--; refusals >= 0 {
			c.Reply("421 too many")
			c.Close()
			return
		}
		c.Reply("220 ready")
	})
	c, notes, err := retrying(t, srv.Addr(), 3)
	if err != nil || len(*notes) != 2 || !strings.Contains((*notes)[1], "2 of 3") || !strings.Contains((*notes)[1], "too many") {
		t.Errorf("%v, notes %q", err, *notes)
	}
	if _, err := c.Pwd(t.Context()); err != nil {
		t.Error(err)
	}
}

// Nobody there is tried again when a session is brought back, but not when it is begun.
func TestRetriesOfWhatNobodyAnswers(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	c, notes, err := retrying(t, srv.Addr(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetType(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	_ = srv.Close()
	ftptest.Wait(t, "the end", func() bool { return !c.Connected() })
	var refused *wire.DialError
	if _, err := c.Pwd(t.Context()); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	if joined := strings.Join(*notes, "\n"); strings.Count(joined, "trying again") != 2 {
		t.Errorf("notes %q", *notes)
	}
	if c.TransferType() != "A" || c.Dir() != "/" || !c.Opened() {
		t.Errorf("the session has forgotten itself: type %s in %q", c.TransferType(), c.Dir())
	}
	_, notes, err = retrying(t, srv.Addr(), 2)
	if !errors.As(err, &refused) || len(*notes) != 0 {
		t.Errorf("%v, notes %q", err, *notes)
	}
}

func TestAPauseEndsWithACtrlC(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) { c.Reply("421 too many"); c.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	c := New(Hooks{Note: func(string) { cancel() }})
	c.pause = time.Hour
	if err := c.Open(ctx, at(t, srv.Addr(), Site{Options: Options{Retries: 3}})); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestPausesGrow(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) { c.Close() })
	_, notes, _ := retrying(t, srv.Addr(), 5)
	for i, note := range *notes {
		if want := fmt.Sprintf("in %v (%d of 5)", time.Millisecond<<i, i+1); !strings.Contains(note, want) {
			t.Errorf("%q lacks %q", note, want)
		}
	}
}

// A server that lets one in and hangs up before the session is back would be dialled for ever.
func TestR05_AConnectionThatDoesNotLastIsGivenUp(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Tree.Mkdir("/sub")
	c, _, err := retrying(t, srv.Addr(), 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Chdir(t.Context(), "sub"); err != nil {
		t.Fatal(err)
	}
	srv.On("PWD", func(c *script.Conversation, _ string) {
		c.Reply(`257 "/"`)
		c.Close()
	})
	for _, conversation := range srv.Conversations() {
		conversation.Close()
	}
	ftptest.Wait(t, "the end", func() bool { return !c.Connected() })
	for range 3 {
		if err := c.Delete(t.Context(), "a"); err == nil {
			t.Error("a success")
		}
	}
	if n := len(srv.Controls()); n > 10 {
		t.Errorf("%d connections for three commands", n)
	}
	if c.Dir() != "/sub" {
		t.Errorf("the session is in %s now", c.Dir())
	}
	srv.On("PWD", func(c *script.Conversation, _ string) { c.Default("PWD", "") })
	if dir, err := c.Pwd(t.Context()); err != nil || dir != "/sub" {
		t.Errorf("when the server is well again: %q, %v", dir, err)
	}
}
