package demo

import (
	"errors"
	"net"
	"sync"
)

// listener remembers the control connections it handed out, so that closing it ends them too:
// goftp keeps them alive when it shuts down.
type listener struct {
	net.Listener
	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, errors.Join(net.ErrClosed, c.Close())
	}
	l.open[c] = true
	return &conn{Conn: c, listener: l}, nil
}

// Close stops accepting and closes every connection that was accepted.
func (l *listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for c := range l.open {
		_ = c.Close() // its session sees the end and cleans up after itself
	}
	return l.Listener.Close()
}

type conn struct {
	net.Conn
	listener *listener
}

func (c *conn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.open, c.Conn)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
