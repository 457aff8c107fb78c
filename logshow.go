package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/pflag"

	"ftpsh/commands"
	"ftpsh/internal/term"
	"ftpsh/trace"
)

// logCommand is ftpsh log show: a log as text.
func logCommand() subcommand {
	var filter trace.LogFilter
	var level int
	return subcommand{
		name:      "log",
		arguments: "show FILE",
		least:     2,
		most:      2,
		short:     "a log as text",
		details: `Prints a log, as log FILE and --log FILE write it, as debug shows a conversation; FILE may be - for standard
input. A log that was cut off is printed as far as it goes.`,
		flags: []flagGroup{{"What is shown", func(set *pflag.FlagSet) {
			set.IntVar(&level, "level", trace.MaxLevel-1, "the debug level `N`, 1 to 4")
			set.StringVar(&filter.Verb, "verb", "", "only the command `VERB`, such as RETR, with its replies and its data connections")
			set.DurationVar(&filter.Slow, "slow", 0, "only what took at least `TIME`, such as 500ms")
		}}},
		run: func(arguments []string) (int, error) {
			if arguments[0] != "show" {
				return 0, &flagError{err: fmt.Errorf("log %s is not known: ftpsh log show FILE", arguments[0])}
			}
			return 0, showLog(arguments[1], filter, level)
		},
	}
}

func showLog(name string, filter trace.LogFilter, level int) error {
	log, closeLog, err := openLog(name)
	if err != nil {
		return err
	}
	defer closeLog()
	headers, events, err := log.All()
	for _, h := range headers {
		fmt.Fprintln(os.Stderr, term.Safe(h.String()))
	}
	printer := term.NewPrinter(term.PrinterConfig{
		Out: os.Stdout, Err: os.Stderr, OutTerminal: term.IsTerminal(int(os.Stdout.Fd())), Getenv: os.Getenv,
	})
	for _, e := range filter.Choose(events) {
		role, lines := trace.Render(e, level)
		for _, line := range lines {
			printer.Printf("%s\n", printer.Paint(role, term.Safe(line)))
		}
	}
	if err == nil {
		tellCut(log)
	}
	return unreadable(err)
}

// openLog opens a log for reading; - is standard input.
func openLog(name string) (log *trace.LogReader, closeLog func() error, err error) {
	file := os.Stdin
	if name != "-" {
		if file, err = os.Open(name); err != nil {
			return nil, nil, &commands.LocalError{Op: "log", Path: name, Err: err}
		}
	}
	return trace.NewLogReader(file, name), file.Close, nil
}

// unreadable makes an error of reading a log one of a local file.
func unreadable(err error) error {
	var bad *trace.LogError
	var path *fs.PathError
	if errors.As(err, &bad) || errors.As(err, &path) {
		return &commands.StateError{Op: "log", Problem: err.Error(), Status: commands.StatusLocal}
	}
	return err
}

// tellCut says once that a log is not whole.
func tellCut(log *trace.LogReader) {
	if cut := log.Cut(); cut != "" {
		fmt.Fprintln(os.Stderr, "log: "+term.Safe(cut))
	}
}
