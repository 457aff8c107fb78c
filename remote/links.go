package remote

import (
	"context"
	"slices"

	"ftpsh/internal/listing"
)

// tellLinks makes links of the directories in a listing by MLSD that LIST shows as links: some servers
// (pyftpdlib) tell with MLSD what a link leads to. A server that refuses LIST cannot be asked.
func (c *Conn) tellLinks(ctx context.Context, dir string, facts *listing.Listing, o ListOptions) error {
	shown := slices.ContainsFunc(facts.Entries, isLink) || o.feed != nil && o.feed.links
	if shown || !slices.ContainsFunc(facts.Entries, isDirectoryIn) {
		return nil
	}
	targets := map[string]string{}
	links := &feed{each: func(e *listing.Entry) error {
		if isLink(*e) {
			targets[e.Name] = e.Target
		}
		return nil
	}}
	lines, err := c.listText(ctx, dir, ListOptions{Hidden: true, More: o.More, feed: links})
	if err == nil {
		lines, err = links.rest(lines, nil)
	}
	if err != nil {
		return err
	}
	for i := range facts.Entries {
		e := &facts.Entries[i]
		if target, link := targets[e.Name]; link {
			e.Type, e.Target = listing.Link, target
		}
	}
	facts.Incomplete = facts.Incomplete || lines.Incomplete
	return nil
}

// isDirectoryIn says that an entry is a directory within the one that was listed.
func isDirectoryIn(e listing.Entry) bool { return e.Type == listing.Dir && !e.IsDot() }

func isLink(e listing.Entry) bool { return e.Type == listing.Link }
