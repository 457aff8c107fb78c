package wire

import (
	"context"
	"time"
)

// This file is the conversation on the control connection: one command out, the replies owed to it
// in, or several commands at once whose replies come in their turn.

// maxPreliminary is how many 1xx replies one command may get. One is what RFC 959 section 4.2
// allows; a server that works on something for long sends a few.
const maxPreliminary = 20

// issue sends a command, unless it was sent ahead; its reply is then the next to be received.
func (c *Control) issue(line string, allowControl bool) error {
	for len(c.ahead) > 0 && c.ahead[0] != line {
		if err := c.skipAhead(); err != nil {
			return err
		}
	}
	if len(c.ahead) > 0 {
		c.takeAhead()
		return nil
	}
	if err := checkLine(line, allowControl); err != nil {
		return err
	}
	if err := c.inStep(); err != nil {
		return c.fail(err)
	}
	c.command = line
	return c.write([]string{line})
}

// inStep says why the next reply could not be told to belong to the next command.
func (c *Control) inStep() error {
	switch err := c.Err(); {
	case err != nil:
		return err
	case c.owed > len(c.ahead):
		return &LostError{Why: "a reply to an earlier command is still to come"}
	case c.last.more && c.owed == 0:
		return c.strayReply()
	}
	return nil
}

// strayReply waits for the reply that was already arriving when nothing was owed.
func (c *Control) strayReply() error {
	reply, err := c.next(c.opts.Timeouts.grace(), nil)
	switch {
	case c.ctx.Err() != nil:
		return context.Cause(c.ctx)
	case err != nil:
		return &DesyncError{}
	case reply.Code == 421:
		return &LostError{Reply: reply}
	}
	return &DesyncError{Reply: reply}
}

// write sends lines in one piece.
func (c *Control) write(lines []string) error {
	var out []byte
	now := time.Now()
	c.mu.Lock()
	for _, line := range lines {
		out = append(out, encodeLine(line, c.opts.RawIAC)...)
		c.pending = append(c.pending, departure{Verb(line), now})
		c.secrets.add(secretOf(line))
	}
	c.owed += len(lines)
	c.mu.Unlock()
	for _, line := range lines {
		c.sent(line)
	}
	c.conn.SetWriteDeadline(now.Add(c.opts.Timeouts.Reply))
	n, err := c.conn.Write(out)
	if err != nil {
		return c.fail(lostAs(err, n > 0 || c.security != nil))
	}
	c.conn.SetWriteDeadline(time.Time{}) // TLS may have to answer a key update at any time
	return nil
}

// sent reports a command line.
func (c *Control) sent(line string) {
	if c.opts.Observe == nil {
		return
	}
	shown := mask(line)
	c.observe(Event{Kind: Sent, Text: shown, Verb: Verb(line), Raw: encodeLine(shown, c.opts.RawIAC)})
}

// SendAhead sends commands before their turn. When the turn of one comes it must be issued as the
// same line, and is then not sent again; one that is passed over has its reply thrown away.
func (c *Control) SendAhead(lines ...string) error {
	if err := CheckLines(lines...); err != nil {
		return err
	}
	if err := c.inStep(); err != nil {
		return c.fail(err)
	}
	if err := c.write(lines); err != nil {
		return err
	}
	c.ahead = append(c.ahead, lines...)
	return nil
}

