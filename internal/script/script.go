// Package script is an FTP server that plays a script at the wire.
//
// By itself it is a decent server on a small tree in memory. A script overrides single verbs, or the
// greeting, and may do there what no real server does: say nothing, say too much, reset a connection,
// cut a file short under TLS, name a foreign address. What the client did is recorded to the byte.
//
//	srv, err := script.Start(script.Options{})
//	srv.Tree.Write("/a.txt", []byte("hello"))
//	srv.Answer("DELE", "550 not today")
//	srv.On("RETR", func(c *script.Conversation, name string) {
//		c.Reply("150 here it comes")
//		d := c.Data()
//		d.Send("hel")
//		d.Reset()
//		c.Reply("226 done")
//	})
//
// Names, arguments and lines are bytes held in strings; nothing assumes UTF-8.
package script

import (
	"cmp"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"time"
)

// Options says what the decent part of the server does. The zero value is a plain server on
// 127.0.0.1 that takes any user and password.
type Options struct {
	Listen   string        // address to listen on; 127.0.0.1 and a free port when empty
	User     string        // the only user let in; any when empty
	Password string        // with User: the password
	Account  string        // when set, PASS is answered 332 and ACCT must name it
	TLS      *tls.Config   // what AUTH TLS and protected data connections use; nil: AUTH is refused
	Implicit bool          // TLS from the first byte of the control connection
	DataTLS  *tls.Config   // what protected data connections use instead of TLS, for another certificate
	Reuse    bool          // a protected data connection that does not resume a session is answered 522
	Literal  bool          // take 0xFF in lines as it is, not as telnet's IAC (RFC 854)
	Patience time.Duration // how long to wait for a data connection; 10 s when zero
	Tree     *Tree         // what an earlier server has left; empty when nil
}

// Handler plays one verb. The argument is what follows the verb and one blank, as it came.
// It runs on the goroutine that reads the conversation's commands, so the next command waits for it.
type Handler func(c *Conversation, argument string)

// Server is a running server. Its methods may be called at any time, from any goroutine.
type Server struct {
	Tree *Tree // what the default handlers serve; empty at first

	options  Options
	listener net.Listener
	done     chan struct{} // closed by Close
	closing  func() error
	running  sync.WaitGroup

	mu       sync.Mutex
	greet    func(c *Conversation)
	handlers map[string]Handler
	open     map[*Conversation]bool
	sockets  map[io.Closer]bool
	log      []string
	controls []*Control
	data     []*Transfer
}

// Start listens and serves until Close. The error is the listener's.
func Start(options Options) (*Server, error) {
	if options.Listen == "" {
		options.Listen = "127.0.0.1:0"
	}
	if options.Patience == 0 {
		options.Patience = 10 * time.Second
	}
	l, err := net.Listen("tcp", options.Listen)
	if err != nil {
		return nil, err
	}
	s := &Server{
		Tree:     cmp.Or(options.Tree, newTree()),
		options:  options,
		listener: l,
		done:     make(chan struct{}),
		greet:    func(c *Conversation) { c.Reply("220 script ready") },
		handlers: map[string]Handler{},
		open:     map[*Conversation]bool{},
		sockets:  map[io.Closer]bool{},
	}
	s.closing = sync.OnceValue(s.close)
	s.running.Go(s.accept)
	return s, nil
}

// Addr returns the address of the control port, host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// OnConnect replaces the greeting. When it returns without having closed the conversation, commands
// are read: a function that does nothing is a server that never greets.
func (s *Server) OnConnect(greet func(c *Conversation)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.greet = greet
}

// On replaces the handler of a verb, written in upper case. The verb "*" stands for every verb
// that has no handler of its own by On.
func (s *Server) On(verb string, h Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[verb] = h
}

// Answer makes a verb be answered by these lines and nothing else; no lines, no answer.
func (s *Server) Answer(verb string, lines ...string) {
	s.On(verb, func(c *Conversation, _ string) { c.Reply(lines...) })
}

// Conversations returns the control connections that are open, so that a test can speak out of turn.
func (s *Server) Conversations() []*Conversation {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*Conversation
	for c := range s.open {
		all = append(all, c)
	}
	return all
}

// Close stops listening, drops every connection and waits for the handlers to return; a second call does
// nothing. A handler that waits for something of its own must also wait for Conversation.Done.
func (s *Server) Close() error {
	return s.closing()
}

func (s *Server) close() error {
	err := s.listener.Close()
	s.locked(func() {
		close(s.done)
		for socket := range s.sockets {
			_ = socket.Close() // dropped on purpose
		}
	})
	s.running.Wait()
	return err
}

func (s *Server) accept() {
	for {
		tcp, err := s.listener.Accept()
		if err != nil {
			return
		}
		if s.track(tcp) {
			s.running.Go(func() { s.converse(tcp.(*net.TCPConn)) })
		}
	}
}

func (s *Server) converse(tcp *net.TCPConn) {
	c := newConversation(s, tcp)
	s.locked(func() {
		s.open[c] = true
		s.controls = append(s.controls, c.record)
	})
	c.play()
	s.locked(func() { delete(s.open, c) })
}

// handler finds what plays a verb: the script's own, its "*", or nil for the default.
func (s *Server) handler(verb string) Handler {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h, ok := s.handlers[verb]; ok {
		return h
	}
	return s.handlers["*"]
}

func (s *Server) greeting() func(c *Conversation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greet
}

func (s *Server) locked(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}
