package commands

import (
	"errors"
	"slices"
	"strings"

	"ftpsh/internal/lang"
)

// HoldsSecret says that a line may hold a password, and must not be remembered: it gives a word to
// an argument of Kind Secret, sends PASS or ACCT, or names a URL with a password. A line that will
// be refused is looked at as well as it can be.
func (t *Table) HoldsSecret(line string) bool {
	return slices.ContainsFunc(typedCommands(line), t.holdsSecret)
}

func (t *Table) holdsSecret(words []Word) bool {
	if slices.ContainsFunc(words, func(w Word) bool { return strings.Contains(w.Text, "://") && hasPassword(w.Text) }) {
		return true
	}
	meant := t.meant(strings.TrimLeft(words[0].Text, "-@"))
	return slices.ContainsFunc(meant, func(c *Command) bool { return c.holdsSecret(words[1:]) || t.queuesSecret(c, words[1:]) })
}

// queuesSecret says that the line within a line holds a secret.
func (t *Table) queuesSecret(c *Command, words []Word) bool {
	b := NewBinder(c)
	_ = b.addAll(words) // a line that does not fit holds it all the same
	line, _ := b.Line()
	if len(line) == 1 {
		return t.HoldsSecret(line[0].Text)
	}
	return len(line) > 0 && t.holdsSecret(line)
}

// Masked is a line as it may be shown: without what may be a password.
func (t *Table) Masked(line string) string {
	if !t.HoldsSecret(line) {
		return line
	}
	name, _, _ := strings.Cut(line, " ")
	return name + " ***"
}

// meant is the command that a word names, or those that it was probably meant for.
func (t *Table) meant(word string) (meant []*Command) {
	c, err := t.Find(word)
	if err == nil {
		return []*Command{c}
	}
	var unknown *UnknownError
	var ambiguous *AmbiguousError
	var names []string
	switch {
	case errors.As(err, &unknown):
		names = unknown.Near
	case errors.As(err, &ambiguous):
		names = ambiguous.Candidates
	}
	for _, name := range names {
		meant = append(meant, t.byName[name])
	}
	return meant
}

// holdsSecret says that one of the words is a password, or may hold one.
func (c *Command) holdsSecret(words []Word) bool {
	b := NewBinder(c)
	for _, w := range words {
		if next := b.Next(); next.Flag != nil && next.Flag.Kind.holdsPassword(w.Text) {
			return true
		} else if slices.ContainsFunc(next.Args, func(a Arg) bool { return a.Kind.holdsPassword(w.Text) }) {
			return true
		}
		if flag, at := b.Attached(w.Text); flag != nil && flag.Kind.holdsPassword(w.Text[at:]) {
			return true
		}
		_ = b.Add(w) // a line that does not fit holds it all the same
	}
	return c.Raw && sendsPassword(b.words)
}

// holdsPassword says that a word is a password, or has one in it: user:password@host, or user,password
// as lftp takes it.
func (k Kind) holdsPassword(text string) bool {
	switch k {
	case Secret:
		return true
	case BookmarkName:
		return hasPassword(text)
	case UserName:
		return strings.ContainsAny(text, ",:")
	}
	return false
}

// hasPassword finds user:password@ in a target or a URL.
func hasPassword(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return false
	}
	user := text[:at]
	if i := strings.Index(user, "://"); i >= 0 {
		user = user[i+len("://"):]
	}
	return strings.Contains(user, ":")
}

// sendsPassword knows the commands of FTP that carry one.
func sendsPassword(words []Word) bool {
	if len(words) == 0 {
		return false
	}
	verb, _, _ := strings.Cut(strings.TrimSpace(words[0].Text), " ")
	return strings.EqualFold(verb, "PASS") || strings.EqualFold(verb, "ACCT")
}

// typedCommands are the words of each command of a line, from the last to the first, without the
// local programs behind pipes.
func typedCommands(line string) (all [][]Word) {
	for line != "" {
		tokens := lang.Split(line)
		if words := lang.Words(line); len(words) > 0 && !tokens[0].Piped {
			all = append(all, words)
		}
		line = strings.TrimRight(line[:tokens[0].Start], " \t\n;|&<>")
	}
	return all
}
