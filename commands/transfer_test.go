package commands

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/lang"
	"ftpsh/internal/script"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// counter is a desk that is connected to a server.
type counter struct {
	*desk
	*script.Server
	dir string // the local directory
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{desk: newDesk(t, NewTable(All()...)), Server: ftptest.Script(t, script.Options{})}
	c.dir = c.Local.Dir()
	c.connect(t)
	t.Cleanup(func() { c.Conn.Close(context.Background(), true) })
	return c
}

func (c *counter) connect(t *testing.T) {
	t.Helper()
	host, port, _ := net.SplitHostPort(c.Addr())
	number, _ := strconv.Atoi(port)
	if err := c.Conn.Open(t.Context(), remote.Site{Host: host, Port: number, User: "ann", Password: "x", TLS: wire.TLSNever}); err != nil {
		t.Fatal(err)
	}
}

// does fails unless the line succeeds, and returns what it printed.
func (c *counter) does(t *testing.T, line string) string {
	t.Helper()
	out, err := c.run(t, line)
	if err != nil {
		t.Errorf("%s\n%v", line, err)
	}
	return out
}

// fails checks the status and a part of the words of an error.
func (c *counter) fails(t *testing.T, line string, status Status, words string) {
	t.Helper()
	if _, err := c.run(t, line); err == nil || ExitStatus(err) != int(status) || !strings.Contains(err.Error(), words) {
		t.Errorf("%s\n got %v (%d)\nwant %q (%d)", line, err, ExitStatus(err), words, status)
	}
}

// failsInPart is fails for a command that tells what went wrong with some of its files before it ends.
func (c *counter) failsInPart(t *testing.T, line string, status Status, words string) {
	t.Helper()
	if out, err := c.run(t, line); err == nil || ExitStatus(err) != int(status) || !strings.Contains(out, words) {
		t.Errorf("%s\n got %v (%d)\n%s\nwant %q (%d)", line, err, ExitStatus(err), out, words, status)
	}
}

// answered lets the answers be given to the questions of the next lines.
func (c *counter) answered(ready ...string) *answers {
	a := &answers{ready: ready}
	c.Ask = a
	return a
}

func (c *counter) here(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(filepath.Join(c.dir, name)); err != nil || string(got) != want {
		t.Errorf("here, %s is %q, %v; want %q", name, got, err, want)
	}
}

func (c *counter) there(t *testing.T, path, want string) {
	t.Helper()
	if f, ok := c.Tree.Get(path); !ok || string(f.Content) != want {
		t.Errorf("on the server, %s is %q; want %q", path, f.Content, want)
	}
}

