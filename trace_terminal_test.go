//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ftpsh/internal/demo"
	"ftpsh/internal/script"
)

// What the trace says while somebody types goes above the line, which stays as it was typed.
func TestTraceLeavesTheLineAlone(t *testing.T) {
	v, server := atScript(t, script.Options{})
	x := v.sits("-d", server.Addr())
	x.sees("--> PWD\n")
	x.sees("<-- 257 ")
	x.sees("\n127.0.0.1 (clear):/> ")
	x.types("pw")
	x.sees("pw")
	server.Conversations()[0].Reply("421 idle")
	x.sees("<-- 421 idle\n")
	x.sees("127.0.0.1 (clear):/> pw")
	x.types("d\r")
	x.sees("\n/\n")
	x.enters("bye")
	equal(t, x.leaves(), 0)
}

// Nor does it disturb a question for a password, which is not shown by either.
func TestTraceLeavesThePasswordQuestionAlone(t *testing.T) {
	v, server := atScript(t, script.Options{})
	x := v.sits("-dd", "-n", server.Addr())
	x.sees("> ")
	if err := os.Remove(filepath.Join(v.home, ".netrc")); err != nil {
		t.Fatal(err)
	}
	x.enters("user ann")
	x.sees("password of ann at 127.0.0.1: ")
	x.types(scriptPassword[:4])
	server.Conversations()[0].Reply("200 by the way")
	x.sees("by the way")
	x.sees("password of ann at 127.0.0.1: ")
	x.types(scriptPassword[4:] + "\r")
	x.sees("a reply that nothing asked for") // the connection cannot be trusted with a password any more
	x.sees("(lost):> ")
	x.enters("bye")
	x.leaves()
	if text, _ := x.shown(); strings.Contains(text, scriptPassword[:4]) {
		t.Errorf("a part of the password is shown:\n%s", text)
	}
}

// Under the progress of a transfer it writes whole lines.
func TestTraceAboveProgress(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	x := v.sits("-dddd", server.Addr())
	x.sees(":/> ")
	x.enters("mget -f big/* small/note-00*")
	x.sees("?")
	x.types("a")
	x.sees("=== data begins, from the server\n=== 00000000  ")
	x.sees("=== data connection closed: ")
	x.sees("\n127.0.0.1 (clear):/> ")
	x.enters("bye")
	equal(t, x.leaves(), 0)
}
