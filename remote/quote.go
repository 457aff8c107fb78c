package remote

import (
	"context"
	"strings"

	"ftpsh/internal/wire"
)

// Command runs a command that is a plain question or order: NOOP, SYST, STAT, SITE, OPTS. The
// reply must be 2xx.
func (c *Conn) Command(ctx context.Context, op string, words ...string) (wire.Reply, error) {
	if err := c.hold(ctx); err != nil {
		return wire.Reply{}, err
	}
	defer c.release()
	line, err := c.names.encode(strings.TrimSpace(strings.Join(words, " ")))
	if err != nil {
		return wire.Reply{}, failure(op, "", err)
	}
	return c.expect(ctx, op, "", line)
}

// Quote sends a line as the user typed it and returns the reply, whatever it says. It needs a
// connection but no login; a secret that the server repeats is masked. Lines that would take the session out of step are refused, with the
// command that does it properly.
func (c *Conn) Quote(ctx context.Context, line string) (wire.Reply, error) {
	if err := c.hold(ctx); err != nil {
		return wire.Reply{}, err
	}
	defer c.release()
	if err := refuseVerb(line); err != nil {
		return wire.Reply{}, err
	}
	if c.control == nil || c.control.Err() != nil {
		if err := c.ready(ctx); err != nil {
			return wire.Reply{}, err
		}
	}
	encoded, err := c.names.encode(line)
	if err != nil {
		return wire.Reply{}, failure("quote", "", err)
	}
	reply, err := c.exchange(ctx, func(control *wire.Control) (wire.Reply, error) { return control.DoRaw(ctx, encoded) })
	if err != nil {
		return reply, failure("quote", "", err)
	}
	shown := c.lastReply()
	c.follow(ctx, line, reply)
	return shown, nil
}

// follow keeps what we know true after a line that went past us.
func (c *Conn) follow(ctx context.Context, line string, reply wire.Reply) {
	word, argument, _ := strings.Cut(strings.TrimSpace(line), " ")
	word = strings.ToUpper(word)
	switch {
	case !reply.OK():
	case word == "CWD" || word == "CDUP" || word == "XCWD" || word == "XCUP":
		c.pwd(ctx)
	case word == "TYPE":
		c.inForce = strings.ToUpper(strings.TrimSpace(argument))
		c.setTransfer(c.inForce)
	case word == "PROT":
		c.control.Data().Clear = strings.EqualFold(argument, "C")
	case word == "PASS", word == "ACCT":
		c.mu.Lock()
		c.loggedIn = reply.Code == 230
		c.mu.Unlock()
	case word == "REIN", word == "USER":
		c.inForce = ""
		c.mu.Lock()
		c.loggedIn = word == "USER" && reply.Code == 230
		c.mu.Unlock()
	}
}

var insteadOf = map[string]string{
	"RETR": "get, or quote -d RETR ...",
	"STOR": "put",
	"APPE": "append",
	"STOU": "put -u",
	"LIST": "dir, or quote -d LIST ...",
	"NLST": "nlst, or quote -d NLST ...",
	"MLSD": "mlsd, or quote -d MLSD ...",
	"AUTH": "open with --tls=require",
	"CCC":  "prot c: the command channel is never made clear again",
	"MODE": "mode: only stream mode is spoken",
	"QUIT": "bye or close",
}

func refuseVerb(line string) error {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if instead, ok := insteadOf[strings.ToUpper(word)]; ok {
		return &OutOfStepError{Verb: strings.ToUpper(word), Instead: instead}
	}
	return nil
}

// OutOfStepError is a command line that was not sent, since the session would not know any more
// which reply answers what.
type OutOfStepError struct{ Verb, Instead string }

func (e *OutOfStepError) Error() string {
	return "quote: " + e.Verb + " would take the session out of step; it was not sent"
}

// Hint is the command that does it properly.
func (e *OutOfStepError) Hint() string { return e.Instead }
