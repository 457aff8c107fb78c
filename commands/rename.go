package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ftpsh/internal/lang"
	"ftpsh/internal/listing"
	"ftpsh/internal/term"
	"ftpsh/remote"
	"ftpsh/transfer"
)

func renameCommand() Command {
	return Command{
		Name: "rename", Later: []string{"mv"}, Group: RemoteFiles, Classic: true, Needs: LoggedIn,
		Short: "rename or move a file or directory on the server",
		Args: []Arg{
			{Name: "from", Kind: RemotePath, Ask: "(from-name) "},
			{Name: "to", Kind: RemotePath, Ask: "(to-name) "},
		},
		Flags: []Flag{
			{Letter: 'f', Help: "replace what has the new name without asking"},
			{Long: "copy", Help: "if the server refuses, copy through this machine and remove the old one"},
		},
		Details: `If the new name is a directory, the file moves into it under its own name. A server may refuse to move
something to another of its disks: then --copy does what cp -rp and rm -r do, and removes nothing
unless all was copied.`,
		Examples: []string{"rename draft.txt final.txt", "mv a.txt archive", "mv --copy logs /archive"},
		Run:      runRename,
	}
}

func runRename(ctx context.Context, s *Session, c *Call) error {
	from, to := c.Arg("from"), c.Arg("to")
	for _, name := range []string{from, to} {
		if err := s.confirmLiteral(ctx, "rename", name); err != nil {
			return err
		}
	}
	to, policy, err := s.renameTarget(ctx, from, to, c.Has("f"))
	if err != nil {
		return err
	}
	err = s.Conn.Rename(ctx, from, to)
	switch {
	case !isRefusal(err):
		return err
	case c.Has("copy"):
		return s.moveByCopy(ctx, c, from, to, policy)
	}
	if _, gone := s.Conn.Stat(ctx, from); gone == nil {
		err = &HintedError{Err: err, Next: c.Verb + " --copy " + lang.Operands(from, to) + " moves it through this machine"}
	}
	return err
}

// renameTarget is the name that something gets, and what is to be done about what has it already.
func (s *Session) renameTarget(ctx context.Context, from, to string, force bool) (string, transfer.Policy, error) {
	policy := s.defaultPolicy()
	target, err := s.Conn.Stat(ctx, to)
	switch {
	case err == nil && s.isItself(ctx, from, to, target):
	case err == nil && target.Type == listing.Dir:
		to = remote.Join(to, lastPart(from))
	case err == nil && !force:
		policy, err = transfer.Overwrite, s.mayRenameOnto(ctx, to)
		if err != nil {
			return to, policy, err
		}
	}
	if force {
		policy = transfer.Overwrite
	}
	return to, policy, nil
}

// isItself says that a name which differs from another in the case of letters alone is of the same file: the server
// does not tell cases apart.
func (s *Session) isItself(ctx context.Context, from, to string, target listing.Entry) bool {
	if from == to || !strings.EqualFold(from, to) || target.Unique == "" {
		return false
	}
	source, err := s.Conn.Stat(ctx, from)
	return err == nil && source.Unique == target.Unique
}

// isRefusal says that the server said no for good.
func isRefusal(err error) bool {
	var refused *remote.Error
	return errors.As(err, &refused) && refused.Code/100 == 5
}

// moveByCopy copies, and removes the old one if nothing of it was left out.
func (s *Session) moveByCopy(ctx context.Context, c *Call, from, to string, policy transfer.Policy) error {
	if err := s.mayRemoveTree(ctx, c.Verb, operand{path: from}); err != nil {
		return err
	}
	each := transfer.Copy{Op: c.Verb, From: from, To: to, Policy: policy, Asker: s.conflictAsker(), Manner: s.manner(), Preserve: true}
	plan := &transfer.Copies{Files: []transfer.Copy{each}}
	dir, err := s.isDirectory(ctx, operand{path: from})
	if err != nil {
		return err
	}
	if dir {
		plan = &transfer.Copies{Trees: []transfer.TreeCopy{{From: from, To: to, Each: each}}}
	}
	sum, err := s.runJobIn(ctx, c.Verb, jobOptions{}, s.newJobView(c.Verb, jobOptions{}), plan)
	if err != nil {
		return err
	}
	if sum.Skipped > 0 {
		return &StateError{Op: c.Verb, Problem: from + ": not all of it was copied, so it stays", Status: StatusIncomplete}
	}
	return s.remove(ctx, c.Verb, &transfer.Remove{Names: []string{from}}, jobOptions{}, true)
}

func (s *Session) mayRenameOnto(ctx context.Context, to string) error {
	refused := &StateError{Op: "rename", Problem: to + ": the server has a file of that name", Next: "rename -f replaces it", Status: StatusFailed}
	if s.Ask == nil {
		return refused
	}
	yes, err := s.Ask.Confirm(ctx, fmt.Sprintf("%s exists: replace it?", term.Safe(to)))
	if err == nil && !yes {
		return refused
	}
	return err
}
