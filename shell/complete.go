package shell

import (
	"context"
	"errors"
	"sync"
	"time"

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
	lister  *lister
	remote  *completion.Remote
	home    string
}

func newCompleter(s *commands.Session, home string) *completer {
	l := &lister{conn: s.Conn}
	known := completion.NewRemote(l)
	known.Tell = s.Decide
	return &completer{session: s, lister: l, remote: known, home: home}
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
type lister struct {
	conn *remote.Conn

	mu   sync.Mutex
	stop func() // ends the listing under way; nil when there is none
}

var errOffline = errors.New("not connected")

// List implements [completion.Lister].
func (l *lister) List(ctx context.Context, dir string) ([]listing.Entry, error) {
	if !l.conn.LoggedIn() {
		return nil, errOffline
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.mu.Lock()
	l.stop = cancel
	l.mu.Unlock()
	result, err := l.conn.TryList(ctx, dir)
	return result.Entries, err
}

// courtesy is how long a command waits for a listing that TAB has asked for. To break it off may
// cost the connection, which the command brings back.
const courtesy = time.Second

// yield lets a command have the connection soon, whatever TAB is waiting for.
func (l *lister) yield() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		time.AfterFunc(courtesy, l.stop)
		l.stop = nil
	}
}
