package remote

import (
	"context"
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
	c.mu.Lock()
	c.dir, c.dirFresh = path, true
	c.mu.Unlock()
	return path, nil
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
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.HasPrefix(dir, "/") {
		c.dir = dir
	} else {
		c.dir = Join(c.dir, dir)
	}
	return nil
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
	defer c.keepType(ctx)()
	if err := c.setType(ctx, "I"); err != nil {
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
	made := name
	err = c.change(ctx, "mkdir", name, "MKD "+path, func() string { return c.present(ctx, name, "it was made", "it was not made") })
	if err == nil && c.control != nil {
		reply, _ := c.control.Last()
		if told, parseErr := wire.ParsePath(reply.Text()); parseErr == nil {
			made = c.names.decode(told)
		}
	}
	return made, err
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
	return c.change(ctx, op, name, verb+path, func() string { return c.present(ctx, name, "it was not removed", "it was removed") })
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
	reply, err := c.do(ctx, "RNFR "+wireFrom)
	if err != nil {
		return failure("rename", from, err)
	}
	if reply.Class() != 3 {
		return refusal("rename", from, reply)
	}
	return c.change(ctx, "rename", to, "RNTO "+wireTo, func() string { return c.present(ctx, from, "it was not renamed", "it was renamed") })
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
	return c.presentDir(ctx, path, there, gone)
}

// presentDir is the last way to look: a directory can be entered.
func (c *Conn) presentDir(ctx context.Context, path, there, gone string) string {
	dir := c.dir
	reply, err := c.do(ctx, "CWD "+path)
	if err != nil {
		return ""
	}
	if !reply.OK() {
		return gone
	}
	if dir != "" {
		c.do(ctx, "CWD "+dir)
	}
	return there
}

// SetType changes the transfer type (TYPE): I, A, or L 8.
func (c *Conn) SetType(ctx context.Context, transferType string) error {
	defer c.hold()()
	if err := c.ready(ctx); err != nil {
		return err
	}
	return c.setType(ctx, transferType)
}

func (c *Conn) setType(ctx context.Context, transferType string) error {
	if c.transfer == transferType {
		return c.ready(ctx)
	}
	if _, err := c.expect(ctx, "type", "", "TYPE "+transferType); err != nil {
		return err
	}
	c.mu.Lock()
	c.transfer = transferType
	c.mu.Unlock()
	return nil
}

// keepType returns a function that puts the present type back.
func (c *Conn) keepType(ctx context.Context) (restore func()) {
	before := c.transfer
	return func() {
		if c.control != nil && c.control.Err() == nil && c.transfer != before {
			c.setType(ctx, before)
		}
	}
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
	if c.control == nil {
		if err := c.ready(ctx); err != nil {
			return wire.Reply{}, err
		}
	}
	if err := refuseVerb(line); err != nil {
		return wire.Reply{}, err
	}
	encoded, err := c.names.encode(line)
	if err != nil {
		return wire.Reply{}, failure("quote", "", err)
	}
	c.dirFresh = false
	reply, err := c.control.DoRaw(ctx, encoded)
	for i, text := range reply.Lines {
		reply.Lines[i] = c.names.decode(text)
	}
	c.follow(ctx, line, reply)
	return reply, failure("quote", "", err)
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
		c.mu.Lock()
		c.transfer = strings.ToUpper(strings.TrimSpace(argument))
		c.mu.Unlock()
	case word == "PROT":
		c.control.Data().Clear = strings.EqualFold(argument, "C")
	case word == "PASS", word == "ACCT":
		c.mu.Lock()
		c.loggedIn = reply.Code == 230
		c.mu.Unlock()
	case word == "REIN", word == "USER":
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
