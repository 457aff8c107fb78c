package commands

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func runNothing(context.Context, *Session, *Call) error { return nil }

func sampleTable() *Table { return NewTable(sampleCommands()...) }

// sampleCommands are of every shape.
func sampleCommands() []Command {
	return []Command{
		{
			Name: "get", Aliases: []string{"recv"}, Group: Transfer, Classic: true, Needs: LoggedIn,
			Short: "fetch a file from the server",
			Args: []Arg{
				{Name: "remote", Kind: RemoteFile, Ask: "(remote-file) "},
				{Name: "local", Kind: LocalPath, Optional: true, Ask: "(local-file) "},
			},
			Flags: []Flag{
				{Letter: 'o', Value: "file", Kind: LocalPath, Help: "save under this name; - prints to the terminal"},
				{Letter: 'c', Long: "continue", Help: "continue a partial file instead of starting over"},
				{Letter: 'f', Help: "replace a local file that already exists"},
				{Long: "limit-rate", Value: "rate", Kind: Number, Help: "bytes a second at most"},
				{Long: "json", Help: "tell the result as JSON"},
			},
			Details:  "Without a local name the file keeps its own, in the local directory that\nlpwd shows.",
			Examples: []string{`get "a b.txt" -o x`, "get -c big.iso"},
			Run:      runNothing,
		},
		{
			Name: "mdelete", Group: RemoteFiles, Classic: true, Danger: true,
			Short:    "remove files from the server",
			Args:     []Arg{{Name: "file", Kind: RemotePath, Many: true, Ask: "(remote-files) "}},
			Examples: []string{"mdelete *.tmp"},
			Run:      runNothing,
		},
		{
			Name: "mdir", Group: Browsing, Classic: true,
			Short:    "list several paths into a file",
			Args:     []Arg{{Name: "path", Kind: RemotePath, Many: true}, {Name: "local", Kind: LocalPath}},
			Examples: []string{"mdir a b list.txt"},
			Run:      runNothing,
		},
		{
			Name: "quote", Group: Protocol, Classic: true, Raw: true, Later: []string{"literal"},
			Short:    "send a line to the server as it is",
			Args:     []Arg{{Name: "line", Many: true}},
			Flags:    []Flag{{Letter: 'd', Help: "the answer comes on a data connection"}},
			Examples: []string{"quote SITE -x"},
			Run:      runNothing,
		},
		{
			Name: "account", Group: Connection, Classic: true,
			Short:    "give the server an account",
			Args:     []Arg{{Name: "password", Kind: Secret, Ask: "Account: "}},
			Examples: []string{"account x"},
			Run:      runNothing,
		},
		{
			Name: "mode", Group: Protocol, Classic: true,
			Short:    "set the transfer mode",
			Args:     []Arg{{Name: "mode", Kind: Choice, Choices: []string{"stream", "block"}, Optional: true}},
			Examples: []string{"mode stream"},
			Run:      runNothing,
		},
		{
			Name: "restart", Group: Transfer, Classic: true,
			Short:    "start the next transfer further on",
			Args:     []Arg{{Name: "offset", Kind: Number, Choices: []string{"off"}}},
			Flags:    []Flag{{Letter: 'w', Value: "time", Kind: Duration, Help: "wait first"}},
			Examples: []string{"restart 10m"},
			Run:      runNothing,
		},
		{
			Name: "grab", Aliases: []string{"gx"}, Group: Transfer,
			Short:    "a newer command",
			Examples: []string{"grab"},
			Run:      runNothing,
		},
		{
			Name: "macdef", Group: Scripting, Classic: true, Hidden: true,
			Short: "not kept", Run: runNothing,
		},
	}
}

