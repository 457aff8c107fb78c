package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// watched is a control connection with all that was observed on it.
type watched struct {
	*Control
	mu     sync.Mutex
	events []Event
}

// connect dials a scripted server in clear.
func connect(t *testing.T, srv *script.Server, change func(*Options)) *watched {
	t.Helper()
	w := &watched{}
	host, port, _ := net.SplitHostPort(srv.Addr())
	number, _ := strconv.Atoi(port)
	limit := 10 * time.Second
	o := Options{
		Host: host, Port: number, TLS: TLSNever, Timeouts: Timeouts{Connect: limit, TLS: limit, Reply: limit, Data: limit, Final: limit},
		Observe: func(e Event) { w.mu.Lock(); w.events = append(w.events, e); w.mu.Unlock() },
	}
	if change != nil {
		change(&o)
	}
	var err error
	if w.Control, err = Dial(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// trace is everything that an observer was shown, as text.
func (w *watched) trace() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var b strings.Builder
	for _, e := range w.events {
		fmt.Fprintf(&b, "%s|%s|%+v\n", e.Text, e.Raw, e.Data)
	}
	return b.String()
}

func (w *watched) do(t *testing.T, line string, code int) {
	t.Helper()
	if reply, err := w.Do(t.Context(), line); err != nil || reply.Code != code {
		t.Errorf("%s is answered %d, %v; want %d", line, reply.Code, err, code)
	}
}

func TestCommandsAheadGetTheirOwnReplies(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	c := connect(t, srv, nil)
	ctx := t.Context()
	if err := c.SendAhead("USER ann", "PASS x", "SYST", "PWD", "NOOP"); err != nil {
		t.Fatal(err)
	}
	c.do(t, "USER ann", 331)
	c.do(t, "PASS x", 230)
	c.do(t, "PWD", 257) // SYST is passed over
	c.do(t, "FEAT", 211)
	if _, command := c.Last(); command != "FEAT" {
		t.Errorf("the last command is %q", command)
	}
	if err := c.SendAhead("SYST", "PWD"); err != nil {
		t.Fatal(err)
	}
	if err := c.SkipAhead(ctx); err != nil {
		t.Fatal(err)
	}
	if reply, command := c.Last(); reply.Code != 257 || command != "PWD" {
		t.Errorf("the last command is %q, answered %d", command, reply.Code)
	}
	c.do(t, "NOOP", 200)
	if got := strings.Join(srv.Log(), ","); got != "USER ann,PASS x,SYST,PWD,NOOP,FEAT,SYST,PWD,NOOP" {
		t.Errorf("the server got %s", got)
	}
	var refused *LineError
	if err := c.SendAhead("SYST", "DELE a\rb"); !errors.As(err, &refused) || len(srv.Log()) != 9 {
		t.Errorf("%v", err)
	}
	c.do(t, "NOOP", 200)
}

// Many commands ahead whose replies come in one piece, or in crumbs.
func TestManyCommandsAhead(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.On("STAT", func(c *script.Conversation, n string) { c.Reply("211-"+n, " x", "211 "+n) })
	c := connect(t, srv, nil)
	var lines []string
	for i := range 500 {
		lines = append(lines, fmt.Sprintf("STAT %d", i))
	}
	if err := c.SendAhead(lines...); err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		if reply, err := c.Do(t.Context(), line); err != nil || reply.Lines[0] != strconv.Itoa(i) {
			t.Fatalf("%s is answered %q, %v", line, reply.Lines, err)
		}
	}
	c.do(t, "NOOP", 200)
}

// S73: nothing that an observer sees has the secret in it, not even if the server repeats it.
func TestS73_SecretsAreInNoEvent(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-secret"
	srv := ftptest.Script(t, script.Options{})
	srv.On("PASS", func(c *script.Conversation, p string) { c.Reply("530-your password "+p, " "+p+p, "530 "+p+" is wrong") })
	srv.On("ACCT", func(c *script.Conversation, p string) { c.Reply("530 " + p) })
	c := connect(t, srv, nil)
	for _, line := range []string{"PASS " + secret, "pass " + secret, "ACCT " + secret, " PASS " + secret, "PASS\t" + secret, "\tAcct  " + secret} {
		_, _ = c.DoRaw(t.Context(), line)
	}
	if _, err := c.Do(t.Context(), "PASS "+secret+"\x01"); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("%v", err)
	}
	if _, command := c.Last(); strings.Contains(command, secret) {
		t.Errorf("the last command is %q", command)
	}
	if trace := c.trace(); strings.Contains(trace, secret) || !strings.Contains(trace, Masked) {
		t.Errorf("the trace has it:\n%s", trace)
	}
}

