//go:build unix

package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// chmod changes a mode and fails the test if it cannot.
func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestS77_NothingComesFromTheCurrentDirectory(t *testing.T) {
	here := t.TempDir()
	t.Chdir(here)
	for _, name := range []string{"config", "rc", ".ftpshrc", "bookmarks", "pins", "sites", ".netrc",
		"ftpsh/config", "ftpsh/rc", ".config/ftpsh/config", ".config/ftpsh/rc", ".local/state/ftpsh/sites"} {
		write(t, name, "verify = off\n")
	}
	for _, home := range []string{"", ".", t.TempDir()} {
		for _, xdg := range []string{"", ".", "./ftpsh"} {
			c := New(environment("XDG_CONFIG_HOME="+xdg, "XDG_STATE_HOME="+xdg), home)
			if err := c.Load(); err != nil {
				t.Errorf("home %q, XDG %q: %v", home, xdg, err)
			}
			if rc, err := c.Paths().RC(); rc != "" || err != nil || !c.At("h", 21).Bool("verify") {
				t.Errorf("home %q, XDG %q: rc %q, %v", home, xdg, rc, err)
			}
		}
	}
}

// Each file that steers the program, each way in which others may write it.
func TestS77_FilesThatOthersMayWriteAreRefused(t *testing.T) {
	readers := map[string]func(c *Config) error{
		"config": (*Config).Load,
		"rc":     func(c *Config) error { _, err := c.Paths().RC(); return err },
		"pins":   func(c *Config) error { _, err := c.Pins().Lookup("h", 21); return err },
		"bookmarks": func(c *Config) error {
			_, _, err := c.Bookmarks().List()
			return err
		},
	}
	for name, read := range readers {
		for _, test := range []struct {
			file, dir fs.FileMode
			ok        bool
		}{
			{0o600, 0o700, true}, {0o644, 0o755, true}, {0o664, 0o755, false}, {0o646, 0o755, false},
			{0o644, 0o775, false}, {0o644, 0o757, false}, {0o644, 0o777 | fs.ModeSticky, true},
		} {
			c := New(environment(), t.TempDir())
			path := c.Paths().inConfig(name)
			write(t, path, "# nothing\n")
			chmod(t, path, test.file)
			chmod(t, filepath.Dir(path), test.dir)
			err := read(c)
			if (err == nil) != test.ok {
				t.Errorf("%s, modes %o in %o: %v", name, test.file, test.dir, err)
			}
			if err != nil && (!strings.Contains(err.Error(), "others may write it") || !strings.HasPrefix(hint(err), "chmod go-w /")) {
				t.Errorf("%s: error %v, hint %q", name, err, hint(err))
			}
		}
	}
}

func TestS77_FileOfSomeoneElseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	write(t, path, "")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	stat.Uid = uint32(os.Geteuid()) + 1
	if trusted(path, info) == nil || secret(path, info) == nil {
		t.Error("a file of another user was used")
	}
	stat.Uid = 0
	if err := trusted(path, info); err != nil {
		t.Errorf("a file of root: %v", err)
	}
}

func TestS77_OddFilesAreRefused(t *testing.T) {
	plant := map[string]func(path string) error{
		"fifo":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"huge":      func(path string) error { return os.WriteFile(path, make([]byte, maxConfig+1), 0o600) },
	}
	for name, plant := range plant {
		c := New(environment(), t.TempDir())
		if err := os.MkdirAll(c.Paths().ConfigDir(), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := plant(c.Paths().ConfigFile()); err != nil {
			t.Fatal(err)
		}
		if err := c.Load(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestS76_NetrcThatOthersMayRead(t *testing.T) {
	for mode, used := range map[fs.FileMode]bool{0o600: true, 0o400: true, 0o640: false, 0o604: false, 0o620: false, 0o777: false} {
		n := writeNetrc(t, "machine h login bob password p")
		chmod(t, n.Path, mode)
		_, found, warnings := n.Lookup("h", "")
		if found != used {
			t.Errorf("mode %o: found %v", mode, found)
		}
		if !used && (len(warnings) != 1 || hint(warnings[0]) != "chmod 600 "+n.Path) {
			t.Errorf("mode %o: warnings %v", mode, warnings)
		}
	}
}

func TestS76_NetrcIsARegularFile(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, fifo, "/dev/zero"} {
		if _, found, warnings := (Netrc{Path: path}).Lookup("h", ""); found || len(warnings) != 1 {
			t.Errorf("%s: found %v, warnings %v", path, found, warnings)
		}
	}
	n := writeNetrc(t, "machine h login bob password p")
	link := filepath.Join(dir, "link")
	if err := os.Symlink(n.Path, link); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := (Netrc{Path: link}).Lookup("h", ""); !found {
		t.Error("a link to a good file is good")
	}
}

func TestS80_FilesAreWrittenForTheUserAlone(t *testing.T) {
	before := syscall.Umask(0)
	defer syscall.Umask(before)
	c := New(environment(), t.TempDir())
	for range 2 {
		if err := c.Bookmarks().Add(Bookmark{Name: "a", URL: "ftp://h/"}); err != nil {
			t.Fatal(err)
		}
		if err := c.Pins().Add("h", 21, Pin{1}); err != nil {
			t.Fatal(err)
		}
		if err := c.Learn("h", 21, "epsv", "off"); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{c.Paths().inConfig("bookmarks"), c.Paths().inConfig("pins"), c.Paths().inState("sites")} {
			info, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != 0o600 {
				t.Errorf("%s: mode %v", path, info.Mode())
			}
			if dir, _ := os.Stat(filepath.Dir(path)); dir.Mode().Perm() != 0o700 {
				t.Errorf("%s: mode %v", filepath.Dir(path), dir.Mode())
			}
			chmod(t, path, 0o644)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(c.Paths().ConfigDir(), ".*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// Replacing the link would have taken the file out of a repository of dotfiles.
func TestWritingGoesThroughALink(t *testing.T) {
	c := New(environment(), t.TempDir())
	real := filepath.Join(t.TempDir(), "dotfiles", "bookmarks")
	write(t, real, "")
	path := c.Paths().inConfig("bookmarks")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, path); err != nil {
		t.Fatal(err)
	}
	if err := c.Bookmarks().Add(Bookmark{Name: "a", URL: "ftp://h/"}); err != nil {
		t.Fatal(err)
	}
	if got := read(t, real); got != "a ftp://h/\n" {
		t.Errorf("the file holds %q", got)
	}
}

func TestFailedWriteLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.MkdirAll(filepath.Join(path, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := writePrivate(path, "new"); err == nil {
		t.Fatal("a directory was replaced")
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, ".f-*")); names != nil {
		t.Errorf("left behind: %v", names)
	}
}
