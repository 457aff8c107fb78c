package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Check looks for mistakes in the declarations: what [Table.Find], the help and the manual take
// for granted. All that is wrong comes back in one error.
func (t *Table) Check() error {
	problems := t.checkNames()
	for _, c := range t.commands {
		for _, err := range []error{c.checkText(), c.checkArgs(), c.checkFlags(), t.checkExamples(c)} {
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", c.Name, err))
			}
		}
	}
	return errors.Join(problems...)
}

// checkNames finds names that two commands claim, or that nobody can type.
func (t *Table) checkNames() (problems []error) {
	owner := map[string]string{}
	for _, c := range t.commands {
		for _, name := range c.Names() {
			if other, taken := owner[name]; taken {
				problems = append(problems, fmt.Errorf("%s: the name %q is taken by %s", c.Name, name, other))
			}
			owner[name] = c.Name
			if name == "" || strings.ContainsFunc(name, unicode.IsSpace) || strings.ToLower(name) != name {
				problems = append(problems, fmt.Errorf("%s: %q is no name", c.Name, name))
			}
		}
	}
	return problems
}

func (c *Command) checkText() error {
	first, _ := utf8.DecodeRuneInString(c.Short)
	switch {
	case c.Run == nil:
		return errors.New("no handler")
	case c.Group < 0 || c.Group >= groupCount:
		return errors.New("no group")
	case c.Short == "" || strings.HasSuffix(c.Short, ".") || strings.Contains(c.Short, "\n"):
		return errors.New("the short help is not one line without a period")
	case unicode.IsUpper(first) && !startsWithAcronym(c.Short):
		return errors.New("the short help does not start in lower case")
	}
	return nil
}

// startsWithAcronym allows "TLS state" where "Show the state" is refused.
func startsWithAcronym(s string) bool {
	word, _, _ := strings.Cut(s, " ")
	return len(word) > 1 && strings.ToUpper(word) == word
}

func (c *Command) checkArgs() error {
	names := map[string]bool{}
	optional, many := false, false
	for _, a := range c.Args {
		switch {
		case a.Name == "" || names[a.Name]:
			return fmt.Errorf("argument %q has no name of its own", a.Name)
		case optional && !a.Optional:
			return fmt.Errorf("argument %s must be given, but stands behind an optional one", a.Name)
		case many && (a.Many || a.Optional):
			return fmt.Errorf("argument %s can never be told from the one before it", a.Name)
		case a.Kind == Choice && len(a.Choices) == 0:
			return fmt.Errorf("argument %s has no choices", a.Name)
		case c.flag(a.Name) != nil:
			return fmt.Errorf("argument %s is called like a flag", a.Name)
		}
		names[a.Name] = true
		optional, many = optional || a.Optional, many || a.Many
	}
	return nil
}

func (c *Command) checkFlags() error {
	names := map[string]bool{}
	for i := range c.Flags {
		f := &c.Flags[i]
		letter := string(rune(f.Letter))
		switch {
		case f.Letter == 0 && f.Long == "":
			return errors.New("a flag has no name")
		case f.Letter == '-' || f.Letter >= utf8.RuneSelf || strings.HasPrefix(f.Long, "-") || len(f.Long) == 1:
			return fmt.Errorf("flag %s cannot be typed", f.name())
		case f.Letter != 0 && names[letter] || f.Long != "" && names[f.Long]:
			return fmt.Errorf("flag %s is declared twice", f.name())
		case f.Help == "" || strings.HasSuffix(f.Help, "."):
			return fmt.Errorf("flag %s: the help is not a phrase without a period", f.name())
		case f.Kind == Choice && len(f.Choices) == 0:
			return fmt.Errorf("flag %s has no choices", f.name())
		}
		names[letter], names[f.Long] = true, true
	}
	return nil
}

// checkExamples parses each example: every command of it has to be one of the table and fit, and
// one of them has to be this one.
func (t *Table) checkExamples(c *Command) error {
	if len(c.Examples) == 0 && !c.Hidden {
		return errors.New("no example")
	}
	for _, example := range c.Examples {
		found, err := t.parseAll(example)
		switch {
		case err != nil:
			return fmt.Errorf("example %q: %w", example, err)
		case !slices.Contains(found, c):
			return fmt.Errorf("example %q does not show it", example)
		}
	}
	return nil
}

// parseAll binds every command of a line.
func (t *Table) parseAll(line string) (found []*Command, err error) {
	for _, words := range typedCommands(line) {
		call, err := t.Parse(words)
		if err != nil {
			return nil, err
		}
		found = append(found, call.Command)
	}
	return found, nil
}
