package wire

import (
	"errors"
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
// a STOU. PRET follows. A line that must not be sent is a [LineError], and then nothing is.
func (c *Control) Substitute(line string) error {
	c.substitute, c.convoy, c.head = line, nil, nil
	return checkLine(line, false)
}

// Write takes one line from the library, which may come in pieces. An error ends the connection:
// the library's writer keeps it and is of no more use.
func (c *Control) Write(p []byte) (int, error) {
	c.fromLibrary = append(c.fromLibrary, p...)
	line, whole := strings.CutSuffix(string(c.fromLibrary), "\r\n")
	if !whole {
		return len(p), nil
	}
	c.fromLibrary = c.fromLibrary[:0]
	if err := c.perform(line); err != nil {
		return 0, c.fail(err)
	}
	return len(p), nil
}

func (c *Control) perform(line string) error {
	switch Verb(line) {
	case "EPSV":
		return c.prepareData()
	case "PASV":
		return c.prepareDataAgain()
	case "PRET":
		if !c.NeedsPRET() {
			c.toLibrary = Reply{Code: 200, Lines: []string{"not sent"}}.bytes()
			return nil
		}
		line = "PRET " + c.substituted(strings.TrimPrefix(line, "PRET "))
	case "RETR", "STOR", "APPE":
		line = c.substituted(line)
		c.substitute = ""
		return c.transfer(line)
	case "FEAT":
		if c.inherited {
			c.toLibrary = Reply{Code: 202, Lines: []string{"not sent"}}.bytes()
			return nil
		}
	}
	return c.issue(line, false)
}

// NeedsPRET says that the server wants to know the transfer before it opens a port, as one that hands
// it on to others does. The greeting tells where PRET is only there and does nothing.
func (c *Control) NeedsPRET() bool {
	return c.Features().Has("PRET") && !strings.Contains(c.greeting.Text(), "Pure-FTPd")
}

func (c *Control) substituted(line string) string {
	if c.substitute != "" {
		return c.substitute
	}
	return line
}

// transfer sends the command that a data connection was opened for.
func (c *Control) transfer(line string) error {
	if c.data == nil {
		return errors.New("a transfer without a data connection")
	}
	c.data.commandLeaves(mask(line))
	if convoy := c.convoy; convoy != nil {
		c.convoy = nil
		return c.sendConvoy(convoy, line)
	}
	if err := c.issue(line, false); err != nil {
		return err
	}
	c.data.commandSent()
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
	reply, err := c.receiveUnless(c.meansNothing)
	if err != nil {
		return reply, err
	}
	if err := c.outOfTurn(reply); err != nil {
		return reply, err
	}
	return c.normalise(reply)
}

// meansNothing is for a 1xx where the library waits for the end: only the first one of a transfer
// tells it something, and the last one of Pure-FTPd, which ends so what we have broken off.
func (c *Control) meansNothing(reply Reply) bool {
	return reply.Preliminary() && (!c.transferring() || c.data.opened && !c.data.brokenOff)
}

// transferring says that the present command is the one that uses the data connection.
func (c *Control) transferring() bool { return c.data != nil && c.data.leaves.Load() }

// normalise turns replies that mean the same into the one code that the library knows: it takes
// only 230 for a login, 200 for TYPE and 226 for the end of a transfer.
func (c *Control) normalise(reply Reply) (Reply, error) {
	switch Verb(c.command) {
	case "USER":
		switch reply.Code {
		case 332:
			return c.sendAccount(reply)
		case 232:
			reply.Code = 230
		}
	case "PASS":
		return c.normalisePass(reply)
	case "FEAT":
		c.setFeatures(parseFeatures(reply))
	case "TYPE":
		if reply.OK() {
			reply.Code = 200
		}
	}
	if c.transferring() {
		reply = c.transferReply(reply)
	}
	return reply, nil
}

// transferReply follows a transfer by its replies: 1xx opens it, any other ends it. A server with
// nothing to send may say 226 at once; the library then hears 150 first.
func (c *Control) transferReply(reply Reply) Reply {
	switch {
	case reply.Preliminary() && c.data.opened:
		c.settleFor()
	case reply.Preliminary():
		c.data.opened = true
		reply.Code = 150
		return reply
	case reply.OK() && !c.data.opened:
		c.data.opened = true
		c.data.empty.Store(true)
		reply.Code = 226
		c.early = &reply
		return Reply{Code: 150, Lines: []string{"taken as opened"}}
	case reply.OK():
		reply.Code = 226
	}
	c.blameData(reply)
	c.releaseData()
	return reply
}

func (c *Control) normalisePass(reply Reply) (Reply, error) {
	sentAhead := len(c.ahead) > 0
	switch {
	case reply.Code == 332:
		return c.sendAccount(reply)
	case reply.Code == 230, reply.Code == 202:
		reply.Code = 230
	case reply.Class() < 4 && sentAhead:
		return reply, c.fail(&ReorderedError{Command: "PASS", Reply: reply})
	case reply.OK():
		reply.Code = 230
	}
	return reply, nil
}

// sendAccount answers a 332 in the middle of the library's login. What was sent ahead came too early
// then, and is sent again when its turn comes.
func (c *Control) sendAccount(wanted Reply) (Reply, error) {
	if c.account == nil {
		return wanted, nil
	}
	for len(c.ahead) > 0 {
		if err := c.skipAhead(); err != nil {
			return Reply{}, err
		}
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
