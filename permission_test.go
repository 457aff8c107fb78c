//go:build linux

package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ftpsh/internal/script"
)

// unprivileged makes a command run as somebody whom permissions hold for, who owns the visitor's directories.
func (v *visitor) unprivileged(cmd *exec.Cmd) {
	v.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	const somebody = 65534
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: somebody, Gid: somebody}}
	program, err := os.ReadFile(cmd.Path) // it lies where nobody else may look
	if err != nil {
		v.t.Fatal(err)
	}
	cmd.Path = filepath.Join(v.t.TempDir(), "ftpsh")
	if err := errors.Join(os.WriteFile(cmd.Path, program, 0o755), os.Chmod(filepath.Dir(filepath.Dir(cmd.Path)), 0o755)); err != nil {
		v.t.Fatal(err)
	}
	for _, dir := range []string{v.home, v.dir} {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, somebody, somebody))
		})
		if err != nil {
			v.t.Fatal(err)
		}
	}
}

// What must not be read or written is refused before anything moves, alone and in a job, where it is counted and
// the rest goes on.
func TestF12_PermissionDenied(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a", []byte("a"))
	server.Tree.Write("/tree/locked/x", []byte("x"))
	server.Tree.Write("/tree/y", []byte("y"))
	server.On("RETR", func(c *script.Conversation, name string) {
		if strings.HasSuffix(name, "secret") {
			c.Reply("550 permission denied")
			return
		}
		c.Default("RETR", name)
	})
	server.Tree.Write("/secret", []byte("s"))
	v.writes("private", "p")
	v.writes("open", "o")
	for _, dir := range []string{"locked", "tree", "tree/locked"} {
		if err := os.Mkdir(filepath.Join(v.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, mode := range map[string]os.FileMode{"private": 0, "locked": 0o500, "tree/locked": 0o500} {
		if err := os.Chmod(filepath.Join(v.dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		line   string
		status int
		says   string
		verb   string // that must not be sent more often than
		times  int
	}{
		{"get a -o locked/a", 7, "permission denied", "RETR", 0},
		{"put private", 7, "private: permission denied", "STOR", 0},
		{"get secret", 1, "secret: 550 permission denied", "RETR", 1},
		{"mput private open", 7, "private: permission denied", "STOR", 1},
		{"mirror tree", 7, "permission denied", "RETR", 1},
	} {
		before := sentOf(server, test.verb)
		cmd := v.command("-c", test.line, server.Addr())
		v.unprivileged(cmd)
		output, _ := cmd.CombinedOutput() // its status is looked at
		if status := cmd.ProcessState.ExitCode(); status != test.status {
			t.Errorf("%s: exit status %d\n%s", test.line, status, output)
		}
		contains(t, string(output), test.says)
		if n := sentOf(server, test.verb) - before; n > test.times {
			t.Errorf("%s: %s was sent %d times\n%s", test.line, test.verb, n, output)
		}
	}
	equal(t, v.file("tree/y"), "y")
	if f, _ := server.Tree.Get("/open"); string(f.Content) != "o" {
		t.Error("the rest of mput did not go on")
	}
}

// sentOf counts the lines with a verb that a server has received.
func sentOf(server *script.Server, verb string) (n int) {
	for _, line := range server.Log() {
		if strings.HasPrefix(line, verb+" ") {
			n++
		}
	}
	return n
}
