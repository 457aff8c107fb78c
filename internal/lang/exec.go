package lang

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// ourWord goes before the name of a command of the table, so that no builtin of the interpreter
// takes it.
const ourWord = "\x0f"

// call decides who runs a command: the table by full name, the interpreter's own, a function, the
// table by prefix. What nobody knows goes to the table too, which has words for that.
func (r *Runner) call(ctx context.Context, args []string) ([]string, error) {
	name := args[0]
	if name == "" || name[0] < ' ' {
		return args, nil
	}
	word := strings.TrimLeft(name, "-@")
	switch {
	case refusedWords[name].why != "" && r.options.Host.Find(name) < Exact:
		return []string{refusedWord, name}, nil // it came out of quotes or a variable
	case word == "exit" && r.inFork():
		return append([]string{"exit"}, args[1:]...), nil // leaves ( ) or $( ), not the shell
	case word == "exit" && len(args) == 2:
		status, err := strconv.ParseUint(args[1], 10, 8)
		if err != nil {
			return args, nil
		}
		r.status = int(status)
		return []string{ourWord + "exit"}, nil
	case word == "set" && len(args) > 1 && (args[1][:1] == "-" && len(args[1]) == 2 && !strings.HasPrefix(args[1], "-s") || args[1][:1] == "+"):
		return args, nil
	case word == "unset" && len(args) > 1 && interp.HandlerCtx(ctx).Env.Get(args[len(args)-1]).IsSet():
		return args, nil
	case r.options.Host.Find(word) >= Exact:
	case interp.IsBuiltin(name) || r.interp.Funcs[name] != nil:
		return args, nil
	}
	return append([]string{ourWord + name}, args[1:]...), nil
}

// exec runs what call has left to us.
func (r *Runner) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	kind, rest := args[0][:1], args[0][1:]
	switch kind {
	case ourWord:
		return r.ours(ctx, hc, append([]string{rest}, args[1:]...))
	case localWord:
		return r.program(ctx, hc, append([]string{rest}, unmarkAll(args[1:])...))
	case shellWord:
		return r.shell(ctx, hc, args[1])
	case spoolWord:
		return r.spool(ctx, hc, args[1])
	case waitWord:
		return r.gate(args[1]).wait(ctx)
	case refusedWord:
		fmt.Fprintf(hc.Stderr, "%s: %s\n", args[1], refusedWords[args[1]].why)
		return statusError(2)
	case saveWord:
		r.save(ctx)
		return statusError(hc.LastExitStatus)
	case backWord:
		return r.back(hc.LastExitStatus)
	case jobWord:
		return r.failed(r.options.Host.Background(ctx, args[1]))
	}
	return r.ours(ctx, hc, args)
}

// runAlias runs the line of an alias that did not exist yet when the script was checked. One that
// cannot be read, or that leads back to itself, fails with a word on why.
func (r *Runner) runAlias(ctx context.Context, hc interp.HandlerContext, line string, args []string) error {
	statements, err := r.parse(line, "alias")
	if err == nil && r.aliases == deepest {
		err = &SyntaxError{Problem: "alias " + line + " leads back to itself"}
	}
	if err != nil {
		fmt.Fprintln(hc.Stderr, err)
		return r.failed(err)
	}
	if len(statements) == 0 {
		return nil
	}
	r.aliases++
	defer func() { r.aliases-- }()
	last, ok := statements[len(statements)-1].Cmd.(*syntax.CallExpr)
	for _, arg := range args {
		if ok {
			last.Args = append(last.Args, quotedWord(arg))
		}
	}
	return r.evaluate(ctx, statements)
}

// ours runs a command of the table.
func (r *Runner) ours(ctx context.Context, hc interp.HandlerContext, args []string) error {
	call := Call{Stdin: hc.Stdin, Stdout: hc.Stdout, Stderr: hc.Stderr}
	if r.options.Interactive && hc.Stdin == r.options.Stdin {
		call.Stdin = nil // the terminal is the editor's
	}
	for args[0] != "" && strings.IndexByte("-@", args[0][0]) >= 0 {
		call.Silent = call.Silent || args[0][0] == '-'
		call.Quiet = call.Quiet || args[0][0] == '@'
		args[0] = args[0][1:]
	}
	if line, ok := r.options.Host.Alias(args[0]); ok && r.options.Host.Find(args[0]) < Exact {
		return r.runAlias(ctx, hc, line, args[1:])
	}
	for _, arg := range args {
		call.Words = append(call.Words, newWord(arg))
	}
	err := r.failed(r.options.Host.Run(ctx, call))
	if call.Silent && err != nil && isStatus(err) {
		return nil
	}
	return err
}

// failed keeps the error of a command and gives the interpreter its status. One that ends the run
// is given as it is, which ends it.
func (r *Runner) failed(err error) error {
	if err == nil {
		return nil
	}
	var sourced *SourcedError
	if errors.As(err, &sourced) {
		return sourced.control
	}
	r.mu.Lock()
	r.failure = err
	r.mu.Unlock()
	if r.options.Host.Quits(err) {
		return err
	}
	status := 1
	var own interface{ ExitStatus() int }
	if errors.As(err, &own) {
		status = own.ExitStatus()
	}
	return statusError(status)
}

