package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// open opens a history in a file and fails the test if it cannot.
func open(t *testing.T, path string, limit int) *File {
	t.Helper()
	f, err := Open(path, limit)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// add adds lines to a history.
func add(t *testing.T, f *File, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if err := f.Add(line); err != nil {
			t.Fatal(err)
		}
	}
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// newPath returns the path of a file that is not there, nor is its directory.
func newPath(t *testing.T) string {
	return filepath.Join(t.TempDir(), "state", "ftpsh", "history")
}

func TestAddAndReopen(t *testing.T) {
	for _, path := range []string{"", newPath(t)} {
		f := open(t, path, 10)
		add(t, f, "ls", "  ", "", "get a", "ls", "put b")
		expect(t, f.Lines(), "get a", "ls", "put b")
		if path != "" {
			expect(t, open(t, path, 10).Lines(), "get a", "ls", "put b")
		}
	}
}

func TestEntriesOfSeveralLinesAndAnyBytes(t *testing.T) {
	path := newPath(t)
	entries := []string{"for f in a b\ndo get $f\ndone", `lcd C:\new\\x`, "caf\xe9", "tab\there\r"}
	add(t, open(t, path, 10), entries...)
	expect(t, open(t, path, 10).Lines(), entries...)
}

func TestSearchFindsTheLatestFirst(t *testing.T) {
	f := open(t, "", 10)
	add(t, f, "get a", "put b", "get c")
	expect(t, f.Search("get"), "get c", "get a")
	expect(t, f.Search(""), "get c", "put b", "get a")
	expect(t, f.Search("x"))
}

func TestSessionsMerge(t *testing.T) {
	path := newPath(t)
	one, two := open(t, path, 10), open(t, path, 10)
	add(t, one, "one")
	add(t, two, "two")
	expect(t, two.Lines(), "one", "two")
	add(t, one, "three")
	expect(t, one.Lines(), "one", "two", "three")
	expect(t, open(t, path, 10).Lines(), "one", "two", "three")
}

func TestSessionsAtOnceLoseNothing(t *testing.T) {
	path := newPath(t)
	var sessions sync.WaitGroup
	for session := range 4 {
		f := open(t, path, 1000)
		for typist := range 2 {
			sessions.Go(func() {
				for i := range 20 {
					if err := f.Add(fmt.Sprintf("session %d typist %d line %d", session, typist, i)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	sessions.Wait()
	if got := len(open(t, path, 1000).Lines()); got != 160 {
		t.Errorf("%d of 160 lines kept", got)
	}
}

func TestLimitRewritesTheFile(t *testing.T) {
	path := newPath(t)
	f := open(t, path, 5)
	for i := range 100 {
		add(t, f, fmt.Sprintf("line %d", i))
	}
	expect(t, f.Lines(), "line 95", "line 96", "line 97", "line 98", "line 99")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(data), "\n"); got > 10 {
		t.Errorf("the file has %d lines", got)
	}
	expect(t, open(t, path, 2).Lines(), "line 98", "line 99")
}

func TestNoLimitNoFile(t *testing.T) {
	path := newPath(t)
	f := open(t, path, 0)
	add(t, f, "ls")
	expect(t, f.Lines())
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("a directory was made")
	}
}

func TestLongLineIsNotKept(t *testing.T) {
	f := open(t, newPath(t), 10)
	add(t, f, strings.Repeat("x", maxEntry+1), strings.Repeat("y", maxEntry))
	if got := f.Lines(); len(got) != 1 || got[0][0] != 'y' {
		t.Errorf("%d entries kept", len(got))
	}
}

// A session that was killed while it wrote leaves a line without its end; the
// next entry was glued to it.
func TestUnfinishedLastLine(t *testing.T) {
	path := newPath(t)
	add(t, open(t, path, 10), "one")
	if err := os.WriteFile(path, []byte("one\ntw"), 0o600); err != nil {
		t.Fatal(err)
	}
	add(t, open(t, path, 10), "three")
	expect(t, open(t, path, 10).Lines(), "one", "tw", "three")
}

func TestReadingIsCapped(t *testing.T) {
	path := newPath(t)
	add(t, open(t, path, 10), "first")
	line := strings.Repeat("x", 1<<20) + "\n"
	if err := os.WriteFile(path, []byte(strings.Repeat(line, 10)+"last\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := open(t, path, 10)
	if got := f.Lines(); got[len(got)-1] != "last" || len(strings.Join(got, "")) > maxRead {
		t.Errorf("%d entries, %d bytes", len(got), len(strings.Join(got, "")))
	}
	add(t, f, "next")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > maxRead {
		t.Errorf("the file still has %d bytes", info.Size())
	}
}

func FuzzEntrySurvivesTheFile(f *testing.F) {
	f.Add("plain")
	f.Add("a\nb\\nc\\\\")
	f.Fuzz(func(t *testing.T, entry string) {
		line := encode(entry)
		if strings.Contains(line, "\n") {
			t.Fatalf("%q takes more than one line: %q", entry, line)
		}
		if got := decode(line); got != entry {
			t.Fatalf("%q came back as %q", entry, got)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	f, err := Open(filepath.Join(b.TempDir(), "history"), 1000)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		f.Add(fmt.Sprintf("get some/file/of/usual/length-%d.tar.gz", i))
	}
}
