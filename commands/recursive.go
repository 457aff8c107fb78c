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

// trees is what get -r, put -r and their kin move: each operand is a directory, or a file.
type trees struct {
	transfer.Several
	session  *Session
	settings transfer.Settings
}

func (s *Session) trees(c *Call, policy transfer.Policy, resume, ascii bool) *trees {
	t := &trees{session: s, settings: s.treeSettings(c)}
	t.settings.Policy, t.settings.Resume, t.settings.ASCII = policy, resume, ascii
	return t
}

// recursive fetches files and directories. Local is the name of what is fetched, if it is one thing and
// was named.
func (f *fetching) recursive(ctx context.Context, c *Call, found []operand, local string) error {
	t := f.trees(c, f.policy, f.resume, f.ascii)
	for _, o := range found {
		dir, err := f.isDirectory(ctx, o)
		if err != nil {
			return err
		}
		if !dir {
			t.Downloads = append(t.Downloads, f.downloadAs(o.path, local))
			continue
		}
		target := filepath.Join(f.dir, f.LocalName(f.remoteBase(o.path)))
		if local != "" {
			target = f.Local.Abs(local)
		}
		t.Trees = append(t.Trees, &transfer.Mirror{
			Remote: o.path, Local: target, Shown: f.Local.Short(target),
			Compare: transfer.Comparison{KeepsTime: f.On("preserve")}, Settings: t.settings,
		})
	}
	_, err := f.runJob(ctx, c, &t.Several)
	return err
}

// isDirectory asks what an operand is, unless a listing has told.
func (s *Session) isDirectory(ctx context.Context, o operand) (bool, error) {
	if o.matched() && o.entry.Type != listing.Link {
		return o.isDir(), nil
	}
	e, err := s.Conn.Stat(ctx, o.path)
	return e.Type == listing.Dir, err
}

// recursive sends files and directories. Target is the name on the server of what is sent, if it is one
// thing and was named.
func (p *sending) recursive(ctx context.Context, c *Call, found []operand, target string) error {
	t := p.trees(c, p.policy, p.resume, p.ascii)
	t.settings.Manner = p.manner
	for _, o := range found {
		info, err := os.Stat(p.Local.Abs(o.path))
		if err != nil {
			return &LocalError{Op: c.Verb, Path: o.path, Err: err}
		}
		name := target
		if name == "" {
			name = remote.Join(p.dir, p.RemoteName(p.localBase(o.path)))
		}
		if !info.IsDir() {
			t.Uploads = append(t.Uploads, p.upload(o.path, name))
			continue
		}
		t.Trees = append(t.Trees, &transfer.Mirror{
			Upload: true, Remote: name, Local: p.Local.Abs(o.path), Shown: o.path, Settings: t.settings,
		})
	}
	_, err := p.runJob(ctx, c, &t.Several)
	return err
}
