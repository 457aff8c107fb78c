package commands

import (
	"context"
	"fmt"
	"strings"
)

// typeCommands choose the transfer type, and say which other parameters of RFC 959 are offered.
func typeCommands() []Command {
	return []Command{
		{
			Name: "type", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "show or set the transfer type",
			Args:     []Arg{{Name: "type", Kind: Choice, Choices: []string{"ascii", "binary", "image", "tenex", "a", "i", "l"}, Optional: true}},
			Details:  "Binary is the default, and what nearly everything should be moved in.",
			Examples: []string{"type", "type binary"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				if !c.Given("type") {
					s.Print.Printf("%s\n", describeType(s.Conn.TransferType()))
					return nil
				}
				return s.setType(ctx, typeCodes[c.Arg("type")])
			},
		},
		typeCommand("ascii", "A", "text: line ends are converted"),
		typeCommand("binary", "I", "bytes as they are", "image"),
		typeCommand("tenex", "L 8", "bytes of eight bits, for machines whose bytes have others"),
		fixed("mode", "the transfer mode", "stream", map[string]string{
			"block":      "block mode is not offered; stream mode moves the same bytes",
			"compressed": "compressed mode is not offered; compress the file instead",
		}),
		fixed("struct", "the file structure", "file", map[string]string{
			"record": "record structure is not offered; ascii converts line ends",
			"page":   "page structure is not offered; it was for TOPS-20",
		}),
		fixed("form", "the format of text", "non-print", map[string]string{
			"telnet":   "telnet format controls are not offered; they were for printers",
			"carriage": "carriage control is not offered; it was for printers",
		}),
	}
}

var typeCodes = map[string]string{"ascii": "A", "a": "A", "binary": "I", "image": "I", "i": "I", "tenex": "L 8", "l": "L 8"}

func typeCommand(name, code, what string, aliases ...string) Command {
	return Command{
		Name: name, Aliases: aliases, Group: Transfer, Classic: true, Needs: LoggedIn,
		Short:    "transfer " + what + " (TYPE " + code + ")",
		Examples: []string{name},
		Run:      func(ctx context.Context, s *Session, _ *Call) error { return s.setType(ctx, code) },
	}
}

func (s *Session) setType(ctx context.Context, code string) error {
	if err := s.Conn.SetType(ctx, code); err != nil {
		return err
	}
	s.Print.Note("type %s", describeType(code))
	return nil
}

// describeType is a transfer type in words.
func describeType(code string) string {
	word, _, _ := strings.Cut(code, " ")
	switch word {
	case "A":
		return "ascii"
	case "I":
		return "binary"
	case "L":
		return "tenex (local bytes of 8 bits)"
	}
	return code
}

// fixed is a parameter of RFC 959 section 3.1 that has one value here. The others are refused
// with a word on what to do instead.
func fixed(name, short, value string, refused map[string]string) Command {
	choices := []string{value}
	for other := range refused {
		choices = append(choices, other)
	}
	return Command{
		Name: name, Group: Transfer, Classic: true,
		Short:    fmt.Sprintf("show %s: always %s", short, value),
		Args:     []Arg{{Name: name, Optional: true}},
		Examples: []string{name + " " + value},
		Run: func(_ context.Context, s *Session, c *Call) error {
			asked := strings.ToLower(c.Arg(name))
			switch why, known := refused[asked]; {
			case known:
				return &StateError{Op: name, Problem: why, Next: name + " " + value}
			case asked != "" && asked != value:
				return usage(c.Command, "%q is not one of %s", asked, strings.Join(choices, ", "))
			}
			s.Print.Printf("%s %s\n", name, value)
			return nil
		},
	}
}