// SkipAhead throws away the replies to commands sent ahead that will not be issued any more.
func (c *Control) SkipAhead(ctx context.Context) error {
	defer c.Begin(ctx)()
	for len(c.ahead) > 0 {
		if err := c.skipAhead(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Control) skipAhead() error {
	c.takeAhead()
	_, err := c.receiveFinal()
	return err
}

// takeAhead makes the first command sent ahead the present one.
func (c *Control) takeAhead() { c.command, c.ahead = c.ahead[0], c.ahead[1:] }

// receive waits for the next reply that is owed.
func (c *Control) receive() (Reply, error) {
	limit, failed := c.opts.Timeouts.Reply, (<-chan struct{})(nil)
	if c.data != nil {
		limit, failed = c.data.replyLimit(), c.data.failed
	}
	reply, err := c.next(limit, failed)
	if err != nil {
		return reply, c.fail(err)
	}
	reply.Command = mask(c.command)
	c.setLast(reply)
	if reply.Class() >= 4 { // words for people alone
		reply, _ = c.Last()
	}
	if reply.Code == 421 {
		return reply, c.fail(&LostError{Sent: true, Reply: reply})
	}
	return reply, nil
}

// next takes a reply from the queue, waiting at most limit for it. A failed data connection and
// an ended context shorten the wait: the server may still have something to say about them.
func (c *Control) next(limit time.Duration, failed <-chan struct{}) (Reply, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	var reason error = &TimeoutError{Waiting: "a reply to " + Verb(c.command), After: limit}
	done := c.ctx.Done()
	for {
		if reply, err, ok := c.pop(); ok {
			return reply, err
		}
		select {
		case <-c.wake:
		case <-timer.C:
			if reply, err, ok := c.pop(); ok { // on a busy machine both may be here
				return reply, err
			}
			return Reply{}, c.explained(reason, failed)
		case <-failed:
			failed, reason = nil, c.data.failure()
			timer.Reset(c.opts.Timeouts.grace())
		case <-done:
			if c.data == nil {
				return Reply{}, context.Cause(c.ctx)
			}
			done, failed, reason = nil, nil, context.Cause(c.ctx)
			timer.Reset(c.opts.Timeouts.grace())
		}
	}
}

// explained is the reason for a wait without end: that of a data connection that failed meanwhile is
// the cause.
func (c *Control) explained(reason error, failed <-chan struct{}) error {
	select {
	case <-failed:
		return c.data.failure()
	default:
		return reason
	}
}

func (c *Control) pop() (reply Reply, err error, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 {
		reply = c.queue[0]
		c.queue = c.queue[1:]
		reply.more = reply.more || len(c.queue) > 0
		if !reply.Preliminary() {
			c.owed--
		}
		return reply, nil, true
	}
	if c.lost != nil {
		return Reply{}, lostAs(c.lost, true), true
	}
	return Reply{}, nil, false
}

// settleFor takes a 1xx for the end of its command.
func (c *Control) settleFor() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owed--
	if len(c.pending) > 0 {
		c.pending = c.pending[1:]
	}
}

// receiveFinal waits for the reply that ends the command.
func (c *Control) receiveFinal() (Reply, error) { return c.receiveUnless(Reply.Preliminary) }

// receiveUnless waits for the first reply that is not to be passed over.
func (c *Control) receiveUnless(passOver func(Reply) bool) (Reply, error) {
	for range maxPreliminary {
		reply, err := c.receive()
		if err != nil || !passOver(reply) {
			return reply, err
		}
	}
	return Reply{}, c.fail(&ProtocolError{Problem: "preliminary replies without end"})
}

// Do sends one command and returns the reply that ends it. Any reply is a result; an error means
// that there was none, and that the connection is gone unless it is a *LineError or ctx had ended
// before the command left.
func (c *Control) Do(ctx context.Context, line string) (Reply, error) {
	return c.do(ctx, line, false)
}

// DoRaw is Do for a line that the user typed as it is: control characters other than CR, LF and
// NUL may be in it.
func (c *Control) DoRaw(ctx context.Context, line string) (Reply, error) {
	return c.do(ctx, line, true)
}

func (c *Control) do(ctx context.Context, line string, allowControl bool) (Reply, error) {
	if ctx.Err() != nil {
		return Reply{}, context.Cause(ctx)
	}
	defer c.Begin(ctx)()
	if err := c.issue(line, allowControl); err != nil {
		return Reply{}, err
	}
	return c.receiveFinal()
}
