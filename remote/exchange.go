package remote

import (
	"context"
	"errors"

	"ftpsh/internal/wire"
)

// This file is the ways to say one command and to judge the reply.

// do sends one command when the connection is ready for it, and returns its reply, whatever it
// says. A connection that turns out to be dropped before the command left is brought back once.
func (c *Conn) do(ctx context.Context, line string) (wire.Reply, error) {
	if err := c.ready(ctx); err != nil {
		return wire.Reply{}, err
	}
	return c.exchange(ctx, func(control *wire.Control) (wire.Reply, error) { return control.Do(ctx, line) })
}

// exchange is do for a connection that is ready, whatever way the command is sent.
func (c *Conn) exchange(ctx context.Context, send func(*wire.Control) (wire.Reply, error)) (wire.Reply, error) {
	c.dirFresh = false
	reply, err := send(c.control)
	if unsent(err) && c.wanted {
		if err := c.reopen(ctx, err); err != nil {
			return reply, err
		}
		reply, err = send(c.control)
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return c.names.told(reply), err
}

// unsent says that the connection was gone before the command was sent.
func unsent(err error) bool {
	var lost *wire.LostError
	var desync *wire.DesyncError
	return errors.As(err, &desync) || errors.As(err, &lost) && !lost.Sent
}

// expect is do for a command that is to succeed.
func (c *Conn) expect(ctx context.Context, op, path, line string) (wire.Reply, error) {
	reply, err := c.do(ctx, line)
	if err != nil {
		return reply, failure(op, path, err)
	}
	if !reply.OK() {
		return reply, refusal(op, path, reply)
	}
	return reply, nil
}

// change is expect for a command that changes something: a lost reply leaves its outcome unknown,
// and look then tells what is there now.
func (c *Conn) change(ctx context.Context, op, path, line string, look func() string) (wire.Reply, error) {
	reply, err := c.expect(ctx, op, path, line)
	if err == nil || !outcomeUnknown(err) {
		return reply, err
	}
	unknown := &UnknownOutcomeError{Op: op, Path: path, Err: errors.Unwrap(err)}
	if ctx.Err() == nil && c.ready(ctx) == nil {
		unknown.Found = look()
	}
	return reply, unknown
}

// outcomeUnknown says that a command left and that its reply never came.
func outcomeUnknown(err error) bool {
	var lost *wire.LostError
	var timeout *wire.TimeoutError
	switch {
	case errors.As(err, &lost):
		return lost.Sent && lost.Reply.Code == 0
	case errors.As(err, &timeout):
		return true
	}
	return false
}
