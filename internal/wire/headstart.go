package wire

// HeadStart is the beginning of an upload, which leaves as soon as the data connection stands: it need not
// wait for the server's 1xx, and so a small file needs a round trip less. What a server that refuses the
// upload gets of it, it throws away.
type HeadStart struct {
	Content []byte
	Whole   bool // there is no more
}

// Precede gives the next transfer, an upload, a head start. Its reader, if the head is not the whole, begins
// where the head ends.
func (c *Control) Precede(h *HeadStart) { c.head = h }

// sendHead sends the head once the connection stands and the command has left, and says that this is all if
// it is.
func (d *Data) sendHead() {
	defer close(d.preceded)
	if d.err != nil {
		return
	}
	select {
	case <-d.sent:
	case <-d.ctx.Done():
		return
	}
	if d.ctx.Err() != nil || d.ended.Load() {
		return
	}
	d.upload.Store(true)
	d.began(d.head.Content)
	for rest := d.head.Content; len(rest) > 0 && d.headErr == nil; rest = d.head.Content[d.headSent:] {
		rest = rest[:d.allow(int64(len(rest)))]
		d.renew(d.tcp.SetWriteDeadline)
		n, err := d.conn.Write(rest)
		d.count(int64(n))
		d.show(rest[:n])
		d.headSent += n
		if err != nil && (d.secure || !d.slow(int64(n), err)) {
			d.headErr = err
		}
	}
	if d.headErr == nil && d.head.Whole {
		d.headErr = d.finishSending()
		d.finished = d.headErr == nil
	}
}

// afterHead waits for the head, and says how much of it has been sent and whether anything is to follow.
func (d *Data) afterHead() (sent int64, more bool, err error) {
	if d.head == nil {
		return 0, true, nil
	}
	<-d.preceded
	sent = int64(d.headSent)
	switch {
	case d.headErr != nil:
		return sent, false, d.writeError(d.headErr)
	case d.headSent < len(d.head.Content) || d.head.Whole && !d.finished:
		return sent, false, d.writeError(errEnded)
	}
	return sent, !d.head.Whole, nil
}
