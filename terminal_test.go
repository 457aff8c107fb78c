//go:build unix

package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ftpsh/internal/demo"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// -e runs its commands and then goes on at the prompt, where Ctrl-D leaves.
func TestExecuteThenPrompt(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	x := v.sits("-e", "cd deep", "-e", "pwd", server.Addr())
	x.sees("/deep\n")
	x.sees(":/deep> ")
	x.enters("ls")
	x.sees("down\n")
	x.types("\x04")
	equal(t, x.leaves(), 0)
}

// A failure at the prompt is reported and forgotten; leaving is a success.
func TestPromptGoesOnAfterFailures(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	x := v.sits(server.Addr())
	x.sees("> ")
	x.enters("cd nowhere; pwd")
	x.sees("cd: nowhere: 550")
	x.sees("hint: ls shows what is there")
	x.sees("/\n")
	x.enters("nonesuch")
	x.sees(`unknown command "nonesuch"`)
	x.asks(`echo "two`, "> ")
	x.enters(`lines"`)
	x.sees("two\nlines\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
}

// evil is what a server may put wherever it may put text: it writes the clipboard, colours, moves the
// cursor to the start of the line, and turns the text around.
const evil = "\x1b]52;c;RVZJTA==\a\x1b[31mEVIL\u009b31m\x9b31m\u202e\x7f\x08"

// harmful are the parts of it that a terminal must never be sent.
var harmful = []string{"\x1b]52", "\x1b[31mEVIL", "\u009b", "\x9b31m", "\u202e", "\x7f", "EVIL\x08"}

// hostile makes a server speak evil wherever it can after the login.
func hostile(server *script.Server) {
	server.Tree.Write("/"+evil+".txt", []byte(evil+"\n"))
	server.Tree.Mkdir("/" + evil)
	server.OnConnect(func(c *script.Conversation) { c.Reply("220-"+evil, "220 "+evil) })
	for verb, code := range map[string]string{
		"SYST": "215", "STAT": "211", "SITE": "200", "NOOP": "200", "HELP": "214", "DELE": "550", "RMD": "450", "ABOR": "226", "QUIT": "221",
	} {
		server.Answer(verb, code+"-"+evil, " "+evil, code+" "+evil)
	}
}

// harmless fails the test if a terminal was sent a part of evil that it would obey.
func harmless(t *testing.T, x *typist) {
	t.Helper()
	_, raw := x.shown()
	for _, part := range harmful {
		if at := strings.Index(raw, part); at >= 0 {
			t.Errorf("the terminal was sent %q: %q", part, raw[max(0, at-100):min(len(raw), at+60)])
		}
	}
	if !utf8.ValidString(raw) {
		t.Error("the terminal was sent invalid UTF-8")
	}
}

// A server cannot reach the terminal: not by its greeting, its replies, the names of its files, their
// contents, the working directory, or what completion offers.
func TestS70_TextOfTheServerIsSafeOnATerminal(t *testing.T) {
	v, server := atScript(t, script.Options{})
	hostile(server)
	x := v.sits("-ddd", server.Addr())
	const prompt = "127.0.0.1 (clear):"
	x.sees("\n" + prompt)
	for _, line := range []string{
		"welcome", "ls", "ls -l", "ls --json", "ls *.txt", "dir", "nlist", "mlsd", "stat *.txt", "features", "system", "rstatus", "rhelp",
		"site x", "reset", "abort", "delete x", "rmdir x", "size *.txt", "modtime *.txt", "status", "pwd",
		`nlist | while read -r f; do echo "$f"; done`, "cat *.txt", `quote -d RETR "$(nlist | head -1)"`, "quote STAT", "idle", "history",
		`for f in 1; do cd *[!t]; done`, "pwd", "ls", "mlst", "bookmark here", "bookmark", "cd nowhere", "cd",
	} {
		x.asks(line, prompt)
	}
	x.enters("delete *.txt")
	x.sees("[y/N]")
	x.asks("n", prompt)
	x.types("cd \t")
	x.sees("completion: ")
	x.types("\x03")
	x.sees("\n" + prompt)
	x.enters("bye")
	equal(t, x.leaves(), 0)
	harmless(t, x)
	text, _ := x.shown()
	contains(t, text, `\x1b]52;c;RVZJTA==\x07\x1b[31mEVIL\u009b31m\x9b31m\u202e\x7f\x08`)
}

// Nor by the replies to a login that it refuses.
func TestS70_RefusedLoginIsSafeOnATerminal(t *testing.T) {
	v, server := atScript(t, script.Options{})
	hostile(server)
	server.Answer("USER", "331 "+evil)
	server.Answer("PASS", "530-"+evil, "530 "+evil)
	x := v.sits(server.Addr())
	x.sees("user NAME tries again")
	x.enters("bye")
	x.leaves()
	harmless(t, x)
}

// A server's lines bear a mark, so that none can pass for a message or a prompt of ours.
func TestS71_ServerLinesAreMarked(t *testing.T) {
	v, server := atScript(t, script.Options{})
	const spoof = "ftpsh> transfer complete"
	server.OnConnect(func(c *script.Conversation) { c.Reply("220-Welcome", spoof, "220 "+spoof) })
	server.Answer("QUIT", "221-bye", spoof, "221 "+spoof)
	server.Answer("DELE", "550-no", spoof, "550 "+spoof)
	server.Answer("STAT", "211-no", spoof, "211 "+spoof)
	x := v.sits(server.Addr())
	x.sees("> ")
	x.enters("delete a")
	x.sees("hint:")
	x.enters("debug 1; -rstatus; debug 0")
	x.sees("debug 0")
	x.enters("bye")
	x.leaves()
	text, _ := x.shown()
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.Contains(line, spoof) && strings.HasPrefix(line, "ftpsh>") {
			t.Errorf("a line of the server stands by itself: %q", line)
		}
	}
}

