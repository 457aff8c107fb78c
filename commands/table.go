package commands

import (
	"fmt"
	"slices"
	"strings"
)

// Table is the ordered commands.
type Table struct {
	commands []*Command
	byName   map[string]*Command
}

// NewTable makes a table. The order is the one that help shows within each group.
func NewTable(commands ...Command) *Table {
	t := &Table{byName: map[string]*Command{}}
	for i := range commands {
		c := &commands[i]
		t.commands = append(t.commands, c)
		for _, name := range c.Names() {
			t.byName[name] = c
		}
	}
	return t
}

// Listed are the commands that help, the manual and TAB show, in their order.
func (t *Table) Listed() []*Command {
	return slices.DeleteFunc(slices.Clone(t.commands), func(c *Command) bool { return c.Hidden })
}

// Has says whether name is the full name or a full synonym of a command.
func (t *Table) Has(name string) bool { return t.byName[name] != nil }

// Find knows a command by its name or synonym, or by a prefix of only one command. The classic
// names are asked first, so that a newer command never takes an old prefix away. An unknown word
// is an [UnknownError], a prefix of several commands an [AmbiguousError].
func (t *Table) Find(word string) (*Command, error) {
	if c := t.byName[word]; c != nil {
		return c, nil
	}
	if word == "" {
		return nil, &UnknownError{Word: word}
	}
	for _, tier := range []func(*Command) []string{(*Command).classicNames, (*Command).Names} {
		switch found := t.withPrefix(word, tier); {
		case len(found) > 1:
			return nil, &AmbiguousError{Word: word, Candidates: t.candidates(word)}
		case len(found) == 1 && found[0].Danger && len(word) < shortestDanger:
			return nil, &UnknownError{Word: word, Near: t.candidates(word)}
		case len(found) == 1:
			return found[0], nil
		}
	}
	return nil, &UnknownError{Word: word, Near: t.near(word)}
}

// shortestDanger is how many letters a prefix must have to reach a command that destroys.
const shortestDanger = 3

// classicNames are the names of the first tier.
func (c *Command) classicNames() []string {
	if !c.Classic {
		return nil
	}
	return c.Names()[:1+len(c.Aliases)]
}

// withPrefix are the commands one of whose names starts with the word.
func (t *Table) withPrefix(word string, names func(*Command) []string) []*Command {
	var found []*Command
	for _, c := range t.commands {
		if slices.ContainsFunc(names(c), func(name string) bool { return strings.HasPrefix(name, word) }) {
			found = append(found, c)
		}
	}
	return found
}

// candidates are the names to suggest that start with the word, one for each command.
func (t *Table) candidates(word string) []string {
	var names []string
	for _, c := range t.withPrefix(word, (*Command).Names) {
		if c.Hidden {
			continue
		}
		i := slices.IndexFunc(c.Names(), func(name string) bool { return strings.HasPrefix(name, word) })
		names = append(names, c.Names()[i])
	}
	slices.Sort(names)
	return names
}

// Parse binds a line to its command: the name first, then the words behind it. A line that does
// not fit is a [UsageError]; nothing has been touched then.
func (t *Table) Parse(words []Word) (*Call, error) {
	c, err := t.Find(words[0].Text)
	if err != nil {
		return nil, err
	}
	b := NewBinder(c).as(words[0].Text)
	if err := b.addAll(words[1:]); err != nil {
		return nil, err
	}
	return b.finish()
}

// UnknownError is a word that is no command.
type UnknownError struct {
	Word string
	Near []string // names that it may have been meant for
}

func (e *UnknownError) Error() string { return fmt.Sprintf("unknown command %q", e.Word) }

// Hint names what may have been meant.
func (e *UnknownError) Hint() string {
	if len(e.Near) == 0 {
		return "help lists all commands"
	}
	return "did you mean " + strings.Join(e.Near, " or ") + "?"
}

// AmbiguousError is a prefix of several commands.
type AmbiguousError struct {
	Word       string
	Candidates []string
}

func (e *AmbiguousError) Error() string { return fmt.Sprintf("ambiguous command %q", e.Word) }

// Hint lists the candidates.
func (e *AmbiguousError) Hint() string { return "it could be " + strings.Join(e.Candidates, ", ") }
