package commands

import (
	"fmt"
	"strings"

	"ftpsh/internal/config"
)

// Manual is what the manual says beside the commands and the settings.
type Manual struct {
	Date        string // of the manual: 2026-11-28
	Synopsis    []string
	Description string // paragraphs with an empty line between them
	Options     []ManualEntry
	Subcommands []ManualSubcommand
	Environment []ManualEntry // what local programs get
	Files       []ManualEntry
}

// ManualEntry is a term and what it means.
type ManualEntry struct{ Term, Meaning string }

// ManualSubcommand is another way to call the program, with the flags that only it has.
type ManualSubcommand struct {
	Usage   string
	Details string // paragraphs
	Options []ManualEntry
}

// Man is the manual page in roff, with the macros of man(7).
func Man(t *Table, m Manual) string {
	r := &roff{}
	r.macro("TH", "FTPSH", "1", m.Date, "ftpsh", "User Commands")
	r.section("NAME")
	r.text(`ftpsh - an interactive FTP shell`)
	r.section("SYNOPSIS")
	for _, line := range m.Synopsis {
		r.macro("PP")
		r.text(line)
	}
	r.section("DESCRIPTION")
	r.paragraphs(m.Description)
	r.entries("OPTIONS", m.Options)
	r.subcommands(m.Subcommands)
	r.commands(t)
	r.settings()
	r.entries("CAUSES THAT DIAGNOSE NAMES", causeEntries())
	r.entries("EXIT STATUS", statusEntries())
	r.entries("ENVIRONMENT OF LOCAL PROGRAMS", m.Environment)
	r.entries("FILES", m.Files)
	return r.b.String()
}

// roff builds a page.
type roff struct{ b strings.Builder }

// macro writes a request with its arguments in quotes.
func (r *roff) macro(name string, args ...string) {
	r.b.WriteString("." + name)
	for _, arg := range args {
		r.b.WriteString(` "` + strings.ReplaceAll(escapeRoff(arg), `"`, `\(dq`) + `"`)
	}
	r.b.WriteByte('\n')
}

// text writes lines that cannot be taken for requests.
func (r *roff) text(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			r.b.WriteString(`\&`)
		}
		r.b.WriteString(escapeRoff(line) + "\n")
	}
}

// escapeRoff keeps backslashes and dashes what they are: a dash that is no minus cannot be copied
// from the page into a line.
func escapeRoff(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
}

func (r *roff) section(title string) { r.macro("SH", title) }

func (r *roff) paragraphs(text string) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		r.macro("PP")
		r.text(paragraph)
	}
}

// entry writes a term in bold and what it means below it.
func (r *roff) entry(term, meaning string) {
	r.macro("TP")
	r.macro("B", term)
	r.text(meaning)
}

func (r *roff) entries(title string, entries []ManualEntry) {
	if len(entries) == 0 {
		return
	}
	r.section(title)
	for _, e := range entries {
		r.entry(e.Term, e.Meaning)
	}
}

func (r *roff) subcommands(all []ManualSubcommand) {
	if len(all) > 0 {
		r.section("SUBCOMMANDS")
	}
	for _, s := range all {
		r.macro("SS", s.Usage)
		r.paragraphs(s.Details)
		for _, option := range s.Options {
			r.entry(option.Term, option.Meaning)
		}
	}
}

func (r *roff) commands(t *Table) {
	r.section("COMMANDS")
	for g := range groupCount {
		members := t.inGroup(g)
		if len(members) > 0 {
			r.macro("SS", g.String())
		}
		for _, c := range members {
			r.command(c)
		}
	}
}

func (r *roff) command(c *Command) {
	r.entry(c.Usage(), sentence(c.Short))
	if synonyms := c.Names()[1:]; len(synonyms) > 0 {
		r.text("Also called " + strings.Join(synonyms, ", ") + ".")
	}
	if c.Details != "" {
		r.text(c.Details)
	}
	if len(c.Flags) > 0 {
		r.macro("RS")
		for i := range c.Flags {
			r.entry(c.Flags[i].forms(), sentence(c.Flags[i].Help))
		}
		r.macro("RE")
	}
	if len(c.Examples) > 0 {
		r.macro("IP")
		r.text("Examples:")
		r.macro("nf")
		r.text(strings.Join(c.Examples, "\n"))
		r.macro("fi")
	}
}

func (r *roff) settings() {
	var entries []ManualEntry
	for _, s := range config.Settings() {
		meaning := sentence(s.Help)
		if s.Default != "" {
			meaning += fmt.Sprintf(" The default is %s.", s.Default)
		}
		if s.PerSite {
			meaning += " May differ from site to site."
		}
		entries = append(entries, ManualEntry{fmt.Sprintf("%s = %s", s.Name, s.Valid()), meaning})
	}
	r.entries("SETTINGS", entries)
}

// sentence makes one of a phrase.
func sentence(phrase string) string {
	return strings.ToUpper(phrase[:1]) + phrase[1:] + "."
}
