package trace

import (
	"strings"
	"sync"

	"ftpsh/internal/wire"
)

// Latest remembers the latest reply on the session's own connection, also after that has gone. Its methods may
// be called from any goroutine.
type Latest struct {
	mu      sync.Mutex
	recent  []wire.Reply // the latest last
	partial wire.Reply   // its last line is still to come
	waiting []string     // the commands whose replies are still to come
	conn    int          // the number of the connection; 0 is the first
}

// recentKept is how many replies may come behind the one that has decided a command.
const recentKept = 20

// Follow makes it those of another connection of the session, which is the prompt's from now on.
func (l *Latest) Follow(conn int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn, l.waiting, l.partial, l.recent = conn, nil, wire.Reply{}, nil
}

// Reply is the latest reply; its Code is 0 when there has been none.
func (l *Latest) Reply() wire.Reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.recent) == 0 {
		return wire.Reply{}
	}
	return l.recent[len(l.recent)-1]
}

// Settle makes the latest reply with this code the latest of all: a command has failed with it, and what was
// asked afterwards was only to find out more.
func (l *Latest) Settle(code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.recent) - 1; i >= 0; i-- {
		if l.recent[i].Code == code {
			l.recent = l.recent[:i+1]
			return
		}
	}
}

// Event takes note of one event.
func (l *Latest) Event(e wire.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if max(e.Conn, 1) != max(l.conn, 1) {
		return
	}
	switch e.Kind {
	case wire.Connected:
		l.waiting, l.partial = nil, wire.Reply{}
	case wire.Sent:
		l.waiting = append(l.waiting, e.Text)
	case wire.Received:
		l.received(e)
	}
}

func (l *Latest) received(e wire.Event) {
	text := e.Text
	if len(l.partial.Lines) == 0 || e.Last {
		text = text[min(len("226 "), len(text)):]
	}
	l.partial.Lines = append(l.partial.Lines, text)
	if !e.Last {
		return
	}
	l.partial.Code, l.partial.Since = e.Code, e.Since
	if e.Verb != "" && len(l.waiting) > 0 {
		l.partial.Command = strings.TrimSpace(l.waiting[0])
		if e.Code >= 200 {
			l.waiting = l.waiting[1:]
		}
	}
	l.recent = append(l.recent, l.partial)
	l.recent = l.recent[max(0, len(l.recent)-recentKept):]
	l.partial = wire.Reply{}
}
