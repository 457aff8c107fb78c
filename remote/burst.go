package remote

import (
	"context"
	"time"

	"ftpsh/internal/wire"
)

// burstLines is how many commands leave in one write at most: what the server does not read meanwhile
// has to fit into its window.
const burstLines = 100

// ModTimes asks when many files were changed (MDTM), in UTC. Where the server bears it, the questions
// leave together, so that a hundred of them take one round trip. A time that the server cannot tell is
// zero; the error is the connection's.
func (c *Conn) ModTimes(ctx context.Context, names []string) ([]time.Time, error) {
	if err := c.hold(ctx); err != nil {
		return nil, err
	}
	defer c.release()
	times := make([]time.Time, len(names))
	for from := 0; from < len(names); from += burstLines {
		to := min(len(names), from+burstLines)
		if err := c.modTimes(ctx, names[from:to], times[from:to]); err != nil {
			return nil, failure("modtime", "", err)
		}
	}
	return times, nil
}

// modTimes is one burst.
func (c *Conn) modTimes(ctx context.Context, names []string, times []time.Time) error {
	var lines []string
	var asked []int
	for i, name := range names {
		path, err := c.wirePath(name)
		if line := "MDTM " + path; err == nil && wire.CheckLines(line) == nil {
			lines, asked = append(lines, line), append(asked, i)
		}
	}
	if err := c.ready(ctx); err != nil {
		return err
	}
	if len(lines) > 1 && c.mayBurst() {
		if err := c.control.SendAhead(lines...); err != nil && !unsent(err) {
			return err
		}
	}
	for i, line := range lines {
		reply, err := c.do(ctx, line)
		if err != nil {
			return err
		}
		if reply.OK() {
			times[asked[i]], _ = wire.ParseTime(reply.Text())
		}
	}
	return nil
}
