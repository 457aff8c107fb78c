//go:build unix

package transfer

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// powerCut tells the order in which a download and what it has come to reach the disk.
type powerCut struct {
	onlooker
	steps []string
}

// watch follows all that is flushed until the test ends.
func (p *powerCut) watch(t *testing.T, target string, content []byte) {
	flush = func(file *os.File) error {
		_, err := os.Lstat(target)
		step := "part of the data"
		switch info, statErr := file.Stat(); {
		case statErr != nil:
			t.Error(statErr)
		case info.IsDir():
			step = "the directory"
		case info.Size() == int64(len(content)):
			here := make([]byte, len(content))
			if _, err := file.ReadAt(here, 0); err == nil && slices.Equal(here, content) {
				step = "the data"
			}
		}
		if err == nil {
			step += " with the name"
		}
		p.steps = append(p.steps, step)
		return file.Sync()
	}
	t.Cleanup(func() { flush = (*os.File).Sync })
}

// Ended is of [Observer].
func (p *powerCut) Ended(e Ended) {
	p.steps = append(p.steps, "done")
	p.onlooker.Ended(e)
}

// After a loss of power the name stands for a whole file or for none: the data is on the disk before the file is
// renamed, and the directory before the file counts as fetched.
func TestF19_DataThenNameThenDone(t *testing.T) {
	for name, test := range map[string]struct{ size, segments int }{
		"small":       {100, 0},
		"with record": {smallPart + 1, 0},
		"in segments": {3 << 20, 3},
	} {
		t.Run(name, func(t *testing.T) {
			b, seen, content := newBench(t), &powerCut{}, random(test.size)
			b.Tree.Write("/a", content)
			seen.watch(t, filepath.Join(b.dir, "a"), content)
			plan := &Several{Files: []Single{{Path: "a"}}, Fetch: func(f Single) Download {
				return Download{Remote: f.Path, Dir: b.dir, Name: f.Path, Segments: test.segments}
			}}
			if _, err := (&Job{Op: "mget", Conn: b.conn, Observer: seen}).Run(t.Context(), plan); err != nil {
				t.Fatal(err)
			}
			steps := slices.DeleteFunc(slices.Clone(seen.steps), func(step string) bool { return step == "part of the data" })
			steps = slices.Compact(steps) // a record of segments comes after the data, too
			if want := []string{"the data", "the directory with the name", "done"}; !slices.Equal(steps, want) {
				t.Errorf("%q, want %q", seen.steps, want)
			}
		})
	}
}
