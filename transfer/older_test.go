package transfer

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ftpsh/internal/script"
)

// A plain get used to empty the part of an earlier one as soon as it began: what had taken hours was gone
// when the new transfer broke off too.
func TestAnOlderPartStaysUntilThereIsMore(t *testing.T) {
	whole := random(100_000)
	for _, test := range []struct {
		name       string
		comes      int // bytes of the new transfer
		part       string
		kept, left int
	}{
		{"less comes", 10_000, ".a.ftpsh-part", 50_000, 2},
		{"more comes", 60_000, ".a~1.ftpsh-part", 60_000, 2},
		{"all of it comes", 100_000, "", 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.Tree.Write("/a", whole)
			b.leavePart(t, whole[:50_000])
			b.On("RETR", cutDownload(whole[:test.comes], func(c *script.Conversation, d *script.Data) { d.Close(); c.Reply("226 done") }))
			result, err := b.get(t, Download{Remote: "/a"})
			if (err == nil) != (test.kept == 0) || result.Kept != test.part || !strings.Contains(strings.Join(result.Notes, " "), "50000 bytes of it are here from before") {
				t.Errorf("%+v, %v", result, err)
			}
			if test.kept > 0 {
				if got, _ := b.here(t, test.part); got != string(whole[:test.kept]) {
					t.Errorf("%d bytes are kept", len(got))
				}
			}
			if names := b.names(t); len(names) != test.left {
				t.Errorf("there are %q", names)
			}
		})
	}
}

// Where somebody can answer, going on is offered.
func TestAPartIsAskedAbout(t *testing.T) {
	b := newBench(t)
	whole := random(100_000)
	b.Tree.Write("/a", whole)
	for answer, moved := range map[Policy]int64{Resume: 50_000, Overwrite: 100_000} {
		b.leavePart(t, whole[:50_000])
		var asked []Conflict
		result, err := b.get(t, Download{Remote: "/a", Policy: Ask, Asker: func(_ context.Context, c Conflict) (Policy, error) {
			asked = append(asked, c)
			return answer, nil
		}})
		if err != nil || result.Bytes != moved || len(asked) != 1 || !asked[0].Part || asked[0].Old.Size != 50_000 {
			t.Errorf("%v: %+v, %v; asked %+v", answer, result, err, asked)
		}
		if names := b.names(t); !slices.Equal(names, []string{"a"}) {
			t.Errorf("there are %q", names)
		}
		os.Remove(filepath.Join(b.dir, "a"))
	}
}

// A file that cannot fit used to fill the disk first; and there was no limit to what one would take.
func TestS46_WhatDoesNotFitIsRefused(t *testing.T) {
	b := newBench(t)
	b.Tree.Write("/a", []byte("0123456789"))
	asked := b.Verbs()
	_, err := b.get(t, Download{Remote: "/a", MaxSize: 9})
	wants(t, err, ErrLocal, statusLocal, "it has 10 bytes, and no more than 9 are wanted")
	if _, err := b.get(t, Download{Remote: "/a", MaxSize: 10}); err != nil {
		t.Error(err)
	}
	if free, known := freeSpace(b.dir); known {
		b.Answer("SIZE", "213 9000000000000000000")
		b.Answer("MLST", "500 what")
		_, err = b.get(t, Download{Remote: "/a", Name: "b"})
		wants(t, err, ErrLocal, statusLocal, "9000000000000000000 bytes are to come, and ")
		if free <= 0 || len(b.names(t)) != 1 {
			t.Errorf("%d bytes are free; there are %q", free, b.names(t))
		}
	}
	if verbs := b.Verbs()[len(asked):]; strings.Count(strings.Join(verbs, " "), "RETR") != 1 {
		t.Errorf("sent %v", verbs)
	}
	b.Answer("SIZE", "500 what")
	_, err = b.get(t, Download{Remote: "/a", Name: "c", MaxSize: 9})
	wants(t, err, ErrLocal, statusLocal, "there is more of it, and no more than 9 are wanted")
}
