package completion

import (
	"strings"

	"ftpsh/commands"
	"ftpsh/internal/lang"
)

// slot is the place of the cursor: the word to complete, and what it may be.
type slot struct {
	start, end int    // of the word, up to the cursor
	lead       string // the part of the word that stays: "--rate=", "-o", "@" of "@get"
	text       string // the rest of it, without quotes
	open       rune   // the quote that the user opened; 0 for none
	atEnd      bool   // nothing stands behind the cursor
	closed     bool   // the quote is closed right behind the cursor

	command bool              // the word is a command's name
	flags   *commands.Command // the word may be a flag of this command
	values  []value           // the word may be one of these
	setting string            // the argument in front, for SettingValue
}

// value is one thing that a word may be.
type value struct {
	kind    commands.Kind
	choices []string
}

// findSlot looks at the line left of the cursor, as [commands.Table.Parse] would.
func findSlot(r *Request) slot {
	left, right := r.Line[:r.Pos], r.Line[r.Pos:]
	h := split(left)
	at := slot{
		start: h.current.Start, end: r.Pos, text: h.current.Text, open: h.current.Open,
		atEnd:  right == "",
		closed: h.current.Open != 0 && strings.HasPrefix(right, string(h.current.Open)),
	}
	switch {
	case h.target, h.local && len(h.words) > 0:
		at.values = []value{{kind: commands.LocalPath}}
	case h.local: // the name of a local program
	case len(h.words) == 0:
		at.command = true
		at.cut(len(at.text) - len(strings.TrimLeft(at.text, prefixes)))
	default:
		at.bind(r, h.words)
	}
	return at
}

// prefixes may stand in front of a command: "-" ignores its failure, "@" does not echo it.
const prefixes = "-@"

// cut moves the first n bytes of the text to the part that stays.
func (at *slot) cut(n int) { at.lead, at.text = at.lead+at.text[:n], at.text[n:] }

// bind finds the flag or the argument that the word is.
func (at *slot) bind(r *Request, words []lang.Word) {
	words = expandAlias(r.Sources.Aliases, words)
	command, err := r.Table.Find(strings.TrimLeft(words[0].Text, prefixes))
	if err != nil {
		return
	}
	b := commands.NewBinder(command)
	for _, w := range words[1:] {
		_ = b.Add(w) // a word that does not fit may still be corrected
	}
	if flag, n := b.Attached(at.text); flag != nil {
		at.cut(n)
		at.values = []value{{flag.Kind, flag.Choices}}
		return
	}
	if line, within := b.Line(); within {
		if at.command = len(line) == 0; !at.command {
			at.bind(r, line)
		}
		return
	}
	next := b.Next()
	switch {
	case next.Flag != nil:
		at.values = []value{{next.Flag.Kind, next.Flag.Choices}}
	case next.Flags && strings.HasPrefix(at.text, "-"):
		at.flags = command
	default:
		at.values = valuesOf(next.Args)
	}
	if before := b.Words(); len(before) > 0 {
		at.setting = before[len(before)-1].Text
	}
}

// valuesOf are what the arguments may be, each thing once.
func valuesOf(args []commands.Arg) (values []value) {
	seen := map[commands.Kind]bool{}
	for _, a := range args {
		if !seen[a.Kind] || len(a.Choices) > 0 {
			values = append(values, value{a.Kind, a.Choices})
		}
		seen[a.Kind] = true
	}
	return values
}

// expandAlias puts the line that a name stands for in its place.
func expandAlias(aliases *commands.Aliases, words []lang.Word) []lang.Word {
	if aliases == nil {
		return words
	}
	line, ok := aliases.Line(words[0].Text)
	if !ok {
		return words
	}
	expanded := split(line + " ")
	if len(expanded.words) == 0 || expanded.local {
		return words
	}
	return append(expanded.words, words[1:]...)
}
