package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
)

// onlooker writes down what a job tells.
type onlooker struct {
	mu      sync.Mutex
	files   int
	unsized int
	bytes   int64
	ended   []Ended
	notes   []string
}

func (w *onlooker) Found(files, unsized int, bytes int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files += files
	w.unsized += unsized
	w.bytes += bytes
}

func (w *onlooker) Known() {}

func (w *onlooker) Progress() Progress { return nil }

func (w *onlooker) Ended(e Ended) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = append(w.ended, e)
}

func (w *onlooker) Note(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = append(w.notes, text)
}

// told are the actions as lines, sorted: "move a/b: new", and failures as they are worded.
func (w *onlooker) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, e := range w.ended {
		if e.Err != nil {
			lines = append(lines, "failed "+e.Err.Error())
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", e.Action, e.Path, e.Why))
	}
	slices.Sort(lines)
	return lines
}

// files reads a tree on the disk: the content of each file by its path; directories end in a slash.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		switch {
		case name == ".":
		case e.IsDir():
			found[filepath.ToSlash(name)+"/"] = ""
		default:
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			found[filepath.ToSlash(name)] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// plant makes a tree on the disk; names that end in a slash are directories.
func plant(t *testing.T, dir string, tree map[string]string) {
	t.Helper()
	for name, content := range tree {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o777); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// sampleTree has what trees have: depth, blanks, hidden and empty files, empty directories.
func sampleTree() map[string]string {
	tree := map[string]string{"a/": "", "a/b c/": "", "empty/": "", ".hidden": "h", "a/b c/deep": "deep", "a/one": "", "two": "22"}
	for i := range 30 {
		tree[fmt.Sprintf("many/%d", i)] = strings.Repeat("x", i*100)
	}
	tree["many/"] = ""
	return tree
}

// mirrored is a mirror of the trees that tests have.
func mirrored(local, remotePath string, upload bool) *Mirror {
	return &Mirror{
		Upload: upload, Remote: remotePath, Local: local, Shown: filepath.Base(local),
		Compare:  Comparison{KeepsTime: !upload},
		Settings: Settings{Op: "mirror", Policy: Overwrite, Preserve: true},
	}
}

func sameTree(t *testing.T, got, want map[string]string) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("the tree is\n%s\nwant\n%s", strings.Join(slices.Sorted(maps.Keys(got)), "\n"), strings.Join(slices.Sorted(maps.Keys(want)), "\n"))
	}
}

func TestMirrorOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		conn := connectDaemon(t, d)
		source, back := t.TempDir(), filepath.Join(t.TempDir(), "new", "back")
		there, path := d.Dir(t)
		plant(t, source, sampleTree())
		ages(t, source)
		for _, step := range []struct {
			name   string
			plan   func() *Mirror
			moved  int
			result string
		}{
			{"up", func() *Mirror { return mirrored(source, path+"/new/copy", true) }, 34, there + "/new/copy"},
			{"up again", func() *Mirror { return mirrored(source, path+"/new/copy", true) }, 0, there + "/new/copy"},
			{"down", func() *Mirror { return mirrored(back, path+"/new/copy", false) }, 34, back},
			{"down again", func() *Mirror { return mirrored(back, path+"/new/copy", false) }, 0, back},
		} {
			var seen onlooker
			job := &Job{Conn: conn, Workers: 4, Observer: &seen}
			summary, err := job.Run(t.Context(), step.plan())
			if err != nil || summary.Moved != step.moved || summary.Moved+summary.Same != 34 || seen.files != step.moved {
				t.Fatalf("%s: %+v, %v\n%s", step.name, summary, err, strings.Join(seen.told(), "\n"))
			}
			sameTree(t, files(t, step.result), sampleTree())
		}
	})
}

// ages gives every file a time of its own, long ago.
func ages(t *testing.T, dir string) {
	t.Helper()
	when := time.Date(2020, 2, 3, 4, 5, 6, 0, time.UTC)
	for name := range files(t, dir) {
		when = when.Add(25*time.Hour + 61*time.Second)
		if err := os.Chtimes(filepath.Join(dir, name), when, when); err != nil {
			t.Fatal(err)
		}
	}
}

func TestJobEndsWhenTold(t *testing.T) {
	b := newBench(t)
	for i := range 20 {
		b.Tree.Write(fmt.Sprintf("/d/%d", i), []byte("x"))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&Job{Conn: b.conn}).Run(ctx, mirrored(b.dir, "/d", false)); !errors.Is(err, context.Canceled) {
		t.Errorf("the job ended with %v", err)
	}
}
