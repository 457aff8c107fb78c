package remote

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"ftpsh/internal/wire"
)

// ModTime asks when a file was changed (MDTM, RFC 3659), in UTC.
func (c *Conn) ModTime(ctx context.Context, name string) (time.Time, error) {
	if err := c.hold(ctx); err != nil {
		return time.Time{}, err
	}
	defer c.release()
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

// dateWay is a command that sets when a file was changed, the best first.
type dateWay int

const (
	dateUnknown  dateWay = iota // which one the server takes
	byMFMT                      // draft-somers-ftp-mfxx
	byMDTM                      // MDTM with a time: vsftpd, Serv-U
	bySiteUTIME                 // SITE UTIME with the time in front: ProFTPD's mod_site_misc, NcFTPd
	bySiteUTIMEs                // and with three times behind: wu-ftpd
	dateRefused                 // none
)

// line is the command, for a path as the server sees it.
func (w dateWay) line(t time.Time, path string) string {
	stamp := t.UTC().Format("20060102150405")
	switch w {
	case byMFMT:
		return "MFMT " + stamp + " " + path
	case byMDTM:
		return "MDTM " + stamp + " " + path
	case bySiteUTIME:
		return "SITE UTIME " + stamp + " " + path
	}
	return "SITE UTIME " + path + strings.Repeat(" "+stamp, 3) + " UTC"
}

// SetModTime sets when a file was changed, by the first way that the server knows: MFMT, MDTM
// with a time, SITE UTIME.
func (c *Conn) SetModTime(ctx context.Context, name string, t time.Time) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	return c.setModTime(ctx, name, t)
}

func (c *Conn) setModTime(ctx context.Context, name string, t time.Time) error {
	path, err := c.wirePath(name)
	if err != nil {
		return failure("touch", name, err)
	}
	if err := c.ready(ctx); err != nil {
		return err
	}
	var reply wire.Reply
	for _, way := range c.dateWays() {
		if reply, err = c.do(ctx, way.line(t, path)); err != nil {
			return failure("touch", name, err)
		}
		if reply.OK() && (way != byMDTM || c.hasTime(ctx, path, t)) {
			c.dating = way
			return nil
		}
	}
	return refusal("touch", name, reply)
}

// dateWays are those to try: the one that has worked on this connection comes first.
func (c *Conn) dateWays() []dateWay {
	ways := []dateWay{byMDTM, bySiteUTIME, bySiteUTIMEs}
	if c.control.Features().Has("MFMT") {
		ways = slices.Insert(ways, 0, byMFMT)
	}
	if at := slices.Index(ways, c.dating); at > 0 {
		ways = slices.Insert(slices.Delete(ways, at, at+1), 0, c.dating)
	}
	return ways
}

// hasTime asks for a file's time: MDTM with one may have been taken for a question about a strange name.
func (c *Conn) hasTime(ctx context.Context, path string, want time.Time) bool {
	reply, err := c.do(ctx, "MDTM "+path)
	if err != nil || !reply.OK() {
		return false
	}
	got, err := wire.ParseTime(reply.Text())
	return err == nil && got.Truncate(time.Second).Equal(want.UTC().Truncate(time.Second))
}

// dateLine sets the time of an upload together with it, in the way that the server is known to have.
func (c *Conn) dateLine(w *stored) string {
	way := c.likelyDating()
	if w.Time.IsZero() || way == dateUnknown || way == dateRefused {
		return ""
	}
	return way.line(w.Time, w.from)
}

// likelyDating is the way that has worked on this connection, or that the server is known to have.
func (c *Conn) likelyDating() dateWay {
	switch {
	case c.dating != dateUnknown:
		return c.dating
	case c.control.Features().Has("MFMT"):
		return byMFMT
	case strings.Contains(c.control.Greeting().Text(), "vsFTPd"):
		return byMDTM
	}
	return dateUnknown
}

// dateApart finds the way to set the time of an upload that it did not get on its way. The next ones go
// that way, or without.
func (c *Conn) dateApart(ctx context.Context, w *stored) {
	if w.Time.IsZero() || w.result.Dated || c.dating == dateRefused {
		return
	}
	err := c.setModTime(ctx, w.Temporary, w.Time)
	var refused *Error
	if w.result.Dated = err == nil; errors.As(err, &refused) && refused.Code != 0 {
		c.dating = dateRefused
	}
}
