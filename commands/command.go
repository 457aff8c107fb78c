// Package commands is the command table: each verb of the shell is one [Command], declared as data.
//
// Everything that is known about a command derives from its declaration: how a line is bound to
// it ([Table.Parse]), its usage line and errors, its help, what TAB offers, its row in the README
// and its section of the manual. A handler gets a [Session], which is all that it may touch, and a
// [Call], which is what was typed; it prints results with the Session's printer and returns an
// error. It never exits, and asks nothing when there is nobody to answer.
package commands

import "context"

// Command is one verb, as data.
type Command struct {
	Name    string
	Aliases []string // synonyms; they count as the same command when a prefix fits several
	Later   []string // synonyms that the classic set did not have: second tier, see Table.Find
	Group   Group
	Short   string // what it does, in lower case and without a period
	Args    []Arg
	TooMany string // what to type when there are more arguments than that; empty for the command's help
	Flags   []Flag
	Needs   Need

	Details  string   // paragraphs below the flags in help; may be empty
	Examples []string // lines as typed; each is checked to parse to this command

	Classic  bool // one of the old ftp programs had it: its prefixes are never taken away
	Raw      bool // flags end at the first argument; all that follows is text: quote SITE -x
	Verbatim bool // the language takes nothing out of its words: no unquoted $, ; | < >
	Hidden   bool // answers, but neither help nor the manual nor TAB shows it
	Alone    bool // belongs to the prompt: it neither is nor becomes a job
	Danger   bool // destroys something: no prefix of less than three letters reaches it

	Run func(ctx context.Context, s *Session, c *Call) error
}

// Arg is one argument, in its place. Those that must be given come before the optional ones; an
// argument that takes many words may be followed only by ones that must be given.
type Arg struct {
	Name     string // as the usage line and the handler call it
	Kind     Kind
	Optional bool
	Many     bool     // one word or more; none when Optional
	Ask      string   // the prompt when it is missing on a terminal, as in "(remote-file) "
	Choices  []string // of Kind Choice, in lower case; of another Kind, words that do as well

	With  map[string]Kind // what flags make of the Kind, by their long names: mirror -R goes the other way
	After string          // a CommandLine stands only behind this word
}

// Flag is one option. Flags may stand anywhere before "--".
type Flag struct {
	Letter  byte   // 0 when there is only a long form
	Long    string // without dashes; empty when there is only a letter
	OneDash bool   // the long form stands behind one dash, as find has it: -name '*.txt'
	Sign    string // one more way to type it, without a dash: the ! of find
	Value   string // what the usage line calls its value; empty for a flag that is on or off
	Until   string // the value is all words up to this one: the ; of find -exec
	Kind    Kind   // of the value
	Choices []string
	Help    string
}

// Kind is what a value is. It decides how a word is checked, what TAB offers, and whether the line
// may be remembered.
type Kind int

// The kinds of values.
const (
	Text         Kind = iota // anything; nothing is offered
	RemoteDir                // a directory on the server
	RemoteFile               // a file on the server; TAB offers directories on the way to it
	RemotePath               // either
	LocalDir                 // a directory on this machine
	LocalPath                // a file or directory on this machine
	CommandName              // a name of the table
	CommandLine              // the words of a line of its own
	SettingName              // a name of config.Settings
	SettingValue             // a value of the setting named by the argument before it
	AliasName                // what alias has named
	BookmarkName             // a bookmark, or anything else that open takes
	Choice                   // one of Choices
	Number                   // a count or a size in bytes: 100, 64k, 20M
	Duration                 // 8, 8s, 2m
	UserName                 // a user of the server, without a password behind it
	Secret                   // a password: never remembered, never shown
)

// isPath says that a value is the path of a file or directory, on either side.
func (k Kind) isPath() bool {
	switch k {
	case RemoteDir, RemoteFile, RemotePath, LocalDir, LocalPath:
		return true
	}
	return false
}

// Need is what must be there before a command runs.
type Need int

// The needs.
const (
	Nothing   Need = iota
	Connected      // a control connection
	LoggedIn       // a login; a dropped connection is brought back first
)

// Group is the part of the overview that a command stands in.
type Group int

// The groups, in the order of the overview.
const (
	Connection Group = iota
	Browsing
	Transfer
	RemoteFiles
	LocalFiles
	Protocol
	Settings
	Scripting
	groupCount
)

// String is the heading of the group.
func (g Group) String() string {
	return [...]string{
		"Connection", "Looking around", "Transfer", "Files on the server", "Files on this machine",
		"Protocol and debugging", "Settings", "Scripting and help",
	}[g]
}

// Names are all names of the command, the main one first.
func (c *Command) Names() []string {
	names := append([]string{c.Name}, c.Aliases...)
	return append(names, c.Later...)
}

// flag finds a declared flag by its letter or its long form; nil when there is none.
func (c *Command) flag(name string) *Flag {
	for i := range c.Flags {
		f := &c.Flags[i]
		if name != "" && (f.Long == name || f.Letter != 0 && name == string(f.Letter)) {
			return f
		}
	}
	return nil
}
