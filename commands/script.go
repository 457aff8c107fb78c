package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/internal/term"
)

// scriptCommands are for lines that other lines are made of.
func scriptCommands() []Command {
	return []Command{
		{
			Name:  "alias",
			Group: Scripting,
			Short: "give a line a name, or show the names given",
			Args: []Arg{
				{Name: "name", Kind: AliasName, Optional: true},
				{Name: "line", Kind: CommandName, Optional: true, Many: true},
			},
			Raw: true,
			Details: `The name stands for the line wherever a command may stand, and what is typed behind
it follows the line. name=line works as well. The name of a command can not be taken.`,
			Examples: []string{`alias ll 'ls -l'`, "alias up=cdup", "alias"},
			Run:      runAlias,
		},
		{
			Name:     "unalias",
			Group:    Scripting,
			Short:    "forget the name of a line",
			Args:     []Arg{{Name: "name", Kind: AliasName, Many: true}},
			Examples: []string{"unalias ll"},
			Run:      runUnalias,
		},
		{
			Name:     "echo",
			Group:    Scripting,
			Short:    "print its arguments",
			Args:     []Arg{{Name: "word", Optional: true, Many: true}},
			Flags:    []Flag{{Letter: 'n', Help: "do not end the line"}},
			Raw:      true,
			Examples: []string{`echo "done: $?"`},
			Run:      runEcho,
		},
		expectCommand(),
		{
			Name:     "history",
			Group:    Scripting,
			Short:    "show the lines typed before",
			Args:     []Arg{{Name: "count", Kind: Number, Optional: true}},
			Details:  "Lines that hold a password are not remembered.",
			Examples: []string{"history", "history 20"},
			Run:      runHistory,
		},
		{
			Name:  "source",
			Group: Scripting,
			Short: "run the lines of a file",
			Args:  []Arg{{Name: "file", Kind: LocalPath, Ask: "(file) "}},
			Details: `The lines run as if they were typed here: a change of directory or a variable
stays. In a script the first failure ends it; -command ignores its failure.`,
			Examples: []string{"source nightly.ftpsh"},
			Run:      runSource,
		},
		{
			Name:     "sleep",
			Group:    Scripting,
			Short:    "wait",
			Args:     []Arg{{Name: "time", Kind: Duration}},
			Examples: []string{"sleep 2", "sleep 1m30s"},
			Run:      runSleep,
		},
	}
}

func runAlias(_ context.Context, s *Session, c *Call) error {
	name, line := c.Arg("name"), c.Rest("line")
	if before, after, found := strings.Cut(name, "="); found && before != "" {
		name, line = before, strings.TrimSpace(after+" "+line)
	}
	switch {
	case name == "":
		for _, name := range s.Aliases.Names() {
			s.showAlias(name)
		}
		return nil
	case line == "":
		if _, ok := s.Aliases.Line(name); !ok {
			return fmt.Errorf("alias: no alias %q", name)
		}
		s.showAlias(name)
		return nil
	case s.Table.Has(name):
		return usage(c.Command, "%s is a command", name)
	case strings.ContainsAny(name, " \t\n;|&<>()$`\\\"'*?[]{}!#~="):
		return usage(c.Command, "%q cannot stand for a command", name)
	}
	s.Aliases.Set(name, line)
	return nil
}

func (s *Session) showAlias(name string) {
	line, _ := s.Aliases.Line(name)
	s.Print.Printf("alias %s %s\n", name, term.Safe(lang.Quote(line, '\'')))
}

func runUnalias(_ context.Context, s *Session, c *Call) error {
	for _, w := range c.Args("name") {
		if !s.Aliases.Remove(w.Text) {
			return fmt.Errorf("unalias: no alias %q", w.Text)
		}
	}
	return nil
}

// runEcho prints what it was given, which may have come from a server by way of a variable.
func runEcho(_ context.Context, s *Session, c *Call) error {
	text := c.Rest("word")
	if !c.Has("n") {
		text += "\n"
	}
	if s.Print.OutIsTerminal() {
		text = safeLines(text)
	}
	_, err := io.WriteString(s.Print.Out(), text)
	return err
}

// safeLines is term.Safe that keeps the line ends.
func safeLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		bare, ended := strings.CutSuffix(line, "\n")
		b.WriteString(term.Safe(bare))
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func runHistory(_ context.Context, s *Session, c *Call) error {
	lines := s.History.Lines()
	first := 0
	if c.Given("count") {
		first = max(0, len(lines)-int(min(c.Number("count"), int64(len(lines)))))
	}
	rows := make([][]string, 0, len(lines)-first)
	for i, line := range lines[first:] {
		rows = append(rows, []string{strconv.Itoa(first + i + 1), term.Safe(line)})
	}
	s.Print.Table([]term.Column{{Right: true}, {}}, rows)
	return nil
}

func runSource(ctx context.Context, s *Session, c *Call) error {
	err := s.Source(ctx, s.Local.Abs(c.Arg("file")))
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return &LocalError{Op: "source", Path: c.Arg("file"), Err: err}
	}
	return err
}

func runSleep(ctx context.Context, _ *Session, c *Call) error {
	timer := time.NewTimer(c.Duration("time"))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
