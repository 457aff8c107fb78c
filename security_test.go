package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ftpsh/commands"
	"ftpsh/internal/demo"
	"ftpsh/internal/script"
)

// These are rows of the security research that only the whole program can show. Each has its number.

// without takes verbs out of what a scripted server knows, as older servers are without them.
func without(server *script.Server, verbs ...string) {
	for _, verb := range verbs {
		server.Answer(verb, "502 not here")
	}
	server.Answer("FEAT", "211-features", " SIZE", " MDTM", "211 end")
}

// A server that lists by ls takes a name that begins with a dash for flags.
func TestS05_NamesThatBeginWithADashAreNoFlags(t *testing.T) {
	v, server := atScript(t, script.Options{})
	without(server, "MLSD", "MLST")
	server.Tree.Write("/-R/inside.txt", []byte("x"))
	server.Tree.Write("/-rf", []byte("hello"))
	server.Tree.Write("/ blank", []byte("x"))
	equal(t, v.does(server.Addr(), "ls -- -R"), "inside.txt\n")
	v.does(server.Addr(), "get -- -rf", "nlist -- -R", "dir -- -R", `size " blank"`, "rename -- -rf -x", "rm -- -x")
	for _, line := range server.Log() {
		verb, argument, _ := strings.Cut(line, " ")
		dangerous := slices.Contains([]string{"LIST", "NLST", "RETR", "RNFR", "RNTO", "DELE", "SIZE", "CWD"}, verb)
		if dangerous && (strings.HasPrefix(argument, "-") && argument != "-a" || strings.HasPrefix(argument, " ")) {
			t.Errorf("sent %q", line)
		}
	}
	equal(t, v.file("-rf"), "hello")
}

// Some servers expand patterns in DELE: a file that is really called * is asked about, by that name, and then
// deleted by one command. Without a person the quotes are taken to be meant.
func TestS06_APatternAsANameInAScript(t *testing.T) {
	v, server := atScript(t, script.Options{})
	for _, name := range []string{"/*", "/a.txt", "/b.txt"} {
		server.Tree.Write(name, nil)
	}
	v.does(server.Addr(), "rm '*'")
	if got := deletions(server); !slices.Equal(got, []string{"DELE *"}) {
		t.Errorf("sent %q", got)
	}
}

func deletions(server *script.Server) []string {
	return slices.DeleteFunc(server.Log(), func(line string) bool { return !strings.HasPrefix(line, "DELE") })
}

// listed makes a server list names that no decent one has, and serve a file under each.
func listed(server *script.Server, names ...string) {
	without(server, "MLST")
	server.Answer("FEAT", "211-features", " SIZE", " MLST type*;size*;", "211 end")
	server.On("MLSD", func(c *script.Conversation, _ string) {
		var lines strings.Builder
		for _, name := range names {
			lines.WriteString("type=file;size=4; " + name + "\r\n")
		}
		c.Download([]byte(lines.String()))
	})
	server.Answer("SIZE", "213 4")
	server.On("RETR", func(c *script.Conversation, _ string) { c.Download([]byte("evil")) })
}

// Names with a way out of the directory are passed over, counted, and end with a failure.
func TestS50_NamesCannotLeaveTheDirectory(t *testing.T) {
	v, server := atScript(t, script.Options{})
	escapes := []string{"../escaped", "/tmp/ftpsh-escaped", "a/b", "..", ".", "../../etc/x"}
	listed(server, append([]string{"good.txt"}, escapes...)...)
	v.writes("inside", "")
	out := v.ftpsh("lmkdir d\nlcd d\nmget *\n", server.Addr())
	if out.status == 0 {
		t.Errorf("names that were passed over are no failure\n%s", out.stderr)
	}
	equal(t, v.file("d/good.txt"), "evil")
	if got := v.files(); !slices.Equal(got, []string{"d", "inside"}) {
		t.Errorf("the directory above holds %q", got)
	}
	inside, err := os.ReadDir(filepath.Join(v.dir, "d"))
	if err != nil || len(inside) != 1 {
		t.Errorf("the directory holds %v, %v", inside, err)
	}
	if _, err := os.Stat("/tmp/ftpsh-escaped"); err == nil {
		t.Error("an absolute name was written")
	}
}

