package lang

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
)

// patience is how long a local program may take to end after an interrupt.
const patience = 2 * time.Second

// program runs a local program: the right side of a pipe.
func (r *Runner) program(ctx context.Context, hc interp.HandlerContext, args []string) error {
	if len(args) == 0 {
		return nil // a variable that held nothing
	}
	r.echo("", args)
	path, err := interp.LookPathDir(r.localDir(), hc.Env, args[0])
	if err != nil {
		fmt.Fprintf(hc.Stderr, "%s: no such program on this machine%s\n", shown(args[0]), r.instead(args[0]))
		return statusError(statusNotFound)
	}
	cmd := exec.CommandContext(ctx, path, args[1:]...)
	cmd.Args[0] = args[0]
	return r.startProgram(ctx, hc, cmd)
}

// instead says how a command of the table is run behind a pipe.
func (r *Runner) instead(name string) string {
	if r.options.Host.Find(name) == NotFound {
		return ""
	}
	return "; behind a pipe the command is { " + name + " ...; }"
}

// shell gives a line to the user's shell, or starts one.
func (r *Runner) shell(ctx context.Context, hc interp.HandlerContext, line string) error {
	r.show("!" + line)
	return r.startProgram(ctx, hc, shellCommandLine(ctx, r.options.Shell, line))
}

// startProgram runs a program in the local directory, with the terminal as it likes it if it is going to
// use that.
func (r *Runner) startProgram(ctx context.Context, hc interp.HandlerContext, cmd *exec.Cmd) error {
	cmd.Dir, cmd.Env = r.localDir(), r.environ(hc.Env)
	cmd.Cancel = func() error {
		if cmd.Process.Signal(os.Interrupt) == nil {
			return nil
		}
		return cmd.Process.Kill()
	}
	cmd.WaitDelay = patience
	onTerminal := r.connect(hc, cmd)
	run := cmd.Run
	if onTerminal {
		run = func() error { return r.options.Cooked(cmd.Run) }
	}
	err := run()
	var exit *exec.ExitError
	switch {
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return nil
	case errors.As(err, &exit):
		return statusError(exitStatus(exit))
	}
	fmt.Fprintf(hc.Stderr, "%v\n", err)
	return statusError(statusNotStarted)
}

// connect gives a program its streams, and says whether the terminal is among them.
func (r *Runner) connect(hc interp.HandlerContext, cmd *exec.Cmd) (onTerminal bool) {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = hc.Stdin, r.original(hc.Stdout), r.original(hc.Stderr)
	if hc.Stdin == nil && r.options.Interactive && r.options.Stdin != nil {
		cmd.Stdin, onTerminal = r.options.Stdin, true
	}
	if r.options.Terminal == nil {
		return onTerminal
	}
	terminal := r.options.Terminal()
	if terminal == nil {
		return onTerminal
	}
	if cmd.Stdout == r.options.Stdout {
		cmd.Stdout, onTerminal = terminal, true
	}
	if cmd.Stderr == r.options.Stderr {
		cmd.Stderr = terminal
	}
	return onTerminal
}

// environ are the exported variables, and those of the session and of the local directory.
func (r *Runner) environ(env expand.Environ) (list []string) {
	index := map[string]int{}
	for name, v := range env.Each {
		at, seen := index[name]
		switch {
		case seen && !v.IsSet():
			list[at] = ""
		case v.Exported && v.Kind == expand.String && seen:
			list[at] = name + "=" + v.String()
		case v.Exported && v.Kind == expand.String:
			index[name] = len(list)
			list = append(list, name+"="+v.String())
		}
	}
	if r.options.Session != nil {
		list = append(list, r.options.Session()...)
	}
	return append(list, "PWD="+r.localDir())
}

// exitStatus is a program's own, or 128 and the number of the signal that ended it.
func exitStatus(exit *exec.ExitError) int {
	if status, ok := exit.Sys().(interface {
		Signaled() bool
		Signal() syscall.Signal
	}); ok && status.Signaled() {
		return statusSignal + int(status.Signal())
	}
	return exit.ExitCode()
}

// open opens the file of a redirection: a local one, relative to the local directory.
func (r *Runner) open(ctx context.Context, path string, flag int, perm os.FileMode) (io.ReadWriteCloser, error) {
	if path == textFile {
		text, _ := ctx.Value(textKey{}).(string)
		return script{strings.NewReader(text)}, nil
	}
	if path != "" && !filepath.IsAbs(path) {
		path = filepath.Join(r.localDir(), path)
	}
	file, err := interp.DefaultOpenHandler()(ctx, path, flag, perm)
	if err != nil {
		r.mu.Lock()
		r.unopened = true
		r.mu.Unlock()
	}
	return file, err
}

// errorStream is where the interpreter complains. Names of files and values of variables are in what it
// says, which may come from a server: they are made harmless.
type errorStream struct {
	to    io.Writer
	fatal func(problem string)
}

// fatal are complaints about an expansion after which the interpreter goes on as if the command had
// succeeded, or ends with a status that says nothing of the line.
var fatal = regexp.MustCompile(`^(\w+: unbound variable|division by zero|exponent less than 0|negative array index|brace expansion would exceed .*)$`)

func (s *errorStream) Write(text []byte) (int, error) {
	complaint := strings.TrimSuffix(string(text), "\n")
	switch {
	case complaint == context.Canceled.Error():
		return len(text), nil // the run is over; who ended it knows why
	case fatal.MatchString(complaint):
		s.fatal(complaint)
		return len(text), nil
	}
	_, err := io.WriteString(s.to, shown(strings.ReplaceAll(string(text), mark, "")))
	return len(text), err
}

// original is the stream of the Runner itself where the interpreter has been given another.
func (r *Runner) original(w io.Writer) io.Writer {
	if w == io.Writer(r.streams) {
		return r.options.Stderr
	}
	return w
}
