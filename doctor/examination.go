package doctor

import (
	"cmp"
	"context"
	"errors"
	"time"

	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// stage is how far an examination has come.
type stage int

const (
	outside  stage = iota
	resolved       // the name has addresses
	reached        // one of them takes connections
	greeted        // an FTP server is there
	trusted        // nothing speaks against sending it a password
	admitted       // logged in
	moving         // data connections work, in one way at least
)

// describe says what a step that needs the stage has waited for.
func (s stage) describe() string {
	return [...]string{
		"", "the name was not found", "the server was not reached", "there is no FTP server",
		"the connection is not safe", "there was no login", "no data connection works",
	}[s]
}

// step looks at one thing.
type step struct {
	name  string
	needs stage
	look  func(x *examination, ctx context.Context) finding
}

// finding is what a step has seen.
type finding struct {
	result Result
	detail string
}

// examination is what the steps share.
type examination struct {
	Request
	facts
	stage    stage
	observed recorder
	conn     *remote.Conn
	taken    []Step
}

func newExamination(r Request) *examination {
	x := &examination{Request: r} // whose waits of the site are no longer than Wait
	x.observed.next, x.observed.conn = r.Hooks.Observe, r.Conn
	t := &x.Site.Options.Timeouts
	for _, limit := range []*time.Duration{&t.Connect, &t.TLS, &t.Reply, &t.Data, &t.Final} {
		*limit = min(cmp.Or(*limit, x.Wait), x.Wait)
	}
	x.Site.Options.Retries = 0
	x.conn = remote.New(remote.Hooks{
		Observe: x.observed.observe, Credentials: x.credentials, Account: r.Hooks.Account,
		ConfirmClear: r.Hooks.ConfirmClear, Accepted: r.Hooks.Accepted,
	})
	x.recall()
	return x
}

// take runs a step, if what it needs is there.
func (x *examination) take(ctx context.Context, s step) {
	started := time.Now()
	var f finding
	switch {
	case x.stage < s.needs:
		f = finding{Skip, x.missing(s.needs).describe()}
	case ctx.Err() != nil:
		f = finding{Skip, errNoTime.Error()}
	default:
		bounded, cancel := context.WithTimeoutCause(ctx, 3*x.Wait, errTooSlow)
		f = s.look(x, bounded)
		cancel()
	}
	x.taken = append(x.taken, Step{Name: s.name, Result: f.result, Took: time.Since(started), Detail: f.detail})
}

var errTooSlow = errors.New("it took too long")

// missing is the first stage that was not reached.
func (x *examination) missing(needed stage) stage { return min(x.stage+1, needed) }

// leave says goodbye, if the connection still stands.
func (x *examination) leave(ctx context.Context) {
	if x.conn.Connected() {
		_, _ = x.conn.Close(context.WithoutCancel(ctx), false)
	}
}

// judge finds the cause.
func (x *examination) judge() Diagnosis {
	d := Diagnosis{Cause: Healthy, Sentence: "no fault was found", Steps: x.taken}
	for _, c := range causes() {
		if c.holds(x) {
			d.Cause, d.Sentence, d.Cure = c.Slug, c.sentence(x), c.cure(x)
			return d
		}
	}
	for _, s := range x.taken {
		if s.Result == Fail {
			d.Cause, d.Sentence = Unknown, s.Name+" failed, and it is not known why: "+s.Detail
			d.Cure = "debug 3 shows the conversation; it is what the server's administrator will want to see"
			return d
		}
	}
	return d
}

// wireOptions are those of a connection of the doctor's own, below the login. Everything is taken
// that can be had, to be looked at: any certificate, any version of TLS.
func (x *examination) wireOptions(mode wire.TLSMode) wire.Options {
	o := x.Site.Options
	security := anyTLS(o.TLSConfig)
	return wire.Options{
		Host: x.Site.Host, Port: x.controlPort(), Network: o.Network, Bind: o.Bind, Proxy: o.Proxy,
		TLS: mode, TLSConfig: security, Insecure: true, Timeouts: o.Timeouts, Observe: x.observed.observe,
	}
}

// controlPort is where the server listens.
func (x *examination) controlPort() int {
	switch {
	case x.Site.Port != 0:
		return x.Site.Port
	case x.implicit():
		return 990
	}
	return 21
}

func (x *examination) implicit() bool { return x.Site.TLS == wire.TLSImplicit }
