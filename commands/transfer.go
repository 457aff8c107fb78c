package commands

import (
	"context"
	"path/filepath"

	"ftpsh/transfer"
)

// transferCommands move files.
func transferCommands() []Command {
	return []Command{
		{
			Name: "get", Aliases: []string{"recv"}, Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "fetch a file from the server",
			Args:     []Arg{{Name: "remote", Kind: RemoteFile, Ask: "(remote-file) "}, {Name: "local", Kind: LocalPath, Optional: true, Ask: "(local-file) "}},
			Flags:    []Flag{{Letter: 'o', Value: "file", Kind: LocalPath, Help: "save under this name; - prints it"}, {Letter: 'f', Help: "replace a local file"}, {Letter: 'a', Help: "as text"}},
			Examples: []string{"get README.txt"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				local := c.Arg("local")
				if c.Has("o") {
					local = c.Value("o")
				}
				d := transfer.Download{Remote: c.Arg("remote"), ASCII: c.Has("a"), Typed: local != ""}
				if local == "" {
					local = filepath.Base(c.Arg("remote"))
				}
				path := s.Local.Abs(local)
				d.Dir, d.Name = filepath.Dir(path), filepath.Base(path)
				if local == "-" {
					out := s.contents()
					defer out.Close()
					d.To = out
				}
				if c.Has("f") {
					d.Policy = transfer.Overwrite
				}
				_, err := transfer.Get(ctx, s.Conn, d)
				return err
			},
		},
		{
			Name: "put", Aliases: []string{"send"}, Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "send a file to the server",
			Args:     []Arg{{Name: "local", Kind: LocalPath, Ask: "(local-file) "}, {Name: "remote", Kind: RemoteFile, Optional: true, Ask: "(remote-file) "}},
			Flags:    []Flag{{Letter: 'f', Help: "replace a file on the server"}},
			Examples: []string{"put README.txt"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				u := transfer.Upload{Local: c.Arg("local"), Path: s.Local.Abs(c.Arg("local")), Remote: c.Arg("remote")}
				if u.Remote == "" {
					u.Remote = filepath.Base(u.Path)
				}
				if c.Has("f") {
					u.Policy = transfer.Overwrite
				}
				_, err := transfer.Put(ctx, s.Conn, u)
				return err
			},
		},
	}
}
