package script

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

func (c *Conversation) doRest(offset string) {
	n, err := strconv.ParseUint(offset, 10, 63)
	if err != nil {
		c.Reply("501 REST takes a number")
		return
	}
	c.restart = int64(n)
	c.Reply("350 the next transfer starts at " + offset)
}

func (c *Conversation) doList(argument string) { c.list(withoutOptions(argument), longLine) }
func (c *Conversation) doNlst(argument string) { c.list(withoutOptions(argument), File.Name) }

func (c *Conversation) doMlsd(p string) {
	if f, ok := c.server.Tree.Get(c.path(p)); ok && !f.Dir {
		c.Reply("501 " + c.text(p) + ": " + errNotDir.Error())
		return
	}
	c.list(p, factLine)
}

func (c *Conversation) list(p string, show func(File) string) {
	lines, err := c.listing(p, show)
	if err != nil {
		c.fail(p, err)
		return
	}
	var content strings.Builder
	for _, l := range lines {
		content.WriteString(l + "\r\n")
	}
	c.Download([]byte(content.String()))
}

func (c *Conversation) doRetr(p string) {
	offset := c.offset()
	f, ok := c.file(p)
	if !ok {
		return
	}
	if offset > int64(len(f.Content)) {
		c.Reply("554 the file ends before that")
		return
	}
	content := f.Content[offset:]
	if c.ascii {
		content = bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n"))
	}
	c.Download(content)
}

func (c *Conversation) doStor(p string) {
	offset := c.offset()
	c.store(c.path(p), "150 ready for "+c.text(p), offset, offset == 0)
}

func (c *Conversation) doAppe(p string) {
	c.offset()
	f, _ := c.server.Tree.Get(c.path(p))
	c.store(c.path(p), "150 ready for "+c.text(p), int64(len(f.Content)), true)
}

// doStou tells the name it made up as RFC 1123 section 4.1.2.9 has it.
func (c *Conversation) doStou(string) {
	c.offset()
	for i := 1; ; i++ {
		name := fmt.Sprintf("stou.%04d", i)
		if _, taken := c.server.Tree.Get(c.path(name)); !taken {
			c.store(c.path(name), "150 FILE: "+name, 0, true)
			return
		}
	}
}

// offset takes what REST has set; it counts for one transfer only.
func (c *Conversation) offset() int64 {
	n := c.restart
	c.restart = 0
	return n
}

func (c *Conversation) store(p, ready string, offset int64, cut bool) {
	content, ok := c.Upload(ready)
	if !ok {
		return
	}
	if c.ascii {
		content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	}
	if err := c.server.Tree.store(p, content, offset, cut); err != nil {
		c.Reply("553 " + c.text(p) + ": " + err.Error())
		return
	}
	c.Reply("226 stored")
}

// Download sends content over the data connection, with 150 before and the fitting reply after.
func (c *Conversation) Download(content []byte) {
	c.Reply("150 here it comes")
	d := c.Data()
	if c.watch(d, func() { _, _ = d.Write(content) }) && c.finished(d) {
		d.Close()
		c.Reply("226 done")
	}
}

// Upload says ready, a 1xx reply, and receives what comes over the data connection. The last reply is
// the caller's to send if ok, and was sent if not.
func (c *Conversation) Upload(ready string) (content []byte, ok bool) {
	c.Reply(ready)
	d := c.Data()
	if c.watch(d, func() { content = d.Receive(-1) }) && c.finished(d) {
		d.Close()
		return content, true
	}
	return nil, false
}

// finished answers for a data connection that failed.
func (c *Conversation) finished(d *Data) bool {
	switch {
	case d.err == nil:
		return true
	case errors.Is(d.err, ErrNotResumed):
		c.Reply("522 " + d.err.Error())
	case d.record.Sent+d.record.Received > 0:
		c.Reply("426 the data connection broke")
	default:
		c.Reply("425 no data connection")
	}
	d.Reset()
	return false
}

// watch runs a transfer while it looks out for ABOR, or for the end of the control connection: that
// resets the data connection and answers 426. It reports whether the transfer ran undisturbed.
func (c *Conversation) watch(d *Data, transfer func()) bool {
	lines, finished, aborted := c.ahead(), make(chan struct{}), make(chan bool)
	go func() {
		select {
		case l := <-lines:
			lines <- l // still the next line: there is room for one, and nobody else reads now
			if l.err == nil && !strings.HasPrefix(strings.ToUpper(withoutTelnet(l.text)), "ABOR") {
				aborted <- false
				return
			}
			d.Reset()
			aborted <- true
		case <-finished:
			aborted <- false
		}
	}()
	transfer()
	close(finished)
	if <-aborted {
		c.Reply("426 aborted")
		return false
	}
	return true
}
