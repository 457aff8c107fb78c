// Package lang is the language of the shell: lines, scripts and what a half-typed line will be.
//
// It is mvdan.cc/sh with the names of a command table as its commands. Before a tree runs it is
// checked and rewritten as a whole, so that a line with a mistake in it is never run in part:
//
//   - unquoted * ? [ in the words of a command are marked, and a [Word] knows them as a pattern,
//     while quoted ones are just characters of a name;
//   - the classic forms that the grammar takes otherwise (!, ?, case) become commands first;
//   - what would be misunderstood silently is refused, with the line that was probably meant.
//
// Nothing that comes from a server is ever parsed.
package lang

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// Found is what the command table knows of a word.
type Found int

// What it may know.
const (
	NotFound Found = iota
	Prefix         // the beginning of a command's name
	Exact          // a name or a synonym
	ExactRaw       // one whose words go to the server as they are
)

// Host is what the language runs: the command table, as far as it concerns us.
type Host interface {
	// Find looks a word up.
	Find(word string) Found
	// Alias is the line that a name stands for.
	Alias(name string) (line string, ok bool)
	// Run runs one command. It has reported its error when it returns; the error may name an
	// exit status by a method ExitStatus() int, and ends everything if Quits says so.
	Run(ctx context.Context, call Call) error
	// Quits says whether an error of Run ends the run as a whole.
	Quits(err error) bool
	// Fork keeps the state that ( ) and $( ) must not change, and returns what brings it back.
	Fork(ctx context.Context) (restore func() error)
	// Background runs a statement on a connection of its own. An error is for the user.
	Background(ctx context.Context, source string) error
}

// Call is one command, ready to run.
type Call struct {
	Words  []Word // the name first
	Silent bool   // its failure does not count: -cmd
	Quiet  bool   // it is not echoed: @cmd
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// Options say what a Runner works with.
type Options struct {
	Host        Host
	Stdin       *os.File  // of local programs; nil for none
	Stdout      io.Writer // of commands
	Stderr      io.Writer
	Terminal    *os.File // where local programs write instead of Stdout; nil for Stdout itself
	Dir         string   // local directory at the start
	Env         []string // of local programs, and the variables at the start
	Shell       string   // of the ! command; empty is sh
	Interactive bool     // a failed line does not end the run
	Cooked      func(func() error) error
	Windows     bool        // a backslash before a letter, digit or dot is itself
	KeepQuotes  func() bool // a word wholly in single quotes is sent with them (MVS)
}

// Runner keeps variables and functions from one run to the next. It is not safe for several
// goroutines.
type Runner struct {
	options Options
	interp  *interp.Runner
	status  int // of the latest exit N; -1 for none
	aliases int // how many are running inside each other
	sources int // the same for scripts
	pipes   int // how many have been numbered, for the gates

	mu      sync.Mutex // both sides of a pipe run at once
	failure error
	forks   []func() error
	gates   map[string]*gate // of the pipes that run, by number
}

// deepest bounds aliases and scripts that call themselves.
const deepest = 64

// New makes a Runner.
func New(options Options) (*Runner, error) {
	if options.Cooked == nil {
		options.Cooked = func(f func() error) error { return f() }
	}
	r := &Runner{options: options, status: -1, gates: map[string]*gate{}}
	flags := []string{"-f", "-u", "-o", "pipefail"}
	if !options.Interactive {
		flags = append(flags, "-e")
	}
	var stdin io.Reader
	if options.Stdin != nil {
		stdin = options.Stdin
	}
	var err error
	r.interp, err = interp.New(
		interp.Params(flags...),
		interp.Env(expand.ListEnviron(options.Env...)),
		interp.Dir(options.Dir),
		interp.StdIO(stdin, options.Stdout, options.Stderr),
		interp.CallHandler(r.call),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return r.exec }),
	)
	return r, err
}

// SetDir changes the local directory, for redirections and local programs.
func (r *Runner) SetDir(dir string) error { return interp.Dir(dir)(r.interp) }

