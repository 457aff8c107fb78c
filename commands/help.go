package commands

import (
	"context"
	"fmt"
	"strings"

	"ftpsh/internal/term"
)

// helpCommands tell about the other commands.
func helpCommands() []Command {
	return []Command{
		{
			Name:     "help",
			Aliases:  []string{"?"},
			Group:    Scripting,
			Short:    "list the commands, or explain some",
			Args:     []Arg{{Name: "command", Kind: CommandName, Optional: true, Many: true}},
			Flags:    []Flag{{Letter: 'l', Help: "one line for each command"}},
			Examples: []string{"help", "help get put", "help -l"},
			Classic:  true,
			Run:      runHelp,
		},
		{
			Name:     "usage",
			Group:    Scripting,
			Short:    "show how commands are typed",
			Args:     []Arg{{Name: "command", Kind: CommandName, Many: true, Ask: "(command) "}},
			Examples: []string{"usage get"},
			Classic:  true,
			Run:      runUsage,
		},
	}
}

func runHelp(_ context.Context, s *Session, c *Call) error {
	asked := c.Args("command")
	switch {
	case len(asked) == 0 && c.Has("l"):
		s.Print.Printf("%s", s.Table.index(s.Print))
	case len(asked) == 0:
		s.Print.Printf("%s", s.Table.overview(s.Print))
	}
	for i, w := range asked {
		command, err := s.Table.Find(w.Text)
		if err != nil {
			return err
		}
		switch {
		case c.Has("l"):
			s.Print.Printf("%-10s  %s\n", command.Name, command.Short)
			continue
		case i > 0:
			s.Print.Printf("\n")
		}
		s.Print.Printf("%s", command.help(s.Print))
	}
	return nil
}

func runUsage(_ context.Context, s *Session, c *Call) error {
	for _, w := range c.Args("command") {
		command, err := s.Table.Find(w.Text)
		if err != nil {
			return err
		}
		s.Print.Printf("%s\n", command.Usage())
	}
	return nil
}

// inGroup are the listed commands of a group.
func (t *Table) inGroup(g Group) (found []*Command) {
	for _, c := range t.Listed() {
		if c.Group == g {
			found = append(found, c)
		}
	}
	return found
}

// overview is all names, group by group.
func (t *Table) overview(p *term.Printer) string {
	const margin = "  "
	var b strings.Builder
	for g := range groupCount {
		var names []string
		for _, c := range t.inGroup(g) {
			names = append(names, c.Name)
		}
		if len(names) > 0 {
			fmt.Fprintf(&b, "%s\n", p.Paint(term.RoleHeading, g.String()))
			b.WriteString(indent(margin, wrap(names, p.Width()-len(margin))))
		}
	}
	b.WriteString("\nhelp NAME explains a command; help -l has a line for each\n")
	return b.String()
}

// wrap fills lines with words, two blanks between them.
func wrap(words []string, width int) string {
	const gap = "  "
	var b strings.Builder
	column := 0
	for _, word := range words {
		switch {
		case column == 0:
		case column+len(gap)+len(word) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteString(gap)
			column += len(gap)
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String() + "\n"
}

// indent puts a margin before every line that is not empty.
func indent(margin, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			b.WriteString(margin)
		}
		b.WriteString(line)
	}
	return b.String()
}

// index is a line for each command, group by group.
func (t *Table) index(p *term.Printer) string {
	longest := 0
	for _, c := range t.Listed() {
		longest = max(longest, len(c.Name))
	}
	var b strings.Builder
	for g := range groupCount {
		members := t.inGroup(g)
		if len(members) > 0 {
			fmt.Fprintf(&b, "%s\n", p.Paint(term.RoleHeading, g.String()))
		}
		for _, c := range members {
			fmt.Fprintf(&b, "  %-*s  %s\n", longest, c.Name, c.Short)
		}
	}
	return b.String()
}

// help is everything about a command.
func (c *Command) help(p *term.Printer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n", p.Paint(term.RoleHeading, strings.Join(c.Names(), ", ")), c.Short)
	fmt.Fprintf(&b, "usage: %s\n", c.Usage())
	if len(c.Flags) > 0 {
		b.WriteString("\n" + c.flagTable())
	}
	if c.Details != "" {
		fmt.Fprintf(&b, "\n%s\n", c.Details)
	}
	if len(c.Examples) > 0 {
		fmt.Fprintf(&b, "\n%s\n", p.Paint(term.RoleHeading, "examples"))
		b.WriteString(indent("  ", strings.Join(c.Examples, "\n")+"\n"))
	}
	return b.String()
}

// flagTable is a line for each flag.
func (c *Command) flagTable() string {
	longest := 0
	for i := range c.Flags {
		longest = max(longest, len(c.Flags[i].forms()))
	}
	var b strings.Builder
	for i := range c.Flags {
		f := &c.Flags[i]
		fmt.Fprintf(&b, "  %-*s  %s\n", longest, f.forms(), f.Help)
	}
	return b.String()
}

// forms are all ways to type the flag: -n, --dry-run; -o file; --limit-rate=rate.
func (f *Flag) forms() string {
	var forms []string
	if f.Letter != 0 {
		forms = append(forms, "-"+string(rune(f.Letter)))
	}
	if f.Long != "" {
		forms = append(forms, f.long())
	}
	if f.Sign != "" {
		forms = append(forms, f.Sign)
	}
	text := strings.Join(forms, ", ")
	switch {
	case f.Value == "":
		return text
	case f.Long != "" && !f.OneDash:
		return text + "=" + f.Value
	}
	return text + " " + f.Value
}
