// Package lang is the language of the shell: lines, scripts, and what a half-typed line will be.
//
// It is mvdan.cc/sh with the names of a command table as its commands. What it runs, it asks of a
// [Host]; it knows nothing of FTP. Before a source runs it is checked and rewritten as a whole, so that
// a line with a mistake in it is never run in part:
//
//   - the classic forms that the grammar takes otherwise (! and case) become commands first (piece.go);
//   - aliases are expanded, as text (alias.go);
//   - what would be misunderstood silently is refused, with the line that was probably meant (check.go,
//     names.go);
//   - unquoted * ? [ in the words of a command are marked: a [Word] knows them as a pattern, while
//     quoted ones are characters of a name (rewrite.go, word.go);
//   - pipes, ( ) and $( ) are given what one connection needs (rewrite.go, sharing.go).
//
// Nothing that comes from a server is ever parsed.
package lang

import (
	"context"
	"io"
	"maps"
	"os"
	"runtime"
	"sync"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
)

// Found is what the command table knows of a word.
type Found int

// What it may know.
const (
	NotFound  Found = iota // nothing, or the beginning of several names
	Prefix                 // the beginning of one command's name
	PrefixRaw              // the same, of one whose words go to the server as they are
	Exact                  // a name or a synonym
	ExactRaw               // the same, of one whose words go to the server as they are
)

// isRaw says that the words of the command go to the server as they are.
func (f Found) isRaw() bool { return f == PrefixRaw || f == ExactRaw }

// Host is what the language runs: the command table, as far as it concerns us.
type Host interface {
	// Find looks a word up.
	Find(word string) Found
	// Alias is the line that a name stands for.
	Alias(name string) (line string, ok bool)
	// Run runs one command. It has reported its error when it returns; the error may name an exit
	// status by a method ExitStatus() int, and ends the run if Quits says so. The left side of a pipe
	// runs on another goroutine, but no command runs while another one does, except within source.
	Run(ctx context.Context, call Call) error
	// Quits says whether an error of Run ends the run as a whole.
	Quits(err error) bool
	// Fork keeps the state that ( ) and $( ) must not change, and returns what brings it back.
	Fork(ctx context.Context) (restore func() error)
	// Background begins a statement that runs beside those that follow it. It has reported its error.
	Background(ctx context.Context, statement *Statement) error
}

// Call is one command, ready to run.
type Call struct {
	Words  []Word    // the name first, without its - and @
	Quiet  bool      // it is not echoed: @cmd
	Stdin  io.Reader // of a pipe or a redirection; nil at the prompt, where the terminal is the editor's
	Stdout io.Writer // Options.Stdout itself unless it is redirected
	Stderr io.Writer
}

// Options say what a Runner works with.
type Options struct {
	Host   Host
	Stdin  *os.File  // of scripts and local programs; nil for none
	Stdout io.Writer // of commands
	Stderr io.Writer

	// Terminal is where local programs write instead of Stdout and Stderr; nil for those themselves.
	Terminal    func() *os.File
	Dir         string   // local directory at the start
	Env         []string // the variables at the start; local programs get the exported ones
	Shell       string   // of the ! command; empty is /bin/sh
	Interactive bool     // a failed line does not end the run
	State       *State   // of another Runner, to go on from instead of Env and Dir; may be nil

	// Session gives more variables for local programs, as they are when one starts: FTPSH_HOST=... It
	// may be nil.
	Session func() []string
	// Echo shows a command before it runs, as it could be typed; nil shows none. set -x and set +x
	// switch it, Echoing is how it starts.
	Echo    func(line string)
	Echoing bool
	// Cooked runs a function while the terminal is as local programs like it; nil just runs it.
	Cooked func(func() error) error
	// Windows keeps a backslash before a letter, digit or dot. It is always so on Windows.
	Windows bool
	// KeepQuotes says that a word wholly in single quotes is sent with them (MVS); nil is never.
	KeepQuotes func() bool
}

// Runner keeps variables and functions from one run to the next. It is not safe for several goroutines.
type Runner struct {
	options Options
	interp  *interp.Runner
	known   *names       // what sources have made up to now
	streams *errorStream // the interpreter's own complaints
	pipes   int          // those that wait, counted
	beside  []*Statement // those that end in &

	mu       sync.Mutex // two sides of a pipe run at once
	dir      string
	echoing  bool
	failure  error  // of the command that failed last
	unopened bool   // the last command did not run, for want of the file of a redirection
	left     error  // how Run returns, when a command has ended the run
	cancel   func() // ends the run
	forks    []func() error
	gates    map[string]chan error // of pipes, by their number
}

// New makes a Runner.
func New(options Options) (*Runner, error) {
	if options.Cooked == nil {
		options.Cooked = func(f func() error) error { return f() }
	}
	if options.Shell == "" {
		options.Shell = "/bin/sh"
	}
	options.Windows = options.Windows || runtime.GOOS == "windows"
	if options.State == nil {
		options.State = &State{
			variables: expand.ListEnviron(options.Env...), known: environmentNames(options.Env),
			dir: options.Dir, echoing: options.Echoing,
		}
	}
	r := &Runner{options: options}
	r.resume(options.State)
	r.streams = &errorStream{to: options.Stderr, fatal: r.abandon}
	flags := []string{"-f", "-u", "-o", "pipefail"}
	var stdin io.Reader
	if !options.Interactive {
		flags = append(flags, "-e")
		if options.Stdin != nil {
			stdin = options.Stdin
		}
	}
	var err error
	r.interp, err = interp.New(
		interp.Params(flags...),
		interp.Env(options.State.variables),
		interp.Dir(options.State.dir),
		interp.Params(append([]string{"--"}, options.State.parameters...)...),
		interp.StdIO(stdin, options.Stdout, r.streams),
		interp.CallHandler(r.call),
		interp.OpenHandler(r.open),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return r.exec }),
	)
	if err == nil {
		r.interp.Reset()
		r.interp.Funcs = maps.Clone(options.State.functions)
	}
	return r, err
}
