package lang

import (
	"context"
	"maps"
	"slices"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// State is what a Runner knows at some time: variables, functions and the local directory. It does not
// change, so that another Runner can go on from it, on another goroutine.
type State struct {
	variables  expand.Environ
	parameters []string
	functions  map[string]*syntax.Stmt
	known      *names
	beside     []*Statement
	pipes      int
	dir        string
	echoing    bool
}

// State is what the Runner knows. No run may be under way.
func (r *Runner) State() *State {
	vars := variables(maps.Clone(r.interp.Vars))
	if len(vars) == 0 { // nothing has run yet
		return r.stateWith(r.options.State.variables)
	}
	return r.stateWith(vars)
}

// stateWith is the state with these variables.
func (r *Runner) stateWith(vars expand.Environ) *State {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := newNames()
	known.add(r.known)
	known.open = r.known.open
	return &State{
		variables: vars, parameters: slices.Clone(r.interp.Params), functions: maps.Clone(r.interp.Funcs), known: known,
		beside: slices.Clone(r.beside), pipes: r.pipes, dir: r.dir, echoing: r.echoing,
	}
}

// resume goes on from a state.
func (r *Runner) resume(s *State) {
	r.known = newNames()
	r.known.add(s.known)
	r.known.open = s.known.open
	r.beside, r.pipes = slices.Clone(s.beside), s.pipes
	r.dir, r.echoing = s.dir, s.echoing
}

// variables are those of a state.
type variables map[string]expand.Variable

// Get implements [expand.Environ].
func (v variables) Get(name string) expand.Variable { return v[name] }

// Each implements [expand.Environ].
func (v variables) Each(f func(string, expand.Variable) bool) {
	for name, value := range v {
		if !f(name, value) {
			return
		}
	}
}

// Statement is one that ends in &: it runs beside those that follow it, on a Runner that goes on from
// State.
type Statement struct {
	Source string // as it was typed, without the &
	State  *State // as it was when its turn came

	stmt *syntax.Stmt
}

// RunStatement is Run for a statement that ends in &.
func (r *Runner) RunStatement(ctx context.Context, s *Statement) error {
	return r.runAll(ctx, []*syntax.Stmt{s.stmt})
}

// StateDuring is State while a command runs. Only a Host calls it, from Run and with its context.
func (r *Runner) StateDuring(ctx context.Context) *State {
	vars := variables{}
	maps.Insert(vars, interp.HandlerCtx(ctx).Env.Each)
	return r.stateWith(vars)
}

// begin starts a statement that ends in &, by its number.
func (r *Runner) begin(ctx context.Context, number int) error {
	state := r.StateDuring(ctx)
	statement := *state.beside[number]
	statement.State = state
	return r.failed(r.options.Host.Background(ctx, &statement))
}
