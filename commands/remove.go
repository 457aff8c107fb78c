package commands

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// removeTrees removes what the paths name, with all that is in it: rm -r.
func removeTrees(ctx context.Context, s *Session, c *Call) error {
	found, err := s.remoteOperands(ctx, c.Args("file"))
	if err != nil {
		return err
	}
	plan := &transfer.Remove{}
	for _, o := range once(found) {
		if err := s.mayRemoveTree(ctx, c.Verb, o); err != nil {
			return err
		}
		plan.Names = append(plan.Names, strings.TrimRight(o.path, "/"))
	}
	return s.remove(ctx, c.Verb, plan, c.jobOptions(), c.Has("yes"))
}

// mayRemoveTree refuses what nobody means: the root, a directory by its dots, one that the session is in.
func (s *Session) mayRemoveTree(ctx context.Context, op string, o operand) error {
	here, path := s.Conn.Abs(""), s.Conn.Abs(o.path)
	refused := &StateError{Op: op, Problem: term.Safe(o.path) + ": left alone: ", Status: StatusUsage}
	switch name := lastPart(o.path); {
	case name == "" || path == "/":
		refused.Problem += "it is the root of the server"
	case name == "." || name == "..":
		refused.Problem += "only names of directories are removed with all that is in them"
	case path == here || strings.HasPrefix(here, path+"/"):
		refused.Problem, refused.Next = refused.Problem+"it is the working directory, or above it", "cd /"
	default:
		return s.confirmLiteral(ctx, op, o.path)
	}
	return refused
}

// remove carries out a plan of removals, after a question unless it is sure.
func (s *Session) remove(ctx context.Context, verb string, plan *transfer.Remove, o jobOptions, sure bool) error {
	switch {
	case sure || o.dryRun:
	case s.Ask == nil:
		return &StateError{Op: verb, Problem: "nobody can be asked whether to remove directories with all that is in them", Next: "--yes removes without a question; --dry-run shows what would be removed"}
	default:
		plan.Removals.Confirm = s.confirmRemovals(true)
	}
	stop := s.showRemovals(verb, plan)
	defer func() { stop() }()
	if ask := plan.Removals.Confirm; ask != nil {
		plan.Removals.Confirm = func(ctx context.Context, r *transfer.Removals) (bool, error) {
			stop()
			yes, err := ask(ctx, r)
			stop = s.showRemovals(verb, plan)
			return yes, err
		}
	}
	view := s.quietJobView(o)
	view.inWords = func(sum transfer.Summary) string {
		stop()
		return removalSum(plan, sum, o.dryRun)
	}
	_, err := s.runJobIn(ctx, verb, o, view, plan)
	return err
}

// removalSum is what a plan of removals came to, and what remains of it.
func removalSum(plan *transfer.Remove, sum transfer.Summary, dryRun bool) string {
	planned := plan.Removals.Files + plan.Removals.Dirs
	switch {
	case planned == 0:
		return "nothing removed"
	case dryRun:
		return "would remove " + countRemovals(&plan.Removals)
	case sum.Removed == planned:
		return "removed " + countRemovals(&plan.Removals)
	}
	if sum.Removed == 0 {
		return fmt.Sprintf("nothing removed; %d left", planned)
	}
	return fmt.Sprintf("removed %d of %s; %d left", sum.Removed, countRemovals(&plan.Removals), planned-sum.Removed)
}

// showRemovals shows how far a plan is, on a row below everything else, until the returned function is called.
func (s *Session) showRemovals(verb string, plan *transfer.Remove) (stop func()) {
	if s.Print.IsQuiet() || !s.Print.ErrIsTerminal() || !s.On("progress") {
		return func() {}
	}
	ended := poll(func() {
		switch planned, tried := plan.Removals.Progress(); tried {
		case 0:
			s.showStatus(fmt.Sprintf("%s: %d found", verb, planned))
		default:
			s.showStatus(fmt.Sprintf("%s: %d of %d removed", verb, tried, planned))
		}
	})
	return sync.OnceFunc(func() {
		ended()
		s.showStatus("")
	})
}
