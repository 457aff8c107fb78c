package commands

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/internal/term"
)

// Call is one typed line, bound to its command. A handler asks for values by the names of the
// declaration; asking for an undeclared one panics.
type Call struct {
	Command *Command
	Verb    string    // the name that was typed, an alias too; the whole one where it was cut short
	Raw     string    // what stood behind the name, as typed, for a line that starts with "!"
	Stdin   io.Reader // what a pipe or a redirection brings; nil when there is none

	args  map[string][]Word
	flags map[*Flag][]string
	typed []TypedFlag
}

// TypedFlag is a flag as it was typed, with the words of its value.
type TypedFlag struct {
	*Flag
	Values []string
}

// Typed are the flags in the order in which they were typed, for a command to which that matters.
func (c *Call) Typed() []TypedFlag { return c.typed }

// Arg is the value of an argument, empty when it was left out; of one that takes many, the first.
func (c *Call) Arg(name string) string {
	if words := c.Args(name); len(words) > 0 {
		return words[0].Text
	}
	return ""
}

// Args are the words of an argument.
func (c *Call) Args(name string) []Word {
	c.declared(name)
	return c.args[name]
}

// Given says whether an argument was typed, even if it is empty.
func (c *Call) Given(name string) bool { return len(c.Args(name)) > 0 }

// Rest is the words of an argument with one blank between each, as text for the server.
func (c *Call) Rest(name string) string {
	var texts []string
	for _, w := range c.Args(name) {
		texts = append(texts, w.Text)
	}
	return strings.Join(texts, " ")
}

// Has says whether a flag was typed. The name is its letter or its long form.
func (c *Call) Has(flag string) bool { return len(c.values(flag)) > 0 }

// gives says whether a flag was typed that not every command of its topic declares.
func (c *Call) gives(flag string) bool { return c.Command.flag(flag) != nil && c.Has(flag) }

// Value is the value of a flag, empty when it was left out; the last one counts.
func (c *Call) Value(flag string) string {
	values := c.values(flag)
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// Values are the values of a flag that may be repeated.
func (c *Call) Values(flag string) []string { return c.values(flag) }

// Number is the value of an argument or a flag of Kind Number; 0 when it was left out.
func (c *Call) Number(name string) int64 {
	n, _ := term.ParseSize(c.text(name))
	return n
}

// Duration is the value of an argument or a flag of Kind Duration; 0 when it was left out.
func (c *Call) Duration(name string) time.Duration {
	d, _ := parseDuration(c.text(name))
	return d
}

// text is the value of an argument or a flag.
func (c *Call) text(name string) string {
	if c.Command.flag(name) != nil {
		return c.Value(name)
	}
	return c.Arg(name)
}

func (c *Call) values(flag string) []string {
	f := c.Command.flag(flag)
	if f == nil {
		panic(fmt.Sprintf("commands: %s declares no flag %q", c.Command.Name, flag))
	}
	return c.flags[f]
}

func (c *Call) declared(arg string) {
	if !slices.ContainsFunc(c.Command.Args, func(a Arg) bool { return a.Name == arg }) {
		panic(fmt.Sprintf("commands: %s declares no argument %q", c.Command.Name, arg))
	}
}

// check looks at every value with the eyes of its Kind. A choice takes its declared spelling.
func (c *Call) check() error {
	for _, a := range c.Command.Args {
		for i, w := range c.args[a.Name] {
			text, err := a.Kind.check(w.Text, a.Choices)
			if err != nil {
				return c.misfit(a.Name, err)
			}
			if text != w.Text {
				c.args[a.Name] = slices.Clone(c.args[a.Name])
				c.args[a.Name][i] = lang.Plain(text)
			}
		}
	}
	for i := range c.Command.Flags {
		f := &c.Command.Flags[i]
		for j, value := range c.flags[f] {
			if f.Value == "" {
				continue
			}
			text, err := f.Kind.check(value, f.Choices)
			if err != nil {
				return c.misfit(f.name(), err)
			}
			c.flags[f][j] = text
		}
	}
	return nil
}

// misfit is a value that is none of its Kind. A value that is called like its command is named once.
func (c *Call) misfit(name string, err error) error {
	if name == c.Command.Name {
		return usage(c.Command, "%v", err)
	}
	return usage(c.Command, "%s: %v", name, err)
}

// check refuses a word that cannot be a value of the Kind, and returns its canonical spelling.
func (k Kind) check(text string, choices []string) (string, error) {
	for _, choice := range choices {
		if strings.EqualFold(choice, text) {
			return choice, nil
		}
	}
	var err error
	switch k {
	case Number:
		_, err = term.ParseSize(text)
	case Duration:
		_, err = parseDuration(text)
	case UserName:
		if k.holdsPassword(text) {
			err = errors.New("a password in a line can be read by others; it is asked for, or comes from ~/.netrc")
		}
	case Choice:
		err = fmt.Errorf("%q is not one of %s", text, strings.Join(choices, ", "))
	}
	return text, err
}

// parseDuration reads seconds, or a number with its unit.
func parseDuration(text string) (time.Duration, error) {
	if strings.Trim(text, "0123456789.") == "" {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a time such as 8, 8s or 2m", text)
	}
	return d, nil
}
