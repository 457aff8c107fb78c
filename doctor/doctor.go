// Package doctor finds out why a server cannot be used as it should, and what a server can really do.
//
// A [Diagnosis] is data. It is made of steps, declared in order, each of which looks at one thing and
// notes what it has found; and of a table of causes, of which the first that fits what was found is the
// diagnosis. Nothing on the server is changed unless [Request.Write] is set, and everything ends within
// six times [Request.Wait].
package doctor

import (
	"cmp"
	"context"
	"errors"
	"time"

	"ftpsh/remote"
)

// Request says what is to be examined, and how.
type Request struct {
	Site  remote.Site  // where; what is missing of the credentials is asked for by Hooks
	Hooks remote.Hooks // of the connections of the examination; Note and Learned are not used
	Dir   string       // the working directory to look at; empty for the one of the login
	File  string       // a file to look at; empty for any that is there
	Type  string       // the transfer type of the session, as remote.Conn.TransferType has it

	Conn    int           // the number of the examination's connections in events
	Failure error         // what failed last in the session; may be nil
	Write   bool          // something may be uploaded, and removed again
	Wait    time.Duration // for one thing at most; 0 is DefaultWait
}

// DefaultWait is how long one thing is waited for.
const DefaultWait = 10 * time.Second

// Waits is how many waits in vain fit into an examination: then it ends, whatever is left to look at.
const Waits = 6

// Result is what a step came to.
type Result int

// The results.
const (
	Pass Result = iota
	Warn        // not as it should be, but this client can live with it
	Fail
	Skip // not looked at, for the reason in the detail
)

// String is the result as --json has it.
func (r Result) String() string { return [...]string{"pass", "warn", "fail", "skip"}[r] }

// Step is one thing that was looked at.
type Step struct {
	Name   string
	Result Result
	Took   time.Duration
	Detail string // what was seen; foreign text may be in it
}

// Diagnosis is what an examination has found.
type Diagnosis struct {
	Cause    string // a slug of [Causes], Healthy or Unknown
	Sentence string // the cause in one sentence; foreign text may be in it
	Cure     string // a command, a flag, or what to ask the administrator; empty when healthy
	Steps    []Step
}

// The causes that are none.
const (
	Healthy = "none"    // nothing is wrong
	Unknown = "unknown" // something is, and no cause fits it
)

// Diagnose examines a server. The error is the caller's own: a ctx that has ended.
func Diagnose(ctx context.Context, r Request) (Diagnosis, error) {
	r.Wait = cmp.Or(r.Wait, DefaultWait)
	bounded, cancel := context.WithTimeoutCause(ctx, Waits*r.Wait, errNoTime)
	defer cancel()
	x := newExamination(r)
	defer x.leave(ctx)
	for _, s := range steps {
		x.take(bounded, s)
		if ctx.Err() != nil {
			return Diagnosis{}, context.Cause(ctx)
		}
	}
	return x.judge(), nil
}

var errNoTime = errors.New("no time was left")
