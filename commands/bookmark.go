package commands

import (
	"context"
	"errors"
	"io/fs"

	"ftpsh/internal/config"
	"ftpsh/internal/term"
)

var bookmarkCommand = Command{
	Name: "bookmark", Group: Connection,
	Short: "list bookmarks, or keep or forget one",
	Args: []Arg{
		{Name: "name", Kind: BookmarkName, Optional: true},
		{Name: "url", Optional: true},
	},
	Flags: []Flag{{Letter: 'd', Long: "delete", Help: "forget the bookmark"}},
	Details: `With a name and a URL the bookmark is kept; with a name alone it leads to where the session is now.
A bookmark never holds a password.`,
	Examples: []string{"bookmark", "bookmark work ftpes://ann@ftp.example.com/projects", "bookmark -d work"},
	Run: func(_ context.Context, s *Session, c *Call) error {
		name := c.Arg("name")
		switch {
		case name == "":
			return s.listBookmarks()
		case c.Has("delete"):
			return s.Config.Bookmarks().Remove(name)
		}
		url := c.Arg("url")
		if url == "" {
			if !s.Conn.Opened() {
				return &StateError{Op: "bookmark", Problem: "not connected, so there is no place to keep", Next: "bookmark " + name + " ftp://..."}
			}
			url = s.Conn.Site().URL(s.Conn.Dir())
		}
		err := s.Config.Bookmarks().Add(config.Bookmark{Name: name, URL: url})
		var unwritten *fs.PathError
		if err == nil || errors.As(err, &unwritten) {
			return err
		}
		return misuse(c.Command, err)
	},
}

func (s *Session) listBookmarks() error {
	all, warnings, err := s.Config.Bookmarks().List()
	for _, warning := range warnings {
		s.Print.Warn("%v", warning)
	}
	for _, b := range all {
		s.Print.Printf("%-16s %s\n", term.Safe(b.Name), term.Safe(b.URL))
	}
	return err
}
