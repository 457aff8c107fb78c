package remote

import (
	"context"
	"time"

	"ftpsh/internal/wire"
)

// Removal is something that is to be removed.
type Removal struct {
	Name string
	Dir  bool // by RMD, else by DELE
}

// line is the command of a removal, and op what an error calls it.
func (r Removal) line(path string) (op, line string) {
	if r.Dir {
		return "rmdir", "RMD " + path
	}
	return "rm", "DELE " + path
}

// RemoveAll removes files, and directories that are empty when their turn comes, and tells done of each
// what came of it, in order. Where the server bears commands sent ahead, many leave in one write; so a
// thousand removals are ten round trips. A cancelled context ends it after the commands that have left,
// whose outcome is still told. The error is what kept it from going on: of the rest nothing was sent.
func (c *Conn) RemoveAll(ctx context.Context, removals []Removal, done func(i int, err error)) error {
	if err := c.hold(ctx); err != nil {
		return err
	}
	defer c.release()
	for at := 0; at < len(removals); {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := c.ready(ctx); err != nil {
			return err
		}
		most := 1
		if c.mayBurst() {
			most = burstLines
		}
		b := &burst{conn: c, removals: removals[at:min(at+most, len(removals))], done: func(i int, err error) { done(at+i, err) }}
		if err := b.run(ctx); err != nil {
			return err
		}
		at += len(b.removals)
	}
	return nil
}

// burst is removals that leave together.
type burst struct {
	conn     *Conn
	removals []Removal
	done     func(i int, err error)

	lines  []string // one for each removal
	broken []error  // why there is no line for it
}

// afterCancel is how long the replies to what has left are waited for when nobody wants to go on.
const afterCancel = 5 * time.Second

// run sends the burst and tells what came of each. Once the commands have left, a cancelled context does not
// keep their outcome from being read.
func (b *burst) run(ctx context.Context) error {
	patient, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(afterCancel, cancel) })()
	sent, err := b.send(ctx)
	switch {
	case err != nil && sent:
		return b.lost(ctx, 0, err)
	case err != nil:
		return err
	}
	for i := range b.removals {
		if b.broken[i] != nil {
			b.done(i, b.broken[i])
			continue
		}
		reply, err := b.conn.control.Do(patient, b.lines[i])
		if err != nil {
			return b.lost(ctx, i, err)
		}
		b.tell(i, b.conn.names.told(reply))
	}
	return nil
}

// send sends the commands, over a new connection if this one turns out to be dropped before that.
func (b *burst) send(ctx context.Context) (sent bool, err error) {
	lines := b.write()
	b.conn.dirFresh = false
	err = b.conn.control.SendAhead(lines...)
	if unsent(err) {
		if err := b.conn.reopen(ctx, err); err != nil {
			return false, err
		}
		err = b.conn.control.SendAhead(lines...)
	}
	return !unsent(err), err
}

// write makes the commands. There is none for a name that cannot be a part of one.
func (b *burst) write() (lines []string) {
	b.lines, b.broken = make([]string, len(b.removals)), make([]error, len(b.removals))
	for i, r := range b.removals {
		path, err := b.conn.wirePath(r.Name)
		op, line := r.line(path)
		if err == nil {
			err = wire.CheckLines(line)
		}
		if b.broken[i] = failure(op, r.Name, err); err == nil {
			b.lines[i] = line
			lines = append(lines, line)
		}
	}
	return lines
}

// tell says what a reply means.
func (b *burst) tell(i int, reply wire.Reply) {
	if reply.OK() {
		b.done(i, nil)
		return
	}
	op, _ := b.removals[i].line("")
	b.done(i, refusal(op, b.removals[i].Name, reply))
}

// lost says what became of the removals whose replies never came, as far as a look can tell; none is sent
// again. The error is why there is nobody to ask any more.
func (b *burst) lost(ctx context.Context, from int, why error) error {
	var gone error
	for i := from; i < len(b.removals); i++ {
		op, _ := b.removals[i].line("")
		unknown := &UnknownOutcomeError{Op: op, Path: b.removals[i].Name, Err: why}
		if ctx.Err() == nil && gone == nil {
			if gone = b.conn.ready(ctx); gone == nil {
				unknown.Found = b.conn.present(ctx, unknown.Path, "it was not removed", "it was removed")
			}
		}
		b.done(i, unknown)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return gone
}
