package transfer

import (
	"strings"
	"time"

	"ftpsh/internal/script"
	"ftpsh/internal/wire"
)

// This file is the faults of the wire, as a server commits them. The matrix of them is in
// faultmatrix_test.go.

// fault is what the server does with one file, again and again, instead of moving it as it should.
type fault struct {
	row    string
	name   string
	play   func(c *script.Conversation, m *middle)
	words  string // what the error says, a pattern; empty if the file arrives all the same
	lucky  string // the directions, down or up, in which it arrives all the same
	limits wire.Timeouts
	long   bool // the file is longer than all that lies in sockets between here and there
}

// middle is a transfer that a server has in its hands.
type middle struct {
	down    bool
	content string               // of a download
	offset  int                  // where it is to begin
	keep    func(content []byte) // of an upload
}

// half moves what is still to move of the first half of the file.
func (m *middle) half(d *script.Data) {
	if m.down {
		middle := len(m.content) / 2
		d.Send(m.content[min(m.offset, middle):middle])
		return
	}
	m.keep(d.Receive(10_000))
}

// all moves the rest of it.
func (m *middle) all(d *script.Data) {
	if m.down {
		d.Send(m.content[m.offset:])
		return
	}
	m.keep(d.Receive(-1))
}

// begun says 150 and takes the data connection.
func begun(c *script.Conversation) *script.Data {
	c.Reply("150 go on")
	return c.Data()
}

// short is for waits that are to fail.
var short = func() wire.Timeouts {
	const d = 400 * time.Millisecond
	return wire.Timeouts{Connect: d, TLS: d, Reply: d, Data: d, Final: d}
}()

const (
	lost    = "connection|reply was lost"
	stalled = "no progress for"
)