// ExitError is an exit status without more to say: what went wrong has been reported.
type ExitError struct {
	Status int
	Err    error // of the command that failed last; may be nil
}

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Status) }

func (e *ExitError) Unwrap() error { return e.Err }

// ExitStatus is the status.
func (e *ExitError) ExitStatus() int { return e.Status }

// Run runs source, which may be many lines; name is what errors call it. Nothing runs unless all
// of it can be understood. The error is a *SyntaxError, one that Host.Quits knows, that of ctx, or
// an *ExitError.
func (r *Runner) Run(ctx context.Context, source, name string) error {
	statements, err := r.parse(source, name)
	if err != nil {
		return err
	}
	r.failure, r.status = nil, -1
	r.forks = nil
	clear(r.gates)
	for _, s := range statements {
		err = r.interp.Run(ctx, s)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if r.interp.Exited() || err != nil && !isStatus(err) {
			break // errexit has its exceptions, which only the interpreter knows: a && b, ! a, set +e
		}
	}
	return r.outcome(err)
}

func isStatus(err error) bool {
	var status interp.ExitStatus
	return errors.As(err, &status)
}

// outcome turns the interpreter's idea of an error into ours.
func (r *Runner) outcome(err error) error {
	var status interp.ExitStatus
	isExit := errors.As(err, &status)
	switch {
	case r.failure != nil && r.options.Host.Quits(r.failure):
		if r.status > 0 {
			return &ExitError{Status: r.status, Err: r.failure}
		}
		return r.failure
	case err == nil:
		return nil
	case isExit:
		return &ExitError{Status: int(status), Err: r.failure}
	}
	var ours *SyntaxError
	if errors.As(err, &ours) {
		return ours
	}
	return &SyntaxError{Problem: strings.TrimSpace(err.Error())}
}

// Source runs a script inside the command that is running: its variables and functions stay. The
// tree is checked and rewritten as any other, and goes back to the interpreter as text.
func (r *Runner) Source(ctx context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if r.sources == deepest {
		return &SyntaxError{Name: path, Problem: "scripts that source each other without end"}
	}
	statements, err := r.parse(string(text), path)
	if err != nil {
		return err
	}
	r.sources++
	defer func() { r.sources-- }()
	if err := r.evaluate(ctx, statements); err != nil {
		return &SourcedError{control: err, Err: r.failure}
	}
	return nil
}

// evaluate runs checked statements inside the command that is running.
func (r *Runner) evaluate(ctx context.Context, statements []*syntax.Stmt) error {
	var rewritten strings.Builder
	if err := syntax.NewPrinter().Print(&rewritten, &syntax.File{Stmts: statements}); err != nil {
		return err
	}
	return interp.HandlerCtx(ctx).Builtin(ctx, []string{"eval", rewritten.String()})
}

// SourcedError is how a script ended that was run by Source: by a failure that has been reported
// already, or by exit.
type SourcedError struct {
	control error // what the interpreter goes on
	Err     error // the failure; may be nil
}

func (e *SourcedError) Error() string { return "the script failed" }

func (e *SourcedError) Unwrap() error { return e.Err }

// Reported says that there is nothing more to tell.
func (e *SourcedError) Reported() bool { return true }

// Incomplete says that more lines belong to source: an open quote, an if without its fi.
func Incomplete(source string) bool {
	_, err := syntax.NewParser().Parse(strings.NewReader(source), "")
	var parse syntax.ParseError
	return syntax.IsIncomplete(err) || strings.HasSuffix(source, "\\") ||
		errors.As(err, &parse) && strings.HasPrefix(parse.Text, "unclosed here-document")
}

// SyntaxError is source that cannot be run, and how it was probably meant.
type SyntaxError struct {
	Name    string // of a script
	Line    uint
	Problem string
	Next    string
}

func (e *SyntaxError) Error() string {
	if e.Name != "" && e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Problem)
	}
	return e.Problem
}

// Hint is the line that was probably meant.
func (e *SyntaxError) Hint() string { return e.Next }

// ExitStatus is that of a line that was not understood.
func (e *SyntaxError) ExitStatus() int { return 2 }
