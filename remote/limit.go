package remote

import "ftpsh/internal/wire"

// LimitRate keeps what the connection moves, and what spares move that are lent from now on, to so many
// bytes a second together, until restore is called. The rate of the session holds as well, see
// Options.LimitRate. Any goroutine may call it.
func (c *Conn) LimitRate(bytesPerSecond int64) (restore func()) {
	before := c.own.Swap(wire.NewLimit(bytesPerSecond, c.rate))
	return func() { c.own.Store(before) }
}

// limit is what holds for the next bytes.
func (c *Conn) limit() *wire.Limit {
	if own := c.own.Load(); own != nil {
		return own
	}
	return c.rate
}

// Rate is how many bytes a second may move; 0 for any.
func (c *Conn) Rate() int64 { return c.limit().Rate() }
