package remote

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"ftpsh/internal/listing"
	"ftpsh/internal/wire"
)

// Lines runs LIST, NLST or MLSD as the user asked for it and calls each for every line as it
// arrives, without its end. The text is foreign.
func (c *Conn) Lines(ctx context.Context, op, command, path string, each func(line string) error) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	encoded, err := c.wirePath(path)
	if err != nil {
		return failure(op, path, err)
	}
	out, err := c.download(ctx, op, path, withArgument(command, encoded), 0, func(data *wire.Data) error {
		return c.eachLine(data, each)
	})
	if out.Truncated {
		c.note("the listing ended without a TLS close; it may lack entries")
	}
	return err
}

// eachLine reads lines within the limits of listings.
func (c *Conn) eachLine(data io.Reader, each func(string) error) error {
	most := cmp.Or(c.site.Options.MaxEntries, listing.DefaultLimits.Entries)
	longest := listing.DefaultLimits.Line
	in := bufio.NewReaderSize(data, longest+len("\r\n"))
	for n := 0; ; n++ {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return fmt.Errorf("%w: a line of more than %d bytes", listing.ErrLimit, longest)
		case err != nil && (err != io.EOF || len(line) == 0):
			return ignoreEOF(err)
		case n == most:
			return fmt.Errorf("%w: more than %d lines", listing.ErrLimit, most)
		}
		text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		if err := each(c.names.decode(text)); err != nil {
			return &wire.LocalError{Err: err}
		}
	}
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
