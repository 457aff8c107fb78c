package commands

import (
	"context"
	"errors"

	"ftpsh/internal/listing"
	"ftpsh/transfer"
)

func chmodCommand() Command {
	return Command{
		Name: "chmod", Group: RemoteFiles, Classic: true, Needs: LoggedIn,
		Short: "change permissions on the server (SITE CHMOD)",
		Args: []Arg{
			{Name: "mode", Ask: "(mode) "},
			{Name: "file", Kind: RemotePath, Many: true, Ask: "(remote-file) "},
		},
		Flags:    []Flag{{Letter: 'R', Long: "recursive", Help: "directories with all that is in them; links are left alone"}},
		Details:  "To change files alone, or directories alone: find htdocs -type f -exec chmod 644 {} \\;",
		Examples: []string{"chmod 644 index.html", "chmod -R 755 htdocs"},
		Run:      runChmod,
	}
}

func runChmod(ctx context.Context, s *Session, c *Call) error {
	mode := c.Arg("mode")
	if !octal.MatchString(mode) {
		return usage(c.Command, "mode: %q is not an octal mode such as 644", mode)
	}
	change := func(path string) error { return about(path, s.command(ctx, "chmod", "SITE CHMOD", mode, path)) }
	if c.Has("recursive") {
		return s.chmodTrees(ctx, c, change)
	}
	return s.eachOperand(ctx, c.Args("file"), func(path string, _ bool) error { return change(path) })
}

// chmodTrees changes what is in a directory before the directory, which may be closed afterwards.
func (s *Session) chmodTrees(ctx context.Context, c *Call, change func(path string) error) error {
	changed := 0
	var failed []error
	look := &survey{Session: s, op: c.Verb, visit: func(at sighting) error {
		if at.Event == transfer.Entered || at.Type == listing.Link {
			return nil
		}
		switch err := change(at.path); {
		case err == nil:
			changed++
		case isCancelled(err) || isUnreachable(err):
			return err
		default:
			failed = append(failed, err)
		}
		return nil
	}}
	err := errors.Join(append(failed, look.over(ctx, c.Args("file")))...)
	sum := "changed " + counted(changed, "file or directory", "files and directories")
	if err != nil {
		return errors.Join(err, &StateError{Op: c.Verb, Problem: "not all is done: " + sum, Status: StatusFailed})
	}
	s.Print.Note("%s", sum)
	return nil
}
