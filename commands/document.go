package commands

import (
	"fmt"
	"strings"
)

// The markers between which the README's command table stands.
const (
	readmeStart = "<!-- commands -->\n"
	readmeEnd   = "<!-- /commands -->"
)

// README is the table of commands in Markdown, group by group.
func README(t *Table) string {
	var b strings.Builder
	for g := range groupCount {
		members := t.inGroup(g)
		if len(members) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n| %s | |\n|---|---|\n", g)
		for _, c := range members {
			fmt.Fprintf(&b, "| %s | %s |\n", c.readmeName(), markdownCell(c.Short))
		}
	}
	return b.String() + "\n"
}

// readmeName is the usage line, and the synonyms behind it.
func (c *Command) readmeName() string {
	text := "`" + markdownCell(c.Usage()) + "`"
	if synonyms := c.Names()[1:]; len(synonyms) > 0 {
		text += " (" + strings.Join(synonyms, ", ") + ")"
	}
	return text
}

// markdownCell keeps a bar from ending the cell, inside code too.
func markdownCell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// ReplaceCommands puts the table between its markers in the text of a README.
func ReplaceCommands(readme string, t *Table) (string, error) {
	before, rest, started := strings.Cut(readme, readmeStart)
	_, after, ended := strings.Cut(rest, readmeEnd)
	if !started || !ended {
		return "", fmt.Errorf("the README has no %s ... %s", strings.TrimSpace(readmeStart), readmeEnd)
	}
	return before + readmeStart + README(t) + readmeEnd + after, nil
}
