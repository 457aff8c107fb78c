package config

import (
	"fmt"
	"slices"
	"strings"
)

// Learn notes a value for one server, for this session and those to come:
// that it mishandles pipelining, say. It wins over the config file, but not
// over a section of it that speaks of the server.
func (c *Config) Learn(host string, port int, name, text string) error {
	s, err := Find(name)
	if err != nil {
		return err
	}
	if !s.PerSite {
		return notPerSite(name)
	}
	a := assignment{source: SourceLearned, name: name}
	if a.site, err = exactSite(host, port); err != nil {
		return err
	}
	if a.text, err = c.canonical(s, text, ""); err != nil {
		return err
	}
	return c.changeLearned(a, true)
}

// Forget takes back what was learned about one setting of a server.
func (c *Config) Forget(host string, port int, name string) error {
	site, err := exactSite(host, port)
	if err != nil {
		return err
	}
	return c.changeLearned(assignment{site: site, name: name}, false)
}

// changeLearned replaces or removes one line of the file, as it is now, and
// takes over what other sessions have written there. If the file cannot be
// written, the change holds for this session.
func (c *Config) changeLearned(change assignment, keep bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	learned, readErr := c.readLearned()
	learned = slices.DeleteFunc(learned, func(a assignment) bool { return a.site == change.site && a.name == change.name })
	if keep {
		learned = append(learned, change)
	}
	c.drop(func(a assignment) bool { return a.source == SourceLearned })
	c.given = append(c.given, learned...)
	if readErr != nil {
		return readErr
	}
	return writePrivate(c.paths.inState("sites"), formatLearned(learned))
}

// readLearned returns the assignments of the file. Lines that do not fit are
// passed over: another version of the program wrote them.
func (c *Config) readLearned() ([]assignment, error) {
	path := c.paths.inState("sites")
	text, err := readTrusted(path, maxConfig)
	if err != nil {
		return nil, err
	}
	found, _ := c.parse(path, text)
	found = slices.DeleteFunc(found, func(a assignment) bool { return a.source != SourceSite })
	for i := range found {
		found[i].source = SourceLearned
	}
	return found, nil
}

// formatLearned writes the assignments in sections, as parse reads them.
func formatLearned(learned []assignment) string {
	slices.SortStableFunc(learned, func(a, b assignment) int { return strings.Compare(a.site.String(), b.site.String()) })
	var b strings.Builder
	b.WriteString("# what ftpsh has learned about sites; lines may be deleted\n")
	var section sitePattern
	for _, a := range learned {
		if a.site != section {
			section = a.site
			fmt.Fprintf(&b, "\n[%s]\n", section)
		}
		fmt.Fprintf(&b, "%s = \"%s\"\n", a.name, a.text)
	}
	return b.String()
}