func statusError(status int) error {
	if status == 0 {
		return nil
	}
	return interp.ExitStatus(status)
}

// save keeps what ( ) must not change.
func (r *Runner) save(ctx context.Context) {
	restore := r.options.Host.Fork(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forks = append(r.forks, restore)
}

// inFork says that ( ) or $( ) is running.
func (r *Runner) inFork() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.forks) > 0
}

// back brings back what ( ) must not change, and passes its status on.
func (r *Runner) back(status int) error {
	if err := r.popFork()(); err != nil {
		return r.failed(err)
	}
	return statusError(status)
}

// popFork takes the latest way back off.
func (r *Runner) popFork() (restore func() error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.forks) - 1
	if last < 0 {
		return func() error { return nil }
	}
	restore = r.forks[last]
	r.forks = r.forks[:last]
	return restore
}

// program runs a local program: the right side of a pipe.
func (r *Runner) program(ctx context.Context, hc interp.HandlerContext, args []string) error {
	path, err := interp.LookPathDir(hc.Dir, hc.Env, args[0])
	if err != nil {
		fmt.Fprintf(hc.Stderr, "%s: no such program on this machine\n", args[0])
		return statusError(127)
	}
	return r.start(ctx, hc, exec.CommandContext(ctx, path, args[1:]...))
}

// shell gives a line to the user's shell, or starts one.
func (r *Runner) shell(ctx context.Context, hc interp.HandlerContext, line string) error {
	shell := r.options.Shell
	if shell == "" {
		shell = "/bin/sh"
	}
	cmd := exec.CommandContext(ctx, shell)
	if line != "" {
		cmd.Args = append(cmd.Args, "-c", line)
	}
	return r.start(ctx, hc, cmd)
}

// start runs a program with the terminal as it likes it, if it is going to see it.
func (r *Runner) start(ctx context.Context, hc interp.HandlerContext, cmd *exec.Cmd) error {
	cmd.Dir, cmd.Env = hc.Dir, r.options.Env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = hc.Stdin, hc.Stdout, hc.Stderr
	run := cmd.Run
	if hc.Stdout == r.options.Stdout && r.options.Terminal != nil {
		cmd.Stdout, cmd.Stderr = r.options.Terminal, r.options.Terminal
		run = func() error { return r.options.Cooked(cmd.Run) }
	}
	err := run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return statusError(130)
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return statusError(exit.ExitCode())
	case errors.As(err, &exit):
		return statusError(128)
	}
	fmt.Fprintf(hc.Stderr, "%s: %v\n", cmd.Path, err)
	return statusError(126)
}

// spool holds its input in a file until it has ended, then opens the gate and lets it go. A right
// side that has read enough is no failure of the left one.
func (r *Runner) spool(ctx context.Context, hc interp.HandlerContext, pipe string) error {
	gate := r.gate(pipe)
	defer gate.open()
	file, err := os.CreateTemp("", "ftpsh-pipe-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err = io.Copy(file, hc.Stdin); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return statusError(1)
	}
	gate.open()
	if ctx.Err() == nil {
		_, _ = io.Copy(hc.Stdout, file)
	}
	return nil
}

// gate holds the right side of a pipe back until the left one is done: they share one connection.
type gate struct {
	once   sync.Once
	opened chan struct{}
	leave  func()
}

// gate is that of a pipe, made by the side that comes first.
func (r *Runner) gate(pipe string) *gate {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.gates[pipe]
	if g == nil {
		g = &gate{opened: make(chan struct{}), leave: func() { r.closeGate(pipe) }}
		r.gates[pipe] = g
	}
	return g
}

// closeGate makes the next turn of a loop start with a gate of its own.
func (r *Runner) closeGate(pipe string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.gates, pipe)
}

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

func (g *gate) wait(ctx context.Context) error {
	defer g.leave()
	select {
	case <-g.opened:
		return nil
	case <-ctx.Done():
		return statusError(130)
	}
}

// Word is one word of a command.
type Word struct {
	Text   string // without quotes and marks
	marked string // with marks; empty when there are none
}

// Plain is a word without patterns in it.
func Plain(text string) Word { return Word{Text: text} }

func newWord(text string) Word {
	plain := unmark(text)
	if plain == text {
		return Word{Text: text}
	}
	return Word{Text: plain, marked: text}
}

// IsPattern says whether unquoted * ? or [ are in the word.
func (w Word) IsPattern() bool { return w.marked != "" }

// unmark takes the marks away. The same character anywhere else is part of a name.
var unmarker = strings.NewReplacer("\x01*", "*", "\x01?", "?", "\x01[", "[", "\x01]", "]")

func unmark(text string) string { return unmarker.Replace(text) }

func unmarkAll(texts []string) []string {
	plain := make([]string, len(texts))
	for i, text := range texts {
		plain[i] = unmark(text)
	}
	return plain
}
