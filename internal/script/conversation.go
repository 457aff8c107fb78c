package script

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// maxLine bounds a command line, in bytes; a longer one ends the conversation.
const maxLine = 1 << 20

// Conversation is one control connection and what has been said on it.
// Reply, Send and the ways to end it may be used from any goroutine, the rest from handlers only.
type Conversation struct {
	// Source is the local address active data connections are dialled from, such as 127.0.0.2;
	// empty: that of the control connection.
	Source string

	server *Server
	tcp    *net.TCPConn
	reader *bufio.Reader
	next   chan line // the line being read, nil when none is
	record *Control
	verb   string // the command being handled

	mu     sync.Mutex // held to write
	conn   net.Conn   // tcp, or the TLS connection on it
	secure atomic.Pointer[tls.Conn]
	ended  atomic.Bool

	session
	passive net.Listener   // where the next data connection is to arrive
	active  netip.AddrPort // or where it is to be dialled
}

// session is what commands have set.
type session struct {
	user      string
	loggedIn  bool
	directory string
	ascii     bool
	restart   int64
	renaming  string
	buffered  bool // PBSZ was given
	protected bool // PROT P
}

type line struct {
	text string
	err  error
}

func newConversation(s *Server, tcp *net.TCPConn) *Conversation {
	return &Conversation{
		server:  s,
		tcp:     tcp,
		conn:    tcp,
		reader:  bufio.NewReader(tcp),
		record:  &Control{Remote: remote(tcp)},
		session: session{directory: "/"},
	}
}

// play greets and handles commands until either side ends the conversation.
func (c *Conversation) play() {
	defer c.Close()
	defer c.shut()
	if c.server.options.Implicit && c.StartTLS() != nil {
		return
	}
	c.server.greeting()(c)
	for !c.ended.Load() {
		text, err := c.ReadLine()
		if err != nil {
			return
		}
		c.handle(text)
	}
}

func (c *Conversation) handle(text string) {
	if !c.server.options.Literal {
		text = withoutTelnet(text)
	}
	verb, argument := split(text)
	c.verb = verb
	if h := c.server.handler(verb); h != nil {
		h(c, argument)
		return
	}
	c.Default(verb, argument)
}

// split cuts a line into its verb, in upper case, and what follows one blank.
func split(line string) (verb, argument string) {
	verb, argument, _ = strings.Cut(line, " ")
	return strings.ToUpper(verb), argument
}

// ReadLine returns the next command line without its end, once it is there: a script may take the
// conversation into its own hands. io.EOF and other errors mean that the conversation is over.
func (c *Conversation) ReadLine() (string, error) {
	l := <-c.ahead()
	c.next = nil
	return strings.TrimSuffix(strings.TrimSuffix(l.text, "\n"), "\r"), l.err
}

// ahead starts to read the next line, unless that was done, and returns where it will be found.
// Reading only on request leaves the bytes behind AUTH alone: they are TLS.
func (c *Conversation) ahead() chan line {
	if c.next == nil {
		next := make(chan line, 1)
		c.next = next
		go func() {
			text, err := c.readLine()
			next <- line{text, err}
		}()
	}
	return c.next
}

func (c *Conversation) readLine() (string, error) {
	var text []byte
	for len(text) < maxLine {
		part, err := c.reader.ReadSlice('\n')
		text = append(text, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(text) > 0 {
			c.server.received(c.record, string(text))
		}
		return string(text), err
	}
	return "", errors.New("line too long")
}

// Reply sends lines, each with CR LF, in one segment: several lines may be one reply or many.
func (c *Conversation) Reply(lines ...string) {
	if len(lines) > 0 {
		_ = c.Send(strings.Join(lines, "\r\n") + "\r\n") // a client that has gone reads nothing
	}
}

// Send writes bytes as they are. The error says that the client has gone.
func (c *Conversation) Send(text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := io.WriteString(c.conn, text)
	return err
}

// SendClear writes bytes beneath TLS, where they are no record.
func (c *Conversation) SendClear(text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := io.WriteString(c.tcp, text)
	return err
}

// Drip sends text a byte at a time with a pause after each, until the client or the server ends it.
func (c *Conversation) Drip(text string, pause time.Duration) {
	for i := range len(text) {
		if c.Send(text[i:i+1]) != nil || !c.Pause(pause) {
			return
		}
	}
}

// Repeat sends text again and again until the client or the server ends it.
func (c *Conversation) Repeat(text string) {
	for c.Send(text) == nil {
	}
}

// Pause waits, and reports whether the server still runs.
func (c *Conversation) Pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-c.server.done:
		return false
	}
}

// Done is closed when the server closes.
func (c *Conversation) Done() <-chan struct{} { return c.server.done }

// StartTLS shakes hands on the control connection, as AUTH does behind its 234. What was read ahead in
// clear is thrown away. A failed handshake ends the conversation.
func (c *Conversation) StartTLS() error {
	secure := tls.Server(c.tcp, c.server.options.TLS)
	if err := secure.Handshake(); err != nil {
		c.Close()
		return err
	}
	c.server.secured(c.record, secure.ConnectionState())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn, c.reader = secure, bufio.NewReader(secure)
	c.secure.Store(secure)
	return nil
}

// Stall reads and drops what the client sends until it closes, and answers nothing.
func (c *Conversation) Stall() {
	_, _ = io.Copy(io.Discard, c.tcp) // any end is the end
}

// Close ends the conversation politely: close_notify under TLS, then FIN.
func (c *Conversation) Close() {
	c.end(func() {
		if secure := c.secure.Load(); secure != nil {
			_ = secure.CloseWrite() // a client that has gone needs no farewell
		}
		c.server.finish(c.tcp)
	})
}

// Cut ends the conversation with FIN alone: under TLS that is a truncation.
func (c *Conversation) Cut() { c.end(func() { c.server.finish(c.tcp) }) }

// Reset ends the conversation with RST.
func (c *Conversation) Reset() { c.end(func() { c.server.reset(c.tcp) }) }

func (c *Conversation) end(how func()) {
	if !c.ended.Swap(true) {
		how()
	}
}
