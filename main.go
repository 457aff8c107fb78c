// Command ftpsh is an interactive FTP shell.
package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	_ "time/tzdata" // the setting timezone works where the system has no zone files

	"ftpsh/commands"
	"ftpsh/internal/config"
	"ftpsh/internal/editor"
	"ftpsh/internal/history"
	"ftpsh/internal/term"
	"ftpsh/remote"
	"ftpsh/shell"
	"ftpsh/trace"
	"ftpsh/transfer"
)

// version is set by the linker in a release.
var version = "0.1.0-dev"

func main() {
	holdMemory()
	os.Exit(run(os.Args[1:]))
}

// enoughMemory is what the heap may grow to before garbage is looked for ever more often, in bytes: the largest
// directories need less, and the program keeps below 64 MiB with them.
const enoughMemory = 40 << 20

// holdMemory bounds the garbage, unless the environment says how (GOMEMLIMIT).
func holdMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(enoughMemory)
	}
}

// run is the program: one of the ways to call it, and the exit status.
func run(args []string) int {
	c, rest := subcommandOf(args)
	status, err := c.start(rest)
	if err != nil {
		return refuse(err)
	}
	return status
}

// refuse tells what is wrong before there is a session that could tell it.
func refuse(err error) int {
	fmt.Fprintf(os.Stderr, "ftpsh: %s\n", term.Safe(err.Error()))
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		fmt.Fprintf(os.Stderr, "hint: %s\n", term.Safe(hinted.Hint()))
	}
	return commands.ExitStatus(err)
}

// sessionCommand is ftpsh without a subcommand: a session, with a target or without one.
func sessionCommand() subcommand {
	f := &flags{}
	return subcommand{
		arguments: "[target [port]]",
		most:      2,
		details:   sessionDetails,
		flags:     []flagGroup{f.source(), f.login(), f.connection(), f.behaviour()},
		check:     f.check,
		run: func(target []string) (int, error) {
			dir, err := os.Getwd()
			switch {
			case err != nil:
				return 0, err
			case f.replay != "" && len(target) > 0:
				return 0, &flagError{err: errors.New("--replay stands for a target, and there is one")}
			case f.replay != "":
				return replaySession(f, dir)
			}
			return (&program{flags: f, target: target, dir: dir}).run(), nil
		},
	}
}

const sessionDetails = `An interactive FTP shell: it browses servers, moves files by hand and in scripts, and shows why a server
misbehaves.

The target is a host, user@host[:port], user@host:directory, an ftp:// URL, ftpes:// (TLS required),
ftps:// (TLS from the start), or a bookmark. A target that names a file fetches it; one that names a
directory opens there. Without a terminal, commands are read from standard input.`

// program is what one run of a session is made of.
type program struct {
	flags    *flags
	target   []string // a target and a port, or nothing
	dir      string   // the local directory at the start
	session  *commands.Session
	terminal *terminal
	shell    *shell.Shell
	script   string // the text of the file that -f names
	password string // of the demo and of a replay
	account  string // of a replay
}

// run wires a session together and does what the flags ask for.
func (p *program) run() int {
	if err := p.wire(); err != nil {
		return refuse(err)
	}
	defer p.terminal.close()
	defer p.session.Log.Close() // each line is written already
	ctx, stop := p.onSignals()
	defer stop()
	return p.work(ctx)
}

// wire builds the session from the outside in: terminal, settings, connection.
func (p *program) wire() error {
	home, _ := os.UserHomeDir()
	settings := config.New(os.Getenv, home)
	settings.Check("charset", remote.CheckCharset)
	if !p.flags.norc {
		if err := settings.Load(); err != nil {
			return &commands.SettingError{Err: err}
		}
	}
	for _, assignment := range p.flags.settings {
		if err := settings.Assign(config.SourceFlag, assignment); err != nil {
			return &flagError{err: err}
		}
	}
	if err := p.readFiles(); err != nil {
		return err
	}
	past, historyErr := p.openHistory(settings)
	p.session = &commands.Session{}
	var err error
	if p.terminal, err = openTerminal(p.flags, past, p.complete, p.suspend); err != nil {
		return err
	}
	if historyErr != nil {
		p.terminal.printer.Warn("history: %v", historyErr)
	}
	return p.assemble(settings, past, home)
}

