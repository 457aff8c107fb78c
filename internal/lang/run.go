package lang

import (
	"context"
	"errors"
	"os"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// Run runs a source, which may be many lines; name is what errors call it. Nothing runs unless all of it
// can be understood. The error is a *SyntaxError, one that Host.Quits knows, the cause of ctx, or an
// *ExitError with the status of the command that was last, or that ended the run.
func (r *Runner) Run(ctx context.Context, source, name string) error {
	err := r.run(ctx, source, name)
	var refused *SyntaxError
	if r.options.Interactive && errors.As(err, &refused) {
		_ = r.interp.Run(ctx, verbStmt(verbRefused)) // the next line may ask for $?
	}
	return err
}

func (r *Runner) run(ctx context.Context, source, name string) error {
	stmts, err := r.read(source, name)
	if err != nil {
		return err
	}
	return r.runAll(ctx, stmts)
}

// runAll runs what has been made ready.
func (r *Runner) runAll(ctx context.Context, stmts []*syntax.Stmt) (err error) {
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	r.start(cancel)
	defer r.finish()
	for i, stmt := range stmts {
		err = r.interp.Run(running, stmt)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case r.left != nil:
			return r.left
		case r.interp.Exited(), err != nil && !isStatus(err):
			return ended(r.outcome(err), i+1 < len(stmts))
		}
	}
	return r.outcome(err)
}

// read turns a source into checked and rewritten statements. In the line of an alias that is active, its
// name means itself.
func (r *Runner) read(source, name string, active ...string) (stmts []*syntax.Stmt, err error) {
	source, err = clean(source, name)
	if err != nil {
		return nil, err
	}
	typed, err := splitPieces(source, name)
	if err != nil {
		return nil, err
	}
	var pieces []piece
	made := newNames()
	for _, p := range typed {
		expanded, err := r.expandAliases(p, name, active...)
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, expanded...)
	}
	for _, p := range pieces {
		made.read(p, name)
	}
	if err := r.checkAll(pieces, name, made); err != nil {
		return nil, err
	}
	r.remember(made)
	for _, p := range pieces {
		stmts = append(stmts, r.prepare(p)...)
	}
	return stmts, nil
}

// checkAll refuses a source that would be misunderstood.
func (r *Runner) checkAll(pieces []piece, name string, made *names) error {
	for _, p := range pieces {
		c := &checker{runner: r, piece: p, name: name, made: made}
		if err := c.check(); err != nil {
			return err
		}
	}
	return made.missing(r.known)
}

// prepare makes a checked piece ready for the interpreter.
func (r *Runner) prepare(p piece) []*syntax.Stmt {
	if p.shell != nil {
		stmt := verbStmt(verbShell, p.shell.command)
		if p.shell.ignore {
			ignoring(stmt)
		}
		return []*syntax.Stmt{stmt}
	}
	(&rewriter{runner: r, piece: p}).rewrite()
	return p.stmts
}

// remember takes over what a source makes.
func (r *Runner) remember(made *names) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known.add(made)
}

// isFunction says that a source has made a function of that name.
func (r *Runner) isFunction(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known.functions[name]
}

// start makes the state of one run.
func (r *Runner) start(cancel func()) {
	r.mu.Lock()
	r.cancel, r.left, r.failure, r.unopened, r.gates = cancel, nil, nil, false, map[string]chan error{}
	r.mu.Unlock()
	if dir := r.localDir(); dir != r.interp.Dir {
		_ = interp.Dir(dir)(r.interp) // if it is gone, the commands say so
	}
}

// finish brings back what a run that was cut off has left behind.
func (r *Runner) finish() {
	for r.restore() != errNothingKept {
	}
}

func isStatus(err error) bool {
	var status interp.ExitStatus
	return errors.As(err, &status)
}

// ended says of a status that the source has gone no further, and whether there is a rest of it.
func ended(err error, rest bool) error {
	var exit *ExitError
	if errors.As(err, &exit) {
		exit.Ended, exit.Rest = true, rest
	}
	return err
}

// abandon ends the run because of something that the interpreter would pass over.
func (r *Runner) abandon(problem string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = &SyntaxError{Problem: problem}
	r.cancel()
}

// outcome turns the interpreter's idea of an error into ours.
func (r *Runner) outcome(err error) error {
	var status interp.ExitStatus
	var refused *SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &status) && status == statusFailed && r.unopened:
		return &ExitError{Status: statusLocalFile, Err: r.failure}
	case isStatus(err):
		return &ExitError{Status: int(status), Err: r.failure}
	case errors.As(err, &refused):
		return refused
	}
	return &SyntaxError{Problem: strings.TrimSpace(err.Error())}
}

// SetDir changes the local directory, for redirections and local programs. It may be called by a command.
func (r *Runner) SetDir(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = &os.PathError{Op: "chdir", Path: dir, Err: errors.New("not a directory")}
	}
	if err == nil {
		r.mu.Lock()
		r.dir = dir
		r.mu.Unlock()
	}
	return err
}

// localDir is the local directory.
func (r *Runner) localDir() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dir
}
