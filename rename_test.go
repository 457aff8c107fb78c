package main

import (
	"strings"
	"testing"

	"ftpsh/internal/script"
)

// A rename replaces nothing unasked, and is told as done only if the server says so; one that changes the case of
// letters, or the directory, is like any other, also where the server does not tell cases apart.
func TestF30_Renames(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a", []byte("a"))
	server.Tree.Write("/b", []byte("b"))
	server.Tree.Mkdir("/sub")
	there := func(path, want string) {
		t.Helper()
		if f, _ := server.Tree.Get(path); string(f.Content) != want {
			t.Errorf("%s is %q, want %q", path, f.Content, want)
		}
	}
	out := v.tries(server.Addr(), "rename a b")
	if out.status == 0 || !strings.Contains(out.stderr, "rename -f") {
		t.Errorf("onto a file: %d, %s", out.status, out.stderr)
	}
	there("/b", "b")
	v.does(server.Addr(), "rename -f a b")
	there("/b", "a")
	v.does(server.Addr(), "rename b sub/c", "rename sub/c sub/C", "rename sub/C .")
	there("/C", "a")
	server.Tree.Write("/d", []byte("d"))
	server.Answer("RNTO", "553 there is one of that name")
	out = v.tries(server.Addr(), "rename -f C d")
	equal(t, out.status, 1)
	contains(t, out.stderr, "553 there is one of that name")
	there("/d", "d")
	there("/C", "a")
}

// Upper and lower case are one to this server.
func TestF30_RenameOfTheCaseAlone(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/file", []byte("x"))
	for _, verb := range []string{"MLST", "SIZE", "MDTM", "RNFR"} {
		server.On(verb, func(c *script.Conversation, name string) { c.Default(verb, strings.ToLower(name)) })
	}
	out := v.tries(server.Addr(), "rename file FILE")
	equal(t, out.status, 0)
	logged(t, server, "RNFR file", "RNTO FILE")
}
