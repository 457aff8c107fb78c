package remote

import (
	"context"

	"ftpsh/internal/listing"
	"ftpsh/internal/wire"
)

// ListEach is [Conn.List] for directories of any size: each is given the entries as they come, in no order
// that means anything, and the listing that is returned has none. An entry is good until each returns; the
// texts of it keep more in memory than themselves. An error of each ends the listing.
func (c *Conn) ListEach(ctx context.Context, dir string, o ListOptions, each func(*listing.Entry) error) (listing.Listing, error) {
	o.feed = &feed{each: each, dirsLast: o.Links}
	return c.List(ctx, dir, o)
}

// feed hands on the entries of a listing. It keeps back what more has to be found out about: the first, which
// may turn out to be all that there is about something that is no directory, and the directories, where
// those may be links.
type feed struct {
	each     func(*listing.Entry) error
	dirsLast bool
}

// read hands on what it need not keep, decoded.
func (f *feed) read(data *wire.Data, parser *listing.Parser, limits listing.Limits, decode func(*listing.Entry)) (listing.Listing, error) {
	var kept listing.Listing
	first := true
	sum, err := parser.Each(data, limits, func(e listing.Entry, verdict listing.Verdict) error {
		if verdict != listing.Found {
			return nil
		}
		if first || f.dirsLast && isDirectoryIn(e) {
			first = false
			kept.Entries = append(kept.Entries, e)
			return nil
		}
		decode(&e)
		return f.give(&e)
	})
	kept.Summary, kept.Incomplete = sum, err != nil
	return kept, err
}

// rest hands on what was kept back. Without a feed, the listing stays as it is.
func (f *feed) rest(list listing.Listing, err error) (listing.Listing, error) {
	if f == nil {
		return list, err
	}
	kept := list.Entries
	list.Entries = nil
	for i := range kept {
		if broken := f.give(&kept[i]); broken != nil {
			return list, broken
		}
	}
	return list, err
}

func (f *feed) give(e *listing.Entry) error {
	if err := f.each(e); err != nil {
		return &wire.LocalError{Err: err}
	}
	return nil
}
