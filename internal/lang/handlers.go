package lang

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

// The verbs that our rewriting puts into trees. A mark goes before them, so no line can call them.
const (
	verbRun     = "run"     // a command of the table: its words
	verbLate    = "late"    // one that may be an alias by now: its words
	verbExit    = "exit"    // exit N: the status
	verbRead    = "read"    // the read of the language: its words
	verbProgram = "program" // a local program: its words
	verbShell   = "shell"   // the ! command: a line for the user's shell
	verbSpool   = "spool"   // holds its input until that ends: the number of the pipe
	verbAwait   = "await"   // waits for that
	verbSave    = "save"    // keeps the state that ( ) must not change
	verbBack    = "back"    // brings it back
	verbLax     = "lax"     // a failure does not end the subshell
	verbIgnore  = "ignore"  // a failure that does not count
	verbBeside  = "beside"  // a statement that ends in &: its number
	verbRefused = "refused" // has the status of a line that was refused
)

// languageWords are the builtins of the interpreter that belong to the language. The others are
// commands of the table, or nothing.
var languageWords = map[string]bool{
	":": true, "[": true, "break": true, "continue": true, "false": true, "getopts": true, "mapfile": true,
	"printf": true, "read": true, "readarray": true, "return": true, "shift": true, "test": true, "true": true,
}

// call decides who runs a command: the table by full name, a function, the language itself, the table by
// prefix. What nobody knows goes to the table too, which has words for that.
func (r *Runner) call(ctx context.Context, args []string) ([]string, error) {
	if strings.HasPrefix(args[0], mark) {
		return args, nil
	}
	if r.next() {
		return nil, context.Canceled
	}
	prefix, name := cutPrefix(args[0])
	r.echo(prefix, args)
	found := r.options.Host.Find(name)
	isExit := name == "exit" && (len(args) == 1 || len(args) == 2 && isNumber(args[1]))
	switch {
	case isExit && r.isInside():
		return append([]string{name}, args[1:]...), nil // it leaves ( ) or $( )
	case isExit && len(args) == 2 && found >= Exact:
		return []string{mark + verbExit, prefix + name, args[1]}, nil
	case name == "set" && isOptions(args[1:]):
		return r.set(args[1:])
	case name == "unset" && isUnset(interp.HandlerCtx(ctx), args[1:]):
		return args, nil
	case refusedWords[name].why != "" && found < Exact:
		return nil, &SyntaxError{Problem: name + ": " + refusedWords[name].why, Next: refusedWords[name].next}
	case name == "read" && found < Exact:
		return append([]string{mark + verbRead}, plainFields(args[1:])...), nil
	case found < Exact && r.isFunction(name) && isTooDeep():
		return nil, &SyntaxError{Problem: name + ": functions call each other without an end"}
	case found < Exact && (r.isFunction(name) || languageWords[name]):
		return append([]string{name}, plainFields(args[1:])...), nil
	}
	return append([]string{mark + verbRun, args[0]}, args[1:]...), nil
}

// next makes ready for a command, unless the run has been left.
func (r *Runner) next() (left bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unopened = false
	return r.left != nil
}

// isTooDeep says that functions have called each other so often that the stack would not last.
func isTooDeep() bool {
	const frames = 4000 // some five hundred calls
	var here [1]uintptr
	return runtime.Callers(frames, here[:]) > 0
}

// exec runs what call has left to us. A function or a builtin that is gone by now is unknown.
func (r *Runner) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	verb, ok := strings.CutPrefix(args[0], mark)
	if !ok {
		return r.command(ctx, hc, args, -1)
	}
	args = args[1:]
	switch verb {
	case verbRun:
		return r.command(ctx, hc, args, -1)
	case verbLate:
		return r.late(ctx, hc, args)
	case verbExit:
		status, _ := strconv.ParseUint(args[1], 10, 64) // all digits
		return r.command(ctx, hc, args[:1], int(status%256))
	case verbRead:
		return readLine(ctx, hc, args)
	case verbProgram:
		return r.program(ctx, hc, plainFields(args))
	case verbShell:
		return r.shell(ctx, hc, args[0])
	case verbSpool:
		return r.spool(hc, args[0])
	case verbAwait:
		return r.await(ctx, args[0])
	case verbSave:
		r.save(ctx)
		return statusError(hc.LastExitStatus)
	case verbBack:
		return r.back(ctx, hc)
	case verbLax:
		return hc.Builtin(ctx, []string{"set", "+e"})
	case verbRefused:
		return statusError(statusUsage)
	case verbBeside:
		number, _ := strconv.Atoi(args[0]) // of ours
		return r.begin(ctx, number)
	}
	return nil // verbIgnore
}

// command runs a command of the table. A status of 0 or more is what it leaves with, if it ends the run.
func (r *Runner) command(ctx context.Context, hc interp.HandlerContext, args []string, status int) error {
	prefix, name := cutPrefix(args[0])
	call := Call{
		Words: []Word{Plain(name)}, Quiet: strings.Contains(prefix, "@"),
		Stdin: hc.Stdin, Stdout: r.original(hc.Stdout), Stderr: r.original(hc.Stderr),
	}
	for _, arg := range args[1:] {
		call.Words = append(call.Words, r.word(arg))
	}
	script := &sourced{}
	err := r.options.Host.Run(context.WithValue(ctx, sourcedKey{}, script), call)
	r.follow(ctx, hc)
	switch {
	case err != nil && r.options.Host.Quits(err):
		return r.leave(hc, name, err, status)
	case script.outcome != nil:
		return script.outcome
	}
	return r.failed(err)
}

// word makes a word of a field. On MVS, quotes are part of a name.
func (r *Runner) word(field string) Word {
	word, quoted := fromField(field)
	if quoted && r.options.KeepQuotes != nil && r.options.KeepQuotes() {
		return Plain("'" + word.Text + "'")
	}
	return word
}

// follow takes over a local directory that a command has changed.
func (r *Runner) follow(ctx context.Context, hc interp.HandlerContext) {
	if dir := r.localDir(); dir != hc.Dir {
		_ = hc.Builtin(ctx, []string{"cd", dir}) // the command has checked that it is there
	}
}

// leave ends the run as a whole, wherever the command stands: the session is over. A bare exit in a script
// means: with the status of what was last, as in any shell.
func (r *Runner) leave(hc interp.HandlerContext, name string, err error, status int) error {
	if status < 0 && name == "exit" && !r.options.Interactive {
		status = hc.LastExitStatus
	}
	if status > 0 {
		err = &ExitError{Status: status, Ended: true, Err: err}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = err
	r.cancel()
	return nil
}

// failed keeps the error of a command and gives the interpreter its status.
func (r *Runner) failed(err error) error {
	if err == nil {
		return nil
	}
	r.mu.Lock()
	r.failure = err
	r.mu.Unlock()
	status := statusFailed
	var own interface{ ExitStatus() int }
	if errors.As(err, &own) && own.ExitStatus() != 0 {
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
