package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxConfig bounds the files written for this program, in bytes.
const maxConfig = 1 << 20

// readConfigFile returns the assignments of the config file.
func (c *Config) readConfigFile() ([]assignment, error) {
	path := c.paths.ConfigFile()
	text, err := readTrusted(path, maxConfig)
	if err != nil {
		return nil, err
	}
	found, problems := c.parse(path, text)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	return found, nil
}

// parse reads the lines of a config file: what they set, and a LineError for
// each that does not.
func (c *Config) parse(path, text string) (found []assignment, problems []error) {
	var section sitePattern
	lost := false // in a section whose heading was bad
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		var err error
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '[':
			section, err = parseHeading(line)
			lost = err != nil
		case !lost:
			var a assignment
			if a, err = c.parseAssignment(line, section); err == nil {
				a.where = path + ":" + strconv.Itoa(number)
				found = append(found, a)
			}
		}
		if err != nil {
			problems = append(problems, &LineError{Path: path, Line: number, Err: err})
		}
	}
	return found, problems
}

// parseHeading reads [site].
func parseHeading(line string) (sitePattern, error) {
	site, ok := strings.CutSuffix(line[1:], "]")
	if !ok {
		return sitePattern{}, errors.New("section has no ] at its end")
	}
	return parseSite(strings.TrimSpace(site))
}

// parseAssignment reads name = value.
func (c *Config) parseAssignment(line string, section sitePattern) (assignment, error) {
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		return assignment{}, fmt.Errorf("%q is neither name = value nor [site]", line)
	}
	name = strings.TrimSpace(name)
	s, err := Find(name)
	if err != nil {
		return assignment{}, err
	}
	a := assignment{source: SourceFile, site: section, name: name}
	if section != (sitePattern{}) {
		a.source = SourceSite
		if !s.PerSite {
			return assignment{}, notPerSite(name)
		}
	}
	value = unquote(strings.TrimSpace(value))
	a.text, err = c.canonical(s, value, c.paths.ConfigDir())
	return a, err
}

// notPerSite is the error for a setting of the whole session.
func notPerSite(name string) error { return fmt.Errorf("%s cannot differ from site to site", name) }

// unquote takes off the quotes that keep blanks at the ends of a value.
func unquote(value string) string {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}