func (c *counter) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// local are the names in the local directory.
func (c *counter) local(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// The places that get can put a file.
func TestGetTargets(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/pub/a b", []byte("text"))
	if err := os.Mkdir(filepath.Join(c.dir, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	for line, file := range map[string]string{
		"get '/pub/a b'":                 "a b",
		"recv '/pub/a b' c":              "c",
		"get '/pub/a b' sub/d":           "sub/d",
		"get -o e '/pub/a b'":            "e",
		"get '/pub/a b' -O sub":          "sub/a b",
		"get '/pub/a b' " + c.dir + "/f": "f",
	} {
		c.does(t, line)
		c.here(t, file, "text")
	}
	for _, line := range []string{"get '/pub/a b' -", "get -o - '/pub/a b'", "cat '/pub/a b'", "more '/pub/a b'", "page '/pub/a b'"} {
		if got := c.does(t, line); got != "text" {
			t.Errorf("%s prints %q", line, got)
		}
	}
	c.fails(t, "get '/pub/a b' sub", StatusLocal, "sub: a directory")
	c.fails(t, "get '/pub/a b' sub/", StatusLocal, "sub/: a directory")
	c.fails(t, "get '/pub/a b' nonesuch/x", StatusLocal, "no such file or directory")
	c.fails(t, "get '/pub/a b' x -o y", StatusUsage, "-o is the local name already")
	c.fails(t, "get a b c", StatusUsage, `too many arguments, from "c" on`)
	c.fails(t, "get /pub", StatusFailed, "it is a directory")
	c.fails(t, "get nonesuch", StatusFailed, "550")
}

// What people know as get file "|program" is told how it is said here.
func TestS53_PipesAreNoFiles(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a", []byte("text"))
	for line, hint := range map[string]string{
		"get a '|touch pwned'":    "cat a |touch pwned",
		"get a -o '|touch pwned'": "cat a |touch pwned",
		"put '|touch pwned' b":    "!touch pwned > FILE, then put FILE",
		"append '|touch pwned' b": "!touch pwned > FILE, then put FILE",
	} {
		_, err := c.run(t, line)
		var hinted interface{ Hint() string }
		if ExitStatus(err) != int(StatusUsage) || !errors.As(err, &hinted) || hinted.Hint() != hint {
			t.Errorf("%s: %v", line, err)
		}
	}
	if names := c.local(t); len(names) != 0 {
		t.Errorf("there are %q", names)
	}
}

// Names that a server's listing holds are files, whatever they look like.
func TestS53_MgetOfHostileNames(t *testing.T) {
	c := newCounter(t)
	names := []string{"$(touch pwned)", "-", "-rf", "`touch pwned`", "|touch pwned", "~root"}
	for _, name := range names {
		c.Tree.Write("/"+name, []byte(name))
	}
	c.does(t, "mget *")
	if got := c.local(t); !slices.Equal(got, names) {
		t.Errorf("there are %q", got)
	}
	for _, name := range names {
		c.here(t, name, name)
	}
}

// Names that would leave the directory are not fetched, and the status shows it.
func TestS50_MgetStaysInTheDirectory(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/good", []byte("good"))
	c.Answer("FEAT", "502 no")
	c.On("LIST", func(c *script.Conversation, _ string) {
		var lines string
		for _, name := range []string{"../x", "/etc/x", "a/b", "..", ".", "good"} {
			lines += "-rw-r--r-- 1 a a 4 Jan 1 2020 " + name + "\r\n"
		}
		c.Download([]byte(lines))
	})
	if err := c.Conn.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.run(t, "mget *"); err == nil {
		t.Error("nothing showed that names were passed over")
	}
	if names := c.local(t); !slices.Equal(names, []string{"good"}) {
		t.Errorf("there are %q", names)
	}
}

func TestGetOverExisting(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a", []byte("new"))
	c.Tree.Touch("/a", time.Unix(1e9, 0))
	reset := func() { c.write(t, "a", "old") }
	reset()
	c.fails(t, "get a", StatusLocal, "it exists here already")
	for line, want := range map[string]string{"get -f a": "new", "get -n a": "old", "newer a": "old", "get -s a": "old", "get -R a": "old", "get -u a": "old"} {
		reset()
		c.does(t, line)
		c.here(t, "a", want)
	}
	c.here(t, "a.1", "new")
	c.here(t, "a.2", "new")
	c.fails(t, "get -f -n a", StatusUsage, "-f and -n exclude each other")
	c.fails(t, "get -cs a", StatusUsage, "-s and -c exclude each other")
	c.Tree.Touch("/a", time.Now().Add(time.Hour))
	c.does(t, "newer a")
	c.here(t, "a", "new")
}

// On a terminal an existing file is asked about, with both files described.
func TestConflictIsAskedAbout(t *testing.T) {
	for key, want := range map[string]string{"y": "new", "n": "old", "r": "old", "w": "new", "g": "new"} {
		c := newCounter(t)
		c.Tree.Write("/a", []byte("new"))
		c.Tree.Touch("/a", time.Now().Add(time.Hour))
		old := "old"
		if key == "g" {
			old = "ne"
		}
		c.write(t, "a", old)
		asked := c.answered(key)
		out := c.does(t, "get a")
		c.here(t, "a", want)
		if len(asked.asked) != 1 || !strings.Contains(out, "a exists here: ") || !strings.Contains(out, "the server's is 3 bytes, ") {
			t.Errorf("%s: asked %q, printed %q", key, asked.asked, out)
		}
	}
	c := newCounter(t)
	for _, name := range []string{"a", "b", "c"} {
		c.Tree.Write("/"+name, []byte("new"))
		c.write(t, name, "old")
	}
	asked := c.answered("a", "n", "a") // all files of mget; not a; b and all after it
	c.does(t, "mget -P 1 a b c")
	c.here(t, "a", "old")
	c.here(t, "b", "new")
	c.here(t, "c", "new")
	if len(asked.asked) != 3 {
		t.Errorf("asked %q", asked.asked)
	}
}

// get a b means remote and local; where b could be either, it is not guessed.
func TestGetTrap(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a", []byte("a"))
	c.Tree.Write("/b", []byte("b"))
	c.does(t, "get a b")
	c.here(t, "b", "a")
	c.fails(t, "get a b", StatusUsage, "b is a file here and on the server")
	c.answered("y")
	c.fails(t, "get a b", StatusUsage, "b is a file here and on the server")
	c.Ask = nil
	c.does(t, "get -f a b")
	c.write(t, "c", "old")
	c.fails(t, "get a c", StatusLocal, "c exists here already")
}

func TestNamesAreMappedWhenNotTyped(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/README.TXT", []byte("text"))
	c.does(t, "case on")
	c.does(t, "ntrans . _")
	c.does(t, "get README.TXT")
	c.does(t, "get README.TXT A.B")
	c.does(t, "runique on")
	c.does(t, "mget READ*")
	if names := c.local(t); !slices.Equal(names, []string{"A.B", "readme_txt", "readme_txt.1"}) {
		t.Errorf("there are %q", names)
	}
	c.write(t, "UP.X", "up")
	c.does(t, "put UP.X")
	c.does(t, "put UP.X UP.X")
	c.there(t, "/UP_X", "up")
	c.there(t, "/UP.X", "up")
}

func TestPut(t *testing.T) {
	c := newCounter(t)
	c.Tree.Mkdir("/sub")
	c.write(t, "a", "new")
	for line, path := range map[string]string{"put a": "/a", "send a b": "/b", "put -O sub a": "/sub/a", "put -o c a": "/c", "put --direct a d": "/d"} {
		c.does(t, line)
		c.there(t, path, "new")
	}
	c.Tree.Write("/a", []byte("old"))
	c.fails(t, "put a", StatusFailed, "it exists on the server already")
	c.does(t, "put -s a")
	c.there(t, "/a", "old")
	c.does(t, "put -R a")
	c.there(t, "/a.1", "new")
	c.does(t, "put -f a")
	c.there(t, "/a", "new")
	c.fails(t, "put a sub", StatusFailed, "sub is a directory on the server")
	c.does(t, "put -u a")
	c.does(t, "sunique on")
	c.does(t, "put a")
	c.there(t, "/stou.0002", "new")
	c.fails(t, "put nonesuch", StatusLocal, "put: nonesuch: no such file or directory")
	c.fails(t, "put a b c", StatusUsage, "too many arguments")
	c.fails(t, "put - b", StatusUsage, "nothing comes through a pipe")
	c.fails(t, "put -", StatusUsage, "needs a name")
	c.does(t, "set upload-temp off")
	c.does(t, "sunique off")
	c.fails(t, "put -f a", StatusIncomplete, "stays as it was")
}

func TestPutFromPipe(t *testing.T) {
	c := newCounter(t)
	call, err := c.Parse(t.Context(), lang.Words("put - a"))
	if err != nil {
		t.Fatal(err)
	}
	call.Stdin = strings.NewReader("from a pipe")
	if err := c.Session.Run(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	c.there(t, "/a", "from a pipe")
}

func TestAppendAndResume(t *testing.T) {
	c := newCounter(t)
	c.write(t, "a", "0123456789")
	c.does(t, "append a log")
	c.does(t, "append a log")
	c.there(t, "/log", "01234567890123456789")
	c.Tree.Write("/a", []byte("0123"))
	c.does(t, "reput a")
	c.there(t, "/a", "0123456789")
	c.Tree.Write("/a", []byte("01234"))
	c.does(t, "put -c a")
	c.there(t, "/a", "0123456789")
	c.write(t, "a", "01")
	c.does(t, "reget a")
	c.here(t, "a", "0123456789")
	c.write(t, "a", "012")
	c.does(t, "mreget a*")
	c.here(t, "a", "0123456789")
}

// restart counts for the next transfer, and for no other.
func TestRestart(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a", []byte("0123456789"))
	c.does(t, "restart 4")
	if got := c.does(t, "get a -"); got != "456789" {
		t.Errorf("from 4 on: %q", got)
	}
	if got := c.does(t, "get a -"); got != "0123456789" {
		t.Errorf("once more: %q", got)
	}
	c.write(t, "a", "xxxxx")
	c.does(t, "restart 5")
	c.does(t, "get a")
	c.here(t, "a", "xxxxx56789")
	c.does(t, "restart 3")
	c.does(t, "restart 0")
	c.does(t, "get -f a")
	c.here(t, "a", "0123456789")
}

// Several files: each is asked about, what goes wrong is told, and the rest goes on.
func TestMget(t *testing.T) {
	c := newCounter(t)
	for _, name := range []string{"a1", "a2", "a3", "b"} {
		c.Tree.Write("/"+name, []byte(name))
	}
	c.Tree.Mkdir("/a4")
	c.answered("y", "y", "y", "y", "y")
	out, err := c.run(t, "mget a* nope* gone a1 b")
	if err == nil || !strings.Contains(out, "nope*: nothing matches") || !strings.Contains(out, "mget: gone: 550") {
		t.Errorf("%v\n%s", err, out)
	}
	if names := c.local(t); !slices.Equal(names, []string{"a1", "a2", "a3", "b"}) {
		t.Errorf("there are %q", names)
	}
	// The sum used to stand before what went wrong, and directories used to be asked about.
	if sum := out[strings.Index(out, "4 files"):]; !strings.HasPrefix(sum, "4 files, 7 bytes in ") || !strings.Contains(sum, "; 1 skipped (a directory: 1); 2 failed\n") {
		t.Errorf("the sum is %q", sum)
	}
	c.Ask = nil
	c.does(t, "glob off")
	c.fails(t, "mget a*", StatusFailed, "550 a*")
}

func TestMgetAsks(t *testing.T) {
	for answers, want := range map[string][]string{
		"y n y": {"a", "c"},
		"n a":   {"b", "c"},
		"y p":   {"a", "b", "c"},
		"n y q": {"b"},
	} {
		c := newCounter(t)
		for _, name := range []string{"a", "b", "c"} {
			c.Tree.Write("/"+name, []byte(name))
		}
		asked := c.answered(strings.Fields(answers)...)
		_, err := c.run(t, "mget *")
		// q used to count as a transfer that failed.
		if quit := strings.HasSuffix(answers, "q"); quit != errors.Is(err, context.Canceled) || quit && err.Error() != "mget: stopped by you: 2 of 3 done" {
			t.Errorf("%s: %v", answers, err)
		}
		if names := c.local(t); !slices.Equal(names, want) {
			t.Errorf("%s: there are %q after %q", answers, names, asked.asked)
		}
		if on := c.Session.On("prompt"); on == strings.Contains(answers, "p") {
			t.Errorf("%s: prompt is %v", answers, on)
		}
	}
}

// The questions used to show nothing but letters: [y/N/a/o/r/g/w].
func TestQuestionsSayWhatTheirKeysMean(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a", []byte("new"))
	c.write(t, "a", "old")
	asked := c.answered("?", "y", "?", "y")
	out := c.does(t, "get a")
	c.here(t, "a", "new")
	for _, want := range []string{"  o  keep this one and all that follow\n", "  g  it is the beginning"} {
		if !strings.Contains(out, want) {
			t.Errorf("? explains %q", out)
		}
	}
	if out := c.does(t, "mdelete *"); !strings.Contains(out, "  q  neither this one nor those that follow\n") {
		t.Errorf("? explains %q", out)
	}
	want := []string{
		"replace a? [y]es [N]o [a]ll n[o]ne [r]ename [g]o on ne[w]er [?]",
		"mdelete a? [y]es [n]o [a]ll [p]rompt off [q]uit [?]",
	}
	if got := slices.Compact(asked.asked); !slices.Equal(got, want) {
		t.Errorf("asked %q", got)
	}
}

// Ctrl-C at a question used to be told as an interrupt of the transfer.
func TestStoppedAtAQuestion(t *testing.T) {
	c := newCounter(t)
	c.write(t, "a", "old")
	for _, name := range []string{"/a", "/b"} {
		c.Tree.Write(name, []byte("new"))
	}
	for line, want := range map[string]string{
		"get a":     "get: stopped by you",
		"mget a b":  "mget: stopped by you: 0 of 2 done",
		"delete *":  "delete: stopped by you",
		"mdelete *": "mdelete: stopped by you",
	} {
		c.Ask = stopper{}
		c.fails(t, line, StatusInterrupted, want)
	}
	c.here(t, "a", "old")
}

// stopper types Ctrl-C at every question.
type stopper struct{ *answers }

func (stopper) Confirm(context.Context, string) (bool, error) { return false, context.Canceled }

func (stopper) Choose(context.Context, string, string) (rune, error) { return 0, context.Canceled }

func TestMput(t *testing.T) {
	c := newCounter(t)
	c.Tree.Mkdir("/sub")
	for _, name := range []string{"a1", "a2", "b"} {
		c.write(t, name, name)
	}
	if err := os.Mkdir(filepath.Join(c.dir, "a3"), 0o777); err != nil {
		t.Fatal(err)
	}
	c.failsInPart(t, "mput -O sub a* nope*", StatusFailed, "nope*: nothing matches")
	c.there(t, "/sub/a1", "a1")
	c.there(t, "/sub/a2", "a2")
	c.does(t, "msend b")
	c.there(t, "/b", "b")
}

func TestFget(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a *", []byte("star"))
	c.Tree.Write("/b", []byte("b"))
	c.write(t, "list", "a *\r\n\nb\nnonesuch\n")
	c.failsInPart(t, "fget list", StatusFailed, "550")
	c.here(t, "a *", "star")
	c.here(t, "b", "b")
	c.fails(t, "fget nonesuch", StatusLocal, "fget: nonesuch: no such file")
}

func TestASCII(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a", []byte("one\ntwo\n"))
	out := c.does(t, "get -a a")
	c.here(t, "a", "one\ntwo\n")
	if !strings.Contains(out, "not verified: in ASCII") {
		t.Errorf("printed %q", out)
	}
	c.does(t, "cr off")
	c.does(t, "get -af a")
	c.here(t, "a", "one\r\ntwo\r\n")
	c.fails(t, "get -ac a", StatusUsage, "ASCII")
	c.does(t, "ascii")
	c.does(t, "cr on")
	c.does(t, "get -f a")
	c.here(t, "a", "one\ntwo\n")
	c.does(t, "put a b")
	c.there(t, "/b", "one\ntwo\n")
	if !slices.Contains(c.Log(), "TYPE A") {
		t.Error("TYPE A was never sent")
	}
}

// A quiet session says nothing about a transfer, a loud one says how it went.
func TestResultLine(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/sub/a", []byte("12345"))
	if out := c.does(t, "get /sub/a"); !strings.HasPrefix(out, "/sub/a: 5 bytes in ") || !strings.HasSuffix(out, "/s)\n") {
		t.Errorf("printed %q", out)
	}
	if out := c.does(t, "get /sub/a b"); !strings.HasPrefix(out, "/sub/a -> b: 5 bytes in ") {
		t.Errorf("printed %q", out)
	}
	if out := c.does(t, "get -s /sub/a"); out != "/sub/a: skipped: it exists already\n" {
		t.Errorf("printed %q", out)
	}
	c.Print = term.NewPrinter(term.PrinterConfig{Out: &c.out, Err: &c.desk.err, Quiet: true})
	if out := c.does(t, "get -f /sub/a"); out != "" {
		t.Errorf("a quiet session printed %q", out)
	}
}

// The meter and the marks are for terminals; what they draw is taken away, or stays, at the end.
func TestProgress(t *testing.T) {
	c := newCounter(t)
	c.Print = term.NewPrinter(term.PrinterConfig{Out: &c.out, Err: &c.desk.err, ErrTerminal: true})
	moved := make(chan int64, 1)
	c.On("RETR", func(conv *script.Conversation, _ string) {
		conv.Reply("150 here it comes")
		d := conv.Data()
		d.Send(strings.Repeat("x", 1<<20))
		<-moved
		d.Close()
		conv.Reply("226 done")
	})
	c.Tree.Write("/a", make([]byte, 1<<20))
	var rows []string
	c.Status = func(row ...string) {
		if rows = append(rows, row...); row[0] != "" && len(rows) == 1 {
			moved <- 1
		}
	}
	c.does(t, "get a")
	if len(rows) < 2 || !strings.HasPrefix(rows[0], "a ") || rows[len(rows)-1] != "" {
		t.Errorf("drawn: %q", rows)
	}
	c.On("RETR", func(conv *script.Conversation, name string) { conv.Default("RETR", name) })
	c.does(t, "hash 64k")
	c.does(t, "bell on")
	if out := c.does(t, "get -f a"); !strings.HasPrefix(out, strings.Repeat("#", 16)+"\n") || !strings.HasSuffix(out, "\a") {
		t.Errorf("marks: %q", out)
	}
}

// S81: a program in the current directory is never taken for the pager.
func TestS81_Pager(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"less", "evil"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", ".")
	for _, setting := range []string{"", "evil", "./evil", "less -R"} {
		if words, err := findPager(setting); err == nil {
			t.Errorf("with pager %q, %q would be run", setting, words)
		}
	}
	words, err := findPager(filepath.Join(dir, "less") + " -R")
	if err != nil || !slices.Equal(words, []string{filepath.Join(dir, "less"), "-R"}) {
		t.Errorf("an absolute path: %q, %v", words, err)
	}
}

// The pager sees the file, made safe for a terminal, and may be left early.
func TestMore(t *testing.T) {
	c := newCounter(t)
	c.Print = term.NewPrinter(term.PrinterConfig{Out: &c.out, Err: &c.desk.err, OutTerminal: true})
	c.Cooked = func(run func() error) error { return run() }
	terminal, err := os.Create(filepath.Join(t.TempDir(), "terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	c.Terminal = func() *os.File { return terminal }
	c.Tree.Write("/a", []byte("one\n\x1b[2Jtwo\n"))
	c.Tree.Write("/big", make([]byte, 20_000_000))
	c.does(t, "set pager /bin/cat")
	c.does(t, "more a")
	if got, _ := os.ReadFile(terminal.Name()); string(got) != "one\n\\x1b[2Jtwo\n" {
		t.Errorf("the pager saw %q", got)
	}
	// A last line without an end used to be lost, and a file that cannot be had opened an empty page.
	c.Tree.Write("/cut", []byte("three"))
	c.does(t, "more cut")
	marked := filepath.Join(c.dir, "marked")
	c.does(t, "set pager '/usr/bin/touch "+marked+"'")
	c.fails(t, "page nope", StatusFailed, "page: nope: 550")
	if _, err := os.Stat(marked); err == nil {
		t.Error("the pager was started for a file that is not there")
	}
	if got, _ := os.ReadFile(terminal.Name()); !strings.HasSuffix(string(got), "three\n") {
		t.Errorf("the pager saw %q", got)
	}
	c.does(t, "set pager '/usr/bin/head -c 10'")
	c.does(t, "more big")
	c.does(t, "set pager /bin/false")
	c.fails(t, "more a", StatusLocal, "more: /bin/false")
	if got := c.does(t, "size a"); !strings.Contains(got, "12") {
		t.Errorf("the connection is not usable afterwards: %q", got)
	}
}

// What a broken transfer left is told with the line that goes on from it.
func TestKeptIsTold(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/a b", make([]byte, 1000))
	ctx, cancel := context.WithCancel(t.Context())
	c.On("RETR", func(conv *script.Conversation, _ string) {
		conv.Reply("150 here it comes")
		d := conv.Data()
		d.Send("12345")
		ftptest.Wait(t, "the first bytes", func() bool {
			info, err := os.Stat(filepath.Join(c.dir, ".a b.ftpsh-part"))
			return err == nil && info.Size() == 5
		})
		cancel()
		d.Stall()
		conv.Reply("426 aborted")
	})
	call, err := c.Parse(ctx, lang.Words("get 'a b'"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Session.Run(ctx, call); !isCancelled(err) {
		t.Errorf("%v", err)
	}
	want := "a b: broken off; what has moved is in .a b.ftpsh-part\nhint: get -c a\\ b\n"
	if got := c.desk.err.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Hints were lines that could not be typed: a name -f was a flag in them, and the local name, the directory
// and the form of the transfer were forgotten.
func TestHintsCanBeTyped(t *testing.T) {
	c := newCounter(t)
	for _, name := range []string{"/-f", "/a b", "/cut"} {
		c.Tree.Write(name, []byte("text of some length"))
	}
	for _, name := range []string{"-f", "old"} {
		c.write(t, name, "x")
	}
	if err := os.Mkdir(filepath.Join(c.dir, "-sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	c.On("RETR", func(v *script.Conversation, name string) {
		v.Reply("150 here")
		d := v.Data()
		d.Send("text")
		d.Close()
		v.Reply("226 done")
	})
	for _, test := range []struct{ line, hint string }{
		{"get -- -f", "get -f -- -f replaces it, -n if it is older; -R finds another name"},
		{"get 'a b' old", "get -f a\\ b old replaces it, -n if it is older; -R finds another name"},
		{"get -a 'a b' old", "get -f -a a\\ b old replaces it, -n if it is older; -R finds another name"},
		{"get cut new", "get -c cut new"},
		{"recv -O -sub cut", "get -c -O -sub cut"},
		{"mget cut", "get -c cut"},
		{"put -- -f", "put -f -- -f replaces it, -n if it is older; -R finds another name"},
		{"put -- -f 'a b'", "put -f -- -f a\\ b replaces it, -n if it is older; -R finds another name"},
	} {
		_, err := c.run(t, test.line)
		if got := hintOf(err); got != test.hint {
			t.Errorf("%s\n%v\n hint %s\n want %s", test.line, err, got, test.hint)
		}
	}
}

// A directory that was to be printed was fetched into one called -, and a file into a directory that did not
// exist got its name.
func TestLocalNamesThatCannotBeFiles(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/sub/a", []byte("text"))
	for _, test := range []struct{ line, want string }{
		{"get -r sub -", "only a file can be printed"},
		{"get -r -o - sub", "only a file can be printed"},
		{"get sub/a missing/", "missing/: no such directory"},
		{"get -o missing/ sub/a", "missing/: no such directory"},
	} {
		if _, err := c.run(t, test.line); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.line, err)
		}
	}
	for _, name := range []string{"-", "missing"} {
		if _, err := os.Lstat(filepath.Join(c.dir, name)); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}

// A name with a line end in it used to spread over two lines of an error.
func TestNamesStayOnOneLineOfAnError(t *testing.T) {
	c := newCounter(t)
	for _, test := range []struct{ line, want string }{
		{"cat \"a\nb\u202e\"", `cat: a\nb\u202e: `},
		{"rm \"a\nb\"", `rm: a\nb: `},
		{"lcat \"a\nb\"", `lcat: a\nb: `},
		{"put \"a\nb\"", `put: a\nb: `},
	} {
		_, err := c.run(t, test.line)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q\n got %v\nwant %s...", test.line, err, test.want)
		}
	}
}

// The raw line and the target of a link used to lose the bytes of ls --json that are no UTF-8.
func TestJSONKeepsEveryByte(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/caf\xe9", []byte("x"))
	out := c.does(t, "ls --json")
	var entry map[string]any
	if err := json.Unmarshal([]byte(out), &entry); err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	name, _ := base64.StdEncoding.DecodeString(fmt.Sprint(entry["name_bytes"]))
	raw, _ := base64.StdEncoding.DecodeString(fmt.Sprint(entry["raw_bytes"]))
	if string(name) != "caf\xe9" || !strings.HasSuffix(string(raw), " caf\xe9") || entry["target_bytes"] != nil {
		t.Errorf("%s", out)
	}
}

// A name that a terminal obeys came to the disk without a word.
func TestNamesThatMisleadAreWarnedOfOnce(t *testing.T) {
	c := newCounter(t)
	for _, name := range []string{"/a\u202eb", "/a\u009bc", "/caf\xe9"} {
		c.Tree.Write(name, []byte("x"))
	}
	out := c.does(t, "mget *")
	if n := strings.Count(out, "warning: "); n != 1 || len(c.local(t)) != 3 {
		t.Errorf("%q are here after\n%s", c.local(t), out)
	}
}
