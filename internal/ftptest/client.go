package ftptest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience is how long the bare client waits for anything.
const patience = 20 * time.Second

// Client is a bare FTP client that shares no code with ftpsh. Every failure ends the test.
type Client struct {
	// Arrange is the command that arranges data connections: EPSV, PASV, EPRT or PORT.
	Arrange string

	// Restart is the offset that REST names before the next transfer; none when 0.
	Restart int

	t      testing.TB
	conn   net.Conn
	text   *textproto.Conn
	config *tls.Config // nil in clear
}

// Dial connects in clear and reads the greeting. The client hangs up when the test ends.
func Dial(t testing.TB, addr string) *Client {
	t.Helper()
	return newClient(t, dial(t, addr), nil)
}

// DialTLS connects to a server that speaks TLS from the first byte, and reads the greeting.
func DialTLS(t testing.TB, addr string, config *tls.Config) *Client {
	t.Helper()
	return newClient(t, tls.Client(dial(t, addr), config), config)
}

func dial(t testing.TB, addr string) net.Conn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(patience)) // a new connection takes one
	return conn
}

func newClient(t testing.TB, conn net.Conn, config *tls.Config) *Client {
	t.Helper()
	c := &Client{t: t, Arrange: "EPSV", conn: conn, text: textproto.NewConn(conn), config: config}
	t.Cleanup(func() { _ = c.text.Close() }) // the server may have closed first
	c.Expect("220")
	return c
}

// Expect reads a reply and returns its text. Its code has to start with want, so "2" is any success.
func (c *Client) Expect(want string) string {
	c.t.Helper()
	code, text := c.reply()
	if !strings.HasPrefix(code, want) {
		c.t.Fatalf("got reply %s %s, want %s", code, text, want)
	}
	return text
}

func (c *Client) reply() (code, text string) {
	c.t.Helper()
	number, text, err := c.text.ReadResponse(0)
	var refusal *textproto.Error
	if err != nil && !errors.As(err, &refusal) {
		c.t.Fatalf("waiting for a reply: %v", err)
	}
	return strconv.Itoa(number), text
}

// Say sends a line and expects a reply to it.
func (c *Client) Say(want, line string) string {
	c.t.Helper()
	c.write(line)
	return c.Expect(want)
}

func (c *Client) write(line string) {
	c.t.Helper()
	_ = c.conn.SetDeadline(time.Now().Add(patience)) // a closed connection shows at once below
	if _, err := io.WriteString(c.conn, line+"\r\n"); err != nil {
		c.t.Fatal(err)
	}
}

// StartTLS protects the control connection by AUTH TLS.
func (c *Client) StartTLS(config *tls.Config) {
	c.t.Helper()
	c.Say("234", "AUTH TLS")
	secure := tls.Client(c.conn, config)
	if err := secure.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	c.conn, c.text, c.config = secure, textproto.NewConn(secure), config
}

// Login logs in, in TYPE I, with protected data connections when the control connection is.
func (c *Client) Login(user, password string) {
	c.t.Helper()
	c.Say("331", "USER "+user)
	c.Say("230", "PASS "+password)
	if c.config != nil {
		c.Say("2", "PBSZ 0")
		c.Say("2", "PROT P")
	}
	c.Say("200", "TYPE I")
}

// Retrieve returns what a command such as RETR or LIST sends, after its last reply.
func (c *Client) Retrieve(line string) []byte {
	c.t.Helper()
	data := c.Begin(line)
	content, err := io.ReadAll(data)
	if err != nil {
		c.t.Fatalf("%s: %v", line, err)
	}
	_ = data.Close() // all has been read
	c.Expect("2")
	return content
}

// Store sends content to a command such as STOR or APPE, and reads its last reply.
func (c *Client) Store(line string, content []byte) {
	c.t.Helper()
	data := c.Begin(line)
	if _, err := data.Write(content); err != nil {
		c.t.Fatalf("%s: %v", line, err)
	}
	// The end has to be said, and what the server still sends to be read, or the tail is lost.
	if half, ok := data.(interface{ CloseWrite() error }); ok {
		if err := half.CloseWrite(); err != nil {
			c.t.Fatalf("%s: %v", line, err)
		}
	}
	_, _ = io.Copy(io.Discard, data) // any end is the end
	_ = data.Close()
	c.Expect("2")
}

