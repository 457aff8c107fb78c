//go:build unix

package main

import (
	"slices"
	"strings"
	"syscall"
	"testing"

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
	x.sees("hint: ls  # shows what is there")
	x.sees("/\n")
	x.enters("nonesuch")
	x.sees(`unknown command "nonesuch"`)
	x.asks(`echo "two`, "> ")
	x.enters(`lines"`)
	x.sees("two\nlines\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
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
	x.sees("warning: 127.0.0.1: the certificate is not trusted")
	x.sees("sha-256")
	x.sees("trust it? [N]o [o]nce [a]lways")
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

// A connection that the server has dropped while nobody typed is noticed, told, and brought back into its
// directory and type before the next command runs, once.
func TestF01_DroppedConnectionComesBack(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Mkdir("/d")
	x := v.sits(server.Addr())
	x.sees(":/> ")
	x.asks("cd d", "127.0.0.1 (clear):/d> ")
	x.asks("ascii", "127.0.0.1 (clear):/d [TYPE A]> ")
	for _, c := range server.Conversations() {
		c.Close()
	}
	x.enters("mkdir once")
	x.sees("connecting to 127.0.0.1 again")
	x.sees("\n127.0.0.1 (clear):/d [TYPE A]> ")
	x.enters("bye")
	equal(t, x.leaves(), 0)
	equal(t, strings.Count(strings.Join(server.Log(), "\n"), "MKD once"), 1)
	if _, there := server.Tree.Get("/d/once"); !there {
		t.Error("the command ran in another directory")
	}
}

// Signals end the program at its prompt as they end others, and give the terminal back.
func TestSignalsAtThePrompt(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		v, server := atDemo(t, demo.Options{})
		x := v.sits(server.Addr())
		x.sees(":/> ")
		if err := x.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		equal(t, x.leaves(), 128+int(signal))
	}
}
