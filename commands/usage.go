package commands

import (
	"strings"
)

// Usage is the usage line: get [-o file] [-cf] [--limit-rate=rate] remote [local]. The words that an expression
// is made of are left to the help.
func (c *Command) Usage() string {
	var valued, switches, long []string
	expression := false
	for i := range c.Flags {
		switch f := &c.Flags[i]; {
		case f.OneDash:
			expression = true
		case f.Letter == 0:
			long = append(long, "["+f.synopsis()+"]")
		case f.Value != "":
			valued = append(valued, "["+f.synopsis()+"]")
		default:
			switches = append(switches, string(rune(f.Letter)))
		}
	}
	parts := append([]string{c.Name}, valued...)
	if len(switches) > 0 {
		parts = append(parts, "[-"+strings.Join(switches, "")+"]")
	}
	parts = append(parts, long...)
	for i := range c.Args {
		parts = append(parts, c.Args[i].synopsis())
	}
	if expression {
		parts = append(parts, "[expression]")
	}
	return strings.Join(parts, " ")
}

// name is the flag as an error calls it.
func (f *Flag) name() string {
	if f.Letter != 0 {
		return "-" + string(rune(f.Letter))
	}
	return f.long()
}

// long is the long form as it is typed.
func (f *Flag) long() string {
	if f.OneDash {
		return "-" + f.Long
	}
	return "--" + f.Long
}

// synopsis is the flag with its value.
func (f *Flag) synopsis() string {
	switch {
	case f.Value == "":
		return f.name()
	case f.Letter != 0 || f.OneDash:
		return f.name() + " " + f.Value
	}
	return f.name() + "=" + f.Value
}

// mostChoices is how many choices a usage line shows; where there are more, TAB does.
const mostChoices = 8

// synopsis is the argument as the usage line shows it.
func (a *Arg) synopsis() string {
	text := strings.Join(a.Choices, "|")
	switch {
	case text == "" || len(a.Choices) > mostChoices:
		text = a.Name
	case a.Kind != Choice:
		text += "|" + a.Name
	}
	if a.Many {
		text += "..."
	}
	if a.Optional {
		text = "[" + text + "]"
	}
	return text
}
