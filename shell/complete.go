package shell

import (
	"context"
	"errors"

	"ftpsh/commands"
	"ftpsh/completion"
	"ftpsh/internal/config"
	"ftpsh/internal/editor"
	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// completer answers TAB for a session.
type completer struct {
	session *commands.Session
	remote  *completion.Remote
	home    string
}

func newCompleter(s *commands.Session, home string) *completer {
	return &completer{session: s, remote: completion.NewRemote(lister{s.Conn}), home: home}
}

// complete is called by the editor, on a goroutine of its own.
func (c *completer) complete(ctx context.Context, line string, pos int) editor.Completion {
	result := completion.Complete(ctx, completion.Request{
		Line: line, Pos: pos, Table: c.session.Table,
		Sources: completion.Sources{
			Remote: c.remote, RemoteDir: c.session.Conn.Dir(),
			LocalDir: c.session.Local.Dir(), Home: c.home,
			Aliases: c.session.Aliases, Bookmarks: c.bookmarks,
		},
	})
	answer := editor.Completion{Start: result.Start, End: result.End, Err: result.Err}
	for _, item := range result.Items {
		answer.Items = append(answer.Items, editor.Candidate{Label: item.Label, Insert: item.Insert, Kind: item.Kind, Help: item.Help})
	}
	return answer
}

func (c *completer) bookmarks() []config.Bookmark {
	all, _, _ := c.session.Config.Bookmarks().List()
	return all
}

// lister lists for completion only while nothing else needs the connection.
type lister struct{ conn *remote.Conn }

var errOffline = errors.New("not connected")

func (l lister) List(ctx context.Context, dir string) ([]listing.Entry, error) {
	if !l.conn.LoggedIn() {
		return nil, errOffline
	}
	result, err := l.conn.TryList(ctx, dir)
	return result.Entries, err
}
