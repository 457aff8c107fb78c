package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"ftpsh/commands"
)

// help is what --help prints.
func (c subcommand) help() string {
	var b strings.Builder
	b.WriteString("usage: " + c.usage() + "\n")
	if c.name == "" {
		for _, other := range subcommands()[1:] {
			fmt.Fprintf(&b, "       %-34s %s\n", other.usage(), other.short)
		}
	}
	b.WriteString("\n" + c.details + "\n")
	for _, group := range c.groups(&informing{}) {
		b.WriteString("\n" + group.title + ":\n")
		flagSet([]flagGroup{group}).VisitAll(func(f *pflag.Flag) {
			fmt.Fprintf(&b, "  %-26s %s\n", indentLong(flagForms(f)), flagHelp(f))
		})
	}
	return b.String()
}

// indentLong puts long names below each other, whether a short one stands before them or not.
func indentLong(forms string) string {
	if strings.HasPrefix(forms, "--") {
		return "    " + forms
	}
	return forms
}

// flagForms is how a flag is typed: -c, --command CMDS. One whose name is a letter has no long form.
func flagForms(f *pflag.Flag) string {
	forms := "--" + f.Name
	switch {
	case len(f.Name) == 1:
		forms = "-" + f.Name
	case f.Shorthand != "":
		forms = "-" + f.Shorthand + ", " + forms
	}
	if f.NoOptDefVal == "" {
		forms += " " + flagValue(f)
	}
	return forms
}

// flagValue is the word in the help that stands for the flag's value.
func flagValue(f *pflag.Flag) string {
	value, _ := pflag.UnquoteUsage(f)
	return value
}

func flagHelp(f *pflag.Flag) string { return strings.ReplaceAll(f.Usage, "`", "") }

// flagError is a command line that cannot be meant.
type flagError struct {
	subcommand subcommand
	err        error
}

func (e *flagError) Unwrap() error { return e.err }

// ExitStatus is that of a line that was not understood.
func (e *flagError) ExitStatus() int { return int(commands.StatusUsage) }

// Error says what is wrong in the words of this program. A value is shown only by those who know that it
// is no secret: -p is a password elsewhere.
func (e *flagError) Error() string {
	problem := e.err.Error()
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(e.err, &unknown):
		problem = "there is no flag " + unknownFlag(unknown)
	case errors.As(e.err, &missing):
		problem = flagForms(missing.GetFlag()) + ": the " + flagValue(missing.GetFlag()) + " is missing"
	case errors.As(e.err, &invalid) && invalid.GetFlag().Value.Type() == "int":
		problem = flagForms(invalid.GetFlag()) + ": that is not a number"
	case errors.As(e.err, &invalid):
		problem = flagForms(invalid.GetFlag()) + ": " + invalid.Unwrap().Error()
	}
	if e.subcommand.name != "" {
		return e.subcommand.name + ": " + problem
	}
	return problem
}

// unknownFlag is a flag that nobody knows, as typed.
func unknownFlag(e *pflag.NotExistError) string {
	if e.GetSpecifiedShortnames() != "" {
		return "-" + e.GetSpecifiedName()
	}
	return "--" + e.GetSpecifiedName()
}

// Hint is what to type instead.
func (e *flagError) Hint() string {
	var own interface{ Hint() string }
	if errors.As(e.err, &own) {
		return own.Hint()
	}
	for _, f := range foreign {
		if slices.Contains(f.flags, e.offending()) {
			return f.hint
		}
	}
	return strings.Join(strings.Fields("ftpsh "+e.subcommand.name+" --help"), " ")
}

// offending is the letter of the flag that the error is about, or nothing.
func (e *flagError) offending() string {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(e.err, &unknown):
		return unknown.GetSpecifiedName()
	case errors.As(e.err, &missing):
		return missing.GetFlag().Shorthand
	case errors.As(e.err, &invalid):
		return invalid.GetFlag().Shorthand
	}
	return ""
}

// foreign are flags that mean something else in other programs, and what to type instead.
var foreign = []struct {
	flags []string
	hint  string
}{
	{[]string{"b"}, "-f FILE runs a batch; -f - is standard input"},
	{[]string{"s"}, "-f FILE runs a script; the login comes from ~/.netrc"},
	{[]string{"p"}, "-p is the port here; a password comes from ~/.netrc or is asked for; passive mode is on unless passive off says otherwise"},
}