func TestFind(t *testing.T) {
	table := sampleTable()
	tests := []struct{ word, name, fails string }{
		{"get", "get", ""},
		{"recv", "get", ""},
		{"g", "get", ""},       // the first tier hides grab
		{"gr", "grab", ""},     // the second tier is asked when the first has nothing
		{"gx", "grab", ""},     //
		{"lit", "quote", ""},   // a later synonym is in the second tier
		{"mdi", "mdir", ""},    //
		{"mde", "mdelete", ""}, // three letters reach what destroys
		{"re", "", "it could be recv, restart"},
		{"md", "", "it could be mdelete, mdir"},
		{"m", "", "it could be mdelete, mdir, mode"},
		{"GET", "", "did you mean get?"},
		{"gte", "", "did you mean get?"},
		{"macdfe", "", "help lists all commands"}, // what is hidden is not suggested
		{"ma", "macdef", ""},
		{"qoute", "", "did you mean quote?"},
		{"mdelte", "", "did you mean mdelete?"},
		{"xyzzy", "", "help lists all commands"},
		{"", "", "help lists all commands"},
	}
	for _, test := range tests {
		c, err := table.Find(test.word)
		switch {
		case test.fails == "" && (err != nil || c.Name != test.name):
			t.Errorf("%q is %v, %v; want %s", test.word, c, err, test.name)
		case test.fails != "" && (err == nil || hintOf(err) != test.fails):
			t.Errorf("%q: %v, hint %q; want hint %q", test.word, err, hintOf(err), test.fails)
		}
	}
}

func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}

func TestFindNothingDangerousByTwoLetters(t *testing.T) {
	table := NewTable(Command{Name: "purge", Danger: true}, Command{Name: "pwd", Classic: true})
	for _, word := range []string{"pu", "pur", "p"} {
		c, err := table.Find(word)
		if word == "pur" && err != nil || word == "pu" && err == nil || word == "p" && c.Name != "pwd" {
			t.Errorf("%q is %v, %v", word, c, err)
		}
	}
}

func TestCheck(t *testing.T) {
	if err := sampleTable().Check(); err != nil {
		t.Error(err)
	}
	fine := Command{Name: "fine", Group: Browsing, Short: "do it", Examples: []string{"fine"}, Run: runNothing}
	tests := []struct {
		problem string
		spoil   func(c *Command)
	}{
		{`the name "fine" is taken`, func(c *Command) { c.Aliases = []string{"fine"} }},
		{`"Fi" is no name`, func(c *Command) { c.Aliases = []string{"Fi"} }},
		{"no handler", func(c *Command) { c.Run = nil }},
		{"no group", func(c *Command) { c.Group = groupCount }},
		{"without a period", func(c *Command) { c.Short = "do it." }},
		{"lower case", func(c *Command) { c.Short = "Do it" }},
		{"behind an optional", func(c *Command) { c.Args = []Arg{{Name: "a", Optional: true}, {Name: "b"}} }},
		{"never be told", func(c *Command) { c.Args = []Arg{{Name: "a", Many: true}, {Name: "b", Many: true}} }},
		{"no choices", func(c *Command) { c.Args = []Arg{{Name: "a", Kind: Choice, Optional: true}} }},
		{"called like a flag", func(c *Command) {
			c.Args = []Arg{{Name: "x", Optional: true}}
			c.Flags = []Flag{{Long: "x", Letter: 'x', Help: "x"}}
		}},
		{"declared twice", func(c *Command) { c.Flags = []Flag{{Letter: 'x', Help: "x"}, {Letter: 'x', Help: "y"}} }},
		{"has no name", func(c *Command) { c.Flags = []Flag{{Help: "x"}} }},
		{"cannot be typed", func(c *Command) { c.Flags = []Flag{{Long: "x", Help: "x"}} }},
		{"no example", func(c *Command) { c.Examples = nil }},
		{"too many arguments", func(c *Command) { c.Examples = []string{"fine x"} }},
		{"unknown command", func(c *Command) { c.Examples = []string{"other"} }},
	}
	for _, test := range tests {
		c := fine
		test.spoil(&c)
		if err := NewTable(c).Check(); err == nil || !strings.Contains(err.Error(), test.problem) {
			t.Errorf("Check is %v; want %q", err, test.problem)
		}
	}
}

func TestAllIsSound(t *testing.T) {
	if err := NewTable(All()...).Check(); err != nil {
		t.Error(err)
	}
}

func TestGroupsHaveHeadings(t *testing.T) {
	seen := map[string]bool{}
	for g := range groupCount {
		seen[g.String()] = true
	}
	if len(seen) != int(groupCount) || seen[""] {
		t.Errorf("headings are %v", reflect.ValueOf(seen).MapKeys())
	}
}
