package remote

import (
	"context"
	"errors"
	"path"

	"ftpsh/internal/listing"
)

// listsItself says that a listing may be about dir itself and not about what is in it: that is what servers
// answer for a file, for a link, and for a directory that they cannot read (vsftpd).
func listsItself(dir string, list listing.Listing) bool {
	return dir != "" && list.Summary.Entries == 1 && len(list.Entries) == 1 && (list.Entries[0].Name == dir || list.Entries[0].Name == path.Base(dir))
}

// listInside lists a directory from within: nothing else can be entered, and without an argument the server
// has nothing else to list.
func (c *Conn) listInside(ctx context.Context, dir string, o ListOptions) (listing.Listing, error) {
	var result listing.Listing
	_, err := c.inside(ctx, dir, func() (err error) {
		result, err = c.listAsIs(ctx, "", o)
		return err
	})
	var refused *Error
	if errors.As(err, &refused) {
		err = &Error{Op: "ls", Path: dir, Code: refused.Code, Text: refused.Text, Command: refused.Command, Err: refused.Err}
	}
	return result, err
}

// unopened says that a directory was listed as empty because it could not be opened, or is not there: of that
// vsftpd tells nothing but in the words of its 226.
func unopened(err error) bool {
	var no *Error
	return errors.As(err, &no) && no.Code/100 == 2
}
