package remote

import (
	"context"
	"time"
)

// What is about to be asked of one file leaves in one write, and takes one round trip. The operations that
// ask find the replies there, and go on as ever where the server bears nothing that is sent ahead.

// AskAhead is for a [Conn.Size] of a file that a [Conn.ModTime] follows.
func (c *Conn) AskAhead(ctx context.Context, name string) {
	c.ahead(ctx, name, func(path string) []string { return []string{"SIZE " + path, "MDTM " + path} })
}

// StoredAhead is for a file that was stored under a temporary name: for a [Conn.Size], a [Conn.SetModTime]
// unless t is zero, and a [Conn.Rename] of it. None of these decides about the one after it but the last,
// whose second half waits.
func (c *Conn) StoredAhead(ctx context.Context, temporary string, t time.Time) {
	c.ahead(ctx, temporary, func(path string) []string {
		lines := []string{"SIZE " + path}
		if way := c.likelyDating(); !t.IsZero() && way != dateUnknown && way != dateRefused {
			lines = append(lines, way.line(t, path))
			if way == byMDTM {
				lines = append(lines, "MDTM "+path)
			}
		}
		return append(lines, "RNFR "+path)
	})
}

// ahead sends the lines about a file. What keeps them from leaving is told by the operations that follow.
func (c *Conn) ahead(ctx context.Context, name string, about func(path string) []string) {
	if c.hold(ctx) != nil {
		return
	}
	defer c.release()
	path, err := c.wirePath(name)
	if err == nil && c.mayConvoy() && c.inForce == "I" && c.ready(ctx) == nil {
		_ = c.control.SendAhead(about(path)...)
	}
}
