package config

import (
	"path/filepath"
	"strings"
)

// Paths says where the files of ftpsh are. A path is "" where there is no home
// directory and no XDG variable to say.
type Paths struct {
	home, config, state, netrc string
}

// NewPaths follows the XDG base directory specification: a variable that holds
// a relative path does not count.
func NewPaths(getenv func(string) string, home string) Paths {
	if !filepath.IsAbs(home) {
		home = ""
	}
	p := Paths{home: home}
	p.config = baseDir(getenv("XDG_CONFIG_HOME"), home, ".config")
	p.state = baseDir(getenv("XDG_STATE_HOME"), home, ".local", "state")
	p.netrc = getenv("NETRC")
	if p.netrc == "" {
		p.netrc = under(home, ".netrc")
	}
	return p
}

// ConfigDir is the directory of what the user writes.
func (p Paths) ConfigDir() string { return p.config }

// StateDir is the directory of what ftpsh writes for itself.
func (p Paths) StateDir() string { return p.state }

// ConfigFile is the file of settings.
func (p Paths) ConfigFile() string { return p.inConfig("config") }

// HistoryPath is the file of command lines.
func (p Paths) HistoryPath() string { return p.inState("history") }

// RCPath is the script that is run at start.
func (p Paths) RCPath() string { return p.inConfig("rc") }

// NetrcPath is the file of logins: what the variable NETRC names, or ~/.netrc.
func (p Paths) NetrcPath() string { return p.netrc }

// RC returns the script that is run at start, "" if there is none. A script
// that others may write is an error.
func (p Paths) RC() (string, error) { return readTrusted(p.RCPath(), maxConfig) }

func (p Paths) inConfig(name string) string { return under(p.config, name) }

func (p Paths) inState(name string) string { return under(p.state, name) }

// expand turns the text of a Path into a path: ~/ is the home directory, and
// what is relative in a file is meant from the directory of the file.
func (p Paths) expand(s Setting, text, dir string) string {
	if s.Kind != Path || text == "" {
		return text
	}
	if rest, ok := strings.CutPrefix(text, "~/"); ok && p.home != "" {
		return filepath.Join(p.home, rest)
	}
	if dir != "" && !filepath.IsAbs(text) {
		return filepath.Join(dir, text)
	}
	return text
}

// baseDir is the directory of ftpsh in one of the XDG directories.
func baseDir(variable, home string, fallback ...string) string {
	if filepath.IsAbs(variable) {
		return filepath.Join(variable, "ftpsh")
	}
	return under(home, append(fallback, "ftpsh")...)
}

// under joins names to a directory, and is "" where there is none.
func under(dir string, names ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, names...)...)
}
