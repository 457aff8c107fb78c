//go:build unix

package history

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// mode returns the permission bits of a path.
func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// The file was created with 0666 less the umask, and again at every rewrite
// (chzyer/readline#245).
func TestS74_ModesWhateverTheUmask(t *testing.T) {
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	path := newPath(t)
	f := open(t, path, 3)
	check := func(when string) {
		t.Helper()
		if got := mode(t, path); got != 0o600 {
			t.Errorf("%s: file mode %o", when, got)
		}
		if got := mode(t, filepath.Dir(path)); got != 0o700 {
			t.Errorf("%s: directory mode %o", when, got)
		}
	}
	check("created")
	for _, line := range strings.Fields("a b c d e f g h i j") {
		add(t, f, line)
		check("after " + line)
	}
}

func TestS74_OlderFileIsClosedToOthers(t *testing.T) {
	path := newPath(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	expect(t, open(t, path, 10).Lines(), "old")
	if mode(t, path) != 0o600 || mode(t, filepath.Dir(path)) != 0o700 {
		t.Errorf("modes %o and %o", mode(t, path), mode(t, filepath.Dir(path)))
	}
}

func TestS74_OnlyARegularFile(t *testing.T) {
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("precious\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, want string
		plant      func(path string) error
	}{
		{"symlink", "is a symbolic link", func(path string) error { return os.Symlink(victim, path) }},
		{"dangling symlink", "is a symbolic link", func(path string) error { return os.Symlink(victim+"2", path) }},
		{"fifo", "is not a regular file", func(path string) error { return syscall.Mkfifo(path, 0o600) }},
		{"directory", "is not a regular file", func(path string) error { return os.Mkdir(path, 0o700) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history")
			f := open(t, path, 10)
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := test.plant(path); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path, 10); err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("Open: %v, want %q", err, test.want)
			}
			if err := f.Add("secret"); err == nil {
				t.Error("Add wrote somewhere")
			}
			expect(t, f.Lines(), "secret")
		})
	}
	if data, _ := os.ReadFile(victim); string(data) != "precious\n" || mode(t, victim) != 0o644 {
		t.Errorf("the target of the link was changed: %q, mode %o", data, mode(t, victim))
	}
}

func TestS74_FileOfSomeoneElse(t *testing.T) {
	path := newPath(t)
	open(t, path, 10)
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	info.Sys().(*syscall.Stat_t).Uid++
	if err := acceptable(path, info); err == nil || !strings.Contains(err.Error(), "someone else") {
		t.Errorf("got %v", err)
	}
}
