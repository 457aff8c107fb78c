package remote

import (
	"context"
	"errors"
	"strings"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/internal/wire"
)

// ListOptions say how to list.
type ListOptions struct {
	Hidden    bool // names that begin with a dot too, where the server needs to be told (LIST -a)
	Links     bool // links are told from what they lead to, where MLSD may not do that at the price of a second listing
	Directory bool // nothing but a directory is listed: of anything else the listing is an error

	// More says that another listing or transfer follows at once on this connection. Where the server
	// bears it, that one's data connection is agreed on meanwhile. See [QueueError], and [Conn.Flush] for
	// when nothing follows after all.
	More bool

	feed *feed // takes the entries; nil collects them
}

// List reads a directory, the working directory when dir is empty: by MLSD where the server has
// it (RFC 3659 section 7), else by LIST. A dir that turns out to be a file is listed as itself.
// The result is marked incomplete unless everything arrived and was understood to be whole.
func (c *Conn) List(ctx context.Context, dir string, o ListOptions) (listing.Listing, error) {
	if err := c.hold(ctx); err != nil {
		return listing.Listing{}, err
	}
	defer c.release()
	return c.list(ctx, dir, o)
}

// ErrBusy is returned by [Conn.TryList] while another operation runs.
var ErrBusy = errors.New("the connection is busy")

// TryList is List for somebody who would rather not know than wait.
func (c *Conn) TryList(ctx context.Context, dir string) (listing.Listing, error) {
	if !c.tryHold(ctx) {
		return listing.Listing{}, ErrBusy
	}
	defer c.release()
	return c.list(ctx, dir, ListOptions{Hidden: true})
}

func (c *Conn) list(ctx context.Context, dir string, o ListOptions) (listing.Listing, error) {
	if err := c.ready(ctx); err != nil {
		return listing.Listing{}, err
	}
	result, err := c.listAsIs(ctx, dir, o)
	if err == nil && o.Directory && listsItself(dir, result) {
		result, err = c.listInside(ctx, dir, o)
	}
	return o.feed.rest(result, err)
}

// listAsIs lists what dir is, be it a file.
func (c *Conn) listAsIs(ctx context.Context, dir string, o ListOptions) (listing.Listing, error) {
	if c.control.Features().Has("MLST") && !c.site.Options.NoMLSD {
		result, err := c.listFacts(ctx, dir, o)
		if err == nil && o.Links {
			return result, c.tellLinks(ctx, dir, &result, o)
		}
		if err == nil || !notImplemented(err) {
			return result, err
		}
		c.note("the server names MLST but refuses MLSD; using LIST from now on")
		c.amend(func(s *Site) { s.Options.NoMLSD = true })
	}
	return c.listText(ctx, dir, o)
}

// notImplemented says that the server does not know the command. 501 is no such answer: pyftpdlib says it
// about a directory that is not there.
func notImplemented(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && (refused.Code == 500 || refused.Code == 502 || refused.Code == 504)
}

func (c *Conn) listFacts(ctx context.Context, dir string, o ListOptions) (listing.Listing, error) {
	path, err := c.wirePath(dir)
	if err != nil {
		return listing.Listing{}, failure("ls", dir, err)
	}
	result, err := c.readListing(ctx, dir, withArgument("MLSD", path), listing.NewFacts(), o)
	if err == nil || dir == "" || o.Directory {
		return result, err
	}
	// MLSD is for directories only; the same question about a file is MLST.
	if entry, statErr := c.statFacts(ctx, dir); statErr == nil && entry.Type != listing.Dir {
		entry.Name = dir
		return one(entry), nil
	}
	return result, err
}

func one(entry listing.Entry) listing.Listing {
	return listing.Listing{
		Summary: listing.Summary{Lines: 1, Entries: 1},
		Entries: []listing.Entry{entry},
	}
}

// listText lists by LIST. A path that ls on the other side would take apart is entered first.
func (c *Conn) listText(ctx context.Context, dir string, o ListOptions) (listing.Listing, error) {
	verb := "LIST"
	if o.Hidden {
		verb = "LIST -a"
	}
	parser := func() *listing.Parser { return listing.New(time.Now(), c.site.Options.Location) }
	if delicate(dir) && c.dir != "" {
		var result listing.Listing
		entered, err := c.inside(ctx, dir, func() (err error) {
			result, err = c.readListing(ctx, dir, verb, parser(), o)
			return err
		})
		switch {
		case o.Hidden && refused(err) && entered:
			return c.listText(ctx, dir, o.visible())
		case entered, err != nil && !refused(err):
			return result, err
		}
	}
	path, err := c.wirePath(dir)
	if err != nil {
		return listing.Listing{}, failure("ls", dir, err)
	}
	result, err := c.readListing(ctx, dir, withArgument(verb, path), parser(), o)
	if o.Hidden && refused(err) {
		return c.listText(ctx, dir, o.visible())
	}
	switch nothing := (err == nil || unopened(err)) && result.Summary.Entries+result.Summary.Unparsed == 0 && dir != ""; {
	case nothing && o.Directory:
		return c.listInside(ctx, dir, o)
	case nothing:
		found, missing := c.nothingListed(ctx, dir, result)
		if missing == nil && found.Summary.Entries == 0 {
			missing = err
		}
		return found, missing
	}
	return result, err
}

// visible is for servers that take the -a of LIST for a name.
func (o ListOptions) visible() ListOptions {
	o.Hidden = false
	return o
}

