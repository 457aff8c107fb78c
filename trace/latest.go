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
	reply   wire.Reply
	partial wire.Reply // its last line is still to come
	waiting []string   // the commands whose replies are still to come
}

// Reply is the latest reply; its Code is 0 when there has been none.
func (l *Latest) Reply() wire.Reply {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reply
}

// Event takes note of one event.
func (l *Latest) Event(e wire.Event) {
	if e.Conn > 1 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
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
	l.reply, l.partial = l.partial, wire.Reply{}
}
