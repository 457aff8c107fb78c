package main

import (
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/spf13/pflag"

	"ftpsh/commands"
	"ftpsh/shell"
)

var update = flag.Bool("update", false, "rewrite the documents that derive from the command table")

// TestDocumentsDerive compares the manual page and the README's table with what the declarations
// say; -update rewrites both.
func TestDocumentsDerive(t *testing.T) {
	table := commands.NewTable(commands.All()...)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	derived, err := commands.ReplaceCommands(string(readme), table)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "README.md", derived)
	compare(t, "doc/ftpsh.1", commands.Man(table, manual()))
}

func compare(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the command table says; go test . -update rewrites it", path)
	}
}

// manual is what the manual says beside the commands and settings.
func manual() commands.Manual {
	all := subcommands()
	m := commands.Manual{
		Date:        "2026-11-28",
		Description: all[0].details,
		Options:     manualOptions(all[0]),
		Files: []commands.ManualEntry{
			{Term: "~/.config/ftpsh/config", Meaning: "Settings, one name = value a line, with [host] sections for single servers."},
			{Term: "~/.config/ftpsh/rc", Meaning: "Commands that run at the start."},
			{Term: "~/.config/ftpsh/bookmarks", Meaning: "Names for places."},
			{Term: "~/.config/ftpsh/pins", Meaning: "Certificates that were accepted for good."},
			{Term: "~/.local/state/ftpsh/history", Meaning: "Lines typed before. Lines with a password are not kept."},
			{Term: "~/.local/state/ftpsh/sites", Meaning: "What was learned about servers."},
			{Term: "~/.netrc", Meaning: "Logins. It is ignored when others may read it; macdef is never run."},
		},
	}
	for _, v := range shell.Variables() {
		m.Environment = append(m.Environment, commands.ManualEntry{Term: v.Name, Meaning: v.Meaning})
	}
	for i, c := range all {
		m.Synopsis = append(m.Synopsis, c.usage())
		if i > 0 {
			m.Subcommands = append(m.Subcommands, commands.ManualSubcommand{
				Usage: c.usage(), Details: c.details, Options: manualOptions(c, m.Options...),
			})
		}
	}
	return m
}

// manualOptions are the flags of a subcommand that have not been described before.
func manualOptions(c subcommand, described ...commands.ManualEntry) (options []commands.ManualEntry) {
	flagSet(c.groups(&informing{})).VisitAll(func(f *pflag.Flag) {
		entry := commands.ManualEntry{Term: flagForms(f), Meaning: flagHelp(f)}
		if !slices.Contains(described, entry) {
			options = append(options, entry)
		}
	})
	return options
}
