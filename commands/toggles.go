package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Toggle is a switch of the session, as data. One that is a setting too keeps its value there.
type Toggle struct {
	Name     string
	Setting  string // in package config; empty for a switch that only a session has
	Default  bool   // of a switch that only a session has
	Meaning  string // what is on or off, as the state is told: "filename globbing"
	Help     string
	Details  string
	Excludes string // a toggle that goes off when this one goes on
	Own      bool   // has a command of its own, which does more than switch
}

// toggles is the one declaration, in the order in which help and status show them.
var toggles = []Toggle{
	{Name: "bell", Setting: "bell", Meaning: "bell after transfers", Help: "ring when a transfer ends"},
	{Name: "case", Meaning: "lower case for names in capitals", Help: "turn names in capitals to lower case on this machine",
		Details: "Only names without a single lower-case letter are changed, by get and mget."},
	{Name: "cr", Default: true, Meaning: "stripping of carriage returns", Help: "take the CR out of CR LF in ASCII downloads",
		Details: "Off keeps a line that ended in CR LF apart from one that ended in LF."},
	{Name: "glob", Default: true, Meaning: "patterns in names", Help: "expand * ? and [ ] in names",
		Details: "Off takes every name literally. Quotes do the same for one name: rm 'a*'."},
	{Name: "hash", Meaning: "hash marks", Help: "print a # for each block that was transferred", Excludes: "progress", Own: true},
	{Name: "preserve", Setting: "preserve", Meaning: "keeping of file times", Help: "give a file its time from the other side"},
	{Name: "progress", Setting: "progress", Meaning: "progress of transfers", Help: "show the progress of a transfer", Excludes: "hash"},
	{Name: "prompt", Default: true, Meaning: "questions for each file", Help: "ask about each file of mget, mput and mdelete",
		Details: "This is ftp's prompt. The text in front of the line you type is a setting: set prompt '%m> '."},
	{Name: "runique", Meaning: "unique names on this machine", Help: "give a name that is taken on this machine the ending .1 to .99"},
	{Name: "sunique", Meaning: "unique names on the server", Help: "let the server choose a name that is not taken (STOU)"},
	{Name: "verbose", Meaning: "server replies", Help: "show the server's replies"},
	{Name: "passive", Setting: "passive", Meaning: "passive mode", Help: "let the server listen for data connections", Own: true},
	{Name: "epsv", Setting: "epsv", Meaning: "EPSV and EPRT", Help: "try EPSV and EPRT before PASV and PORT", Own: true},
}

// Toggles are the switches that only a session has. Their methods may be called from several
// goroutines.
type Toggles struct {
	mu       sync.Mutex
	on       map[string]bool
	hashSize int64
	naming   Naming // what ntrans and nmap have set
	restart  int64  // where the next single transfer begins
}

// defaultHashSize is how many bytes a hash mark stands for.
const defaultHashSize = 1024

// NewToggles returns the defaults.
func NewToggles() *Toggles {
	t := &Toggles{on: map[string]bool{}, hashSize: defaultHashSize}
	for _, toggle := range toggles {
		t.on[toggle.Name] = toggle.Default
	}
	return t
}

// clone is another set of switches that are as these are now.
func (t *Toggles) clone() *Toggles {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &Toggles{on: maps.Clone(t.on), hashSize: t.hashSize, naming: t.naming, restart: t.restart}
}

// HashSize is how many bytes a hash mark stands for.
func (t *Toggles) HashSize() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hashSize
}

// setRestart lets the next single transfer begin at an offset.
func (t *Toggles) setRestart(offset int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.restart = offset
}

// takeRestart is that offset; it counts once.
func (t *Toggles) takeRestart() (offset int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	offset, t.restart = t.restart, 0
	return offset
}

// toggleNamed panics on an undeclared name: it is a mistake of the program.
func toggleNamed(name string) Toggle {
	i := slices.IndexFunc(toggles, func(t Toggle) bool { return t.Name == name })
	if i < 0 {
		panic(fmt.Sprintf("commands: no toggle %q", name))
	}
	return toggles[i]
}

// On says whether a toggle is on, at the server of the session if it is a setting. An undeclared
// name panics.
func (s *Session) On(name string) bool {
	if toggle := toggleNamed(name); toggle.Setting != "" {
		return s.Values().Bool(toggle.Setting)
	}
	s.Toggles.mu.Lock()
	defer s.Toggles.mu.Unlock()
	return s.Toggles.on[name]
}

// Switch turns a toggle on or off, and what excludes it off. An undeclared name panics.
func (s *Session) Switch(name string, on bool) error {
	toggle := toggleNamed(name)
	if on && toggle.Excludes != "" && s.On(toggle.Excludes) {
		if err := s.Switch(toggle.Excludes, false); err != nil {
			return err
		}
	}
	if toggle.Setting != "" {
		return s.Set(toggle.Setting, onOff(on))
	}
	s.Toggles.mu.Lock()
	s.Toggles.on[name] = on
	s.Toggles.mu.Unlock()
	if name == "verbose" {
		s.Tracer.SetVerbose(on)
	}
	return nil
}

// onOffArg is the argument of every toggle; without it the toggle changes its state.
var onOffArg = Arg{Name: "state", Kind: Choice, Choices: []string{"on", "off"}, Optional: true}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// toggleCommands are the commands of those toggles that only switch.
func toggleCommands() (all []Command) {
	for _, t := range toggles {
		if t.Own {
			continue
		}
		all = append(all, Command{
			Name:     t.Name,
			Group:    Settings,
			Short:    t.Help,
			Args:     []Arg{onOffArg},
			Details:  t.Details,
			Examples: []string{t.Name, t.Name + " off"},
			Classic:  true,
			Run:      runToggle,
		})
	}
	return all
}

func runToggle(_ context.Context, s *Session, c *Call) error {
	name := c.Command.Name
	if err := s.Switch(name, c.toggled(s.On(name))); err != nil {
		return err
	}
	s.tellToggle(name)
	return nil
}

// toggled is the state that was asked for: the one typed, else the other than now.
func (c *Call) toggled(now bool) bool {
	if c.Given(onOffArg.Name) {
		return c.Arg(onOffArg.Name) == "on"
	}
	return !now
}

func (s *Session) tellToggle(name string) {
	s.Print.Note("%s: %s", toggleNamed(name).Meaning, onOff(s.On(name)))
}
