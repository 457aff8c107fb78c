package commands

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"ftpsh/internal/listing"
	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// duCommand sums up sizes.
func duCommand() Command {
	return Command{
		Name: "du", Group: Browsing, Needs: LoggedIn,
		Short: "sum up the sizes of files in directories on the server",
		Args:  []Arg{{Name: "path", Kind: RemotePath, Optional: true, Many: true}},
		Flags: []Flag{
			{Letter: 'h', Help: "sizes in K, M and G"},
			{Letter: 's', Help: "only the sum of each path"},
			{Letter: 'a', Help: "files too"},
			{Letter: 'd', Long: "max-depth", Value: "n", Kind: Number, Help: "only so many levels below the paths"},
			{Letter: 'c', Help: "the sum of all at the end"},
			connectionsAtMost,
			{Long: "json", Help: "one JSON object a line"},
		},
		Details: `The sizes are bytes as listings have them, not the room on a disk. Links count for nothing, and are
not followed; a file whose size is not known is counted apart.`,
		Examples: []string{"du", "du -sh pub incoming", "du -h -d 1"},
		Run:      runDu,
	}
}

// usageOf is what a directory, or a file, comes to.
type usageOf struct {
	bytes        int64
	files, dirs  int // what is below a directory
	unknownSizes int
}

func (u *usageOf) add(other usageOf) {
	u.bytes += other.bytes
	u.files += other.files
	u.dirs += other.dirs
	u.unknownSizes += other.unknownSizes
}

// sizeOfFile is what a single thing comes to that is no directory.
func sizeOfFile(n transfer.Node) usageOf {
	switch {
	case n.Type != listing.File:
		return usageOf{files: 1}
	case n.Size < 0:
		return usageOf{files: 1, unknownSizes: 1}
	}
	return usageOf{files: 1, bytes: n.Size}
}

// summing is one run of du.
type summing struct {
	*Session
	call *Call
	out  *bufio.Writer
	open []usageOf // of each directory that the survey is in
	all  usageOf
}

func runDu(ctx context.Context, s *Session, c *Call) error {
	u := &summing{Session: s, call: c, out: bufio.NewWriter(s.Print.Out())}
	err := (&survey{Session: s, op: c.Verb, workers: c.workers(), visit: u.visit}).over(ctx, c.Args("path"))
	if c.Has("c") {
		u.print("total", listing.Dir, u.all)
	}
	err = errors.Join(err, u.out.Flush())
	if u.all.unknownSizes > 0 {
		s.Print.Note("%s of unknown size counted as nothing", counted(u.all.unknownSizes, "file", "files"))
	}
	return err
}

func (u *summing) visit(at sighting) error {
	switch at.Event {
	case transfer.Entered:
		u.open = append(u.open, usageOf{})
		return u.out.Flush()
	case transfer.Met:
		u.count(at, sizeOfFile(at.Node), usageOf{})
	case transfer.Left:
		last := len(u.open) - 1
		sum := u.open[last]
		u.open = u.open[:last]
		u.count(at, sum, usageOf{dirs: 1})
	}
	return nil
}

// count adds a sum, and what it is the sum of, to the directory around it, and prints it.
func (u *summing) count(at sighting, sum, itself usageOf) {
	if u.shows(at) {
		u.print(at.path, at.Type, sum)
	}
	sum.add(itself)
	if last := len(u.open) - 1; last >= 0 {
		u.open[last].add(sum)
		return
	}
	u.all.add(sum)
}

func (u *summing) shows(at sighting) bool {
	switch {
	case at.Depth == 0:
		return true
	case u.call.Has("s"), u.call.Has("d") && int64(at.Depth) > u.call.Number("d"):
		return false
	}
	return at.Type == listing.Dir || u.call.Has("a")
}

// jsonUsage is what du --json prints about a path.
type jsonUsage struct {
	Path         string `json:"path"`
	Type         string `json:"type"`
	Bytes        int64  `json:"bytes"`
	Files        int    `json:"files"`
	Dirs         int    `json:"dirs"`
	UnknownSizes int    `json:"unknown_sizes"`
}

func (u *summing) print(path string, kind listing.Type, sum usageOf) {
	if u.JSON || u.call.Has("json") {
		writeJSONLine(u.out, jsonUsage{path, kind.String(), sum.bytes, sum.files, sum.dirs, sum.unknownSizes})
		return
	}
	size := fmt.Sprint(sum.bytes)
	if u.call.Has("h") {
		size = term.HumanSize(sum.bytes)
	}
	if u.Print.OutIsTerminal() {
		size, path = fmt.Sprintf("%-12s", size), term.Safe(path)
	} else {
		size += "\t"
	}
	fmt.Fprintf(u.out, "%s%s\n", size, path)
}