// Ctrl-C at the prompt, at a question, at a password, during a listing and during completion: nothing is
// sent, the prompt comes back, and at the end the terminal is as it was.
func TestF21_CtrlCGivesThePromptBack(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/*", []byte("x"))
	server.Tree.Write("/a.txt", []byte("x"))
	stalled := make(chan bool, 8)
	server.On("MLSD", func(c *script.Conversation, directory string) {
		if strings.TrimPrefix(directory, "/") != "slow" {
			c.Default("MLSD", directory)
			return
		}
		c.Reply("150 here it comes")
		d := c.Data()
		stalled <- true
		d.Stall()
		c.Reply("426 aborted")
	})
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.types("delete a.txt\x03")
	x.sees(":/> ")
	x.enters("delete '*'")
	x.sees("?")
	x.types("\x03")
	x.sees(":/> ")
	x.enters("user bob")
	x.sees("password of bob")
	x.types("half a pass\x03")
	x.sees("\n127.0.0.1 (clear):")
	x.asks("user ann", "127.0.0.1 (clear):/> ")
	x.enters("ls slow")
	within(t, stalled)
	x.types("\x03")
	x.sees(":/> ")
	x.types("cd slow/\t")
	within(t, stalled)
	x.types("\x03\x03")
	x.sees("^C\n127.0.0.1 (clear):/> ")
	x.enters("pwd")
	x.sees("/\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	for _, line := range server.Log() {
		if strings.HasPrefix(line, "DELE") || strings.HasPrefix(line, "USER bob") {
			t.Errorf("sent %q", line)
		}
	}
}

// within waits for a server to have got somewhere.
func within(t testing.TB, signal <-chan bool) {
	t.Helper()
	select {
	case <-signal:
	case <-time.After(10 * time.Second):
		t.Fatal("the server waited in vain")
	}
}

// On a terminal a file that is really called * is asked about by that name, and deleted by one command.
func TestS06_APatternAsANameIsAskedAbout(t *testing.T) {
	v, server := atScript(t, script.Options{})
	for _, name := range []string{"/*", "/a.txt", "/b.txt"} {
		server.Tree.Write(name, nil)
	}
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.enters("rm '*'")
	x.sees("delete the one that is really called *?")
	x.types("n")
	x.sees("left alone")
	x.sees(":/> ")
	x.enters("rm '*'")
	x.sees("[y/N]")
	x.types("y")
	x.sees("\n127.0.0.1 (clear):/> ")
	x.enters("rm *.txt")
	x.sees("delete 2 files?")
	x.types("n")
	x.sees("\n127.0.0.1 (clear):/> ")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	if got := deletions(server); !slices.Equal(got, []string{"DELE *"}) {
		t.Errorf("sent %q", got)
	}
}

// slow makes a server send the first half of every file and then nothing, until the client gives up. The
// channel says when the half is sent.
func slow(server *script.Server, content string) <-chan bool {
	halfway := make(chan bool, 8)
	server.Tree.Write("/slow.bin", []byte(content))
	server.On("RETR", func(c *script.Conversation, name string) {
		if name != "slow.bin" {
			c.Default("RETR", name)
			return
		}
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send(content[:len(content)/2])
		halfway <- true
		d.Stall()
		c.Reply("426 aborted")
	})
	return halfway
}

// Ctrl-C during a download ends the download: what came is kept beside, the prompt is there again, and the
// next command works, on the same connection where the server lets that be.
func TestF20_CtrlCEndsATransfer(t *testing.T) {
	v, server := atScript(t, script.Options{})
	content := strings.Repeat("0123456789abcdef", 20_000)
	halfway := slow(server, content)
	x := v.sits(server.Addr())
	x.sees(":/> ")
	for range 3 {
		x.enters("get slow.bin")
		within(t, halfway)
		v.waitsFor(".slow.bin.ftpsh-part", len(content)/2)
		x.types("\x03")
		x.sees("interrupted")
		x.sees("\n127.0.0.1 (clear):/> ")
		x.asks("pwd", "127.0.0.1 (clear):/> ")
	}
	names := v.files()
	if slices.Contains(names, "slow.bin") {
		t.Error("a half of a file has its name")
	}
	if !slices.Contains(names, ".slow.bin.ftpsh-part") {
		t.Errorf("the half is lost: %q", names)
	}
	server.On("RETR", func(c *script.Conversation, name string) { c.Default("RETR", name) })
	x.asks("get -c slow.bin", "127.0.0.1 (clear):/> ")
	equal(t, v.file("slow.bin"), content)
	x.enters("bye")
	equal(t, x.leaves(), 0)
	if left := v.files(); !slices.Equal(left, []string{"slow.bin"}) {
		t.Errorf("left behind: %q", left)
	}
}

// A server that does not let go is left at the second Ctrl-C; the next command opens the connection again.
func TestF20_SecondCtrlCDropsTheConnection(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Mkdir("/d")
	stuck := make(chan bool, 1)
	server.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send("half")
		stuck <- true
		c.Stall() // no end of the data, and no ear for ABOR
	})
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.asks("cd d", "127.0.0.1 (clear):/d> ")
	x.enters("get a.bin")
	within(t, stuck)
	started := time.Now()
	x.types("\x03")
	x.types("\x03")
	x.sees("interrupted")
	if took := time.Since(started); took > 3*time.Second {
		t.Errorf("the prompt came after %v", took)
	}
	x.sees("\n127.0.0.1 (lost):/d> ")
	x.enters("pwd")
	x.sees("/d\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	equal(t, len(server.Controls()), 2)
}

// In a script Ctrl-C ends the run, with 130; what came is kept.
func TestF20_InterruptedScript(t *testing.T) {
	v, server := atScript(t, script.Options{})
	halfway := slow(server, strings.Repeat("x", 100_000))
	cmd := v.command("-c", "get slow.bin", "-c", "echo never", server.Addr())
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	within(t, halfway)
	v.waitsFor(".slow.bin.ftpsh-part", 50_000)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its status is looked at
	equal(t, cmd.ProcessState.ExitCode(), 130)
	equal(t, stdout.String(), "")
	if !slices.Contains(v.files(), ".slow.bin.ftpsh-part") {
		t.Errorf("the half is lost: %q\n%s", v.files(), stderr.String())
	}
}

// A person is asked about a file that is there already, before anything of it is touched.
func TestExistingFileIsAskedAbout(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a.txt", []byte("new"))
	v.writes("a.txt", "old")
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.enters("get a.txt")
	x.sees("a.txt")
	x.sees("?")
	x.types("n")
	x.sees("\n127.0.0.1 (clear):/> ")
	equal(t, v.file("a.txt"), "old")
	x.enters("get a.txt")
	x.sees("?")
	x.types("y")
	x.sees("\n127.0.0.1 (clear):/> ")
	equal(t, v.file("a.txt"), "new")
	x.enters("bye")
	equal(t, x.leaves(), 0)
}

// A password is asked for without being shown, a certificate can be looked at and trusted for good, and
// neither is asked for again where it need not be.
func TestQuestionsOfAConnection(t *testing.T) {
	certificates := ftptest.Certificates(t)
	server := ftptest.Script(t, script.Options{User: scriptUser, Password: scriptPassword, TLS: certificates.Serve(certificates.Good)})
	v := newVisitor(t)
	v.secrets = []string{scriptPassword}
	x := v.sits("ann@" + server.Addr())
	x.sees("warning: the certificate of 127.0.0.1 is not trusted")
	x.sees("sha-256")
	x.sees("trust it: no, once, always?")
	x.types("a")
	x.sees("password of ann at 127.0.0.1: ")
	x.enters(scriptPassword)
	x.sees("\n127.0.0.1:/> ")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	x = v.sits("ann@" + server.Addr())
	x.sees("password of ann at 127.0.0.1: ")
	x.enters("wrong")
	x.sees("login as ann refused: 530")
	x.sees("> ")
	x.enters("bye")
	x.leaves()
	text, _ := x.shown()
	if strings.Contains(text, "trust it") || strings.Contains(text, "wrong\n") {
		t.Errorf("asked again, or shown:\n%s", text)
	}
}

// On a terminal without control sequences none is sent, and everything works.
func TestDumbTerminal(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	x := v.sitsAt("dumb", server.Addr())
	x.sees("> ")
	x.enters("ls")
	x.sees("README.txt")
	x.enters("get README.txt")
	x.sees("407 bytes")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	if _, raw := x.shown(); strings.Contains(raw, "\x1b") {
		t.Errorf("a dumb terminal was sent %q", raw)
	}
}

// Completion by position, at the real prompt: a command, a remote path with a blank, a local path, a flag.
func TestTabCompletes(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	v.writes("local file.txt", "x")
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.types("cd na\t")
	x.sees("cd names/")
	x.types("pho\t\r")
	x.sees(":/names/photos 2024> ")
	x.types("pw\t\r")
	x.sees("/names/photos 2024\n")
	x.types("lcat loc\t\r")
	x.sees("\nx")
	x.enters("bye")
	equal(t, x.leaves(), 0)
}
