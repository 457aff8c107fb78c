package editor

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestPartialLines(t *testing.T) {
	x := newTerminal(t, 20, 8)
	s := NewScreen(x, x.size)
	fmt.Fprint(s.Stdout(), "one ")
	x.sees("one ▏")
	fmt.Fprint(s.Stdout(), "two\nthree")
	x.sees("\none two\nthree▏")
	s.begin(view{prompt: "> "}) // a prompt starts on a fresh line
	x.sees("\none two\nthree\n> ▏")
	fmt.Fprint(s.Stdout(), "four") // and nothing half is shown above it
	fmt.Fprint(s.Stderr(), "whole\n")
	x.sees("\none two\nthree\nwhole\n> ▏")
	s.commit(view{prompt: "> "})
	x.sees("\none two\nthree\nwhole\n>\nfour▏")
	fmt.Fprint(s.Stdout(), "\n")
	x.sees("\none two\nthree\nwhole\n>\nfour\n▏")
}

// A line begun by one stream is not broken by another one, nor by progress.
func TestLinesStayWhole(t *testing.T) {
	x := newTerminal(t, 20, 8)
	s := NewScreen(x, x.size)
	fmt.Fprint(s.Stdout(), "##")
	fmt.Fprint(s.Stderr(), "notice\n")
	x.sees("\nnotice\n##▏")
	s.Status("10%")
	x.sees("\nnotice\n10%▏")
	fmt.Fprint(s.Stdout(), "##")
	s.Status("20%", "total")
	x.sees("\nnotice\n20%\ntotal▏")
	fmt.Fprint(s.Stdout(), "\n##")
	x.sees("\nnotice\n####\n20%\ntotal▏")
	s.Status("")
	x.sees("\nnotice\n####\n##▏")
	fmt.Fprint(s.Stderr(), "a")
	x.sees("\nnotice\n####\na▏")
	fmt.Fprint(s.Stderr(), "b\n")
	x.sees("\nnotice\n####\nab\n##▏")
}

// What is too long to be taken back, or cannot be measured, is ended instead.
func TestLinesThatCannotBeMoved(t *testing.T) {
	for _, partial := range []string{strings.Repeat("x", 25), "a\tb", "a\x1b[2Cb"} {
		x := newTerminal(t, 20, 8)
		s := NewScreen(x, x.size)
		fmt.Fprint(s.Stdout(), partial)
		before := strings.TrimSuffix(x.shown(), "▏")
		s.Status("10%")
		x.sees(before + "\n10%▏")
		s.Status()
		x.sees(before + "\n▏")
	}
}

func TestLongPartialLineIsShown(t *testing.T) {
	x := newTerminal(t, 20, 8)
	s := NewScreen(x, x.size)
	s.Status("10%")
	fmt.Fprint(s.Stdout(), strings.Repeat("x", maxTail+1))
	if n := strings.Count(x.written(), "x"); n != maxTail+1 {
		t.Errorf("%d of %d bytes written", n, maxTail+1)
	}
}

func TestStatusAndPrompt(t *testing.T) {
	x := newTerminal(t, 20, 8)
	s := NewScreen(x, x.size)
	s.begin(view{prompt: "> ", text: "ab", pos: 1})
	s.Status("1. 50% of a file with a long name", "2. 10%")
	x.sees("\n1. 50% of a file w…\n2. 10%\n> a▏b")
	fmt.Fprintln(s.Stderr(), "a notice that takes more than one row")
	x.sees("\na notice that takes\nmore than one row\n1. 50% of a file w…\n2. 10%\n> a▏b")
	s.commit(view{prompt: "> ", text: "ab", pos: 1})
	x.sees("\na notice that takes\nmore than one row\n> ab\n1. 50% of a file w…\n2. 10%▏")
	s.Status()
	x.sees("\na notice that takes\nmore than one row\n> ab\n▏")
}

// On a low screen the row about the whole job was the one that was left out.
func TestMoreStatusThanRows(t *testing.T) {
	x := newTerminal(t, 20, 3)
	s := NewScreen(x, x.size)
	s.Status("1. 50%", "2. 10%", "3. 0%", "all 20%")
	x.sees("\n3. 0%\nall 20%▏")
}

// A line that just fills a row left an empty one behind.
func TestCommitOfFullRow(t *testing.T) {
	x := newTerminal(t, 10, 8)
	s := NewScreen(x, x.size)
	s.begin(view{prompt: "> ", text: "12345678", pos: 8})
	x.sees("\n> 12345678\n▏")
	s.commit(view{prompt: "> ", text: "12345678", pos: 8})
	fmt.Fprintln(s.Stdout(), "output")
	x.sees("\n> 12345678\noutput\n▏")
}

