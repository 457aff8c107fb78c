package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ftpsh/internal/demo"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// visitor is somebody with a home and a working directory of their own, who runs the program. Whatever it
// prints, and every file that it leaves, must lack the visitor's secrets.
type visitor struct {
	t       testing.TB
	home    string
	dir     string // where the program is started
	env     []string
	secrets []string
}

func newVisitor(t testing.TB) *visitor {
	t.Helper()
	v := &visitor{t: t, home: filepath.Join(t.TempDir(), "home"), dir: t.TempDir()}
	if err := os.Mkdir(v.home, 0o700); err != nil {
		t.Fatal(err)
	}
	v.env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{"NO_COLOR", "CLICOLOR_FORCE", "LS_COLORS", "PAGER", "NETRC", "FTPANONPASS"}, name)
	})
	for name, value := range homeVariables(v.home) {
		v.env = append(v.env, name+"="+value)
	}
	t.Cleanup(v.searchFiles)
	return v
}

// knows gives the visitor a login at a host.
func (v *visitor) knows(addr, user, password string) {
	v.t.Helper()
	host, _, err := net.SplitHostPort(addr)
	if err == nil {
		err = writeNetrc(v.home, host, user, password)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	v.secrets = append(v.secrets, password)
}

// outcome is what a run of the program came to.
type outcome struct {
	stdout, stderr string
	status         int
}

// ftpsh runs the program with lines on its standard input.
func (v *visitor) ftpsh(input string, args ...string) outcome {
	v.t.Helper()
	cmd := v.command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		v.t.Fatal(err)
	}
	v.search("standard output", stdout.String())
	v.search("standard error", stderr.String())
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

func (v *visitor) command(args ...string) *exec.Cmd {
	cmd := exec.Command("ftpsh", args...)
	cmd.Dir, cmd.Env = v.dir, v.env
	return cmd
}

// does runs lines, which must all succeed, and returns what they print.
func (v *visitor) does(addr string, lines ...string) string {
	v.t.Helper()
	out := v.tries(addr, lines...)
	if out.status != 0 {
		v.t.Fatalf("%q: exit status %d\n%s", lines, out.status, out.stderr)
	}
	return out.stdout
}

// tries runs lines, one -c each.
func (v *visitor) tries(addr string, lines ...string) outcome {
	v.t.Helper()
	args := []string{"--timeout", "10", "--retries", "0"}
	for _, line := range lines {
		args = append(args, "-c", line)
	}
	return v.ftpsh("", append(args, addr)...)
}

// search fails the test if a text holds a secret.
func (v *visitor) search(where, text string) {
	v.t.Helper()
	for _, secret := range v.secrets {
		if strings.Contains(text, secret) {
			v.t.Errorf("%s holds the password", where)
		}
	}
}

// searchFiles goes through every file but the one that the password came from.
func (v *visitor) searchFiles() {
	for _, dir := range []string{v.home, v.dir} {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || entry.Name() == ".netrc" {
				return err
			}
			text, err := os.ReadFile(path)
			v.search(path, string(text))
			return err
		})
		if err != nil {
			v.t.Error(err)
		}
	}
}

// file reads a file of the working directory.
func (v *visitor) file(name string) string {
	v.t.Helper()
	content, err := os.ReadFile(filepath.Join(v.dir, name))
	if err != nil {
		v.t.Fatal(err)
	}
	return string(content)
}

// writes puts a file into the working directory.
func (v *visitor) writes(name, content string) {
	v.t.Helper()
	if err := os.WriteFile(filepath.Join(v.dir, name), []byte(content), 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// links gives a file one more name.
func (v *visitor) links(name, other string) {
	v.t.Helper()
	if err := os.Link(filepath.Join(v.dir, name), filepath.Join(v.dir, other)); err != nil {
		v.t.Fatal(err)
	}
}

// waitsFor waits until a file of the working directory has a size, in bytes.
func (v *visitor) waitsFor(name string, size int) {
	v.t.Helper()
	ftptest.Wait(v.t, name, func() bool {
		info, err := os.Stat(filepath.Join(v.dir, name))
		return err == nil && info.Size() == int64(size)
	})
}

// files lists the working directory.
func (v *visitor) files() []string {
	v.t.Helper()
	entries, err := os.ReadDir(v.dir)
	if err != nil {
		v.t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// atScript starts a scripted server and somebody who can log in there.
func atScript(t testing.TB, options script.Options) (*visitor, *script.Server) {
	t.Helper()
	options.User, options.Password = scriptUser, scriptPassword
	server := ftptest.Script(t, options)
	v := newVisitor(t)
	v.knows(server.Addr(), scriptUser, scriptPassword)
	return v, server
}

// atDemo starts the embedded server and somebody who can log in there.
func atDemo(t testing.TB, options demo.Options) (*visitor, *demo.Server) {
	t.Helper()
	server := ftptest.Demo(t, options)
	v := newVisitor(t)
	v.knows(server.Addr(), demo.User, server.Password())
	return v, server
}

// logged fails the test unless the server has received these lines, in this order.
func logged(t testing.TB, server *script.Server, wanted ...string) {
	t.Helper()
	log := server.Log()
	rest := log
	for _, want := range wanted {
		at := slices.Index(rest, want)
		if at < 0 {
			t.Errorf("%q is missing, or out of order, in\n%s", want, strings.Join(log, "\n"))
			return
		}
		rest = rest[at+1:]
	}
}

// contains fails the test unless a text holds each of the others.
func contains(t testing.TB, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}

// equal fails the test unless both are the same.
func equal[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// portBytes is a port as PASV and PORT write it (RFC 959 section 4.1.2).
func portBytes(port int) string { return fmt.Sprintf("%d,%d", port>>8, port&0xff) }
