package wire

import (
	"context"
	"errors"
	"slices"
)

// This file is the convoy: other commands that leave in one write with the command of a transfer, so
// that many small transfers take fewer round trips each.

// Convoy is what goes out together with the command of one transfer. Its replies come in the order
// of the lines: those to Before, the transfer's own, that to the arrangement, those to Behind.
type Convoy struct {
	Before  []string // in front of the transfer's command
	Arrange bool     // behind it, agree on the data connection of the next transfer (EPSV or PASV)
	Behind  []string // behind that

	Sent    bool    // the lines have left, or may have
	Replies []Reply // those to Before, as far as they came
}

// Escort makes the library's next transfer leave with a convoy. A server that does not take commands
// while it transfers may break the transfer, or answer out of turn, which is a [ReorderedError].
func (c *Control) Escort(v *Convoy) error {
	c.convoy = v
	return CheckLines(slices.Concat(v.Before, v.Behind)...)
}

// Behind reads what is left of a convoy after its transfer has ended, and returns the replies to
// Convoy.Behind. The data connection that was agreed on is used by the next transfer.
func (c *Control) Behind(ctx context.Context) ([]Reply, error) {
	defer c.Begin(ctx)()
	if len(c.ahead) > 0 && c.ahead[0] == c.passiveCommand() {
		agreed, _, err := c.passive(c.ahead[0])
		if err != nil && c.Err() != nil {
			return nil, err
		}
		c.arranged = agreed
	}
	var replies []Reply
	for len(c.ahead) > 0 {
		c.takeAhead()
		reply, err := c.receiveFinal()
		if err != nil {
			return replies, err
		}
		replies = append(replies, reply)
	}
	return replies, nil
}

// Arranged says that the data connection of the next transfer is agreed on.
func (c *Control) Arranged() bool { return c.arranged != nil }

// Disarrange forgets that agreement. Much later, the port may be somebody else's.
func (c *Control) Disarrange() { c.arranged = nil }

// Arrangement is the command that agrees on the next data connection, to be sent ahead of its turn; empty
// where it may not be. The next transfer takes it.
func (c *Control) Arrangement() string {
	if c.opts.Data.Active || c.NeedsPRET() { // which stands in front of it, with the name of the file
		return ""
	}
	return c.passiveCommand()
}

// passiveCommand is what asks this server for a port.
func (c *Control) passiveCommand() string {
	if c.opts.Data.Classic || c.noEPSV.Load() {
		return "PASV"
	}
	return "EPSV"
}

// takeArranged is the agreement that a convoy came to, if it is still what is wanted.
func (c *Control) takeArranged() *opening {
	o := c.arranged
	c.arranged = nil
	if o == nil || c.opts.Data.Active || o.mode != c.passiveCommand() {
		return nil
	}
	return o
}

// sendConvoy sends the command of a transfer and what goes with it. The replies that come first are
// read at once; the transfer's own is the next.
func (c *Control) sendConvoy(v *Convoy, line string) error {
	lines := append(slices.Clone(v.Before), line)
	if v.Arrange {
		lines = append(lines, c.passiveCommand())
	}
	c.mu.Lock()
	c.foreign = len(v.Before)
	c.mu.Unlock()
	err := c.SendAhead(append(lines, v.Behind...)...)
	var lost *LostError
	v.Sent = err == nil || errors.As(err, &lost) && lost.Sent
	if err != nil {
		return err
	}
	c.data.commandSent()
	for range v.Before {
		c.takeAhead()
		reply, err := c.receiveFinal()
		if err != nil {
			return err
		}
		v.Replies = append(v.Replies, reply)
	}
	c.takeAhead()
	return nil
}

// aboutTransfer says whether a reply ends the running transfer: not those to commands before it in a
// convoy, nor those to commands behind it. The caller holds mu.
func (c *Control) aboutTransfer(reply Reply) bool {
	switch {
	case c.current == nil, !c.current.leaves.Load(), reply.Preliminary():
		return false
	case c.foreign > 0:
		c.foreign--
		return false
	}
	first := !c.current.answered
	c.current.answered = true
	return first
}

// outOfTurn says that the answer to the arrangement of the next transfer has come before the end of
// this one.
func (c *Control) outOfTurn(reply Reply) error {
	if c.transferring() && len(c.ahead) > 0 && (reply.Code == 227 || reply.Code == 229) {
		return c.fail(&ReorderedError{Command: Verb(c.command), Reply: reply})
	}
	return nil
}
