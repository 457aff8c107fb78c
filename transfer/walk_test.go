package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/listing"
	"ftpsh/internal/script"
)

// walked is a walk as lines: "+" before a directory that is entered, "-" before one that is left, "!" before
// what is wrong with it.
func walked(t *testing.T, tree Tree) []string {
	t.Helper()
	var lines []string
	err := Walk(t.Context(), tree, func(s Step) error {
		lines = append(lines, [...]string{"", "+", "-"}[s.Event]+s.Path)
		for _, problem := range s.Problems {
			lines = append(lines, "!"+problem.Error())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return lines
}

func expectWalk(t *testing.T, tree Tree, want ...string) {
	t.Helper()
	if got := walked(t, tree); !slices.Equal(got, want) {
		t.Errorf("the walk is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// sampleWalk is the walk through what plantSample plants.
var sampleWalk = []string{"+", ".hidden", "+a", "+a/b c", "a/b c/deep", "-a/b c", "a/one", "-a", "+empty", "-empty", "two", "-"}

func plantSample(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"a/b c", "empty"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{".hidden", "a/b c/deep", "a/one", "two"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// lists makes the server list every directory as these facts (RFC 3659).
func (b *bench) lists(lines ...string) {
	b.Answer("LIST", "502 not here")
	b.On("MLSD", func(c *script.Conversation, _ string) {
		c.Download([]byte(strings.Join(lines, "\r\n") + "\r\n"))
	})
}

func localTree(t *testing.T, dir string) LocalTree {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return LocalTree{root}
}

func TestWalkHere(t *testing.T) {
	dir := t.TempDir()
	plantSample(t, dir)
	expectWalk(t, localTree(t, dir), sampleWalk...)
}

func TestWalkOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, remotePath := d.Dir(t)
		plantSample(t, local)
		conn := connectDaemon(t, d)
		expectWalk(t, RemoteTree{Conn: conn, Root: remotePath}, sampleWalk...)
	}, ftptest.Plain)
}

func TestWalkKnowsSizesAndTimes(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/d/f", []byte("12345"))
	err := Walk(t.Context(), RemoteTree{Conn: b.conn, Root: "/d"}, func(s Step) error {
		if s.Path == "f" && (s.Size != 5 || s.Time.IsZero() || s.Depth != 1 || !s.Last) {
			t.Errorf("the file is %+v", s)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWalkPassesOverADirectory(t *testing.T) {
	dir := t.TempDir()
	plantSample(t, dir)
	var met []string
	err := Walk(t.Context(), localTree(t, dir), func(s Step) error {
		met = append(met, s.Path)
		if s.Path == "a" {
			return fs.SkipDir
		}
		return nil
	})
	if want := []string{"", ".hidden", "a", "empty", "empty", "two", ""}; err != nil || !slices.Equal(met, want) {
		t.Errorf("met %q, %v; want %q", met, err, want)
	}
}

// What a server lists may be anything: the names that are no component of a path, the same name twice.
func TestS50_WalkRefusesNames(t *testing.T) {
	b := newBench(t)
	b.lists(`type=dir; ../up`, `type=file;size=1; /etc/x`, `type=file;size=1; a/b`, `type=dir; ..`, `type=dir; .`,
		`type=file;size=1; ok`, `type=OS.unix=symlink; d`, `type=dir; d`)
	expectWalk(t, RemoteTree{Conn: b.conn, Root: "/"}, "+", "ok", "-",
		`!/: unsafe name "../up": more than one component`, `!/: unsafe name "/etc/x": more than one component`,
		`!/: unsafe name "a/b": more than one component`, `!/d: listed twice`)
}

// A directory that lists itself has no end.
func TestS58_WalkEnds(t *testing.T) {
	b := newBench(t)
	b.lists(`type=dir; again`, `type=file; beside`)
	var deepest Step
	err := Walk(t.Context(), RemoteTree{Conn: b.conn, Root: "/"}, func(s Step) error {
		if len(s.Problems) > 0 {
			deepest = s
		}
		return nil
	})
	if err != nil || deepest.Depth != deepestWalk+1 || !errors.Is(deepest.Problems[0], ErrDeep) {
		t.Errorf("the walk ends at depth %d with %v, %v", deepest.Depth, deepest.Problems, err)
	}
}

func TestS58_WalkKnowsALoop(t *testing.T) {
	b := newBench(t)
	b.lists(`type=cdir;unique=1g2; .`, `type=dir;unique=1g2; self`, `type=dir;unique=1g3; other`)
	var loops []string
	err := Walk(t.Context(), RemoteTree{Conn: b.conn, Root: "/"}, func(s Step) error {
		for _, problem := range s.Problems {
			if errors.Is(problem, ErrLoop) {
				loops = append(loops, s.Path)
			}
		}
		if s.Event == Entered && s.Name == "other" {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil || !slices.Equal(loops, []string{"self"}) {
		t.Errorf("loops are %q, %v", loops, err)
	}
}

// A listing that is cut short is told, and what it did have is visited.
func TestS60_WalkTellsAnIncompleteListing(t *testing.T) {
	b := newBench(t)
	b.On("MLSD", func(c *script.Conversation, _ string) {
		c.Reply("150 here")
		d := c.Data()
		d.Send("type=file;size=1; one\r\ntype=file;size=1; tw")
		d.Close()
		c.Reply("426 cut")
	})
	expectWalk(t, RemoteTree{Conn: b.conn, Root: "/"}, "+", "one", "tw", "-", "!ls: /: 426 cut")
}

func TestWalkLinksAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	plantSample(t, dir)
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "a", "way out")); err != nil {
		t.Fatal(err)
	}
	err := Walk(t.Context(), localTree(t, dir), func(s Step) error {
		if s.Name == "way out" && (s.Event != Met || s.Type != listing.Link) {
			t.Errorf("the link is %+v", s)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWalkEndsWhenTold(t *testing.T) {
	b := newBench(t)
	for i := range 9 {
		b.Tree.Write(fmt.Sprintf("/d%d/f", i), nil)
	}
	ctx, cancel := context.WithCancel(t.Context())
	met := 0
	err := Walk(ctx, RemoteTree{Conn: b.conn, Root: "/"}, func(s Step) error {
		if met++; s.Event == Met {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || met > 5 {
		t.Errorf("the walk ended after %d steps with %v", met, err)
	}
}
