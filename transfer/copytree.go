package transfer

import (
	"context"
	"strings"

	"ftpsh/internal/listing"
)

// Copies is a plan that copies files, and directories with all that is in them, on the server. Links are
// passed over.
type Copies struct {
	Files []Copy // their Progress is the job's
	Trees []TreeCopy
}

// TreeCopy is a directory that is to be copied. The copies of its files are as Each, but for their names.
type TreeCopy struct {
	From, To string
	Each     Copy
}

func (c *Copies) begin(_ context.Context, j *Job) error {
	for i := range c.Trees {
		t := &c.Trees[i]
		from, to := j.Conn.Abs(t.From), j.Conn.Abs(t.To)
		if from == to || strings.HasPrefix(to, strings.TrimSuffix(from, "/")+"/") {
			return &Error{Op: j.Op, Name: t.From, Kind: ErrUnsuitable, Text: "it cannot be copied into itself", status: statusUsage}
		}
		j.todo().look(&folderCopy{tree: t, depth: 1})
	}
	var files []task
	for i := range c.Files {
		files = append(files, &fileCopy{Copy: c.Files[i], expected: expected{bytes: c.Files[i].size()}})
	}
	j.enlist(files)
	if len(c.Trees) == 0 {
		j.known()
	}
	return nil
}

func (c *Copies) end(context.Context, *Job, bool) error { return nil }

// folderCopy is a directory of a tree that is to be copied.
type folderCopy struct {
	attempts
	extent
	tree  *TreeCopy
	path  string // from the root of the tree
	depth int
	node  Node // as its parent listed it
	above *above
}

func (t *folderCopy) name() string { return remotePath(t.tree.From, t.path) }

func (t *folderCopy) looks() bool { return true }

func (t *folderCopy) run(ctx context.Context, w *worker, _ bool, done func(error)) {
	done(w.todo().read(&t.extent, t.copy(ctx, w)))
}

// copy makes the directory, and adds to the queue what is in it.
func (t *folderCopy) copy(ctx context.Context, w *worker) error {
	d, err := (&reading{dir: t.name(), more: true, limit: w.todo().limit(&t.extent)}).read(ctx, w.conn)
	if err != nil {
		return err
	}
	target := remotePath(t.tree.To, t.path)
	if !w.DryRun {
		if err := makeRemoteDir(ctx, w.conn, target); err != nil {
			return err
		}
	}
	w.tell(Ended{Action: MakeDirectory, Path: target, Size: -1})
	w.problems(t.name(), d.Problems)
	t.enqueue(w, d)
	return nil
}

// enqueue adds to the queue what the directory holds.
func (t *folderCopy) enqueue(w *worker, d Directory) {
	in := &above{unique: d.Unique, up: t.above}
	if in.unique == "" {
		in.unique = t.node.Unique
	}
	var files, dirs []task
	for _, n := range d.Nodes {
		switch next := t.one(w, n, in).(type) {
		case *fileCopy:
			files = append(files, next)
		case *folderCopy:
			dirs = append(dirs, next)
		}
	}
	w.enlist(files)
	w.todo().look(dirs...)
}

// one is what is to be done about one name; nil if that is nothing.
func (t *folderCopy) one(w *worker, n Node, in *above) task {
	below := Below(t.path, n.Name)
	from := remotePath(t.tree.From, below)
	switch {
	case n.Type == listing.Dir && in.has(n.Unique):
		w.tell(Ended{Path: from, Size: -1, Err: &pathError{from, ErrLoop}})
	case n.Type == listing.Dir && t.depth >= deepestWalk:
		w.tell(Ended{Path: from, Size: -1, Err: &pathError{from, ErrDeep}})
	case n.Type == listing.Dir:
		return &folderCopy{tree: t.tree, path: below, depth: t.depth + 1, node: n, above: in}
	case n.Type == listing.Link:
		w.tell(Ended{Action: PassOver, Path: from, Size: -1, Why: "a symbolic link"})
	case n.Type != listing.File:
		w.tell(Ended{Action: PassOver, Path: from, Size: -1, Why: "not a regular file"})
	default:
		file := t.tree.Each
		file.From, file.To, file.Source = from, remotePath(t.tree.To, below), &n
		return &fileCopy{Copy: file, expected: expected{bytes: n.Size}}
	}
	return nil
}

// fileCopy is one file of a plan.
type fileCopy struct {
	attempts
	Copy
	expected
}

func (t *fileCopy) name() string { return t.From }

func (t *fileCopy) looks() bool { return false }

func (t *fileCopy) sends() bool { return true }

func (t *fileCopy) run(ctx context.Context, w *worker, _ bool, done func(error)) {
	size := t.size()
	if w.conn.Abs(t.From) == w.conn.Abs(t.To) {
		done(&Error{Op: w.Op, Name: t.From, Kind: ErrUnsuitable, Text: "it cannot be copied onto itself", status: statusUsage})
		return
	}
	if w.DryRun {
		w.moved(Ended{Action: MoveFile, Path: t.From, Why: "to " + t.To}, Result{Size: size})
		done(nil)
		return
	}
	file := t.Copy
	file.Progress = t.progress(w.Job)
	if t.failed > 0 {
		file.Source, file.Target = nil, nil
	}
	result, err := CopyFile(ctx, w.conn, file)
	if err == nil {
		t.turnsOut(w.Job, 0)
		w.tell(Ended{Action: MoveFile, Path: t.From, Size: size, Result: result})
	}
	done(err)
}
