package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"ftpsh/commands"
)

const usage = `ftpsh is an interactive FTP shell: browse servers, move files, see the protocol.

Usage:
  ftpsh [flags] [target [port]]      target: host, user@host[:port], ftp://, ftpes:// (TLS required),
                                     ftps:// (TLS from the start), or a bookmark
  ftpsh demo [flags]                 a server in this process, and a session on it

A target that names a file fetches it (-o FILE, -o - for standard output); one that names a
directory opens there. Without a terminal, commands are read from standard input.

Flags:
`

// flags are the command line, as typed.
type flags struct {
	commands []string // -c
	then     []string // -e
	script   string   // -f
	output   string   // -o

	user      string
	port      int
	anonymous bool
	noLogin   bool
	netrc     string
	ipv4      bool
	ipv6      bool

	noQuestions bool
	noGlob      bool
	verbose     bool
	quiet       bool
	json        bool
	plain       bool
	norc        bool
	color       string

	debug int

	settings []string // name=value, in the order that they apply
	version  bool
	help     bool

	arguments []string
}

// settingFlags are the flags that stand for a setting, with the setting's name.
var settingFlags = []struct{ flag, setting, value, help string }{
	{"tls", "tls", "MODE", "auto, require, implicit or never"},
	{"ca", "ca", "FILE", "trust the certificates in FILE instead of the system's"},
	{"cert", "cert", "FILE", "client certificate (PEM)"},
	{"key", "key", "FILE", "its private key (PEM)"},
	{"proxy", "proxy", "URL", "socks5:// or http://, for control and data"},
	{"bind", "bind", "ADDR", "source address of all connections"},
	{"active-ports", "active-ports", "A-B", "ports to listen on in active mode"},
	{"active-address", "active-address", "IP", "address to announce in active mode"},
	{"timeout", "timeout", "D", "longest wait without progress: 8, 8s, 2m"},
	{"retries", "retries", "N", "reconnect at most N times"},
	{"charset", "charset", "NAME", "of file names on the server"},
}

// parseFlags reads the command line. Errors are for the user; nothing has been touched yet.
func parseFlags(args []string) (*flags, error) {
	f := &flags{}
	set := f.define()
	err := set.Parse(args)
	if err == nil {
		f.arguments = set.Args()
		err = f.check()
	}
	if err != nil {
		return nil, &flagError{err}
	}
	return f, nil
}

// flagError is a command line that cannot be meant.
type flagError struct{ error }

func (e *flagError) Unwrap() error { return e.error }

// ExitStatus is that of a line that was not understood.
func (e *flagError) ExitStatus() int { return int(commands.StatusUsage) }

// Hint is what to type instead.
func (e *flagError) Hint() string {
	var own interface{ Hint() string }
	if errors.As(e.error, &own) {
		return own.Hint()
	}
	for _, f := range foreign {
		if strings.Contains(e.Error(), f.complaint) {
			return f.hint
		}
	}
	return "ftpsh --help"
}