// Refused sends a command that opens a data connection and expects it to end in the refusal want,
// whether the connection comes about or not.
func (c *Client) Refused(want, line string) {
	c.t.Helper()
	data := c.request(line)
	if secure, ok := data.(*tls.Conn); ok {
		_ = secure.Handshake() // the server may hang up at any point
	}
	_ = data.Close() // some servers wait for it before they refuse
	code, text := c.reply()
	if code[0] == '1' {
		code, text = c.reply()
	}
	if code != want {
		c.t.Fatalf("%s: got reply %s %s, want %s", line, code, text, want)
	}
}

// ForgetSession makes the data connections from now on not resume the session of the control connection.
func (c *Client) ForgetSession() {
	c.config = c.config.Clone()
	c.config.ClientSessionCache = nil
}

// Begin sends a command and returns its data connection, TLS shaken hands and the 1xx read. What comes
// after is the caller's.
func (c *Client) Begin(line string) net.Conn {
	c.t.Helper()
	data := c.request(line)
	if secure, ok := data.(*tls.Conn); ok {
		if err := secure.Handshake(); err != nil {
			c.t.Fatalf("%s: %v", line, err)
		}
	}
	c.Expect("1")
	return data
}

// request sends a command, with REST before it if that was asked for, and returns its data connection.
func (c *Client) request(line string) net.Conn {
	c.t.Helper()
	connect := c.arrange()
	if c.Restart > 0 {
		c.Say("350", fmt.Sprint("REST ", c.Restart))
		c.Restart = 0
	}
	c.write(line)
	data := connect()
	if c.config == nil {
		return data
	}
	return tls.Client(data, c.config)
}

func (c *Client) arrange() (connect func() net.Conn) {
	c.t.Helper()
	host, _, _ := net.SplitHostPort(c.conn.RemoteAddr().String())
	switch c.Arrange {
	case "EPSV", "PASV":
		port := passivePort(c.Say("2", c.Arrange))
		return func() net.Conn { return dial(c.t, net.JoinHostPort(host, strconv.Itoa(port))) }
	default:
		return c.listen()
	}
}

// listen tells the server where to dial, and returns what accepts it.
func (c *Client) listen() (accept func() net.Conn) {
	c.t.Helper()
	local := c.conn.LocalAddr().(*net.TCPAddr)
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: local.IP})
	if err != nil {
		c.t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if c.Arrange == "PORT" {
		ip := strings.ReplaceAll(local.IP.String(), ".", ",")
		c.Say("200", fmt.Sprintf("PORT %s,%d,%d", ip, port>>8, port&0xff))
	} else {
		family := 1
		if local.IP.To4() == nil {
			family = 2
		}
		c.Say("200", fmt.Sprintf("EPRT |%d|%s|%d|", family, local.IP, port))
	}
	return func() net.Conn {
		defer l.Close()
		_ = l.SetDeadline(time.Now().Add(patience)) // an open listener takes one
		data, err := l.Accept()
		if err != nil {
			c.t.Fatal(err)
		}
		_ = data.SetDeadline(time.Now().Add(patience)) // a new connection takes one
		return data
	}
}

// passivePort finds the port in the text of a 229 or a 227.
func passivePort(text string) int {
	numbers := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	last := func(i int) int {
		n, _ := strconv.Atoi(numbers[len(numbers)-i]) // digits only
		return n
	}
	if len(numbers) >= 6 {
		return last(2)<<8 + last(1)
	}
	return last(1)
}

// ExpectEnd expects the server to have hung up without another word.
func (c *Client) ExpectEnd() {
	c.t.Helper()
	if line, err := c.text.ReadLine(); err == nil {
		c.t.Fatalf("got %q, want the end", line)
	} else if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
		c.t.Fatal("the server does not hang up")
	}
}