// readFiles looks at the files that flags name, before there is a connection.
func (p *program) readFiles() error {
	f := p.flags
	if f.netrc != "" {
		if _, err := os.Stat(f.netrc); err != nil {
			return &commands.LocalError{Op: "--netrc", Path: f.netrc, Err: err}
		}
	}
	if f.script == "" || f.script == "-" {
		return nil
	}
	text, err := os.ReadFile(f.script)
	if err != nil {
		return &commands.LocalError{Op: "--file", Path: f.script, Err: err}
	}
	p.script = string(text)
	return nil
}

// assemble makes the session and its shell of their parts.
func (p *program) assemble(settings *config.Config, past *history.File, home string) error {
	printer := p.terminal.printer
	*p.session = commands.Session{
		Table:       commands.NewTable(commands.All()...),
		Print:       printer,
		Tracer:      trace.New(printer),
		Timing:      trace.NewTiming(),
		Latest:      &trace.Latest{},
		Log:         trace.NewLog("ftpsh "+version, func(err error) { printer.Warn("%v", err) }),
		Config:      settings,
		Netrc:       p.netrc(settings),
		History:     past,
		Local:       commands.NewWorkingDir(p.dir, home),
		Previous:    &commands.Previous{},
		Failed:      &commands.LastFailure{},
		Activity:    &commands.Activity{},
		Jobs:        &transfer.Jobs{},
		Queue:       &commands.Queue{},
		Toggles:     commands.NewToggles(),
		Aliases:     &commands.Aliases{},
		Interactive: p.terminal.interactive,
		JSON:        p.flags.json,
		NoLogin:     p.flags.noLogin,
	}
	p.session.Conn = remote.New(p.session.Hooks())
	var err error
	p.shell, err = shell.New(shell.Config{
		Session:  p.session,
		Reader:   p.terminal.reader,
		Asks:     p.terminal.asks,
		Stdin:    p.stdin(),
		Terminal: p.terminal.output,
		Env:      os.Environ(),
		Home:     home,
		Program:  os.Getenv("SHELL"),
	})
	return err
}

// stdin is what commands and local programs may read: not the script that they come from.
func (p *program) stdin() *os.File {
	if !p.session.Interactive && (p.flags.wantPrompt() || p.flags.script == "-") {
		return nil
	}
	return os.Stdin
}

func (p *program) netrc(settings *config.Config) config.Netrc {
	if p.flags.netrc != "" {
		return config.Netrc{Path: p.flags.netrc, Required: true}
	}
	return settings.Netrc()
}

// complete answers TAB once the shell is there.
func (p *program) complete(ctx context.Context, line string, pos int) editor.Completion {
	return p.shell.Complete(ctx, line, pos)
}

// suspend is Ctrl-Z while something runs.
func (p *program) suspend() { p.shell.Suspend() }

// openHistory is the history file, or one in memory when nobody types.
func (p *program) openHistory(settings *config.Config) (*history.File, error) {
	path := ""
	if p.flags.wantPrompt() && term.IsTerminal(int(os.Stdin.Fd())) {
		path = settings.Paths().HistoryPath()
	}
	limit := settings.At("", 0).Int("history-size")
	past, err := history.Open(path, limit)
	if err != nil {
		memory, _ := history.Open("", limit)
		return memory, err
	}
	return past, nil
}

// onSignals ends the run on the signals that mean it: what is under way is cancelled, so that
// partial files are closed and the terminal is given back. An interrupt at a prompt is not one of them:
// it is meant for the command, or for the program that has the terminal, and the reader sees to it.
func (p *program) onSignals() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, append([]os.Signal{syscall.SIGTERM, syscall.SIGHUP}, progressSignals...)...)
	if p.session.Interactive {
		signal.Notify(make(chan os.Signal, 1), os.Interrupt) // nobody reads it, and yet it no longer ends the program
	} else {
		signal.Notify(signals, os.Interrupt)
	}
	go func() {
		for received := range signals {
			if slices.Contains(progressSignals, received) {
				p.shell.TellProgress()
				continue
			}
			cancel(&signalError{received})
		}
	}()
	return ctx, func() { signal.Stop(signals) }
}