// define declares every flag. The old names of ftp can be bundled: -inv.
func (f *flags) define() *pflag.FlagSet {
	set := pflag.NewFlagSet("ftpsh", pflag.ContinueOnError)
	set.SortFlags = false
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	set.StringArrayVarP(&f.commands, "command", "c", nil, "run `CMDS` and leave; may be repeated")
	set.StringVarP(&f.script, "file", "f", "", "run the commands in `SCRIPT` and leave; - is standard input")
	set.StringArrayVarP(&f.then, "execute", "e", nil, "run `CMDS`, then go on at the prompt")
	set.StringVarP(&f.output, "output", "o", "", "where a fetched file goes: `FILE`, or - for standard output")
	set.StringVarP(&f.user, "user", "u", "", "log in as `USER`; the password is asked for or comes from ~/.netrc")
	set.IntVarP(&f.port, "port", "p", 0, "control port `N`")
	set.IntVarP(&f.port, "P", "P", 0, "the same, as ftp has it")
	set.BoolVarP(&f.anonymous, "anonymous", "a", false, "log in as anonymous")
	set.BoolVarP(&f.noLogin, "no-login", "n", false, "connect without logging in")
	set.StringVarP(&f.netrc, "netrc", "N", "", "read `FILE` instead of ~/.netrc")
	set.BoolVarP(&f.ipv4, "ipv4", "4", false, "IPv4 only")
	set.BoolVarP(&f.ipv6, "ipv6", "6", false, "IPv6 only")
	set.BoolVarP(&f.noQuestions, "no-questions", "i", false, "ask nothing for each file of mget, mput and mdelete")
	set.BoolVarP(&f.noGlob, "no-glob", "g", false, "take * ? [ ] in names literally")
	set.BoolVarP(&f.verbose, "verbose", "v", false, "show every reply")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "say nothing but results and errors")
	set.BoolVar(&f.json, "json", false, "listings as JSON, one object a line")
	f.defineConnection(set)
	set.CountVarP(&f.debug, "debug-more", "d", "show the conversation; may be repeated")
	set.IntVar(&f.debug, "debug", 0, "debug level `N`: 1 lines, 2 raw lines and data connections, 3 decisions")
	set.StringVar(&f.color, "color", "auto", "`WHEN`: auto, always or never")
	set.BoolVar(&f.plain, "plain", false, "no line editing, no progress, no colour")
	set.BoolVar(&f.norc, "norc", false, "read neither the config file nor the rc script")
	set.BoolVar(&f.version, "version", false, "print the version")
	set.BoolVarP(&f.help, "help", "h", false, "print this")
	return set
}

// defineConnection declares the flags that are settings in another form.
func (f *flags) defineConnection(set *pflag.FlagSet) {
	add := func(assignment string) { f.settings = append(f.settings, assignment) }
	for _, s := range settingFlags {
		set.Func(s.flag, fmt.Sprintf("%s (`%s`)", s.help, s.value), func(value string) error {
			add(s.setting + "=" + value)
			return nil
		})
	}
	set.BoolFuncP("insecure", "k", "take any certificate", func(string) error { add("verify=off"); return nil })
	set.BoolFuncP("active", "A", "let the server connect for data (PORT, EPRT)", func(string) error { add("passive=off"); return nil })
	set.Func("set", "change a setting: `NAME=VALUE`", func(assignment string) error {
		if !strings.Contains(assignment, "=") {
			return errors.New("use --set name=value")
		}
		add(assignment)
		return nil
	})
}

// check refuses combinations that cannot be meant.
func (f *flags) check() error {
	switch {
	case strings.Contains(f.user, ","), strings.Contains(f.user, ":"):
		return errors.New("-u takes a user name only: a password on the command line can be read by everybody; it is asked for, or comes from ~/.netrc")
	case f.ipv4 && f.ipv6:
		return errors.New("-4 and -6 exclude each other")
	case f.port < 0 || f.port > 65535:
		return fmt.Errorf("port %d is not between 1 and 65535", f.port)
	case f.anonymous && f.user != "":
		return errors.New("-a and -u exclude each other")
	case f.script != "" && len(f.commands) > 0:
		return errors.New("-c and -f exclude each other")
	case f.color != "auto" && f.color != "always" && f.color != "never":
		return fmt.Errorf("--color %q: auto, always and never are known", f.color)
	}
	return nil
}

// foreign are flags of other programs, as the parser words its complaint about them, and what to type
// instead.
var foreign = []struct{ complaint, hint string }{
	{"'b' in -b", "-f FILE runs a batch; -f - is standard input"},
	{"'s' in -s:", "-f FILE runs a script; the login comes from ~/.netrc"},
	{`"-p, --port"`, "-p is the port here; passive mode is on unless passive off says otherwise"},
}

// wantPrompt says whether lines are read at a prompt, if there is a terminal.
func (f *flags) wantPrompt() bool { return len(f.commands) == 0 && f.script == "" }

// usageText is what --help prints.
func usageText() string { return usage + new(flags).define().FlagUsagesWrapped(100) }
