package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/spf13/pflag"

	"ftpsh/commands"
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
	m := commands.Manual{
		Date:     "2026-11-28",
		Synopsis: []string{"ftpsh [flags] [target [port]]", "ftpsh demo [flags]"},
		Description: `ftpsh is an interactive FTP shell: it browses servers, moves files by hand and in scripts, and shows why a server misbehaves.

The target is a host, user@host[:port], user@host:directory, an ftp:// URL, ftpes:// (TLS required), ftps:// (TLS from the start), or a bookmark. A target that names a file fetches it; one that names a directory opens there. Without a terminal, commands are read from standard input.

ftpsh demo starts a server in the same process and a session on it.`,
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
	new(flags).define().VisitAll(func(f *pflag.Flag) {
		name, help := pflag.UnquoteUsage(f)
		term := "--" + f.Name
		switch {
		case f.Shorthand != "" && len(f.Name) > 1:
			term = fmt.Sprintf("-%s, --%s", f.Shorthand, f.Name)
		case f.Shorthand != "":
			term = "-" + f.Shorthand
		}
		m.Options = append(m.Options, commands.ManualEntry{Term: term + " " + name, Meaning: help})
	})
	return m
}
