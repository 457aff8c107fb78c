package commands

import (
	"context"
	"os"
	"path/filepath"

	"ftpsh/internal/listing"
	"ftpsh/remote"
	"ftpsh/transfer"
)

// recursively is the flag of commands that also move directories.
var recursively = Flag{Letter: 'r', Long: "recursive", Help: "directories too, with all that is in them"}

// isRecursive says that the command was told to move directories, too.
func (c *Call) isRecursive() bool { return c.gives("recursive") }

// plan is to fetch what the operands stand for: files, and with trees directories too. Local is the name
// of what is fetched, if it is one thing and was named.
func (f *fetching) plan(ctx context.Context, found []operand, local string, trees bool) *transfer.Several {
	plan := &transfer.Several{Fetch: f.each(local)}
	for _, o := range found {
		switch dir := f.fetchesTree(ctx, o, trees); {
		case dir && trees:
			tree := f.tree(o.path, local)
			tree.Found = o.matched()
			plan.Trees = append(plan.Trees, tree)
		case dir:
			plan.Passed = append(plan.Passed, o.path)
		default:
			plan.Files = append(plan.Files, o.single())
		}
	}
	return plan
}

// single is an operand that is a file, as a plan has it.
func (o operand) single() transfer.Single { return transfer.Single{Path: o.path, Listed: o.entry} }

// each makes the download of one file of a plan.
func (f *fetching) each(local string) func(transfer.Single) transfer.Download {
	return func(one transfer.Single) transfer.Download {
		d := f.downloadAs(one.Path, local)
		if one.Listed != nil && one.Listed.Type == listing.File {
			d.Known = transfer.NodeOf(one.Listed)
		}
		return d
	}
}

// fetchesTree says that an operand is a directory, as far as a listing has told; else the server is asked,
// if that matters. What cannot be found out will be told of the file.
func (s *Session) fetchesTree(ctx context.Context, o operand, ask bool) bool {
	if !ask {
		return o.isDir()
	}
	dir, err := s.isDirectory(ctx, o)
	return err == nil && dir
}

// isDirectory asks what an operand is, unless a listing has told.
func (s *Session) isDirectory(ctx context.Context, o operand) (bool, error) {
	if o.matched() && o.entry.Type != listing.Link {
		return o.isDir(), nil
	}
	e, err := s.Conn.Stat(ctx, o.path)
	return e.Type == listing.Dir, err
}

// tree is to fetch a directory with all that is in it.
func (f *fetching) tree(path, local string) *transfer.Mirror {
	target := filepath.Join(f.dir, f.LocalName(f.remoteBase(path)))
	if local != "" {
		target = f.Local.Abs(local)
	}
	return &transfer.Mirror{
		Remote: path, Local: target, Shown: f.Local.Short(target),
		Compare: transfer.Comparison{KeepsTime: f.On("preserve")},
		Settings: transfer.Settings{
			Op: f.call.Verb, Resume: f.resume, Policy: f.policy, Asker: f.asker, MaxSize: f.maxSize(),
			ASCII: f.ascii, KeepCR: !f.On("cr"), Preserve: f.On("preserve"), Care: f.care,
		},
	}
}

// plan is to send what the operands stand for: files, and with trees directories too. Target is the name
// on the server of what is sent, if it is one thing and was named.
func (p *sending) plan(found []operand, target string, trees bool) *transfer.Several {
	plan := &transfer.Several{Send: p.each(target)}
	for _, o := range found {
		info, err := os.Stat(p.Local.Abs(o.path))
		switch dir := err == nil && info.IsDir(); {
		case dir && trees:
			plan.Trees = append(plan.Trees, p.tree(o.path, p.named(o.path, target)))
		case dir && o.matched():
			plan.Passed = append(plan.Passed, o.path)
		default:
			plan.Files = append(plan.Files, o.single())
		}
	}
	return plan
}

// each makes the upload of one file of a plan.
func (p *sending) each(target string) func(transfer.Single) transfer.Upload {
	return func(one transfer.Single) transfer.Upload {
		return p.upload(one.Path, p.named(one.Path, target))
	}
}

// named is the name on the server of what is sent: the one that was typed, or its own, as ntrans and nmap
// change it.
func (p *sending) named(path, target string) string {
	if target != "" {
		return target
	}
	return remote.Join(p.dir, p.RemoteName(p.localBase(path)))
}

// tree is to send a directory with all that is in it.
func (p *sending) tree(path, target string) *transfer.Mirror {
	return &transfer.Mirror{
		Upload: true, Remote: target, Local: p.Local.Abs(path), Shown: path,
		Settings: transfer.Settings{
			Op: p.call.Verb, Resume: p.resume, Policy: p.policy, Asker: p.asker, Manner: p.manner,
			ASCII: p.ascii, Preserve: p.On("preserve"), Care: p.care,
		},
	}
}
