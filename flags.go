package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// flags are the command line, as typed.
type flags struct {
	commands []string // -c and -e, as they come
	leaves   bool     // there is a -c
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

	debug        int
	log          string
	logRedact    bool
	replay       string
	replayTiming bool

	settings []string // name=value, in the order that they apply
}

// settingFlags are the flags that stand for a setting of the same name.
var settingFlags = []struct{ setting, help string }{
	{"tls", "`MODE` is auto, require, implicit or never"},
	{"ca", "trust the certificates in `FILE` instead of the system's"},
	{"cert", "show the client certificate in `FILE` (PEM)"},
	{"key", "its private key is in `FILE` (PEM)"},
	{"proxy", "go through `URL`, socks5:// or http://, for control and data"},
	{"bind", "make all connections from the address `ADDR`"},
	{"active-ports", "listen on the ports `A-B` in active mode"},
	{"active-address", "announce the address `IP` in active mode"},
	{"timeout", "wait at most `TIME` without progress: 8, 8s, 2m"},
	{"retries", "reconnect at most `N` times"},
	{"charset", "names on the server are in the charset `NAME`"},
}

// source are the flags that say where the commands come from.
func (f *flags) source() flagGroup {
	return flagGroup{"Commands", func(set *pflag.FlagSet) {
		set.FuncP("command", "c", "run `CMDS` and leave; may be repeated", func(text string) error {
			f.commands, f.leaves = append(f.commands, text), true
			return nil
		})
		set.FuncP("execute", "e", "run `CMDS` first, then go on; may be repeated", func(text string) error {
			f.commands = append(f.commands, text)
			return nil
		})
		set.StringVarP(&f.script, "file", "f", "", "run the commands in `SCRIPT` and leave; - is standard input")
	}}
}

// login are the flags about the target.
func (f *flags) login() flagGroup {
	return flagGroup{"Target", func(set *pflag.FlagSet) {
		set.StringVarP(&f.output, "output", "o", "", "put a fetched file into `FILE`; - is standard output")
		f.identity(set)
		set.StringVar(&f.replay, "replay", "", "instead of a target: a server that answers as the one in the log `FILE` did")
		set.BoolVar(&f.replayTiming, "replay-timing", false, "and as slowly")
		set.BoolVarP(&f.ipv4, "ipv4", "4", false, "IPv4 only")
		set.BoolVarP(&f.ipv6, "ipv6", "6", false, "IPv6 only")
	}}
}

// identity are the flags that say at which port, and as whom. The old names of ftp can be bundled: -inv.
func (f *flags) identity(set *pflag.FlagSet) {
	set.StringVarP(&f.user, "user", "u", "", "log in as `USER`; the password is asked for or comes from ~/.netrc")
	set.IntVarP(&f.port, "port", "p", 0, "the control port is `N`")
	set.IntVarP(&f.port, "P", "P", 0, "the same, with the port `N` as ftp has it")
	set.BoolVarP(&f.anonymous, "anonymous", "a", false, "log in as anonymous")
	set.BoolVarP(&f.noLogin, "no-login", "n", false, "log in only when told as whom: by user, or by open")
	set.StringVarP(&f.netrc, "netrc", "N", "", "read `FILE` instead of ~/.netrc")
}

// connection are the flags that are settings in another form.
func (f *flags) connection() flagGroup {
	return flagGroup{"Connection", func(set *pflag.FlagSet) {
		for _, s := range settingFlags {
			set.Func(s.setting, s.help, func(value string) error { return f.assign(s.setting + "=" + value) })
		}
		set.BoolFuncP("insecure", "k", "take any certificate", func(string) error { return f.assign("verify=off") })
		set.BoolFuncP("active", "A", "let the server connect for data (PORT, EPRT)", func(string) error { return f.assign("passive=off") })
	}}
}

// behaviour are the flags about settings, questions, and what is shown.
func (f *flags) behaviour() flagGroup {
	return flagGroup{"Settings and output", func(set *pflag.FlagSet) {
		set.Func("set", "change a setting: `NAME=VALUE`", f.assign)
		set.BoolVar(&f.norc, "norc", false, "read neither the config file nor the rc script")
		set.BoolVarP(&f.noQuestions, "no-questions", "i", false, "ask nothing for each file of mget, mput and mdelete")
		set.BoolVarP(&f.noGlob, "no-glob", "g", false, "take * ? [ ] in names literally")
		set.BoolVarP(&f.verbose, "verbose", "v", false, "show every reply")
		set.CountVarP(&f.debug, "d", "d", "show the conversation; -dd and -ddd show more")
		set.IntVar(&f.debug, "debug", 0, "the same: `N` is 1 lines, 2 raw and data connections, 3 decisions, 4 first bytes")
		set.StringVar(&f.log, "log", "", "write the conversation into `FILE`, which must not exist; see help log")
		set.BoolVar(&f.logRedact, "log-redact", false, "mask host, user, paths and addresses in it")
		set.BoolVarP(&f.quiet, "quiet", "q", false, "say nothing but results and errors")
		set.BoolVar(&f.json, "json", false, "listings as JSON, one object a line")
		set.StringVar(&f.color, "color", "auto", "`WHEN` is auto, always or never")
		set.BoolVar(&f.plain, "plain", false, "no line editing, no progress, no colour")
	}}
}

// assign notes a setting, and refuses one that cannot be used.
func (f *flags) assign(assignment string) error {
	if !strings.Contains(assignment, "=") {
		return errors.New("use --set name=value")
	}
	f.settings = append(f.settings, assignment)
	return nil
}

// check refuses combinations that cannot be meant.
func (f *flags) check() error {
	switch {
	case strings.Contains(f.user, ","), strings.Contains(f.user, ":"):
		return errors.New("-u takes a user name only: a password on the command line can be read by everybody; it is asked for, or comes from ~/.netrc")
	case f.replayTiming && f.replay == "":
		return errors.New("--replay-timing is for --replay FILE")
	case f.logRedact && f.log == "":
		return errors.New("--log-redact is for --log FILE")
	case f.ipv4 && f.ipv6:
		return errors.New("-4 and -6 exclude each other")
	case f.port < 0 || f.port > 65535:
		return fmt.Errorf("port %d is not between 1 and 65535", f.port)
	case f.anonymous && f.user != "":
		return errors.New("-a and -u exclude each other")
	case f.script != "" && f.leaves:
		return errors.New("-c and -f exclude each other")
	case f.color != "auto" && f.color != "always" && f.color != "never":
		return fmt.Errorf("--color %q: auto, always and never are known", f.color)
	}
	return nil
}

// wantPrompt says whether lines are read at a prompt, if there is a terminal.
func (f *flags) wantPrompt() bool { return !f.leaves && f.script == "" }
