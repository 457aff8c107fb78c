package commands

import (
	"context"

	"ftpsh/internal/listing"
	"ftpsh/remote"
	"ftpsh/transfer"
)

// copyCommands copy on the server, through this machine.
func copyCommands() []Command {
	flags := []Flag{recursively, {Letter: 'p', Long: "preserve", Help: "the copies get the times of the originals"}}
	for _, f := range overExisting {
		flags = append(flags, f.Flag)
	}
	return []Command{{
		Name: "cp", Group: RemoteFiles, Needs: LoggedIn,
		Short: "copy files on the server, through this machine",
		Args:  []Arg{{Name: "from", Kind: RemotePath, Many: true}, {Name: "to", Kind: RemotePath}},
		Flags: joined(append(flags, limitRate)...),
		Details: `FTP has no command to copy, so the bytes come here and go back: over two connections at once, or
through a temporary file where the server gives only one. Into a directory, files are copied under
their own names. A copy has its name only once it has as many bytes as the original. Links are
passed over.`,
		Examples: []string{"cp draft.txt final.txt", "cp *.csv archive", "cp -rp htdocs htdocs.old"},
		Run:      runCp,
	}}
}

func runCp(ctx context.Context, s *Session, c *Call) error {
	found, err := s.remoteOperands(ctx, c.Args("from"))
	if err != nil {
		return err
	}
	plan, err := s.copies(ctx, c, once(found), c.Arg("to"))
	if err != nil {
		return err
	}
	_, err = s.runJob(ctx, c, plan)
	return err
}

// copies is the plan of cp: each operand goes into a directory that is there, or gets the name that it is
// to have if there is only one.
func (s *Session) copies(ctx context.Context, c *Call, found []operand, to string) (*transfer.Copies, error) {
	policy, given, err := c.policy()
	if err != nil {
		return nil, err
	}
	if !given {
		policy = s.defaultPolicy()
	}
	each := transfer.Copy{Op: c.Verb, Policy: policy, Asker: s.conflictAsker(), Manner: s.manner(), Preserve: c.Has("preserve")}
	target, err := s.rootOf(ctx, operand{path: to})
	into := err == nil && target.Type == listing.Dir
	if len(found) > 1 && !into {
		return nil, &StateError{Op: c.Verb, Problem: to + ": no directory, and several are to be copied there", Next: "mkdir " + quoted(to)}
	}
	plan := &transfer.Copies{}
	for _, o := range found {
		each.From, each.To = o.path, to
		if into {
			each.To = remote.Join(to, lastPart(s.Conn.Abs(o.path)))
		}
		if err := s.addCopy(ctx, c, plan, o, each); err != nil {
			return nil, err
		}
	}
	return plan, nil
}

// addCopy adds a file to a plan, or a tree.
func (s *Session) addCopy(ctx context.Context, c *Call, plan *transfer.Copies, o operand, one transfer.Copy) error {
	dir, err := s.isDirectory(ctx, o)
	switch {
	case err != nil:
		return err
	case dir && !c.Has("recursive"):
		return &StateError{Op: c.Verb, Problem: o.path + ": a directory", Next: c.Verb + " -r copies directories", Status: StatusFailed}
	case dir:
		plan.Trees = append(plan.Trees, transfer.TreeCopy{From: one.From, To: one.To, Each: one})
	default:
		plan.Files = append(plan.Files, one)
	}
	return nil
}

// manner is how files are stored at this site.
func (s *Session) manner() transfer.Manner {
	if !s.Values().Bool("upload-temp") {
		return transfer.NewDirectly
	}
	return transfer.ByRename
}
