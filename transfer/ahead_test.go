package transfer

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	"ftpsh/internal/script"
)

// wood plants a tree of three levels, with names around which the order of a walk turns, below /d.
func (b *bench) wood() {
	for _, top := range []string{"a", "a-b", "a.b", "b", "c", "zz"} {
		for i := range 6 {
			for j := range 3 {
				b.Tree.Write(fmt.Sprintf("/d/%s/%d/deep %d/file", top, i, j), []byte("x"))
			}
			b.Tree.Write(fmt.Sprintf("/d/%s/%d-file", top, i), []byte("x"))
		}
	}
}

func (b *bench) ahead(t *testing.T, workers int) *Ahead {
	t.Helper()
	tree := &Ahead{RemoteTree: RemoteTree{Conn: b.conn, Root: "/d"}, Workers: workers}
	t.Cleanup(tree.Close)
	return tree
}

// A walk is the same, in the same order, over however many connections.
func TestWalkAhead(t *testing.T) {
	for name, rude := range map[string]func(b *bench){
		"all well": func(*bench) {},
		"a directory is refused": func(b *bench) {
			b.On("MLSD", func(c *script.Conversation, argument string) {
				if argument == "/d/a-b/3" {
					c.Reply("550 not this one")
					return
				}
				c.Default("MLSD", argument)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.wood()
			rude(b)
			want := walked(t, RemoteTree{Conn: b.conn, Root: "/d"})
			for _, workers := range []int{0, 1, 2, 5} {
				expectWalk(t, b.ahead(t, workers), want...)
			}
		})
	}
}

// Several directories are listed at the same time: none of these listings ends before there are three.
func TestWalkAheadOverSeveralConnections(t *testing.T) {
	b := newBench(t)
	b.wood()
	var mu sync.Mutex
	waiting, three := 0, make(chan struct{})
	b.On("MLSD", func(c *script.Conversation, argument string) {
		if argument != "/d" {
			mu.Lock()
			if waiting++; waiting == 3 {
				close(three)
			}
			mu.Unlock()
			<-three
		}
		c.Default("MLSD", argument)
	})
	walked(t, b.ahead(t, 4))
}

// What a walk passes over is not entered, and what comes after it is the same.
func TestWalkAheadPassesOver(t *testing.T) {
	b := newBench(t)
	b.wood()
	walk := func(tree Tree) (met []string) {
		err := Walk(t.Context(), tree, func(s Step) error {
			met = append(met, s.Path)
			if s.Event == Entered && (strings.HasSuffix(s.Path, "/3") || s.Path == "a-b") {
				return fs.SkipDir
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return met
	}
	want := walk(RemoteTree{Conn: b.conn, Root: "/d"})
	first := b.ahead(t, 4)
	if got := walk(first); !slices.Equal(got, want) {
		t.Errorf("met %q, want %q", got, want)
	}
	first.Close() // what it looked at ahead, and nobody wanted, is not counted below
	listed := map[string]int{}
	var mu sync.Mutex
	b.On("MLSD", func(c *script.Conversation, argument string) {
		mu.Lock()
		listed[argument]++
		mu.Unlock()
		c.Default("MLSD", argument)
	})
	tree := b.ahead(t, 4)
	tree.Enters = func(path string) bool { return !strings.Contains(path, "/") }
	err := Walk(t.Context(), tree, func(s Step) error {
		if s.Event == Entered && s.Depth == 2 {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil || len(listed) != 7 {
		t.Errorf("%v: %v are listed, want the root and six", err, listed)
	}
}

// Directories that are larger than what is held for a walk are read by the walk itself, and only once it is there.
func TestWalkAheadOfLargeDirectories(t *testing.T) {
	b := newBench(t)
	var large strings.Builder
	for i := range largestAhead + 1 {
		fmt.Fprintf(&large, "type=file;size=1;modify=20210203040506; %d\r\n", i)
	}
	for i := range 4 {
		b.Tree.Write(fmt.Sprintf("/d/%d/file", i), nil)
	}
	b.On("MLSD", func(c *script.Conversation, argument string) {
		if argument == "/d" {
			c.Default("MLSD", argument)
			return
		}
		c.Download([]byte(large.String()))
	})
	tree, files := b.ahead(t, 3), 0
	err := Walk(t.Context(), tree, func(s Step) error {
		if s.Event == Met {
			files++
		}
		for _, problem := range s.Problems {
			t.Error(problem)
		}
		tree.mu.Lock()
		defer tree.mu.Unlock()
		if tree.held > heldNodes {
			t.Errorf("%d nodes are held", tree.held)
		}
		return nil
	})
	if want := 4 * (largestAhead + 1); err != nil || files != want {
		t.Errorf("%d files, %v; want %d", files, err, want)
	}
}

// A connection that is lost costs a walk nothing.
func TestWalkAheadLosesConnections(t *testing.T) {
	b := newBench(t)
	b.wood()
	want := walked(t, RemoteTree{Conn: b.conn, Root: "/d"})
	var mu sync.Mutex
	var own *script.Conversation // lists the root
	listings := 0
	b.On("MLSD", func(c *script.Conversation, argument string) {
		mu.Lock()
		if argument == "/d" {
			own = c
		}
		listings++
		lost := listings%7 == 0 && c != own
		mu.Unlock()
		if lost {
			c.Close()
			return
		}
		c.Default("MLSD", argument)
	})
	expectWalk(t, b.ahead(t, 4), want...)
}
