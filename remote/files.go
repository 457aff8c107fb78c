package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ftpsh/internal/wire"
)

// Pwd asks for the working directory (PWD), unless the latest reply was just that.
func (c *Conn) Pwd(ctx context.Context) (string, error) {
	defer c.hold()()
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
	defer c.hold()()
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

// Size asks for the size of a file in bytes (SIZE, RFC 3659), in TYPE I whatever the type in
// force: in ASCII servers refuse or count differently.
func (c *Conn) Size(ctx context.Context, name string) (int64, error) {
	defer c.hold()()
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

// ModTime asks when a file was changed (MDTM, RFC 3659), in UTC.
func (c *Conn) ModTime(ctx context.Context, name string) (time.Time, error) {
	defer c.hold()()
	path, err := c.wirePath(name)
	if err != nil {
		return time.Time{}, failure("modtime", name, err)
	}
	reply, err := c.expect(ctx, "modtime", name, "MDTM "+path)
	if err != nil {
		return time.Time{}, err
	}
	t, err := wire.ParseTime(reply.Text())
	return t, failure("modtime", name, err)
}

// SetModTime sets when a file was changed, by the first way that the server knows: MFMT, MDTM
// with a time (vsftpd), SITE UTIME.
func (c *Conn) SetModTime(ctx context.Context, name string, t time.Time) error {
	defer c.hold()()
	path, err := c.wirePath(name)
	if err != nil {
		return failure("touch", name, err)
	}
	if err := c.ready(ctx); err != nil {
		return err
	}
	stamp := t.UTC().Format("20060102150405")
	ways := []string{"MDTM " + stamp + " " + path, "SITE UTIME " + stamp + " " + path}
	if c.control.Features().Has("MFMT") {
		ways = append([]string{"MFMT " + stamp + " " + path}, ways...)
	}
	var reply wire.Reply
	for _, line := range ways {
		if reply, err = c.do(ctx, line); err != nil {
			return failure("touch", name, err)
		}
		if reply.OK() && c.tookTime(ctx, line, path, t) {
			return nil
		}
	}
	return refusal("touch", name, reply)
}

// tookTime checks that MDTM with a time was not taken for a question about a strange file name.
func (c *Conn) tookTime(ctx context.Context, line, path string, want time.Time) bool {
	if !strings.HasPrefix(line, "MDTM ") {
		return true
	}
	reply, err := c.do(ctx, "MDTM "+path)
	if err != nil || !reply.OK() {
		return false
	}
	got, err := wire.ParseTime(reply.Text())
	return err == nil && got.Truncate(time.Second).Equal(want.UTC().Truncate(time.Second))
}

// Mkdir makes a directory (MKD) and returns the path that the server gives it, or name.
func (c *Conn) Mkdir(ctx context.Context, name string) (string, error) {
	defer c.hold()()
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
	defer c.hold()()
	path, err := c.wirePath(name)
	if err != nil {
		return failure(op, name, err)
	}
	_, err = c.change(ctx, op, name, verb+path, func() string { return c.present(ctx, name, "it was not removed", "it was removed") })
	return err
}

// Rename moves a file or directory (RNFR, RNTO).
func (c *Conn) Rename(ctx context.Context, from, to string) error {
	defer c.hold()()
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
	defer c.hold()()
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

// Command runs a command that is a plain question or order: NOOP, SYST, STAT, SITE, OPTS. The
// reply must be 2xx.
func (c *Conn) Command(ctx context.Context, op string, words ...string) (wire.Reply, error) {
	defer c.hold()()
	line, err := c.names.encode(strings.TrimSpace(strings.Join(words, " ")))
	if err != nil {
		return wire.Reply{}, failure(op, "", err)
	}
	return c.expect(ctx, op, "", line)
}

// Quote sends a line as the user typed it and returns the reply, whatever it says. It needs a
// connection but no login. Lines that would take the session out of step are refused, with the
// command that does it properly.
func (c *Conn) Quote(ctx context.Context, line string) (wire.Reply, error) {
	defer c.hold()()
	if err := refuseVerb(line); err != nil {
		return wire.Reply{}, err
	}
	if c.control == nil || c.control.Err() != nil {
		if err := c.ready(ctx); err != nil {
			return wire.Reply{}, err
		}
	}
	encoded, err := c.names.encode(line)
	if err != nil {
		return wire.Reply{}, failure("quote", "", err)
	}
	c.dirFresh = false
	reply, err := c.control.DoRaw(ctx, encoded)
	c.follow(ctx, line, reply)
	return c.names.told(reply), failure("quote", "", err)
}

// follow keeps what we know true after a line that went past us.
func (c *Conn) follow(ctx context.Context, line string, reply wire.Reply) {
	word, argument, _ := strings.Cut(strings.TrimSpace(line), " ")
	word = strings.ToUpper(word)
	switch {
	case !reply.OK():
	case word == "CWD" || word == "CDUP" || word == "XCWD" || word == "XCUP":
		c.pwd(ctx)
	case word == "TYPE":
		c.inForce = strings.ToUpper(strings.TrimSpace(argument))
		c.setTransfer(c.inForce)
	case word == "PROT":
		c.control.Data().Clear = strings.EqualFold(argument, "C")
	case word == "PASS", word == "ACCT":
		c.mu.Lock()
		c.loggedIn = reply.Code == 230
		c.mu.Unlock()
	case word == "REIN", word == "USER":
		c.inForce = ""
		c.mu.Lock()
		c.loggedIn = word == "USER" && reply.Code == 230
		c.mu.Unlock()
	}
}

var insteadOf = map[string]string{
	"RETR": "get, or quote -d RETR ...",
	"STOR": "put",
	"APPE": "append",
	"STOU": "put -u",
	"LIST": "dir, or quote -d LIST ...",
	"NLST": "nlst, or quote -d NLST ...",
	"MLSD": "mlsd, or quote -d MLSD ...",
	"AUTH": "open with --tls=require",
	"CCC":  "prot c: the command channel is never made clear again",
	"MODE": "mode: only stream mode is spoken",
	"QUIT": "bye or close",
}

func refuseVerb(line string) error {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if instead, ok := insteadOf[strings.ToUpper(word)]; ok {
		return &Error{Op: "quote", Err: fmt.Errorf("%s would take the session out of step; use %s", strings.ToUpper(word), instead)}
	}
	return nil
}
