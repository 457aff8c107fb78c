package script

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"time"
)

// Data is one data connection. After an error all its methods do nothing, and Err tells the first one:
// a script can go on without asking.
type Data struct {
	server *Server
	tcp    *net.TCPConn
	secure *tls.Conn // nil in clear
	record *Transfer
	err    error
}

// Listen opens a passive port on the address of the control connection and returns it. What tells the
// client is up to the script. 0 when there is none to be had.
func (c *Conversation) Listen() int {
	c.shut()
	local := c.tcp.LocalAddr().(*net.TCPAddr)
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: local.IP, Zone: local.Zone})
	if err != nil || !c.server.track(l) {
		return 0
	}
	c.passive = l
	return l.Addr().(*net.TCPAddr).Port
}

// Dial makes the next data connection an active one to this address.
func (c *Conversation) Dial(to netip.AddrPort) {
	c.shut()
	c.active = to
}

// shut forgets where the next data connection was to come from.
func (c *Conversation) shut() {
	if c.passive != nil {
		c.server.drop(c.passive)
	}
	c.passive, c.active = nil, netip.AddrPort{}
}

// Data takes the data connection that was arranged by PASV, PORT and their kin, by accepting or
// dialling it, with TLS when PROT P is in force.
func (c *Conversation) Data() *Data {
	d := c.PlainData()
	if c.protected {
		d.StartTLS()
		if d.err == nil && c.server.options.Reuse && !d.record.Resumed {
			d.err = ErrNotResumed
		}
	}
	return d
}

// ErrNotResumed is Data.Err on a connection that is refused for Options.Reuse.
var ErrNotResumed = errors.New("TLS session not resumed")

// PlainData is Data without TLS, whatever PROT said.
func (c *Conversation) PlainData() *Data {
	d := &Data{server: c.server, record: &Transfer{Verb: c.verb, Passive: c.passive != nil, First: -1}}
	d.tcp, d.err = c.connect()
	c.shut()
	if d.err != nil {
		return d
	}
	if !c.server.track(d.tcp) {
		d.err = net.ErrClosed
		return d
	}
	d.record.Remote = remote(d.tcp)
	c.server.locked(func() { c.server.data = append(c.server.data, d.record) })
	return d
}

func (c *Conversation) connect() (*net.TCPConn, error) {
	patience := c.server.options.Patience
	if l, ok := c.passive.(*net.TCPListener); ok {
		_ = l.SetDeadline(time.Now().Add(patience)) // fails only on a closed one
		return l.AcceptTCP()
	}
	if !c.active.IsValid() {
		return nil, errors.New("no data connection was arranged")
	}
	source := c.tcp.LocalAddr().(*net.TCPAddr).IP
	if c.Source != "" {
		source = net.ParseIP(c.Source)
	}
	dialer := net.Dialer{Timeout: patience, LocalAddr: &net.TCPAddr{IP: source}}
	conn, err := dialer.Dial("tcp", c.active.String())
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

// Err returns the first error of the connection, nil as long as all is well.
func (d *Data) Err() error { return d.err }

// StartTLS shakes hands, this side being the server in passive and active mode alike (RFC 4217 section 7).
func (d *Data) StartTLS() {
	if d.err != nil {
		return
	}
	config := d.server.options.DataTLS
	if config == nil {
		config = d.server.options.TLS
	}
	secure := tls.Server(&witness{d.tcp, d}, config)
	if d.err = secure.Handshake(); d.err == nil {
		d.secure = secure
		resumed := secure.ConnectionState().DidResume
		d.server.locked(func() { d.record.TLS, d.record.Resumed = true, resumed })
	}
}

// Write sends content; it makes a Data an io.Writer.
func (d *Data) Write(content []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	var n int
	if n, d.err = d.stream().Write(content); n > 0 {
		d.server.locked(func() { d.record.Sent += int64(n) })
	}
	return n, d.err
}

// Send is Write for scripts.
func (d *Data) Send(content string) { _, _ = io.WriteString(d, content) }

// SendClear writes bytes beneath TLS, where they are no record.
func (d *Data) SendClear(text string) {
	if d.err == nil {
		_, d.err = io.WriteString(d.tcp, text)
	}
}

// Read receives content; it makes a Data an io.Reader. A clean end is io.EOF and not kept as Err.
func (d *Data) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err := d.stream().Read(p)
	d.server.locked(func() { d.record.Received += int64(n) })
	if err != nil && err != io.EOF {
		d.err = err
	}
	return n, err
}

// Receive reads up to limit bytes, to the end when limit is negative, and returns them.
func (d *Data) Receive(limit int64) []byte {
	var from io.Reader = d
	if limit >= 0 {
		from = io.LimitReader(d, limit)
	}
	content, _ := io.ReadAll(from) // the error is in Err
	return content
}

func (d *Data) stream() net.Conn {
	if d.secure != nil {
		return d.secure
	}
	return &witness{d.tcp, d}
}

// Close ends the connection as it should be: close_notify under TLS, then FIN.
func (d *Data) Close() {
	if d.secure != nil {
		_ = d.secure.CloseWrite() // a client that has gone needs no farewell
	}
	d.Cut()
}

// Cut ends the connection with FIN alone: under TLS that is a truncation.
func (d *Data) Cut() {
	if d.tcp != nil {
		d.server.finish(d.tcp)
	}
}

// Reset ends the connection with RST; bytes on their way are lost.
func (d *Data) Reset() {
	if d.tcp != nil {
		d.server.reset(d.tcp)
	}
}

// Stall keeps the connection open and silent until the client closes it, or the server.
func (d *Data) Stall() {
	if d.tcp != nil {
		_, _ = io.Copy(io.Discard, d.tcp) // any end is the end
	}
}

// witness notes the first byte that the client sends.
type witness struct {
	*net.TCPConn
	data *Data
}

func (w *witness) Read(p []byte) (int, error) {
	n, err := w.TCPConn.Read(p)
	if n > 0 {
		w.data.server.locked(func() {
			if w.data.record.First < 0 {
				w.data.record.First = int(p[0])
			}
		})
	}
	return n, err
}
