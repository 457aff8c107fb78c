package script

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// ReplayOptions say how a recording is played.
type ReplayOptions struct {
	Listen string      // address to listen on; 127.0.0.1 and a free port when empty
	TLS    *tls.Config // play the TLS of the recording; nil leaves it out: AUTH is refused and not offered
	Timing bool        // answer as slowly as the recorded server did
}

// Replay is a server that answers as a recorded one did. Any client may talk to it: a command is found by what
// it asks for, and the commands of the recording need not come in their order.
type Replay struct {
	*Server
	tracks []*track
	timing bool

	mu      sync.Mutex
	players map[*Conversation]*player
	opened  int      // control connections so far
	unknown []string // lines that the recording does not know
}

// StartReplay listens and plays a recording until Close. Each control connection plays the next Talk, and
// after the last one the first again.
func StartReplay(recording Recording, o ReplayOptions) (*Replay, error) {
	if len(recording.Talks) == 0 {
		return nil, fmt.Errorf("there is no connection in the recording")
	}
	server, err := Start(Options{Listen: o.Listen, TLS: o.TLS, Implicit: o.TLS != nil && recording.Talks[0].Implicit})
	if err != nil {
		return nil, err
	}
	r := &Replay{Server: server, timing: o.Timing, players: map[*Conversation]*player{}}
	for i := range recording.Talks {
		r.tracks = append(r.tracks, newTrack(&recording.Talks[i]))
	}
	server.OnConnect(r.greet)
	server.On("*", func(c *Conversation, argument string) { r.player(c).handle(c, argument) })
	return r, nil
}

// Unknown returns the lines that the recording did not know, in order, without secrets.
func (r *Replay) Unknown() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.unknown)
}

// greet gives a new control connection its Talk. Handlers of one connection run one after the other, so its
// player needs no lock of its own.
func (r *Replay) greet(c *Conversation) {
	r.mu.Lock()
	track := r.tracks[r.opened%len(r.tracks)]
	p := &player{replay: r, track: track, played: make([]bool, len(track.steps))}
	r.opened++
	r.players[c] = p
	r.mu.Unlock()
	c.loggedIn, c.directory = true, p.home // whom to let in is the recording's business
	greeting := p.Greeting
	if len(greeting) == 0 {
		greeting = []Answer{{Text: "220 replay: the greeting was not recorded\r\n"}}
	}
	p.answer(c, greeting, time.Now())
	if len(p.steps) == 0 {
		p.leave(c)
	}
}

func (r *Replay) player(c *Conversation) *player {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.players[c]
}

// missed notes a line that the recording does not know.
func (r *Replay) missed(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unknown = append(r.unknown, shown(line))
}

// player plays one Talk to one client.
type player struct {
	*track
	replay *Replay
	played []bool
	next   int // behind the exchange that was played last
}

// handle answers one command.
func (p *player) handle(c *Conversation, argument string) {
	line := strings.TrimSpace(c.verb + " " + argument)
	i, other := p.lookUp(line, c.directory)
	switch {
	case hidden(c) && (i < 0 || !p.steps[i].refused()):
		c.Default(c.verb, argument)
	case i >= 0:
		p.play(c, i, argument)
	case other != nil:
		p.perform(c, other, argument, nil)
	case slices.Contains(own, c.verb), slices.Contains(entering, c.verb) && !p.entered:
		c.Default(c.verb, argument)
	default:
		p.replay.missed(line)
		c.Reply(fmt.Sprintf("503 replay: %q was not recorded; %s", shown(line), p.hint()))
	}
}

// hidden says that the command is about TLS, and TLS is left out.
func hidden(c *Conversation) bool {
	return c.server.options.TLS == nil && slices.Contains(security, c.verb)
}

// security are the commands about TLS (RFC 4217), as FEAT offers them too.
var security = []string{"AUTH", "PBSZ", "PROT", "CCC"}

// own are the commands that every client needs and that tell nothing of the server: they are answered even
// where the recording does not have them.
var own = []string{
	"EPSV", "PASV", "EPRT", "PORT", "TYPE", "MODE", "STRU", "ALLO", "NOOP", "PWD", "XPWD", "PBSZ", "PROT", "ABOR", "QUIT", "CLNT",
}

// entering are the commands of a login, which any is where none was recorded.
var entering = []string{"USER", "PASS"}

// play performs an exchange of this Talk.
func (p *player) play(c *Conversation, i int, argument string) {
	e := &p.steps[i]
	p.played[i], p.next = true, i+1
	p.perform(c, e, argument, p.following(i))
	switch {
	case !e.answered() && c.verb == "QUIT" && p.End == ClientLeft: // who does not wait for the farewell may get one
		c.Default("QUIT", argument)
	case !e.answered():
		p.breakOff(c)
	case c.verb == "QUIT":
		c.Close()
	case p.next == len(p.steps):
		p.leave(c)
	}
}

// leave hangs up where the recorded server did.
func (p *player) leave(c *Conversation) {
	if p.End == ServerLeft {
		c.Close()
	}
}

// breakOff is what happens where the recorded server did not answer: it hung up, or said nothing until the
// client gave up, or the recording ends in the middle.
func (p *player) breakOff(c *Conversation) {
	switch p.End {
	case ServerLeft:
		c.Cut()
	case Unknown:
		c.Reply("421 replay: the recording ends here")
		c.Close()
	}
}

// perform says what the server said, and does what it did.
func (p *player) perform(c *Conversation, e *step, argument string, transfer *Exchange) {
	started := time.Now()
	switch verb := c.verb; {
	case e.refused() && e.Data == nil, !e.answered() && e.Data == nil:
		p.answer(c, e.Answers, started)
	case verb == "EPSV" || verb == "PASV":
		p.announce(c, e.Exchange, transfer)
	case verb == "PORT" || verb == "EPRT":
		c.Default(verb, argument)
	case verb == "FEAT" && c.server.options.TLS == nil:
		p.answer(c, withoutTLS(e.Answers), started)
	case e.Data != nil:
		p.transfer(c, e.Exchange, started)
	default:
		p.answer(c, e.Answers, started)
		p.follow(c, e, argument)
	}
}

// follow does what the answer has promised.
func (p *player) follow(c *Conversation, e *step, argument string) {
	switch {
	case e.StartTLS:
		_ = c.StartTLS() // has ended the conversation
	case c.verb == "PBSZ":
		c.buffered = true
	case c.verb == "PROT":
		c.protected = strings.EqualFold(argument, "P")
	case slices.Contains(moving, c.verb):
		c.directory = e.after
	}
}

// answer sends replies, when their time has come.
func (p *player) answer(c *Conversation, answers []Answer, since time.Time) {
	for _, a := range answers {
		p.wait(c, time.Until(since.Add(a.Wait)))
		_ = c.Send(a.Text) // a client that has gone reads nothing
	}
}

func (p *player) wait(c *Conversation, d time.Duration) {
	if p.replay.timing && d > 0 {
		c.Pause(d)
	}
}

// withoutTLS takes the lines out of a FEAT reply that offer what is not played.
func withoutTLS(answers []Answer) []Answer {
	answers = slices.Clone(answers)
	for i, a := range answers {
		lines := slices.DeleteFunc(strings.SplitAfter(a.Text, "\n"), func(line string) bool {
			word, _ := split(strings.TrimSpace(line))
			return slices.Contains(security, word)
		})
		answers[i].Text = strings.Join(lines, "")
	}
	return answers
}
