package remote

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"ftpsh/internal/wire"
)

// Pwd asks for the working directory (PWD), unless the latest reply was just that.
func (c *Conn) Pwd(ctx context.Context) (string, error) {
	if err := c.hold(ctx); err != nil {
		return "", err
	}
	defer c.release()
	if err := c.ready(ctx); err != nil {
		return "", err
	}
	if c.dirFresh {
		return c.dir, nil
	}
	return c.pwd(ctx)
}

func (c *Conn) pwd(ctx context.Context) (string, error) {
	reply, err := c.expect(ctx, "pwd", "", "PWD")
	if err != nil {
		return "", err
	}
	path, err := wire.ParsePath(reply.Text())
	if err != nil {
		return "", failure("pwd", "", err)
	}
	c.setDir(path, true)
	return path, nil
}

// setDir notes the working directory; fresh means that the latest reply has told it.
func (c *Conn) setDir(dir string, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dir, c.dirFresh = dir, fresh
}

// Chdir changes the working directory (CWD; CDUP for "..", with CWD where that is unknown).
func (c *Conn) Chdir(ctx context.Context, dir string) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	if err := c.ready(ctx); err != nil {
		return err
	}
	return c.changeDir(ctx, dir)
}

func (c *Conn) changeDir(ctx context.Context, dir string) error {
	path, err := c.wirePath(dir)
	if err != nil {
		return failure("cd", dir, err)
	}
	line := "CWD " + path
	if dir == ".." {
		line = "CDUP"
	}
	reply, err := c.do(ctx, line)
	if line == "CDUP" && err == nil && (reply.Code == 500 || reply.Code == 502) {
		reply, err = c.do(ctx, "CWD ..")
	}
	if err != nil {
		return failure("cd", dir, err)
	}
	if !reply.OK() {
		return refusal("cd", dir, reply)
	}
	if _, err := c.pwd(ctx); err != nil {
		return c.guessDir(dir, err)
	}
	return nil
}

// guessDir keeps the directory by our own reckoning where a server has no PWD.
func (c *Conn) guessDir(dir string, err error) error {
	if c.control == nil || c.control.Err() != nil {
		return err
	}
	if !strings.HasPrefix(dir, "/") {
		dir = Join(c.dir, dir)
	}
	c.setDir(dir, false)
	return nil
}

// inside looks around in another directory and comes back, whatever the look has come to: if the
// way back fails, the connection is dropped, and the next command finds itself where it was.
func (c *Conn) inside(ctx context.Context, dir string, look func() error) (entered bool, err error) {
	back := c.dir
	if back == "" {
		return false, &Error{Op: "cd", Path: dir, Err: errors.New("the way back is not known")}
	}
	if err := c.changeDir(ctx, dir); err != nil {
		return false, err
	}
	err = look()
	return true, cmp.Or(err, c.goBack(ctx, back))
}

// goBack also happens after a Ctrl-C.
func (c *Conn) goBack(ctx context.Context, back string) error {
	if c.control == nil || c.control.Err() != nil {
		c.setDir(back, false)
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := c.changeDir(ctx, back)
	if err != nil {
		c.drop()
		c.setDir(back, false)
	}
	return err
}