func TestScreenScrolls(t *testing.T) {
	x := newTerminal(t, 20, 4)
	s := NewScreen(x, x.size)
	s.begin(view{prompt: "> ", text: "typed", pos: 5})
	for i := range 9 {
		fmt.Fprintf(s.Stdout(), "line %d\n", i)
	}
	x.sees("\nline 6\nline 7\nline 8\n> typed▏")
}

func TestParkedScreenIsSilent(t *testing.T) {
	x := newTerminal(t, 20, 8)
	s := NewScreen(x, x.size)
	s.begin(view{prompt: "> "})
	s.Status("10%")
	s.park()
	x.written()
	s.Status("20%")
	s.bell()
	s.clear()
	s.Refresh()
	s.show(view{prompt: "$ "})
	fmt.Fprintln(s.Stdout(), "notice")
	if got := x.written(); got != "" {
		t.Errorf("written %q", got)
	}
	s.unpark()
	x.sees("\nnotice\n20%\n$ ▏")
}

func TestUnknownSize(t *testing.T) {
	var b bytes.Buffer
	s := NewScreen(&b, nil)
	s.Status(strings.Repeat("x", 100))
	if n := strings.Count(b.String(), "x"); n != defaultCols-2 {
		t.Errorf("%d columns of %d", n, defaultCols)
	}
}

// Some of the notices that the library printed above its prompt were glued to
// it, and there was a race. Here many print while lines are typed.
func TestPrintingAbovePrompt(t *testing.T) {
	const writers, notices, lines = 4, 50, 20
	x := newTerminal(t, 40, 400)
	s := newSessionOf(t, x, Config{})
	var printers sync.WaitGroup
	for i := range writers {
		printers.Go(func() {
			w := s.editor.Screen().Stdout()
			if i%2 == 0 {
				w = s.editor.Screen().Stderr()
			}
			for n := range notices {
				fmt.Fprintf(w, "notice %d of writer %d\n", n, i)
				s.editor.Screen().Status(fmt.Sprintf("writer %d at %d", i, n))
			}
		})
	}
	for i := range lines {
		s.reads()
		want := fmt.Sprintf("line %d", i)
		for _, r := range want {
			s.types(string(r))
		}
		s.types(enterKey)
		s.gets(want, nil)
	}
	printers.Wait()
	s.editor.Screen().Status()
	shown := strings.Split(strings.TrimSuffix(x.shown(), "\n▏"), "\n")
	if len(shown) != writers*notices+lines {
		t.Errorf("%d rows, want %d", len(shown), writers*notices+lines)
	}
	for _, row := range shown {
		var i, n int
		if got, _ := fmt.Sscanf(row, "notice %d of writer %d", &n, &i); got == 2 {
			continue
		}
		if got, _ := fmt.Sscanf(row, "> line %d", &n); got != 1 {
			t.Errorf("broken row %q", row)
		}
	}
}

// The library wrote 154 MB for 16,000 runes typed. The output for a key must
// not grow with the line.
func TestOutputPerKeyIsBounded(t *testing.T) {
	s := newSessionOf(t, newTerminal(t, 80, 24), Config{})
	s.reads()
	const runes = 16000
	s.types("\x1b[200~" + strings.Repeat("0123456789abcde ", runes/16) + "\x1b[201~")
	screenful := 80*24 + 1000
	waitFor(t, func() bool { return strings.HasSuffix(s.shown(), "\ne ▏") }, s.shown)
	if s.bytes > screenful {
		t.Errorf("the paste made %d bytes, want at most a screenful", s.bytes)
	}
	before := s.bytes
	s.types("x")
	waitFor(t, func() bool { return strings.HasSuffix(s.shown(), "\ne x▏") }, s.shown)
	if n := s.bytes - before; n > 80+100 {
		t.Errorf("a key made %d bytes, want at most a row", n)
	}
	s.types(enterKey)
	select {
	case got := <-s.lines:
		if len(got.text) != runes+1 {
			t.Errorf("read %d bytes", len(got.text))
		}
	case <-s.editor.closed:
	}
}

// Keys that come together are drawn together.
func TestQueuedKeysAreDrawnOnce(t *testing.T) {
	s := newSession(t, Config{})
	for i := range 200 {
		s.types(string(rune('a' + i%26)))
	}
	waitFor(t, func() bool {
		s.editor.keys.mu.Lock()
		defer s.editor.keys.mu.Unlock()
		return len(s.editor.keys.keys) == 200
	},
		func() string { return "keys are missing" })
	s.written()
	s.reads()
	waitFor(t, func() bool { return strings.HasSuffix(s.shown(), "qr▏") }, s.shown)
	if frames := strings.Count(s.written(), beginDrawing); frames > 20 {
		t.Errorf("%d frames for keys that were there at once", frames)
	}
}