// A local file is never replaced unasked, and a new one has the mode that the umask says, whatever the
// server has.
func TestS52_LocalFilesAreNotReplacedUnasked(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a.txt", []byte("new"))
	v.writes("a.txt", "old")
	out := v.tries(server.Addr(), "get a.txt")
	equal(t, out.status, 7)
	equal(t, v.file("a.txt"), "old")
	v.does(server.Addr(), "get a.txt b.txt")
	info, err := os.Stat(filepath.Join(v.dir, "b.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode()&0o111 != 0 || info.Mode()&0o600 != 0o600 {
		t.Errorf("the mode is %v", info.Mode())
	}
	if err := os.Symlink("elsewhere", filepath.Join(v.dir, "link")); err != nil {
		t.Fatal(err)
	}
	v.tries(server.Addr(), "get -f a.txt link")
	if slices.Contains(v.files(), "elsewhere") {
		t.Error("a download went through a link")
	}
}

// What a name of the server means to a shell, or to ftp programs, it does not mean here. What is typed as
// "|cmd" is refused, with the pipe that does the same.
func TestS53_NamesOfTheServerAreData(t *testing.T) {
	v, server := atScript(t, script.Options{})
	names := []string{"|touch pwned", "-", "~root", "$(touch pwned)", "`touch pwned`", "; touch pwned", "!touch pwned", "& touch pwned"}
	listed(server, names...)
	out := v.tries(server.Addr(), "mget *")
	equal(t, out.stdout, "")
	equal(t, out.status, 0)
	want := slices.Sorted(slices.Values(names))
	if got := v.files(); !slices.Equal(got, want) {
		t.Errorf("the directory holds %q, want %q", got, want)
	}
	out = v.tries(server.Addr(), `nlist | while read -r f; do -get "$f"; done`)
	if slices.Contains(v.files(), "pwned") {
		t.Error("a name was run")
	}
	out = v.tries(server.Addr(), `get x "|touch pwned2"`)
	equal(t, out.status, 2)
	contains(t, out.stderr, "hint: cat x |touch pwned2")
	if slices.Contains(v.files(), "pwned2") {
		t.Error("a typed name was run")
	}
}

// Bytes that are no UTF-8 stay as they are on the wire and on the disk, and are shown escaped.
func TestS56_NamesAreBytes(t *testing.T) {
	v, server := atScript(t, script.Options{})
	const name = "\xfe\xffdata\x80"
	server.Tree.Write("/"+name, []byte("hello"))
	equal(t, v.does(server.Addr(), "ls"), `\xfe\xffdata\x80`+"\n")
	v.does(server.Addr(), "get *data*")
	equal(t, v.file(name), "hello")
	v.does(server.Addr(), `get $'\xfe\xffdata\x80' copy`, `put $'\xfe\xffdata\x80' $'\xfe\xffdata\x80.2'`, "rm *data*.2", `rm $'\xfe\xffdata\x80'`)
	equal(t, v.file("copy"), "hello")
	if left := server.Tree.List("/"); len(left) != 0 {
		t.Errorf("the server has %v", left)
	}
	doubled := strings.ReplaceAll(name, "\xff", "\xff\xff") // RFC 854: IAC is doubled
	logged(t, server, "RETR "+doubled, "DELE "+doubled)
}

// An odd URL leads to the host that it names, or nowhere.
func TestS78_OddTargetsAreRefused(t *testing.T) {
	v, server := atScript(t, script.Options{})
	for _, target := range []string{
		"ftp://good;@" + server.Addr() + "/", "ftp://good@evil@" + server.Addr() + "/", `ftp://good\@` + server.Addr() + "/",
		"ftp://[::1%25x", "ftp://" + server.Addr() + "/;x-proxy=1", "ftp://" + server.Addr() + "/%0aDELE%20x", "ftp:///etc/passwd",
	} {
		args := []string{"--retries", "0", "--timeout", "2", "-c", "pwd", "--", target}
		if out := v.ftpsh("", args...); out.status != 2 {
			t.Errorf("%s: exit status %d\n%s", target, out.status, out.stderr)
		}
	}
	if log := server.Log(); len(log) > 0 {
		t.Errorf("sent %q", log)
	}
	out := v.ftpsh("", "-c", "pwd", "ftp://ann%40example.org:x@"+server.Addr()+"/")
	equal(t, out.status, 4)
	logged(t, server, "USER ann@example.org", "PASS x")
}

// A program that has seen enough ends the pipe, not the run; with nobody to read at all the run ends quietly.
func TestF24_BrokenPipes(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	out := v.tries(server.Addr(), "ls -R | head -1", "ls small | head -2", "pwd")
	equal(t, out, outcome{stdout: ".:\nnote-000.txt\nnote-001.txt\n/\n"})

	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	cmd := v.command("-c", "ls -R; cat README.txt", server.Addr())
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = writer, &stderr
	err = cmd.Run()
	writer.Close()
	if _, ended := err.(*exec.ExitError); !ended {
		t.Errorf("ended with %v", err)
	}
	if strings.Contains(stderr.String(), "goroutine") || strings.Count(stderr.String(), "\n") > 2 {
		t.Errorf("a closed output is told by\n%s", stderr.String())
	}

	equal(t, v.ftpsh("", server.Addr()).status, 0) // standard input at its end
}

// Replies that make the library below panic end a command and not the shell (D09, D10), and the next one works.
func TestF25_RepliesThatAreNoneEndTheCommandAlone(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a.txt", []byte("hello"))
	server.On("PASV", func(c *script.Conversation, _ string) { c.Reply("227 x )(") })
	server.Answer("STAT", `257 "`)
	out := v.ftpsh("epsv off\n-ls\nepsv on\nls\n-quote STAT\npwd\n", "--timeout", "5", server.Addr())
	equal(t, out.status, 0)
	equal(t, out.stdout, "a.txt\n257 \"\n/\n")
	server.Answer("PWD", `257 "`)
	out = v.ftpsh("-pwd\ncd /\necho still here\n", "--timeout", "5", server.Addr())
	contains(t, out.stdout, "still here")
	if strings.Contains(out.stderr, "goroutine") {
		t.Errorf("a panic is shown\n%s", out.stderr)
	}
}

// A panic of our own ends the command, with a report that says what helps; the connection is made again.
func TestF25_APanicEndsTheCommandAlone(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	for name, value := range homeVariables(v.home) {
		t.Setenv(name, value)
	}
	output := captured(t)
	p := &program{
		flags:  &flags{commands: []string{"-boom", "pwd"}, leaves: true, color: "never"},
		target: []string{server.Addr()}, dir: t.TempDir(),
	}
	if err := p.wire(); err != nil {
		t.Fatal(err)
	}
	p.session.Table = commands.NewTable(append(commands.All(), commands.Command{
		Name: "boom", Needs: commands.LoggedIn,
		Run: func(context.Context, *commands.Session, *commands.Call) error { panic("out of range") },
	})...)
	equal(t, p.work(t.Context()), 0)
	p.terminal.close()
	stdout, stderr := output()
	equal(t, stdout, "/\n")
	contains(t, stderr, "boom: internal error: out of range", "hint: the connection was dropped", "connecting to 127.0.0.1 again")
}

// captured takes what this process prints until the returned function is called.
func captured(t *testing.T) func() (stdout, stderr string) {
	t.Helper()
	streams := []**os.File{&os.Stdout, &os.Stderr}
	var before, files []*os.File
	for _, stream := range streams {
		file, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		before, files = append(before, *stream), append(files, file)
		*stream = file
	}
	restore := func() { os.Stdout, os.Stderr = before[0], before[1] }
	t.Cleanup(restore)
	return func() (stdout, stderr string) {
		restore()
		var texts [2]string
		for i, file := range files {
			text, err := os.ReadFile(file.Name())
			if err != nil {
				t.Error(err)
			}
			file.Close()
			texts[i] = string(text)
		}
		return texts[0], texts[1]
	}
}
