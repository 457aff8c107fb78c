package commands

import (
	"strings"
	"testing"
)

// A dry run of single files used to move them, and said of files that are not there that it would.
func TestDryRunMovesNothing(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/there", []byte("four"))
	c.write(t, "here", "five!")
	for line, says := range map[string]string{
		"get --dry-run there":              "would move 1 file, 4 bytes",
		"get --dry-run there -o x":         "would move 1 file, 4 bytes",
		"get -r --dry-run there":           "would move 1 file, 4 bytes",
		"mget --dry-run there":             "would move 1 file, 4 bytes",
		"put --dry-run here":               "would move 1 file, 5 bytes",
		"put -u --dry-run here":            "would move 1 file, 5 bytes",
		"mput --dry-run here":              "would move 1 file, 5 bytes",
		"get -n --dry-run there -o here":   "skipped",
		"put -s --dry-run here -o there":   "skipped",
		"put -R --dry-run here -o there":   "stored as there.1",
		"get --dry-run -f there -o here":   "would move 1 file, 4 bytes",
		"get --dry-run --json there":       `"dry_run":true`,
		"put --dry-run here --json -o new": `"bytes":5`,
	} {
		c.says(t, line, says)
	}
	c.fails(t, "get --dry-run nonesuch", StatusFailed, "no such file")
	c.fails(t, "put --dry-run nonesuch", StatusLocal, "no such file")
	c.fails(t, "put -r --dry-run nonesuch", StatusLocal, "no such file")
	c.fails(t, "get --dry-run there -o here", StatusLocal, "exists here")
	c.fails(t, "put --dry-run here -o there", StatusFailed, "exists on the server")
	c.fails(t, "get --dry-run there -o -", StatusUsage, "printed")
	c.unsent(t, "RETR", "STOR", "STOU", "RNFR", "DELE")
	c.here(t, "here", "five!")
	c.there(t, "/there", "four")
	if got := c.local(t); len(got) != 1 {
		t.Errorf("here are %q", got)
	}
}

// On a terminal a dry run says what would be asked, and asks nothing.
func TestDryRunAsksNothing(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/f", []byte("four"))
	c.write(t, "f", "five!")
	asked := c.answered()
	for _, line := range []string{"get --dry-run f", "put --dry-run f"} {
		if out := c.does(t, line); !strings.Contains(out, "would be asked about") || !strings.Contains(out, "would move 1 file") {
			t.Errorf("%s\nprints %q", line, out)
		}
	}
	if len(asked.asked) > 0 {
		t.Errorf("it asked %q", asked.asked)
	}
}

// --json tells of a single file as of many.
func TestEventsOfASingleFile(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/f", []byte("four"))
	c.says(t, "get --json f", `{"event":"move","path":"f","target":`)
	c.here(t, "f", "four")
	c.says(t, "put --json f -o g", `"event":"summary","moved":1`)
	c.there(t, "/g", "four")
}

// A dry run of trees used to say that it would replace files that the real one leaves alone.
func TestDryRunOfATreeKnowsWhatWouldStay(t *testing.T) {
	c := newGrove(t)
	c.does(t, "get -r pub")
	c.write(t, "pub/a.txt", "changed here")
	c.failsInPart(t, "get -r --dry-run pub", StatusLocal, "exists here")
	c.failsInPart(t, "put -r --dry-run pub", StatusFailed, "exists on the server")
	c.says(t, "get -r --dry-run -s pub", "1 skipped (it exists already: 1)")
	c.says(t, "put -r --dry-run -f pub", "would move 1 file, 12 bytes")
	c.says(t, "mirror --dry-run pub", "would move 1 file, 2 bytes")
	c.here(t, "pub/a.txt", "changed here")
	c.there(t, "/pub/a.txt", "aa")
}
