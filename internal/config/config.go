// Package config is what is remembered between runs: settings with the source
// of their values, the config file, what was learned about a site, bookmarks,
// netrc and certificate pins.
//
// # Files
//
//	$XDG_CONFIG_HOME/ftpsh/config      settings, written by the user
//	$XDG_CONFIG_HOME/ftpsh/rc          commands run at start
//	$XDG_CONFIG_HOME/ftpsh/bookmarks   names for URLs
//	$XDG_CONFIG_HOME/ftpsh/pins        certificates that the user accepted
//	$XDG_STATE_HOME/ftpsh/sites        settings learned about sites
//	$XDG_STATE_HOME/ftpsh/history      see package history
//	~/.netrc                           logins
//
// Nothing is ever read from the current directory, and no file is trusted that
// others may write. Files that ftpsh writes have mode 0600 and are replaced as
// a whole: a reader sees the old contents or the new ones. Two sessions that
// change the same file within the same instant may lose one of the changes.
//
// # The config file
//
//	# a comment has its own line
//	timeout = 20s
//	prompt = "%m> "
//
//	[ftp.example.com]          a host, host:port, or a pattern: *.example.com
//	charset = latin1
//
// Lines before the first section hold everywhere. Among lines that fit, a
// section wins over no section, and the later line over the earlier one.
package config

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Source is where a value comes from. Of several values the one with the
// greatest source counts.
type Source int

// The sources of values.
const (
	SourceDefault     Source = iota
	SourceEnvironment        // a variable named in Setting.Env
	SourceFile               // the config file, before its sections
	SourceLearned            // noted about the site by an earlier session
	SourceSite               // a section of the config file
	SourceFlag               // a flag of the command line
	SourceCommand            // the command set
)

// String names the source as the command set shows it.
func (s Source) String() string {
	return [...]string{"default", "environment", "config file", "learned", "site section", "command line", "set"}[s]
}

// Config holds the settings of a session. Its methods may be called by several
// goroutines.
type Config struct {
	paths     Paths
	bookmarks Bookmarks
	pins      Pins

	checks map[string]func(value string) error // by the setting's name

	mu    sync.RWMutex
	given []assignment // in the order in which they were given
}

// assignment is one value that a setting was given.
type assignment struct {
	source Source
	site   sitePattern
	name   string
	text   string // canonical
	where  string // path:line, or the name of the variable; may be ""
}

// New returns the defaults and what the environment says. Getenv and the home
// directory, which may be "", are passed in; no file is read yet.
func New(getenv func(string) string, home string) *Config {
	paths := NewPaths(getenv, home)
	c := &Config{
		paths:     paths,
		bookmarks: Bookmarks{file: lineFile{path: paths.inConfig("bookmarks")}},
		pins:      Pins{file: lineFile{path: paths.inConfig("pins")}},
	}
	for i := range settings {
		if a, ok := fromEnvironment(&settings[i], getenv); ok {
			c.given = append(c.given, a)
		}
	}
	return c
}

// fromEnvironment reads the first variable that is set. One whose value does
// not fit is passed over: it was not meant for this program.
func fromEnvironment(s *Setting, getenv func(string) string) (assignment, bool) {
	for _, variable := range s.Env {
		value := getenv(variable)
		if value == "" {
			continue
		}
		if text, err := s.canonical(value); err == nil {
			return assignment{source: SourceEnvironment, name: s.Name, text: text, where: variable}, true
		}
	}
	return assignment{}, false
}

// Check adds to what the values of a setting are held against, from now on, what only others can tell:
// whether there is a charset of that name, say.
func (c *Config) Check(name string, check func(value string) error) {
	if c.checks == nil {
		c.checks = map[string]func(string) error{}
	}
	c.checks[name] = check
}

// canonical is a value in the spelling that is stored. A relative path is one below dir; without one it
// stays relative.
func (c *Config) canonical(s Setting, text, dir string) (string, error) {
	value, err := s.canonical(c.paths.expand(s, text, dir))
	if check := c.checks[s.Name]; err == nil && value != "" && check != nil {
		err = check(value)
	}
	return value, err
}

// Load reads the config file and what was learned about sites. A config file
// that is not there is empty; the error for a bad line is a [LineError], and
// then nothing of the file counts.
func (c *Config) Load() error {
	written, err := c.readConfigFile()
	learned, learnedErr := c.readLearned()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.given = slices.Concat(c.given, written, learned)
	if err != nil {
		return err
	}
	return learnedErr
}

// Paths says where the files of ftpsh are.
func (c *Config) Paths() Paths { return c.paths }

// Bookmarks returns the bookmarks of the user.
func (c *Config) Bookmarks() *Bookmarks { return &c.bookmarks }

// Pins returns the certificates that the user accepted.
func (c *Config) Pins() *Pins { return &c.pins }

// Set gives a setting a value for this session, from the command line or from
// the command set. Setting timeout also sets those that it stands for.
func (c *Config) Set(source Source, name, text string) error {
	s, err := Find(name)
	if err != nil {
		return err
	}
	a := assignment{source: source, name: name}
	if a.text, err = c.canonical(s, text, ""); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(func(old assignment) bool { return old.source == source && old.name == name })
	c.given = append(c.given, a)
	return nil
}

// Assign is Set for text of the form name=value, as --set has it.
func (c *Config) Assign(source Source, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return fmt.Errorf("%q is not name=value", text)
	}
	return c.Set(source, strings.TrimSpace(name), value)
}

// Unset takes back what this session set, on its command line too.
func (c *Config) Unset(name string) error {
	if _, err := Find(name); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(func(old assignment) bool { return old.source >= SourceFlag && old.name == name })
	return nil
}

// drop removes assignments; c.mu is held.
func (c *Config) drop(unwanted func(assignment) bool) {
	c.given = slices.DeleteFunc(slices.Clone(c.given), unwanted)
}