// refused says that it was the server who said no.
func refused(err error) bool {
	var no *Error
	return errors.As(err, &no) && no.Code/100 == 5
}

// delicate says that a path must not be an argument of LIST: blanks, dashes and patterns mean
// something to ls.
func delicate(dir string) bool {
	return strings.ContainsAny(dir, " *?[{~\\") || strings.HasPrefix(dir, "-")
}

// nothingListed tells an empty directory from a missing one, and from a file whose name ls on the
// other side took for two: many servers list all of them as nothing.
func (c *Conn) nothingListed(ctx context.Context, dir string, nothing listing.Listing) (listing.Listing, error) {
	if entry, err := c.statFacts(ctx, dir); err == nil {
		if entry.Type == listing.Dir {
			return nothing, nil
		}
		entry.Name = dir
		return one(entry), nil
	}
	if c.dir == "" {
		return nothing, nil // nobody can tell: the way back from there is not known
	}
	_, err := c.inside(ctx, dir, func() error { return nil })
	if err == nil || !refused(err) {
		return nothing, renamed("ls", err)
	}
	if size, sizeErr := c.size(ctx, dir); sizeErr == nil {
		return one(listing.Entry{Name: dir, Type: listing.File, Size: size}), nil
	}
	return nothing, renamed("ls", err)
}

// renamed gives an error of one operation the name of the one that it was part of.
func renamed(op string, err error) error {
	var inner *Error
	if errors.As(err, &inner) {
		outer := *inner
		outer.Op = op
		return &outer
	}
	return err
}

func (c *Conn) readListing(ctx context.Context, dir, command string, parser *listing.Parser, o ListOptions) (listing.Listing, error) {
	var result listing.Listing
	limits := listing.Limits{Entries: c.site.Options.MaxEntries}
	if o.More {
		c.queued = &queued{arrange: true}
	}
	out, err := c.download(ctx, "ls", dir, command, 0, func(data *wire.Data) (err error) {
		if o.feed != nil {
			result, err = o.feed.read(data, parser, limits, c.decodeEntry)
			return err
		}
		result, err = parser.ReadAll(data, limits)
		return err
	})
	if o.More {
		_, err = c.unqueue(ctx, err)
	}
	for i := range result.Entries {
		c.decodeEntry(&result.Entries[i])
	}
	for i, line := range result.Unparsed {
		result.Unparsed[i] = c.names.decode(line)
	}
	if out.Truncated {
		c.note("the listing ended without a TLS close; it may lack entries")
	}
	if err == nil && out.Reply.OK() && strings.Contains(out.Reply.Text(), "failed to open directory") {
		err = refusal("ls", dir, out.Reply)
	}
	result.Incomplete = result.Incomplete || out.Truncated || err != nil
	return result, err
}

func (c *Conn) decodeEntry(e *listing.Entry) {
	if c.names.utf8() {
		return
	}
	for _, text := range []*string{&e.Name, &e.Target, &e.Owner, &e.Group, &e.Raw} {
		*text = c.names.decode(*text)
	}
}

// Stat tells about one file or directory: by MLST (RFC 3659 section 7), or from what the listing
// of its parent says.
func (c *Conn) Stat(ctx context.Context, name string) (listing.Entry, error) {
	if err := c.hold(ctx); err != nil {
		return listing.Entry{}, err
	}
	defer c.release()
	if err := c.ready(ctx); err != nil {
		return listing.Entry{}, err
	}
	entry, err := c.statFacts(ctx, name)
	if err == nil || !notImplemented(err) {
		return entry, err
	}
	return c.statText(ctx, name)
}

// statFacts asks by MLST.
func (c *Conn) statFacts(ctx context.Context, name string) (listing.Entry, error) {
	path, err := c.wirePath(name)
	if err != nil {
		return listing.Entry{}, failure("stat", name, err)
	}
	if c.control != nil && !c.control.Features().Has("MLST") {
		return listing.Entry{}, &Error{Op: "stat", Path: name, Code: 502, Text: "the server does not offer MLST", Command: "MLST"}
	}
	reply, err := c.expect(ctx, "stat", name, withArgument("MLST", path))
	if err != nil {
		return listing.Entry{}, err
	}
	for _, line := range reply.Lines[min(1, len(reply.Lines)-1):] {
		if entry, ok := listing.MLST(line); ok {
			return entry, nil
		}
	}
	return listing.Entry{}, failure("stat", name, &wire.ProtocolError{Problem: "an MLST reply without facts", Text: reply.Text()})
}

// statText finds the entry in a listing of its parent; a directory without a name there is entered.
func (c *Conn) statText(ctx context.Context, name string) (listing.Entry, error) {
	parent, base := Split(name)
	if base == "" || base == "." || base == ".." {
		_, err := c.inside(ctx, name, func() error { return nil })
		return listing.Entry{Name: name, Type: listing.Dir, Size: -1}, renamed("stat", err)
	}
	result, err := c.listText(ctx, parent, ListOptions{Hidden: strings.HasPrefix(base, ".")})
	if err != nil {
		return listing.Entry{}, renamed("stat", err)
	}
	for _, entry := range result.Entries {
		if entry.Name == base {
			return entry, nil
		}
	}
	return listing.Entry{}, &Error{Op: "stat", Path: name, Code: 550, Text: "not in the listing of " + orHere(parent), Command: "MLST"}
}

func orHere(dir string) string {
	if dir == "" {
		return "this directory"
	}
	return dir
}
