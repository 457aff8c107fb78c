package script

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"time"
)

// The addresses in the replies to EPSV and PASV (RFC 2428 section 3, RFC 959 section 4.1.2).
var (
	extendedPort = regexp.MustCompile(`\|\d+\|`)
	sixNumbers   = regexp.MustCompile(`(\d+),(\d+),(\d+),(\d+),\d+,\d+`)
)

// announce answers EPSV or PASV in the recorded words with a port of ours. An address that was not the
// server's own stays as it was: it may be what the recording is about. Where the recorded data connection
// never stood, neither does this one.
func (p *player) announce(c *Conversation, e, transfer *Exchange) {
	port := c.Listen()
	if transfer != nil && transfer.Data.Missing {
		c.shut()
	}
	text := extendedPort.ReplaceAllLiteralString(e.Answers[0].Text, fmt.Sprintf("|%d|", port))
	text = sixNumbers.ReplaceAllStringFunc(text, func(recorded string) string {
		n := sixNumbers.FindStringSubmatch(recorded)
		host, err := netip.ParseAddr(n[1] + "." + n[2] + "." + n[3] + "." + n[4])
		if err != nil || host.String() == p.Peer {
			host = c.local()
		}
		if !host.Is4() {
			return recorded
		}
		return numbers(netip.AddrPortFrom(host, uint16(port)))
	})
	p.answer(c, []Answer{{Text: text, Wait: e.Answers[0].Wait}}, time.Now())
}

// transfer performs a command that used a data connection. A refusal that came before any 1xx needs none.
func (p *player) transfer(c *Conversation, e *Exchange, started time.Time) {
	before := 0
	for before < len(e.Answers) && e.Answers[before].preliminary() {
		before++
	}
	p.answer(c, e.Answers[:before], started)
	if !e.Data.Missing && (before > 0 || e.succeeded()) {
		d := c.Data()
		moved := c.watch(d, func() { p.carry(c, d, e.Data.asAsked(e.Command, c.verb)) })
		if !moved || e.succeeded() && !c.finished(d) {
			return // and has been answered
		}
		p.end(d, e)
	}
	c.shut()
	p.answer(c, e.Answers[before:], started)
}

// end closes a data connection as the recorded one was.
func (p *player) end(d *Data, e *Exchange) {
	if d.err != nil || e.Data.Broken {
		d.Reset()
		return
	}
	d.Close()
}

// carry moves what the recorded data connection moved. An upload that was refused on the way is read as far
// as that.
func (p *player) carry(c *Conversation, d *Data, f *Flow) {
	if f.Upload {
		var r io.Reader = d
		if f.Broken {
			r = io.LimitReader(d, f.Length)
		}
		_, _ = io.Copy(io.Discard, r) // any end is the end
		return
	}
	rest := f.Length
	for at := int64(0); rest > 0 && d.err == nil; {
		n, pause := p.pace(f, rest)
		piece := f.piece(d.record.Verb, at, n)
		started := time.Now()
		_, _ = d.Write(piece) // the error is kept
		at, rest = at+n, rest-n
		p.wait(c, time.Until(started.Add(pause)))
	}
}

// biggestPiece is how much is sent at once.
const biggestPiece = 64 << 10

// pace is how many bytes come next, and how long they take: all that can be when time does not matter, else
// what the recorded connection carried in a tenth of a second.
func (p *player) pace(f *Flow, rest int64) (n int64, pause time.Duration) {
	const step = 100 * time.Millisecond
	n = min(rest, biggestPiece)
	if !p.replay.timing || f.Took <= 0 {
		return n, 0
	}
	n = min(n, 1+int64(float64(f.Length)*step.Seconds()/f.Took.Seconds()))
	return n, time.Duration(float64(f.Took) * float64(n) / float64(f.Length))
}

// piece is n bytes of the content from at on. What was not recorded is filled in: a listing with empty lines,
// a file with words that say so.
func (f *Flow) piece(verb string, at, n int64) []byte {
	filler := "not recorded\r\n"
	if verb != "RETR" {
		filler = "\r\n"
	}
	known := f.Content[min(at, int64(len(f.Content))):min(at+n, int64(len(f.Content)))]
	missing := int(n) - len(known)
	fill := bytes.Repeat([]byte(filler), missing/len(filler)+1)
	return append(bytes.Clone(known), fill[:missing]...)
}
