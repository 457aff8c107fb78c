package remote

import (
	"context"
	"errors"

	"ftpsh/internal/wire"
)

// Size asks for the size of a file in bytes (SIZE, RFC 3659), in TYPE I whatever the type in
// force: in ASCII servers refuse or count differently.
func (c *Conn) Size(ctx context.Context, name string) (int64, error) {
	if err := c.hold(ctx); err != nil {
		return 0, err
	}
	defer c.release()
	return c.size(ctx, name)
}

func (c *Conn) size(ctx context.Context, name string) (int64, error) {
	path, err := c.wirePath(name)
	if err != nil {
		return 0, failure("size", name, err)
	}
	if err := c.useType(ctx, "I"); err != nil {
		return 0, err
	}
	reply, err := c.expect(ctx, "size", name, "SIZE "+path)
	if err != nil {
		return 0, err
	}
	size, err := wire.ParseSize(reply.Text())
	return size, failure("size", name, err)
}

// Mkdir makes a directory (MKD) and returns the path that the server gives it, or name.
func (c *Conn) Mkdir(ctx context.Context, name string) (string, error) {
	if err := c.hold(ctx); err != nil {
		return "", err
	}
	defer c.release()
	path, err := c.wirePath(name)
	if err != nil {
		return "", failure("mkdir", name, err)
	}
	reply, err := c.change(ctx, "mkdir", name, "MKD "+path, func() string { return c.present(ctx, name, "it was made", "it was not made") })
	if told, parseErr := wire.ParsePath(reply.Text()); err == nil && parseErr == nil {
		return told, nil
	}
	return name, err
}

// Rmdir removes an empty directory (RMD).
func (c *Conn) Rmdir(ctx context.Context, name string) error {
	return c.remove(ctx, "rmdir", "RMD ", name)
}

// Delete removes a file (DELE).
func (c *Conn) Delete(ctx context.Context, name string) error {
	return c.remove(ctx, "rm", "DELE ", name)
}

func (c *Conn) remove(ctx context.Context, op, verb, name string) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	path, err := c.wirePath(name)
	if err != nil {
		return failure(op, name, err)
	}
	_, err = c.change(ctx, op, name, verb+path, func() string { return c.present(ctx, name, "it was not removed", "it was removed") })
	return err
}

// Rename moves a file or directory (RNFR, RNTO).
func (c *Conn) Rename(ctx context.Context, from, to string) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	return c.rename(ctx, from, to)
}

func (c *Conn) rename(ctx context.Context, from, to string) error {
	wireFrom, err := c.wirePath(from)
	if err != nil {
		return failure("rename", from, err)
	}
	wireTo, err := c.wirePath(to)
	if err != nil {
		return failure("rename", to, err)
	}
	if err := wire.CheckLines("RNFR "+wireFrom, "RNTO "+wireTo); err != nil {
		return failure("rename", to, err)
	}
	reply, err := c.do(ctx, "RNFR "+wireFrom)
	if err != nil {
		return failure("rename", from, err)
	}
	if reply.Class() != 3 {
		return refusal("rename", from, reply)
	}
	_, err = c.change(ctx, "rename", to, "RNTO "+wireTo, func() string { return c.present(ctx, from, "it was not renamed", "it was renamed") })
	return err
}

// present says which of two things is true, by whether name is there.
func (c *Conn) present(ctx context.Context, name, there, gone string) string {
	path, err := c.wirePath(name)
	if err != nil {
		return ""
	}
	for _, verb := range []string{"MLST ", "SIZE ", "MDTM "} {
		reply, err := c.do(ctx, verb+path)
		switch {
		case err != nil:
			return ""
		case reply.OK():
			return there
		case reply.Code == 550 && verb == "MLST ":
			return gone
		}
	}
	return c.presentDir(ctx, name, there, gone)
}

// presentDir is the last way to look: a directory can be entered.
func (c *Conn) presentDir(ctx context.Context, name, there, gone string) string {
	entered, err := c.inside(ctx, name, func() error { return nil })
	var no *Error
	switch {
	case entered:
		return there
	case errors.As(err, &no) && no.Code/100 == 5:
		return gone
	}
	return ""
}

// SetType changes the transfer type (TYPE): I, A, or L 8.
func (c *Conn) SetType(ctx context.Context, transferType string) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	if err := c.useType(ctx, transferType); err != nil {
		return err
	}
	c.setTransfer(transferType)
	return nil
}

func (c *Conn) setTransfer(transferType string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.transfer = transferType
}

// useType has a type in force, which need not be the session's: SIZE wants I. Each transfer asks for
// its own.
func (c *Conn) useType(ctx context.Context, transferType string) error {
	if err := c.ready(ctx); err != nil {
		return err
	}
	if c.inForce == transferType {
		return nil
	}
	if _, err := c.expect(ctx, "type", "", "TYPE "+transferType); err != nil {
		return err
	}
	c.inForce = transferType
	return nil
}
