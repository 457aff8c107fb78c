package script

import (
	"strconv"
	"strings"
	"time"
)

// timeFormat is the time of MDTM, MFMT and MLST, in UTC (RFC 3659 section 2.3).
const timeFormat = "20060102150405"

// path makes a path from the client absolute.
func (c *Conversation) path(p string) string {
	if strings.HasPrefix(p, "/") {
		return clean(p)
	}
	return clean(c.directory + "/" + p)
}

// fail answers 550 with the name and the reason.
func (c *Conversation) fail(name string, err error) {
	c.Reply("550 " + c.text(name) + ": " + err.Error())
}

// done answers with a success, or with 550 when err is not nil.
func (c *Conversation) done(name string, err error, success string) {
	if err != nil {
		c.fail(name, err)
		return
	}
	c.Reply(success)
}

// quoted is a path as 257 shows it, with quotes doubled (RFC 959 appendix II).
func (c *Conversation) quoted(p string) string {
	return `"` + strings.ReplaceAll(c.text(p), `"`, `""`) + `"`
}

func (c *Conversation) doPwd(string) {
	c.Reply("257 " + c.quoted(c.directory) + " is the directory")
}

func (c *Conversation) doCwd(p string) {
	f, ok := c.server.Tree.Get(c.path(p))
	switch {
	case !ok:
		c.fail(p, errMissing)
	case !f.Dir:
		c.fail(p, errNotDir)
	default:
		c.directory = f.Path
		c.Reply("250 ok")
	}
}

func (c *Conversation) doCdup(string) { c.doCwd("..") }

func (c *Conversation) doMkd(p string) {
	whole := c.path(p)
	c.done(p, c.server.Tree.create(whole), "257 "+c.quoted(whole)+" created")
}

func (c *Conversation) doRmd(p string) {
	err := c.server.Tree.remove(c.path(p), func(f File) error {
		if !f.Dir {
			return errNotDir
		}
		return nil
	})
	c.done(p, err, "250 removed")
}

func (c *Conversation) doDele(p string) {
	err := c.server.Tree.remove(c.path(p), func(f File) error {
		if f.Dir {
			return errIsDir
		}
		return nil
	})
	c.done(p, err, "250 deleted")
}

func (c *Conversation) doRnfr(p string) {
	if _, ok := c.server.Tree.Get(c.path(p)); !ok {
		c.fail(p, errMissing)
		return
	}
	c.renaming = c.path(p)
	c.Reply("350 RNTO now")
}

func (c *Conversation) doRnto(p string) {
	from := c.renaming
	c.renaming = ""
	if from == "" {
		c.Reply("503 RNFR first")
		return
	}
	c.done(p, c.server.Tree.rename(from, c.path(p)), "250 renamed")
}

// file finds a plain file, or answers 550.
func (c *Conversation) file(p string) (File, bool) {
	f, ok := c.server.Tree.Get(c.path(p))
	switch {
	case !ok:
		c.fail(p, errMissing)
	case f.Dir:
		c.fail(p, errIsDir)
	default:
		return f, true
	}
	return File{}, false
}

// doSize refuses in ASCII, where the size would be that of the converted file (RFC 3659 section 4).
func (c *Conversation) doSize(p string) {
	if c.ascii {
		c.Reply("550 SIZE not allowed in ASCII mode")
		return
	}
	if f, ok := c.file(p); ok {
		c.Reply("213 " + strconv.Itoa(len(f.Content)))
	}
}

func (c *Conversation) doMdtm(p string) {
	if f, ok := c.file(p); ok {
		c.Reply("213 " + f.Time.Format(timeFormat))
	}
}

func (c *Conversation) doMfmt(argument string) {
	stamp, p, _ := strings.Cut(argument, " ")
	at, err := time.Parse(timeFormat, stamp)
	if err != nil {
		c.Reply("501 MFMT YYYYMMDDHHMMSS path")
		return
	}
	c.done(p, c.server.Tree.Touch(c.path(p), at), "213 Modify="+stamp+"; "+c.text(p))
}

func (c *Conversation) doMlst(p string) {
	f, ok := c.server.Tree.Get(c.path(p))
	if !ok {
		c.fail(p, errMissing)
		return
	}
	c.Reply("250-listing", " "+facts(f)+" "+c.text(f.Path), "250 end")
}
