package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"
)

// subcommand is one way to call the program: the word that stands first, and the flags and arguments
// that follow it. --help, the manual and what is refused derive from it.
type subcommand struct {
	name      string // empty for a session with a target
	arguments string // what follows the flags, as the usage line has it
	least     int    // how many those must be
	most      int    // how many those may be
	short     string // what it does, for the list in ftpsh --help
	details   string // for its own --help; paragraphs with an empty line between them
	flags     []flagGroup
	check     func() error                                   // refuses flags that exclude each other; may be nil
	run       func(arguments []string) (status int, _ error) // the error is one that has not been reported
}

// flagGroup is a heading of --help and the flags below it.
type flagGroup struct {
	title  string
	define func(*pflag.FlagSet)
}

// subcommands are the ways to call the program, the one without a name first. Each has its own values of
// its flags.
func subcommands() []subcommand {
	return []subcommand{sessionCommand(), demoCommand(), diagnoseCommand(), logCommand(), replayCommand()}
}

// subcommandOf finds the way to call the program that a command line has, and the rest of that line.
func subcommandOf(args []string) (subcommand, []string) {
	all := subcommands()
	for _, c := range all {
		if len(args) > 0 && c.name == args[0] && c.name != "" {
			return c, args[1:]
		}
	}
	return all[0], args
}

// usage is the line that shows how it is called.
func (c subcommand) usage() string {
	line := "ftpsh "
	if c.name != "" {
		line += c.name + " "
	}
	line += "[flags]"
	if c.arguments != "" {
		line += " " + c.arguments
	}
	return line
}

// informing are the flags that every subcommand has.
type informing struct{ help, version bool }

func (i *informing) define(set *pflag.FlagSet) {
	set.BoolVar(&i.version, "version", false, "print the version")
	set.BoolVarP(&i.help, "help", "h", false, "print this")
}

// groups are the flags with those that every subcommand has.
func (c subcommand) groups(i *informing) []flagGroup {
	return append(slices.Clone(c.flags), flagGroup{"Help", i.define})
}

// flagSet is the groups as one, ready to parse.
func flagSet(groups []flagGroup) *pflag.FlagSet {
	set := pflag.NewFlagSet("ftpsh", pflag.ContinueOnError)
	set.SortFlags = false
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	for _, group := range groups {
		group.define(set)
	}
	return set
}

// start reads the rest of the command line and does what it says.
func (c subcommand) start(args []string) (status int, err error) {
	arguments, asked, err := c.parse(args)
	switch {
	case err != nil:
		return 0, err
	case asked.help:
		fmt.Fprint(os.Stdout, c.help())
		return 0, nil
	case asked.version:
		fmt.Fprintln(os.Stdout, "ftpsh "+version)
		return 0, nil
	}
	return c.run(arguments)
}

// parse reads the flags into their places and returns what is no flag. Errors are for the user; nothing
// has been touched yet.
func (c subcommand) parse(args []string) (arguments []string, asked informing, err error) {
	set := flagSet(c.groups(&asked))
	err = set.Parse(args)
	arguments = set.Args()
	switch {
	case errors.Is(err, pflag.ErrHelp) || asked.help || asked.version:
		return nil, asked, nil
	case err == nil && len(arguments) > c.most:
		err = fmt.Errorf("%q is one argument too many: %s", arguments[c.most], c.usage())
	case err == nil && len(arguments) < c.least:
		err = fmt.Errorf("something is missing: %s", c.usage())
	case err == nil && c.name == "" && set.ArgsLenAtDash() < 0:
		err = misplaced(arguments)
	}
	if err == nil && c.check != nil {
		err = c.check()
	}
	if err != nil {
		return nil, asked, &flagError{subcommand: c, err: err}
	}
	return arguments, asked, nil
}

// misplaced refuses a subcommand that stands behind flags: it would be taken for a host.
func misplaced(arguments []string) error {
	for _, c := range subcommands()[1:] {
		if len(arguments) > 0 && arguments[0] == c.name {
			return fmt.Errorf("%s stands before its flags: %s; a host of that name is ftp://%s/", c.name, c.usage(), c.name)
		}
	}
	return nil
}
