package listing

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const aLine = "-rw-r--r-- 1 root root 1 Jan 12 10:00 file\r\n"

// endless repeats a line n times without holding them all.
func endless(line string, n int) io.Reader {
	return io.LimitReader(&repeater{line: line}, int64(n*len(line)))
}

type repeater struct {
	line string
	at   int
}

func (r *repeater) Read(b []byte) (int, error) {
	n := copy(b, r.line[r.at:])
	r.at = (r.at + n) % len(r.line)
	return n, nil
}

// D16, D17: the library held two million entries in memory, and ended a list at a long line as if it were whole.
func TestS61_Limits(t *testing.T) {
	long := strings.Repeat("x", 100)
	for name, tt := range map[string]struct {
		in      io.Reader
		limits  Limits
		entries int
	}{
		"entries": {endless(aLine, 2000), Limits{Entries: 1000}, 1000},
		"unknown": {endless("no one knows\n", 2000), Limits{Entries: 1000}, 0},
		"orphans": {endless("A.TXT;1\n", 11), Limits{Entries: 10}, 10},
		"bytes":   {endless(aLine, 2000), Limits{Bytes: int64(len(aLine)) * 500}, 500},
		"blanks":  {endless("\r\n", 2000), Limits{Bytes: 1000}, 0},
		"line":    {strings.NewReader(aLine + long + aLine), Limits{Line: 64}, 1},
		"no end":  {strings.NewReader(aLine + long), Limits{Line: 64}, 1},
	} {
		all, err := newList().ReadAll(tt.in, tt.limits)
		if !errors.Is(err, ErrLimit) || !all.Incomplete {
			t.Errorf("%s: error %v, incomplete %v", name, err, all.Incomplete)
		}
		if len(all.Entries) != tt.entries {
			t.Errorf("%s: %d entries before the limit, want %d", name, len(all.Entries), tt.entries)
		}
	}
}

func TestS61_DefaultLimits(t *testing.T) {
	visited := 0
	_, err := NewNames("").Each(endless("x\n", 2_000_000), Limits{}, func(Entry, Verdict) error { visited++; return nil })
	if !errors.Is(err, ErrLimit) || visited != 1_000_000 {
		t.Errorf("2 million entries: %d visited, error %v", visited, err)
	}
	_, err = newList().ReadAll(endless("x", 1<<20), Limits{})
	if !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "32768 bytes") {
		t.Errorf("a line of 1 MB: %v", err)
	}
	name := strings.Repeat("x", 30_000)
	_, err = newList().ReadAll(endless("-rw-r--r-- 1 root root 1 Jan 12 10:00 "+name+"\n", 3000), Limits{})
	if !errors.Is(err, ErrLimit) || !strings.Contains(err.Error(), "67108864 bytes") {
		t.Errorf("90 MB: %v", err)
	}
}

func TestLimitsAreExact(t *testing.T) {
	all, err := newList().ReadAll(strings.NewReader("total 3\n"+aLine+aLine+"\n"), Limits{
		Line: len(aLine) - 2, Entries: 2, Bytes: int64(len("total 3\n") + 2*len(aLine) + 1),
	})
	if err != nil || len(all.Entries) != 2 || all.Summary.Headings != 2 {
		t.Errorf("%+v, %v", all.Summary, err)
	}
}

func TestReadErrorMarksTheListing(t *testing.T) {
	broken := errors.New("connection reset")
	all, err := newList().ReadAll(io.MultiReader(strings.NewReader(aLine+"-rw-r--r-- 1 ro"), iotest.ErrReader(broken)), Limits{})
	if !errors.Is(err, broken) || !all.Incomplete {
		t.Errorf("error %v, incomplete %v", err, all.Incomplete)
	}
	if got := entryNames(all); got != "file" {
		t.Errorf("entries %q: the half line must not become one", got)
	}
}

func TestCutLine(t *testing.T) {
	for text, want := range map[string]bool{"": false, aLine: false, aLine + "\n": false, strings.TrimSpace(aLine): true} {
		all, err := newList().ReadAll(iotest.OneByteReader(strings.NewReader(text)), Limits{})
		if err != nil || all.Summary.Cut != want {
			t.Errorf("%q: cut %v, error %v", text, all.Summary.Cut, err)
		}
	}
}

// LF alone ends a line too: goftp's MLSD has no CR.
func TestLineEnds(t *testing.T) {
	all, err := NewFacts().ReadAll(strings.NewReader("type=file; a\ntype=file; b\r\ntype=file; c\r\r\ntype=file; d"), Limits{})
	if got := entryNames(all); err != nil || got != "a|b|c\r|d" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestVisitStopsTheReading(t *testing.T) {
	stop := errors.New("enough")
	visited := 0
	sum, err := newList().Each(endless(aLine, 100), Limits{}, func(Entry, Verdict) error {
		if visited++; visited == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || visited != 3 || sum.Entries != 3 {
		t.Errorf("%d visited, %+v, %v", visited, sum, err)
	}
}
