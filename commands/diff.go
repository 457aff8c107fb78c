package commands

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ftpsh/internal/listing"
	"ftpsh/internal/term"
	"ftpsh/remote"
	"ftpsh/transfer"
)

func diffCommand() Command {
	return Command{
		Name: "diff", Group: Browsing, Needs: LoggedIn,
		Short: "compare files here with files on the server, without moving them",
		Args: []Arg{
			{Name: "local", Kind: LocalPath, Optional: true},
			{Name: "remote", Kind: RemotePath, Optional: true},
		},
		Flags: []Flag{
			{Letter: 'r', Long: "recursive", Help: "what is in directories too"},
			{Letter: 'q', Long: "brief", Help: "stop at the first difference, and print none"},
			{Long: "size-only", Help: "files of the same size are the same, whatever their times"},
			{Long: "content", Help: "compare checksums that the server reckons, instead of times"},
			{Long: "download", Help: "fetch files of the same size, to compare every byte"},
			connectionsAtMost,
			{Long: "json", Help: "one JSON object a line for each difference"},
		},
		Details: `A line that begins with < names what is only here, one with > what is only on the server, and one
with ! what differs, and how: in size, in time (as exactly as the server tells it), or in what it is.
The exit status is 1 if there is any difference, as with diff on Unix. Without arguments it compares
the two working directories; one that is not named has the name of the other.`,
		Examples: []string{"diff", "diff -r htdocs", "diff data.csv archive/data.csv --content", "diff -rq src backup/src"},
		Run:      runDiff,
	}
}

// comparing is one run of diff.
type comparing struct {
	*Session
	call *Call
	out  *bufio.Writer

	differ, here, there int
	unseen              []error
}

// errDiffer ends a comparison of which only the status counts.
var errDiffer = errors.New("they differ")

func runDiff(ctx context.Context, s *Session, c *Call) error {
	d := &comparing{Session: s, call: c, out: bufio.NewWriter(s.Print.Out())}
	local, there := c.diffEnds()
	plan := &transfer.Diff{
		Remote:    transfer.RemoteTree{Conn: s.Conn, Root: there},
		Workers:   c.workers(),
		Recursive: c.Has("recursive"), SizeOnly: c.Has("size-only"),
		Found:  d.tell,
		Unseen: func(err error) { d.unseen = append(d.unseen, unseen(c.Verb, err)) },
	}
	err := d.run(ctx, plan, local)
	if errors.Is(err, errDiffer) {
		err = nil
	}
	err = errors.Join(append(d.unseen, err, d.out.Flush())...)
	if !c.Has("brief") && (err == nil || d.found() > 0) {
		s.Print.Note("%s", d.sum(plan))
	}
	if d.found() > 0 {
		err = errors.Join(err, &ToldError{Words: errDiffer.Error(), Status: StatusFailed})
	}
	return err
}

// diffEnds are the two sides. One that was not named has the name of the other.
func (c *Call) diffEnds() (local, there string) {
	local, there = c.Arg("local"), c.Arg("remote")
	if c.Given("local") && !c.Given("remote") {
		there = filepath.ToSlash(local)
		if filepath.IsAbs(local) {
			there = filepath.Base(local)
		}
	}
	return orDot(local), there
}

// run compares directories, or a file with a file or with one of its name in a directory.
func (d *comparing) run(ctx context.Context, plan *transfer.Diff, local string) error {
	path := d.Local.Abs(local)
	info, err := os.Stat(path)
	if err != nil {
		return &LocalError{Op: d.call.Verb, Path: local, Err: err}
	}
	there, err := d.rootOf(ctx, operand{path: plan.Remote.Root})
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return d.runTrees(ctx, plan, path, there, local)
	case there.Type == listing.Dir:
		plan.Remote.Root = remote.Join(plan.Remote.Root, filepath.Base(path))
		if there, err = d.rootOf(ctx, operand{path: plan.Remote.Root}); err != nil {
			return err
		}
	}
	plan.Same = d.same(func(string) (string, string) { return path, plan.Remote.Root })
	here := transfer.Node{Name: filepath.Base(path), Size: info.Size(), Time: info.ModTime().UTC(), Exact: true}
	return plan.File(ctx, local, here, there)
}

func (d *comparing) runTrees(ctx context.Context, plan *transfer.Diff, path string, there transfer.Node, local string) error {
	if there.Type != listing.Dir {
		return &StateError{Op: d.call.Verb, Problem: fmt.Sprintf("%s is a directory, %s is none", local, plan.Remote.Root), Status: StatusFailed}
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return &LocalError{Op: d.call.Verb, Path: local, Err: err}
	}
	defer root.Close()
	plan.Local = root
	plan.Same = d.same(func(below string) (string, string) {
		return filepath.Join(path, filepath.FromSlash(below)), remote.Join(plan.Remote.Root, below)
	})
	return plan.Run(ctx)
}

// found is how many differences there are.
func (d *comparing) found() int { return d.differ + d.here + d.there }

// tell prints one difference.
func (d *comparing) tell(f transfer.Difference) error {
	mark := map[transfer.Side]string{transfer.Here: "<", transfer.There: ">", transfer.Both: "!"}[f.Only]
	*map[transfer.Side]*int{transfer.Here: &d.here, transfer.There: &d.there, transfer.Both: &d.differ}[f.Only]++
	path := f.Path
	if d.call.Has("brief") {
		return errDiffer
	}
	if d.JSON || d.call.Has("json") {
		d.writeDifference(f)
		return nil
	}
	if f.Local.Type == listing.Dir || f.Local.Name == "" && f.Remote.Type == listing.Dir {
		path += "/"
	}
	if d.Print.OutIsTerminal() {
		path = term.Safe(path)
	}
	if f.Why != "" {
		path += ": " + f.Why
	}
	_, err := fmt.Fprintln(d.out, mark, path)
	return cmp.Or(err, d.out.Flush())
}

// jsonDifference is what diff --json prints.
type jsonDifference struct {
	Path      string     `json:"path"`
	PathBytes []byte     `json:"path_bytes,omitempty"`
	Only      string     `json:"only,omitempty"` // here, server
	Why       string     `json:"why,omitempty"`
	Local     *jsonEntry `json:"local"`
	Remote    *jsonEntry `json:"remote"`
}

func (d *comparing) writeDifference(f transfer.Difference) {
	writeJSONLine(d.out, jsonDifference{
		Path: f.Path, PathBytes: lostBytes(f.Path), Why: f.Why, Local: jsonEnd(f.Local), Remote: jsonEnd(f.Remote),
		Only: map[transfer.Side]string{transfer.Here: "here", transfer.There: "server"}[f.Only],
	})
}

// jsonEnd is one side of a difference; nil if nothing is there.
func jsonEnd(n transfer.Node) *jsonEntry {
	if n.Name == "" {
		return nil
	}
	e := entryAt(sighting{n.Name, transfer.Step{Node: n}})
	return jsonOf(&e)
}

// sum is a comparison in numbers.
func (d *comparing) sum(plan *transfer.Diff) string {
	return fmt.Sprintf("%d differ, %d only here, %d only on the server; %s the same",
		d.differ, d.here, d.there, counted(plan.Alike, "file", "files"))
}