func wireFaults() []fault {
	faults := []fault{
		{row: "F02", name: "control FIN in the middle", words: lost, play: func(c *script.Conversation, m *middle) { d := begun(c); m.half(d); c.Cut(); d.Close() }},
		{row: "F02", name: "control RST in the middle", words: lost, play: func(c *script.Conversation, m *middle) { d := begun(c); m.half(d); c.Reset(); d.Reset() }},
		{row: "F02", name: "control FIN, data stays open", limits: short, words: lost + "|" + stalled, play: func(c *script.Conversation, m *middle) { d := begun(c); m.half(d); c.Cut(); d.Stall() }},
		{row: "F03", name: "control FIN before 226", lucky: "down", words: lost, play: func(c *script.Conversation, m *middle) { d := begun(c); m.all(d); d.Close(); c.Cut() }},
		{row: "F04", name: "data FIN", words: "bytes|connection|426", play: func(c *script.Conversation, m *middle) {
			d := begun(c)
			m.half(d)
			d.Close()
			c.Reply(cond(m.down, "226 done", "426 broke"))
		}},
		{row: "F04", name: "data FIN without close_notify", words: "bytes|connection|426", play: func(c *script.Conversation, m *middle) {
			d := begun(c)
			m.half(d)
			d.Cut()
			c.Reply(cond(m.down, "226 done", "426 broke"))
		}},
		{row: "F04", name: "data RST, 226", words: "reset|broken pipe|bytes|connection", play: func(c *script.Conversation, m *middle) { d := begun(c); m.half(d); d.Reset(); c.Reply("226 done") }},
		{row: "F04", name: "data RST, 426", words: "426|reset|broken pipe", play: func(c *script.Conversation, m *middle) { d := begun(c); m.half(d); d.Reset(); c.Reply("426 broke") }},
		{row: "F05", name: "no reply", limits: short, words: stalled, play: func(c *script.Conversation, _ *middle) { c.Stall() }},
		{row: "F05", name: "no handshake, or no data", limits: short, words: stalled, play: func(c *script.Conversation, _ *middle) { c.Reply("150 go on"); c.PlainData(); c.Stall() }},
		{row: "F05", name: "data stands still", limits: short, words: stalled, play: func(c *script.Conversation, m *middle) { d := begun(c); m.half(d); c.Stall() }},
		{row: "F05", name: "no 226", limits: short, words: stalled, play: func(c *script.Conversation, m *middle) { d := begun(c); m.all(d); d.Close(); c.Stall() }},
		{row: "F06", name: "reply drips", limits: short, words: stalled, play: func(c *script.Conversation, _ *middle) {
			c.Drip("150 "+strings.Repeat("slow", 100), 100*time.Millisecond)
		}},
		{row: "F06", name: "data drips", limits: wire.Timeouts{Data: 3 * time.Second}, lucky: "down up", play: drip},
		{row: "F07", name: "421 at once", words: "421", play: func(c *script.Conversation, _ *middle) { c.Reply("421 closing"); c.Close() }},
		{row: "F07", name: "421 after 150", words: "421|connection", play: func(c *script.Conversation, _ *middle) { d := begun(c); c.Reply("421 closing"); c.Close(); d.Reset() }},
		{row: "F07", name: "421 in the middle", words: "421|connection", play: func(c *script.Conversation, m *middle) {
			d := begun(c)
			m.half(d)
			c.Reply("421 closing")
			c.Close()
			d.Reset()
		}},
		{row: "F07", name: "421 for 226", lucky: "down", words: "421", play: func(c *script.Conversation, m *middle) {
			d := begun(c)
			m.all(d)
			d.Close()
			c.Reply("421 closing")
			c.Close()
		}},
		{row: "F10", name: "full, data stays open", long: true, words: "452|426", play: func(c *script.Conversation, m *middle) { d := begun(c); m.half(d); c.Reply("452 disk full"); d.Stall() }},
		{row: "F29", name: "226 before the data", lucky: "down up", play: func(c *script.Conversation, m *middle) {
			if !m.down { // an upload is over when the server says so: it cannot come first
				whole(c, m)
				return
			}
			c.Reply("150 here", "226 done")
			d := c.Data()
			m.all(d)
			d.Close()
		}},
		{row: "F29", name: "150 and 226 after the data", lucky: "down up", play: func(c *script.Conversation, m *middle) {
			if !m.down { // nothing is sent before a 1xx
				whole(c, m)
				return
			}
			d := c.Data()
			m.all(d)
			d.Close()
			c.Reply("150 here", "226 done")
		}},
	}
	return append(faults, refusals()...)
}

// refusals are the replies of a server that does not, at each point where it can say so.
func refusals() (faults []fault) {
	for _, code := range []string{"425", "426", "450", "451", "452", "550", "552", "553"} {
		faults = append(faults,
			fault{row: "F08", name: code + " before 150", words: code, play: func(c *script.Conversation, _ *middle) { c.Reply(code + " no") }},
			fault{row: "F08", name: code + " after 150", words: code, play: func(c *script.Conversation, _ *middle) { d := begun(c); d.Close(); c.Reply(code + " no") }},
			fault{row: "F08", name: code + " after the data", words: code, play: func(c *script.Conversation, m *middle) { d := begun(c); m.all(d); d.Close(); c.Reply(code + " no") }})
	}
	return faults
}

// whole is a transfer as it should be.
func whole(c *script.Conversation, m *middle) {
	d := begun(c)
	m.all(d)
	d.Close()
	c.Reply("226 done")
}

// drip moves the file in small pieces, slowly, for longer than any wait may be.
func drip(c *script.Conversation, m *middle) {
	d := begun(c)
	const pieces = 25
	var got []byte
	rest := m.content[m.offset:]
	for i := range pieces {
		if m.down {
			d.Send(rest[len(rest)*i/pieces : len(rest)*(i+1)/pieces])
		} else {
			got = append(got, d.Receive(1000)...)
		}
		c.Pause(140 * time.Millisecond)
	}
	if !m.down {
		m.keep(append(got, d.Receive(-1)...))
	}
	d.Close()
	c.Reply("226 done")
}

func cond(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}
