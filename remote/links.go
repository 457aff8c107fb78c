package remote

import (
	"context"
	"slices"
	"strings"

	"ftpsh/internal/listing"
)

// tellLinks makes links of the directories in a listing by MLSD that LIST shows as links: some servers
// (pyftpdlib) tell with MLSD what a link leads to. A server without LIST cannot be asked.
func (c *Conn) tellLinks(ctx context.Context, dir string, facts *listing.Listing, o ListOptions) error {
	if c.showsLinks() || !slices.ContainsFunc(facts.Entries, isDirectoryIn) {
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
	switch {
	case notImplemented(err):
		return nil
	case err != nil:
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

// showsLinks says that the server is known to show links as links by MLSD. That it has shown one proves
// nothing: a link that leads nowhere cannot be shown as anything else.
func (c *Conn) showsLinks() bool {
	greeting := strings.ToLower(c.control.Greeting().Text())
	return strings.Contains(greeting, "proftpd") || strings.Contains(greeting, "pure-ftpd")
}

// isDirectoryIn says that an entry is a directory within the one that was listed.
func isDirectoryIn(e listing.Entry) bool { return e.Type == listing.Dir && !e.IsDot() }

func isLink(e listing.Entry) bool { return e.Type == listing.Link }