func TestRepliesTellHowLongTheyTook(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.On("SITE", func(c *script.Conversation, _ string) { c.Pause(50 * time.Millisecond); c.Reply("150 wait", "200 ok") })
	c := connect(t, srv, nil)
	reply, err := c.Do(t.Context(), "SITE x")
	if err != nil || reply.Since < 50*time.Millisecond || reply.Since > 5*time.Second {
		t.Errorf("%v, %v", reply.Since, err)
	}
}

// D11: the library panics on a peer that is no TCP address.
func TestD11_ThePeerIsAlwaysATCPAddress(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	defer ours.Close()
	defer theirs.Close()
	c := &Control{conn: ours}
	if _, ok := c.RemoteAddr().(*net.TCPAddr); !ok {
		t.Errorf("%T", c.RemoteAddr())
	}
}

// D14: after a failed write nothing is written any more, and every use says why.
func TestD14_AConnectionThatFailedStaysSo(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.On("SITE", func(c *script.Conversation, _ string) { c.Stall() })
	c := connect(t, srv, func(o *Options) { o.Timeouts.Reply = time.Second })
	var timeout *TimeoutError
	for range 3 {
		if _, err := c.Do(t.Context(), "SITE x"); !errors.As(err, &timeout) {
			t.Errorf("%v", err)
		}
		if err := c.Err(); !errors.As(err, &timeout) {
			t.Errorf("Err: %v", err)
		}
	}
	if n := len(srv.Log()); n != 1 {
		t.Errorf("%d lines were sent", n)
	}
	c = connect(t, srv, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Do(ctx, "SITE x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	var lost *LostError
	if err := c.Err(); !errors.As(err, &lost) || errors.Is(err, context.DeadlineExceeded) || lost.Sent {
		t.Errorf("the next user would think that it was his wait: %v", err)
	}
}

// A connection may be interrupted at any time, twice, and closed on top of it.
func TestInterruptAndClose(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	for range 20 {
		c := connect(t, srv, nil)
		var all sync.WaitGroup
		all.Go(c.Interrupt)
		all.Go(c.Interrupt)
		all.Go(func() { _ = c.Err() })
		_, err := c.Do(t.Context(), "NOOP")
		all.Wait()
		var lost *LostError
		if err != nil && !errors.As(err, &lost) {
			t.Errorf("%v", err)
		}
		if err := c.Err(); err == nil {
			t.Error("it stands")
		}
		c.Close()
	}
}

// A command line longer than any buffer on the way arrives whole.
func TestLongLines(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	c := connect(t, srv, nil)
	for _, n := range []int{100, 4095, 4096, 4097, 70_000} {
		line := "STAT " + strings.Repeat("x", n)
		c.do(t, line, 530)
		if got := srv.Log()[len(srv.Log())-1]; got != line {
			t.Errorf("%d bytes arrive as %d", len(line), len(got))
		}
	}
}

// The library's lines may come in pieces.
func TestPiecesOfALine(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	c := connect(t, srv, nil)
	for _, piece := range []string{"NO", "OP", "\r", "\n"} {
		if n, err := c.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	buf := make([]byte, 3)
	var reply []byte
	for !strings.HasSuffix(string(reply), "\n") {
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		reply = append(reply, buf[:n]...)
	}
	if string(reply) != "200 still here\r\n" {
		t.Errorf("%q", reply)
	}
}

// A log that was closed behind the connection lacked its last event now and then: it came too late.
func TestCloseTellsAllEventsFirst(t *testing.T) {
	t.Parallel()
	var told atomic.Bool
	c := connect(t, ftptest.Script(t, script.Options{}), func(o *Options) {
		o.Observe = func(e Event) {
			if e.Kind == Closed {
				time.Sleep(50 * time.Millisecond) // whoever writes a log may be slow
				told.Store(true)
			}
		}
	})
	if _, err := c.Do(t.Context(), "QUIT"); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if !told.Load() {
		t.Error("closed before the last event was told")
	}
}
