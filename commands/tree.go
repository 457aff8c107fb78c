package commands

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"ftpsh/internal/listing"
	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// treeCommand draws trees.
func treeCommand() Command {
	return Command{
		Name: "tree", Group: Browsing, Needs: LoggedIn,
		Short: "draw a directory on the server with all that is below it",
		Args:  []Arg{{Name: "path", Kind: RemoteDir, Optional: true, Many: true}},
		Flags: []Flag{
			{Letter: 'L', Value: "n", Kind: Number, Help: "only so many levels"},
			{Letter: 'd', Help: "directories only"},
			{Letter: 'a', Help: "names that begin with a dot too"},
			{Letter: 's', Help: "with the size of each file"},
			{Letter: 'h', Help: "the same in K, M and G"},
			connectionsAtMost,
			{Long: "json", Help: "one JSON object a line"},
		},
		Details:  "Links are shown with what they lead to, and never followed.",
		Examples: []string{"tree", "tree -L 2 pub", "tree -d -a"},
		Run:      runTree,
	}
}

// drawing is one run of tree.
type drawing struct {
	*Session
	call        *Call
	out         *bufio.Writer
	lasts       []bool // of each level that the survey is in: nothing follows there
	files, dirs int
}

func runTree(ctx context.Context, s *Session, c *Call) error {
	d := &drawing{Session: s, call: c, out: bufio.NewWriter(s.Print.Out())}
	if c.Has("L") && c.Number("L") < 1 {
		return usage(c.Command, "-L: a tree has one level at least")
	}
	look := &survey{
		Session: s, op: c.Verb, workers: c.workers(), levels: int(c.Number("L")),
		visit: d.visit, through: d.through,
	}
	err := look.over(ctx, c.Args("path"))
	if !d.asJSON() {
		fmt.Fprintf(d.out, "\n%s\n", d.sum())
	}
	return errors.Join(err, d.out.Flush())
}

func (d *drawing) asJSON() bool { return d.JSON || d.call.Has("json") }

// through leaves out what is not drawn, so that the last that is drawn is the last of its directory.
func (d *drawing) through(tree transfer.Tree) transfer.Tree {
	return chosen{tree, func(n transfer.Node) bool {
		return (d.call.Has("a") || !strings.HasPrefix(n.Name, ".")) && (!d.call.Has("d") || n.Type == listing.Dir)
	}}
}

// chosen is a tree of which only some is seen.
type chosen struct {
	transfer.Tree
	has func(transfer.Node) bool
}

// Read reads a directory.
func (t chosen) Read(ctx context.Context, path string) (transfer.Directory, error) {
	d, err := t.Tree.Read(ctx, path)
	d.Nodes = slices.DeleteFunc(d.Nodes, func(n transfer.Node) bool { return !t.has(n) })
	return d, err
}

func (d *drawing) visit(at sighting) error {
	if at.Event == transfer.Left {
		return nil
	}
	d.lasts = append(d.lasts[:min(at.Depth, len(d.lasts))], at.Last)
	d.draw(at)
	switch {
	case at.Event == transfer.Met:
		d.files++
		return nil
	case at.Depth > 0:
		d.dirs++
	}
	err := d.out.Flush()
	if d.call.Has("L") && int64(at.Depth) >= d.call.Number("L") && err == nil {
		return fs.SkipDir
	}
	return err
}

// draw prints one line: the branches that lead to it, and its name.
func (d *drawing) draw(at sighting) {
	e := entryAt(at)
	if d.asJSON() {
		writeJSON(d.out, &e)
		return
	}
	for level, last := range d.lasts[min(1, len(d.lasts)):] {
		switch {
		case level == at.Depth-1 && last:
			d.out.WriteString("└── ")
		case level == at.Depth-1:
			d.out.WriteString("├── ")
		case last:
			d.out.WriteString("    ")
		default:
			d.out.WriteString("│   ")
		}
	}
	name := at.Name
	if at.Depth == 0 {
		name = at.path
	}
	d.out.WriteString(d.size(at) + d.Print.Entry(name, lsKind(&e)))
	if at.Target != "" {
		d.out.WriteString(" -> " + term.Safe(at.Target))
	}
	d.out.WriteString("\n")
}

// size stands before a name, if it is asked for.
func (d *drawing) size(at sighting) string {
	switch {
	case !at.isFile():
		return ""
	case d.call.Has("h"):
		return fmt.Sprintf("[%5s]  ", term.HumanSize(at.Size))
	case d.call.Has("s"):
		return fmt.Sprintf("[%11d]  ", at.Size)
	}
	return ""
}

// sum counts what was drawn below the paths.
func (d *drawing) sum() string {
	text := counted(d.dirs, "directory", "directories")
	if !d.call.Has("d") {
		text += ", " + counted(d.files, "file", "files")
	}
	return text
}