// signalError is why a run ended before its time.
type signalError struct{ signal os.Signal }

func (e *signalError) Error() string { return "ended by " + e.signal.String() }

// Is makes it a cancellation to everybody who only asks that.
func (e *signalError) Is(target error) bool { return target == context.Canceled }

// ExitStatus is 128 and the signal's number, as shells have it.
func (e *signalError) ExitStatus() int {
	if number, ok := e.signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return int(commands.StatusInterrupted)
}

// work opens the target and runs what is to be run.
func (p *program) work(ctx context.Context) int {
	p.session.Tracer.SetLevel(p.flags.debug)
	for name, on := range map[string]bool{"verbose": p.flags.verbose, "prompt": !p.flags.noQuestions, "glob": !p.flags.noGlob} {
		if err := p.session.Switch(name, on); err != nil {
			return p.shell.Fail(err)
		}
	}
	if err := p.startLog(); err != nil {
		return p.shell.Fail(err)
	}
	defer p.shell.End()
	return p.shell.Finish(ctx, p.runLines(ctx))
}

// runLines runs what the flags name, and then what is typed, if it comes to that.
func (p *program) runLines(ctx context.Context) int {
	f := p.flags
	status, over := p.start(ctx)
	if !over && len(f.commands) > 0 {
		status, over = p.shell.Run(ctx, strings.Join(f.commands, "\n"), "-c")
	}
	switch {
	case over, f.leaves && f.script == "":
		return status
	case f.script != "" && f.script != "-":
		status, _ = p.shell.Run(ctx, p.script, f.script)
		return status
	}
	return p.shell.Loop(ctx)
}

// startLog begins the log that the command line asks for, in the directory that it was typed in.
func (p *program) startLog() error {
	if p.flags.log == "" {
		return nil
	}
	name, err := filepath.Abs(p.flags.log)
	if err != nil {
		return err
	}
	return p.session.StartLog(name, trace.LogOptions{Redact: p.flags.logRedact})
}

// start runs the rc script and opens the target. Over says that so is the run.
func (p *program) start(ctx context.Context) (status int, over bool) {
	if !p.flags.norc {
		if status, over = p.shell.RunRC(ctx, p.session.Config.Paths()); over {
			return status, true
		}
	}
	if len(p.target) == 0 {
		return 0, false
	}
	fetched, err := p.openTarget(ctx)
	return p.shell.Fail(err), fetched || err != nil && !p.session.Interactive
}

// openTarget connects to the target on the command line. A target that names a file is fetched,
// and then the run is over.
func (p *program) openTarget(ctx context.Context) (fetched bool, err error) {
	f := p.flags
	opening := commands.Opening{Port: f.port, User: f.user, Password: p.password, Account: p.account, Anonymous: f.anonymous, NoLogin: f.noLogin}
	switch {
	case f.ipv4:
		opening.Network = "tcp4"
	case f.ipv6:
		opening.Network = "tcp6"
	}
	if err := p.portArgument(&opening); err != nil {
		return false, err
	}
	err = p.shell.Interruptible(ctx, func(ctx context.Context) error {
		fetched, err = p.session.Visit(ctx, p.target[0], opening, f.output)
		return err
	})
	return fetched, err
}

// portArgument takes the port that the old programs have behind the host.
func (p *program) portArgument(opening *commands.Opening) error {
	if len(p.target) < 2 {
		return nil
	}
	port, err := strconv.ParseUint(p.target[1], 10, 16)
	if err != nil || port == 0 {
		return &flagError{err: fmt.Errorf("%q is not a port", p.target[1])}
	}
	opening.Port = int(port)
	return nil
}
