package lang

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var errBye = errors.New("bye")

// statusErr is a failure that has been reported, with its exit status.
type statusErr int

func (e statusErr) Error() string   { return fmt.Sprintf("failed with %d", int(e)) }
func (e statusErr) ExitStatus() int { return int(e) }

// fakeHost is a table of commands that note how they are called.
type fakeHost struct {
	t       *testing.T
	runner  *Runner
	aliases map[string]string
	names   string // what nlst prints
	gone    error  // what going back after ( ) ends with
	onSlow  func() // called when slow has begun

	mu      sync.Mutex
	calls   []string
	running int
	dir     string // remote directory
	jobs    []*Statement
}

// tableNames are the commands of the fake table; those behind the bar send their words as they are.
const tableNames = "$ ? alias ascii binary bye cat case cd close dir echo exit fail get hash help history jobs " +
	"kill lcd lpwd ls mget mkdir mput nlist nlst open pag passive prompt put pwd quit rm set sleep slow source " +
	"spew type umask unset verbose wait" +
	"|account literal quote remopts site user"

func (h *fakeHost) Find(word string) Found {
	cooked, raw, _ := strings.Cut(tableNames, "|")
	prefix := NotFound
	for i, names := range []string{cooked, raw} {
		for name := range strings.FieldsSeq(names) {
			if name == word {
				return Exact + Found(i)
			}
			if strings.HasPrefix(name, word) && word != "" {
				prefix = Prefix + Found(i)
			}
		}
	}
	return prefix
}

func (h *fakeHost) Alias(name string) (string, bool) { l, ok := h.aliases[name]; return l, ok }
func (h *fakeHost) Quits(err error) bool             { return errors.Is(err, errBye) }

func (h *fakeHost) Fork(context.Context) func() error {
	dir := h.dir
	return func() error { h.dir = dir; return h.gone }
}

func (h *fakeHost) Background(_ context.Context, statement *Statement) error {
	h.jobs = append(h.jobs, statement)
	return nil
}

// Run notes the call and does a little of what the command is for. It fails the test if two commands run
// at once: there is one connection.
func (h *fakeHost) Run(ctx context.Context, c Call) error {
	h.mu.Lock()
	if h.running++; h.running > 1 && c.Words[0].Text != "source" && !h.sourcing() {
		h.t.Errorf("%s runs while another command does", c.Words[0].Text)
	}
	h.calls = append(h.calls, spell(c))
	h.mu.Unlock()
	defer func() { h.mu.Lock(); h.running--; h.mu.Unlock() }()
	return h.do(ctx, c)
}

// sourcing says that one of the commands that run is source, within which others may.
func (h *fakeHost) sourcing() bool {
	for _, call := range h.calls {
		if strings.HasPrefix(call, "source") {
			return true
		}
	}
	return false
}

// spell is a call as the tests write it: get|a b|<*.c>, with patterns in < >.
func spell(c Call) string {
	var words []string
	for _, w := range c.Words {
		if w.IsPattern() {
			words = append(words, "<"+w.Text+">")
		} else {
			words = append(words, w.Text)
		}
	}
	if c.Quiet {
		words[0] = "@" + words[0]
	}
	return strings.Join(words, "|")
}

func (h *fakeHost) do(ctx context.Context, c Call) error {
	var args []string
	for _, w := range c.Words[1:] {
		args = append(args, w.Text)
	}
	args = append(args, "")[:max(1, len(args))]
	switch name := c.Words[0].Text; name {
	case "alias":
		if len(args) == 2 {
			h.aliases[args[0]] = args[1]
		}
	case "bye", "exit", "quit":
		return errBye
	case "cd":
		h.dir = args[0]
	case "pwd":
		fmt.Fprintln(c.Stdout, h.dir)
	case "echo":
		fmt.Fprintln(c.Stdout, strings.Join(args, " "))
	case "nlst", "nlist":
		io.WriteString(c.Stdout, h.names)
	case "cat":
		if c.Stdin != nil {
			io.Copy(c.Stdout, c.Stdin)
		}
	case "fail":
		status, _ := strconv.Atoi(args[0])
		fmt.Fprintln(c.Stderr, "it failed")
		return statusErr(max(status, 1))
	case "lcd":
		return h.runner.SetDir(args[0])
	case "source":
		return h.runner.Source(ctx, args[0])
	case "slow":
		h.onSlow()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Minute):
		}
	case "spew":
		return h.spew(c.Stdout)
	default:
		if h.Find(name) == NotFound {
			fmt.Fprintf(c.Stderr, "unknown command %s\n", name)
			return statusErr(2)
		}
	}
	return nil
}

// spew writes until nobody reads any more, which is no failure.
func (h *fakeHost) spew(out io.Writer) error {
	line := bytes.Repeat([]byte("x"), 1023)
	for range 10_000 {
		if _, err := out.Write(append(line, '\n')); err != nil {
			if !IsClosedPipe(err) {
				h.t.Errorf("spew: %v", err)
			}
			return nil
		}
	}
	h.t.Error("spew: the pipe was never closed")
	return nil
}

// session is a Runner with a fake table.
type session struct {
	*fakeHost
	out, err lockedBuffer
	options  Options
}

// lockedBuffer can be written from both sides of a pipe.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}
func (b *lockedBuffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

// newSession makes a Runner as scripts have it; change may be nil.
func newSession(t *testing.T, change func(*Options)) *session {
	t.Helper()
	s := &session{fakeHost: &fakeHost{t: t, dir: "/", names: "a\nb c\n"}}
	s.aliases = map[string]string{}
	s.options = Options{
		Host: s.fakeHost, Stdout: &s.out, Stderr: &s.err, Dir: t.TempDir(),
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=/home/me", "TMPDIR=" + t.TempDir()},
	}
	if change != nil {
		change(&s.options)
	}
	var err error
	if s.runner, err = New(s.options); err != nil {
		t.Fatal(err)
	}
	return s
}

func interactive(o *Options) { o.Interactive = true }

// run runs a source and returns its calls, separated by blanks.
func (s *session) run(source string) (calls string, err error) {
	s.t.Helper()
	s.calls = nil
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	err = s.runner.Run(ctx, source, "")
	return strings.Join(s.calls, " "), err
}

// runs runs a source and checks its calls and its output.
func (s *session) runs(source, wantCalls, wantOut string) {
	s.t.Helper()
	before := len(s.out.String())
	calls, err := s.run(source)
	if err != nil {
		s.t.Errorf("%q: %v\n%s", source, err, s.err.String())
	}
	if calls != wantCalls {
		s.t.Errorf("%q calls %q, want %q", source, calls, wantCalls)
	}
	if out := s.out.String()[before:]; out != wantOut {
		s.t.Errorf("%q prints %q, want %q", source, out, wantOut)
	}
}

// fails runs a source and checks the status of its failure and its calls.
func (s *session) fails(source string, wantStatus int, wantCalls string) {
	s.t.Helper()
	calls, err := s.run(source)
	var status interface{ ExitStatus() int }
	if !errors.As(err, &status) || status.ExitStatus() != wantStatus {
		s.t.Errorf("%q ends with %v, want status %d", source, err, wantStatus)
	}
	if calls != wantCalls {
		s.t.Errorf("%q calls %q, want %q", source, calls, wantCalls)
	}
}
