package wire

import (
	"fmt"
	"net"
	"strings"
	"time"
)

// This file is the control connection as the library sees it: a net.Conn whose Write takes one
// command and whose Read gives one reply.

// Dialer is what the library dials with: the control connection first, then data connections.
func (c *Control) Dialer() func(network, address string) (net.Conn, error) {
	first := true
	return func(string, string) (net.Conn, error) {
		if first {
			first = false
			c.toLibrary = Reply{Code: 220, Lines: []string{"ready"}}.bytes()
			return c, nil
		}
		return c.openData()
	}
}

// Substitute makes the library's next transfer go out as line: its RETR may be a LIST, its STOR
// a STOU. PRET follows.
func (c *Control) Substitute(line string) { c.substitute = line }

// Write takes one line from the library, which may come in pieces.
func (c *Control) Write(p []byte) (int, error) {
	c.fromLibrary = append(c.fromLibrary, p...)
	line, whole := strings.CutSuffix(string(c.fromLibrary), "\r\n")
	if !whole {
		return len(p), nil
	}
	c.fromLibrary = c.fromLibrary[:0]
	return len(p), c.perform(line)
}

func (c *Control) perform(line string) error {
	switch verb(line) {
	case "EPSV":
		return c.prepareData()
	case "PASV":
		return c.prepareDataAgain()
	case "PRET":
		line = "PRET " + c.substituted(strings.TrimPrefix(line, "PRET "))
	case "RETR", "STOR", "APPE":
		line = c.substituted(line)
		c.substitute = ""
		return c.transfer(line)
	}
	return c.issue(line, false)
}

func (c *Control) substituted(line string) string {
	if c.substitute != "" {
		return c.substitute
	}
	return line
}

// transfer sends the command that a data connection was opened for.
func (c *Control) transfer(line string) error {
	if err := c.issue(line, false); err != nil {
		return err
	}
	if c.data != nil {
		c.data.commandSent(mask(line))
	}
	return nil
}

// Read gives the library the reply that is owed to it.
func (c *Control) Read(p []byte) (int, error) {
	if len(c.toLibrary) == 0 {
		reply, err := c.nextForLibrary()
		if err != nil {
			return 0, err
		}
		c.toLibrary = reply.bytes()
	}
	n := copy(p, c.toLibrary)
	c.toLibrary = c.toLibrary[n:]
	return n, nil
}

func (c *Control) nextForLibrary() (Reply, error) {
	if early := c.early; early != nil {
		c.early = nil
		c.releaseData()
		return *early, nil
	}
	reply, err := c.receive()
	if err != nil {
		return reply, err
	}
	return c.normalise(reply)
}

// normalise turns replies that mean the same into the one code that the library knows: it takes
// only 230 for a login, 200 for TYPE and 226 for the end of a transfer.
func (c *Control) normalise(reply Reply) (Reply, error) {
	switch verb(c.command) {
	case "USER":
		if reply.Code == 332 {
			return c.sendAccount()
		}
	case "PASS":
		return c.normalisePass(reply)
	case "FEAT":
		c.features = parseFeatures(reply)
	case "TYPE":
		if reply.OK() {
			reply.Code = 200
		}
	}
	if c.data != nil && c.data.isSent.Load() {
		reply = c.transferReply(reply)
	}
	return reply, nil
}

// transferReply follows a transfer by its replies: 1xx opens it, any other ends it. A server with
// nothing to send may say 226 at once; the library then hears 150 first.
func (c *Control) transferReply(reply Reply) Reply {
	switch {
	case reply.Preliminary():
		c.data.opened = true
		reply.Code = 150
		return reply
	case reply.OK() && !c.data.opened:
		c.data.opened, c.data.unannounced = true, true
		reply.Code = 226
		c.early = &reply
		return Reply{Code: 150, Lines: []string{"taken as opened"}}
	case reply.OK():
		reply.Code = 226
	}
	c.releaseData()
	return reply
}

func (c *Control) normalisePass(reply Reply) (Reply, error) {
	sentAhead := len(c.ahead) > 0
	switch {
	case reply.Code == 332:
		if sentAhead {
			return reply, c.fail(&ReorderedError{Reply: reply})
		}
		return c.sendAccount()
	case reply.Code == 230, reply.Code == 202:
		reply.Code = 230
	case reply.Class() < 4 && sentAhead:
		return reply, c.fail(&ReorderedError{Reply: reply})
	case reply.OK():
		reply.Code = 230
	}
	return reply, nil
}

// sendAccount answers a 332 in the middle of the library's login.
func (c *Control) sendAccount() (Reply, error) {
	if c.account == nil {
		return c.last, nil
	}
	account, err := c.account()
	if err != nil {
		return Reply{}, err
	}
	if err := c.issue("ACCT "+account, false); err != nil {
		return Reply{}, err
	}
	reply, err := c.receiveFinal()
	if reply.OK() {
		reply.Code = 230
	}
	return reply, err
}

// prepareData answers the library's EPSV with a 229 of ours, whatever goes out instead.
func (c *Control) prepareData() error {
	c.opening, c.refused, c.data = nil, nil, nil
	c.setCurrent(nil)
	opening, refusal, err := c.arrange()
	if err != nil {
		return err
	}
	if refusal != nil {
		c.refused = refusal
		c.toLibrary = refusal.bytes()
		return nil
	}
	c.opening = opening
	c.toLibrary = Reply{Code: 229, Lines: []string{fmt.Sprintf("(|||%d|)", opening.port)}}.bytes()
	return nil
}

// prepareDataAgain answers the PASV that the library tries after a failed EPSV, and from then on
// always: with the same refusal, or with a 227 that carries our port.
func (c *Control) prepareDataAgain() error {
	if refusal := c.refused; refusal != nil {
		c.refused = nil
		c.toLibrary = refusal.bytes()
		return nil
	}
	if err := c.prepareData(); err != nil || c.refused != nil {
		c.refused = nil
		return err
	}
	p := c.opening.port
	c.toLibrary = fmt.Appendf(nil, "227 (127,0,0,1,%d,%d)\r\n", p>>8, p&0xff)
	return nil
}

// Close drops the connection without a word.
func (c *Control) Close() error {
	if c.data != nil {
		c.data.abort()
	}
	c.mu.Lock()
	if c.lost == nil {
		c.lost = net.ErrClosed
	}
	c.mu.Unlock()
	return c.conn.Close()
}

// LocalAddr is our end of the connection.
func (c *Control) LocalAddr() net.Addr { return c.conn.LocalAddr() }

// RemoteAddr is always a *net.TCPAddr: the library panics on anything else.
func (c *Control) RemoteAddr() net.Addr {
	if addr, ok := c.conn.RemoteAddr().(*net.TCPAddr); ok {
		return addr
	}
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
}

// SetDeadline is ignored, and so are its sisters: the waits have their own limits.
func (c *Control) SetDeadline(time.Time) error { return nil }

// SetReadDeadline is ignored, as SetDeadline.
func (c *Control) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is ignored, as SetDeadline.
func (c *Control) SetWriteDeadline(time.Time) error { return nil }

var _ net.Conn = (*Control)(nil)
