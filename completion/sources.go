package completion

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"ftpsh/commands"
	"ftpsh/internal/config"
)

// Sources are where candidates come from. Those that are nil or empty offer nothing.
type Sources struct {
	Remote    *Remote
	RemoteDir string // the working directory on the server
	LocalDir  string // the one on this machine, absolute
	Home      string // what ~ stands for on this machine
	Aliases   *commands.Aliases
	Bookmarks func() []config.Bookmark
}

// offer collects the candidates that fit what was typed, sorted. A source that fails matters only
// when the others have nothing.
func (s *Sources) offer(ctx context.Context, at *slot, table *commands.Table) ([]candidate, error) {
	var found []candidate
	var failed error
	switch {
	case at.command:
		found = fitting(s.commandNames(table, at.text != ""), at.text)
	case at.flags != nil:
		found = fitting(flags(at.flags, at.text), at.text)
	}
	for _, v := range at.values {
		some, err := s.ofValue(ctx, at, v, table)
		found = append(found, some...)
		failed = errors.Join(failed, err)
	}
	if len(found) > 0 {
		failed = nil
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.name, b.name) })
	return slices.CompactFunc(found, func(a, b candidate) bool { return a == b }), failed
}

// ofValue asks the source of a Kind.
func (s *Sources) ofValue(ctx context.Context, at *slot, v value, table *commands.Table) ([]candidate, error) {
	found := named("choice", v.choices)
	switch v.kind {
	case commands.RemoteDir, commands.RemoteFile, commands.RemotePath:
		return s.remotePaths(ctx, at, v.kind == commands.RemoteDir)
	case commands.LocalDir, commands.LocalPath:
		return s.localPaths(ctx, at, v.kind == commands.LocalDir)
	case commands.CommandName:
		found = s.commandNames(table, at.text != "")
	case commands.AliasName:
		found = s.aliases()
	case commands.SettingName:
		found = settings()
	case commands.SettingValue:
		found = settingValues(at.setting)
	case commands.BookmarkName:
		found = s.bookmarks()
	}
	return fitting(found, at.text), nil
}

func fitting(found []candidate, typed string) []candidate {
	return filter(found, func(c *candidate) string { return c.name }, typed, func(*candidate) bool { return true })
}

func named(kind string, names []string) (found []candidate) {
	for _, name := range names {
		found = append(found, candidate{name: name, kind: kind})
	}
	return found
}

// commandNames are the names of the table and the aliases. Synonyms would only fill the menu as
// long as nothing is typed.
func (s *Sources) commandNames(table *commands.Table, synonyms bool) []candidate {
	found := s.aliases()
	for _, c := range table.Listed() {
		names := c.Names()
		if !synonyms {
			names = names[:1]
		}
		for _, name := range names {
			found = append(found, candidate{name: name, kind: "command", help: c.Short})
		}
	}
	return found
}

func (s *Sources) aliases() (found []candidate) {
	if s.Aliases == nil {
		return nil
	}
	for _, name := range s.Aliases.Names() {
		line, _ := s.Aliases.Line(name)
		found = append(found, candidate{name: name, kind: "alias", help: line})
	}
	return found
}

// flags are the forms of the flags that go with the dashes typed. Behind one dash the letter
// stands for its flag, behind two the long form.
func flags(c *commands.Command, typed string) (found []candidate) {
	for _, f := range c.Flags {
		if f.Letter != 0 && !strings.HasPrefix(typed, "--") {
			found = append(found, candidate{name: "-" + string(rune(f.Letter)), kind: "flag", help: f.Help})
			continue
		}
		if f.Long == "" {
			continue
		}
		if f.OneDash {
			found = append(found, candidate{name: "-" + f.Long, kind: "flag", help: f.Help})
			continue
		}
		long := candidate{name: "--" + f.Long, kind: "flag", help: f.Help}
		if f.Value != "" {
			long.tail, long.more = "=", true
		}
		found = append(found, long)
	}
	return found
}

func settings() (found []candidate) {
	for _, s := range config.Settings() {
		found = append(found, candidate{name: s.Name, kind: "setting", help: s.Help})
	}
	return found
}

// settingValues are the values that a setting may have, as far as they can be counted.
func settingValues(name string) []candidate {
	setting, err := config.Find(name)
	if err != nil {
		return nil
	}
	switch setting.Kind {
	case config.Bool:
		return named("choice", []string{"on", "off"})
	case config.Choice:
		return named("choice", setting.Choices)
	}
	if setting.Default == "" {
		return nil
	}
	return []candidate{{name: setting.Default, kind: "choice", help: "the default"}}
}

func (s *Sources) bookmarks() (found []candidate) {
	if s.Bookmarks == nil {
		return nil
	}
	for _, b := range s.Bookmarks() {
		found = append(found, candidate{name: b.Name, kind: "bookmark", help: b.URL})
	}
	return found
}
