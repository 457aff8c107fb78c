package main

import (
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"ftpsh/internal/lang"
)

// diagnoseCommand is ftpsh diagnose: the command of that name, on a server that no session is open to.
func diagnoseCommand() subcommand {
	f, d := &flags{}, &diagnoseFlags{}
	return subcommand{
		name:      "diagnose",
		arguments: "target",
		most:      1,
		short:     "find out why a server does not work as it should",
		details: `Looks at the server step by step, and names the cause of a fault in one sentence, with what cures it.
Nothing on the server is changed without --write; all ends within six times --timeout, which is 10s
unless set. The exit status is 0 when there is no fault, 1 when there is one and its cause is named, and
8 when something failed whose cause is not known. "help diagnose" in a session says more.`,
		flags: []flagGroup{{"Examination", d.define}, {"Target", f.identity}, f.connection(), f.behaviour()},
		check: f.check,
		run: func(target []string) (int, error) {
			dir, err := os.Getwd()
			if err != nil {
				return 0, err
			}
			f.commands, f.leaves = []string{d.line(f, target)}, true
			return (&program{flags: f, dir: dir}).run(), nil
		},
	}
}

// diagnoseFlags are those of the command diagnose that are not about the connection.
type diagnoseFlags struct {
	file   string
	write  bool
	causes bool
}

func (d *diagnoseFlags) define(set *pflag.FlagSet) {
	set.StringVar(&d.file, "file", "", "look at `FILE` on the server")
	set.BoolVarP(&d.write, "write", "w", false, "also upload a small file, and remove it again")
	set.BoolVar(&d.causes, "causes", false, "list the causes that may be named")
}

// line is the line that runs the command in a session.
func (d *diagnoseFlags) line(f *flags, target []string) string {
	words := []string{"diagnose"}
	add := func(given bool, flag ...string) {
		if given {
			words = append(words, flag...)
		}
	}
	add(f.user != "", "--user", f.user)
	add(f.port != 0, "-p", strconv.Itoa(f.port))
	add(f.anonymous, "--anonymous")
	add(f.noLogin, "--no-login")
	add(d.file != "", "--file", d.file)
	add(d.write, "--write")
	add(d.causes, "--causes")
	words = append(append(words, "--"), target...)
	for i, word := range words {
		words[i] = lang.Quote(word, 0)
	}
	return strings.Join(words, " ")
}
