package commands

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ftpsh/transfer"
)

// connectionsAtMost is the flag of every command that uses several connections.
var connectionsAtMost = Flag{Letter: 'P', Value: "n", Kind: Number, Help: "over so many connections at most (8)"}

// workers is what that flag says; 0 leaves it to the command.
func (c *Call) workers() int { return int(c.Number("P")) }

// jobFlags are those of every command that moves many files at once.
var jobFlags = []Flag{
	connectionsAtMost,
	{Letter: 'v', Long: "verbose", Help: "a line for each file"},
	{Long: "fail-fast", Help: "stop at the first failure"},
	{Long: "dry-run", Help: "only say what would be done"},
	{Long: "json", Help: "each event as a JSON object on a line of its own"},
}

// joined are flags with those of a job behind them.
func joined(own ...Flag) []Flag { return slices.Concat(own, jobFlags) }

// jobOptions are what the flags of a job say.
type jobOptions struct {
	workers                           int
	verbose, failFast, dryRun, asJSON bool
}

func (c *Call) jobOptions() jobOptions {
	return jobOptions{
		workers: c.workers(), verbose: c.Has("verbose"),
		failFast: c.Has("fail-fast"), dryRun: c.Has("dry-run"), asJSON: c.Has("json"),
	}
}

// asJob says that a single file, too, is moved by a job: that shows what would be done, and tells events.
func (s *Session) asJob(c *Call) bool {
	return c.gives("dry-run") || c.gives("json") || s.JSON && c.Command.flag("json") != nil
}

// runJob runs a plan as the flags say, shows how it goes, and sums it up.
func (s *Session) runJob(ctx context.Context, c *Call, plan transfer.Plan) (transfer.Summary, error) {
	o := c.jobOptions()
	o.verbose = o.verbose || !hasTree(plan) && s.Print.ErrIsTerminal()
	view := s.newJobView(c.Verb, o)
	view.fetches = fetches(plan)
	return s.runJobIn(ctx, c.Verb, o, view, plan)
}

// runJobIn is runJob in a view of its own.
func (s *Session) runJobIn(ctx context.Context, verb string, o jobOptions, view *jobView, plan transfer.Plan) (transfer.Summary, error) {
	defer view.close()
	job := &transfer.Job{
		Op: verb, Conn: s.Conn,
		Workers: o.workers, Retries: s.Values().Int("retries"), Pause: time.Second,
		FailFast: o.failFast, DryRun: o.dryRun,
		Observer: view,
	}
	summary, err := job.Run(ctx, plan)
	view.close()
	return summary, view.conclude(summary, err)
}

// summaryLine is what a job came to.
func (v *jobView) summaryLine(sum transfer.Summary) string {
	var parts []string
	switch {
	case v.dryRun:
		parts = append(parts, fmt.Sprintf("would move %s, %d bytes", counted(sum.Moved, "file", "files"), sum.Bytes))
	case sum.Moved > 0:
		parts = append(parts, counted(sum.Moved, "file", "files")+", "+amount(sum.Bytes, sum.Took))
	default:
		parts = append(parts, "nothing moved")
	}
	for _, part := range []struct {
		n    int
		text string
	}{
		{sum.Same, "the same already"},
		{sum.Skipped, "skipped" + v.reasons()},
		{sum.Made, plural(sum.Made, "directory", "directories") + " made"},
		{sum.Removed, "removed"},
		{sum.Cleared, "removed at the source"},
		{sum.Failed, "failed"},
		{sum.Left, "or more not tried"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	return strings.Join(parts, "; ")
}

// reasons are why things were passed over, the commonest first.
func (v *jobView) reasons() string {
	whys := slices.SortedFunc(maps.Keys(v.skipped), func(a, b string) int {
		return cmp.Or(v.skipped[b]-v.skipped[a], strings.Compare(a, b))
	})
	for i, why := range whys {
		whys[i] = fmt.Sprintf("%s: %d", why, v.skipped[why])
	}
	return " (" + strings.Join(whys, ", ") + ")"
}
