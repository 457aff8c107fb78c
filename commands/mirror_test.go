package commands

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// grove is a counter whose server has a tree /pub: three files, one of them in a directory.
func newGrove(t *testing.T) *counter {
	t.Helper()
	c := newCounter(t)
	for name, text := range map[string]string{"/pub/a.txt": "aa", "/pub/b.o": "b", "/pub/sub/c.txt": "ccc"} {
		c.Tree.Write(name, []byte(text))
		if err := c.Tree.Touch(name, time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *counter) missing(t *testing.T, name string) {
	t.Helper()
	if _, err := os.Lstat(filepath.Join(c.dir, name)); !os.IsNotExist(err) {
		t.Errorf("here, %s is there: %v", name, err)
	}
}

// says fails unless the line succeeds and prints the words.
func (c *counter) says(t *testing.T, line, words string) {
	t.Helper()
	if out := c.does(t, line); !strings.Contains(out, words) {
		t.Errorf("%s\nprints %q\nwithout %q", line, out, words)
	}
}

func TestMirrorDown(t *testing.T) {
	c := newGrove(t)
	c.says(t, "mirror --dry-run pub", "would move 3 files, 6 bytes")
	c.missing(t, "pub")
	c.says(t, "mirror pub", "3 files, 6 bytes")
	c.here(t, "pub/a.txt", "aa")
	c.here(t, "pub/sub/c.txt", "ccc")
	c.says(t, "mirror pub", "nothing moved; 3 the same already")
	c.Tree.Write("/pub/a.txt", []byte("changed"))
	c.says(t, "mirror -v pub", "a.txt: 7 bytes")
	c.here(t, "pub/a.txt", "changed")
	c.says(t, "mirror pub elsewhere/new -X *.o --no-recursion", "1 file, 7 bytes")
	if got := c.local(t); !slices.Equal(got, []string{"elsewhere", "pub"}) {
		t.Errorf("here are %q", got)
	}
	c.fails(t, "mirror nonesuch", StatusFailed, "mirror: nonesuch: 550")
	c.missing(t, "nonesuch")
}

func TestMirrorUp(t *testing.T) {
	c := newGrove(t)
	c.does(t, "mirror pub site")
	c.says(t, "mirror -R site", "3 files, 6 bytes")
	c.there(t, "/site/sub/c.txt", "ccc")
	c.says(t, "mirror -R site", "nothing moved; 3 the same already")
	c.write(t, "site/a.txt", "newer here")
	c.says(t, "mirror -R site", "1 file, 10 bytes")
	c.there(t, "/site/a.txt", "newer here")
}

func TestMirrorFilters(t *testing.T) {
	c := newGrove(t)
	for flags, want := range map[string]string{
		"-X *.o":                "a.txt sub/c.txt",
		`-x \.o$`:               "a.txt sub/c.txt",
		"-I *.txt":              "a.txt sub/c.txt",
		"-i ^sub/":              "sub/c.txt",
		"-X sub/":               "a.txt b.o",
		"-x ^sub/$":             "a.txt b.o",
		"-I sub/*":              "sub/c.txt",
		"--size 2-2":            "a.txt",
		"--size -2":             "a.txt b.o",
		"--size 2-":             "a.txt sub/c.txt",
		"--age -1d":             "",
		"--age 100d-":           "a.txt b.o sub/c.txt",
		"--depth 1":             "a.txt b.o",
		"-I *.txt --exclude ^a": "sub/c.txt",
	} {
		target := t.TempDir()
		c.does(t, "mirror pub "+target+" "+flags)
		var got []string
		for _, name := range []string{"a.txt", "b.o", "sub/c.txt"} {
			if _, err := os.Stat(filepath.Join(target, name)); err == nil {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("mirror %s fetches %q; want %q", flags, got, want)
		}
	}
	for flags, words := range map[string]string{
		"-X ''":        "--exclude-glob: an empty pattern fits everything", // an empty one has deleted trees elsewhere
		"-x ''":        "--exclude: an empty pattern fits everything",
		"-x '('":       "--exclude: \"(\" is no regular expression: missing closing )",
		"--size 5":     "--size: \"5\" is no range",
		"--size 5-3":   "--size: nothing is in the range 5-3",
		"--age 1x-":    "--age: \"1x\" is not a time",
		"--size - pub": "--size: \"-\" is no range",
	} {
		c.fails(t, "mirror "+flags, StatusUsage, words)
	}
}

func TestMirrorDelete(t *testing.T) {
	c := newGrove(t)
	c.does(t, "mirror pub site")
	if err := os.MkdirAll(filepath.Join(c.dir, "site/old/deep"), 0o777); err != nil {
		t.Fatal(err)
	}
	c.write(t, "site/old/deep/x", "x")
	c.write(t, "site/y.o", "y")
	c.fails(t, "mirror pub site --delete", StatusUsage, "nobody can be asked whether to delete")
	c.says(t, "mirror pub site --delete --dry-run", "delete site/old/deep/x")
	asked := c.answered("n")
	c.says(t, "mirror pub site --delete", "site/old/deep/")
	if want := "remove 2 files (2 bytes) and 2 directories here?"; len(asked.asked) != 1 || asked.asked[0] != want {
		t.Errorf("asked %q; want %q", asked.asked, want)
	}
	c.here(t, "site/y.o", "y")
	c.says(t, "mirror pub site --delete --yes -X *.o", "3 removed") // what is excluded stays
	c.here(t, "site/y.o", "y")
	c.missing(t, "site/old")
	c.answered("y")
	c.says(t, "mirror pub site --delete", "1 removed")
	c.missing(t, "site/y.o")

	c.does(t, "mirror -R site copy")
	c.Tree.Write("/copy/gone/1", []byte("1"))
	c.says(t, "mirror -R site copy --delete --yes", "2 removed")
	if _, there := c.Tree.Get("/copy/gone"); there {
		t.Error("the directory is still on the server")
	}
}

func TestGetAndPutRecursively(t *testing.T) {
	c := newGrove(t)
	c.does(t, "get -r pub")
	c.here(t, "pub/sub/c.txt", "ccc")
	c.says(t, "get -r pub", "3 the same already") // what is there is no conflict if it is the same
	c.Tree.Write("/pub/a.txt", []byte("other"))
	if out, err := c.run(t, "get -r pub"); err == nil || !strings.Contains(out, "pub/a.txt: it exists here already") || !strings.Contains(out, "2 the same already; 1 failed") {
		t.Errorf("a file that differs is replaced unasked: %v\n%s", err, out)
	}
	c.says(t, "get -r -f pub", "1 file, 5 bytes")
	c.does(t, "get -r pub copy")
	c.here(t, "copy/b.o", "b")
	c.does(t, "get -r pub -O in")
	c.here(t, "in/pub/b.o", "b")
	c.does(t, "get -r pub/a.txt single")
	c.here(t, "single", "other")
	c.fails(t, "get -r nonesuch", StatusFailed, "nonesuch: 550")

	c.does(t, "put -r copy")
	c.there(t, "/copy/sub/c.txt", "ccc")
	c.does(t, "put -r copy up/here")
	c.there(t, "/up/here/sub/c.txt", "ccc")
	c.does(t, "put -r copy -O up")
	c.there(t, "/up/copy/sub/c.txt", "ccc")
	c.does(t, "put -r single up/one")
	c.there(t, "/up/one", "other")
	c.fails(t, "put -r nonesuch", StatusLocal, "put: nonesuch: no such file or directory")
}

func TestJobsAsJSON(t *testing.T) {
	c := newGrove(t)
	c.Tree.Write("/pub/bad\\x", []byte("x"))
	events := map[string]int{}
	for line := range strings.Lines(c.does(t, "get -r --json pub")) {
		var event struct {
			Event, Path string
			Bytes       int64
			Moved       int
		}
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		events[event.Event]++
		if event.Event == "summary" && event.Moved != 4 {
			t.Errorf("the summary is %s", line)
		}
	}
	if fmt.Sprint(events) != "map[mkdir:2 move:4 summary:1]" {
		t.Errorf("events are %v", events)
	}
}
