package commands

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// mirrorCommands make trees alike.
func mirrorCommands() []Command {
	return []Command{{
		Name: "mirror", Group: Transfer, Needs: LoggedIn,
		Short: "make a directory like the one on the other side",
		Args: []Arg{
			{Name: "source", Kind: RemoteDir, With: map[string]Kind{"reverse": LocalDir}, Optional: true},
			{Name: "target", Kind: LocalDir, With: map[string]Kind{"reverse": RemoteDir}, Optional: true},
		},
		Flags: append([]Flag{
			{Letter: 'R', Long: "reverse", Help: "from this machine to the server"},
			{Letter: 'e', Long: "delete", Help: "remove what the source does not have, after asking"},
			{Letter: 'f', Long: "yes", Help: "with --delete: do not ask"},
			{Letter: 'x', Long: "exclude", Value: "regexp", Help: "leave out paths in which it is found; those of directories end in /"},
			{Letter: 'X', Long: "exclude-glob", Value: "glob", Help: "leave out what fits"},
			{Letter: 'i', Long: "include", Value: "regexp", Help: "only files in whose path it is found"},
			{Letter: 'I', Long: "include-glob", Value: "glob", Help: "only files that fit"},
			{Letter: 'n', Long: "newer", Help: "only files that are newer than at the target"},
			{Long: "size-only", Help: "files of the same size are the same, whatever their times"},
			{Long: "size", Value: "A-B", Help: "only files of that many bytes: 10k-2M, 1M-, -500k"},
			{Long: "age", Value: "A-B", Help: "only files of that age: 2h-7d, 30d-, -1d"},
			{Long: "depth", Value: "n", Kind: Number, Help: "only so many levels of directories"},
			{Long: "no-recursion", Help: "only the files of the directory itself"},
			{Long: "loop", Help: "again, until there is nothing left to do"},
			{Long: "Remove-source-files", Help: "--remove-source, as lftp calls it"},
		}, moved()...),
		Details: `From the server to this machine, or with -R the other way; without names, between the two working
directories. What is missing or differs is moved; the rest is left alone. Files differ when their
sizes do, or when the source is newer; coming from the server, also when it is older, since a file
that was fetched has the time of its source. Moved files get their time, their name only once they
are whole, and those they replace are there until then. So a mirror that was stopped or failed in
part is simply run again.

Links are passed over. A glob with a slash before its end is compared with paths from the top, any
other with names: *.o, /doc/**/*.tmp, cache/ (directories only). What is excluded is also never
deleted. A target that is not named has the name of the source. --delete removes at the end, and only
if every directory could be listed as a whole; where nobody can be asked it needs --yes.
--remove-source removes the files that were moved, and leaves the directories and what is the same on
both sides.`,
		Examples: []string{"mirror", "mirror pub/data data -P 4", "mirror -R site htdocs --delete --dry-run", "mirror -X '*.o' -X .git/ --age -7d src"},
		Run:      runMirror,
	}}
}

func runMirror(ctx context.Context, s *Session, c *Call) error {
	if c.Has("delete") && !c.Has("yes") && !c.Has("dry-run") && s.Ask == nil {
		return &StateError{Op: c.Verb, Problem: "nobody can be asked whether to delete", Next: "mirror --delete --yes, or --dry-run to see what it would do"}
	}
	plan, err := s.mirrorPlan(c)
	if err != nil {
		return err
	}
	for {
		moved, err := s.runJob(ctx, c, plan())
		if err != nil || !c.Has("loop") || c.Has("dry-run") || moved.Moved+moved.Removed+moved.Made == 0 {
			return err
		}
	}
}

// mirrorPlan reads the flags. A plan is good for one run.
func (s *Session) mirrorPlan(c *Call) (func() *transfer.Mirror, error) {
	filter, err := c.filter()
	if err != nil {
		return nil, err
	}
	care, err := s.care(c)
	if err != nil {
		return nil, err
	}
	upload := c.Has("reverse")
	there, here := c.mirrorEnds(s, upload)
	return func() *transfer.Mirror {
		m := &transfer.Mirror{
			Upload: upload, Remote: there, Local: s.Local.Abs(here), Shown: here,
			Filter: filter, Depth: int(c.Number("depth")),
			Compare:  transfer.Comparison{NewerOnly: c.Has("newer"), SizeOnly: c.Has("size-only"), KeepsTime: !upload && s.On("preserve")},
			Settings: s.treeSettings(c),
		}
		m.Settings.Policy, m.Settings.Care = transfer.Overwrite, care
		if c.Has("no-recursion") {
			m.Depth = 1
		}
		if c.Has("delete") {
			m.Removals = &transfer.Removals{}
			if !c.Has("yes") {
				m.Removals.Confirm = s.confirmRemovals(upload)
			}
		}
		return m
	}, nil
}

// mirrorEnds are the two directories. A target that was not named has the name of the source, unless
// that is the working directory.
func (c *Call) mirrorEnds(s *Session, upload bool) (there, here string) {
	source, target := c.Arg("source"), c.Arg("target")
	switch {
	case upload && !c.Given("target") && c.Given("source"):
		target = s.localBase(source)
	case !upload && !c.Given("target") && c.Given("source"):
		target = s.remoteBase(source)
	}
	if upload {
		return target, source
	}
	return source, target
}

// localBase is the name that a path here ends in; empty for the working directory.
func (s *Session) localBase(path string) string {
	dir := s.Local.Abs(path)
	if dir == s.Local.Dir() {
		return ""
	}
	return filepath.Base(dir)
}

// remoteBase is the name that a path on the server ends in; empty for the working directory and the root.
func (s *Session) remoteBase(path string) string {
	dir := s.Conn.Abs(path)
	if dir == s.Conn.Abs("") {
		return ""
	}
	return lastPart(dir)
}

// treeSettings are what the files of a tree are moved by, as the session's switches have it.
func (s *Session) treeSettings(c *Call) transfer.Settings {
	t := transfer.Settings{
		Op: c.Verb, Policy: s.defaultPolicy(), Asker: s.conflictAsker(), MaxSize: s.maxSize(),
		ASCII: s.Conn.TransferType() == "A", KeepCR: !s.On("cr"), Preserve: s.On("preserve"),
	}
	if !s.Values().Bool("upload-temp") {
		t.Manner = transfer.NewDirectly
	}
	return t
}

// shownRemovals is how many names a question about removals shows.
const shownRemovals = 20

// confirmRemovals shows what would be removed, and asks.
func (s *Session) confirmRemovals(upload bool) func(context.Context, *transfer.Removals) (bool, error) {
	return func(ctx context.Context, plan *transfer.Removals) (bool, error) {
		shown := 0
		err := plan.Each(func(path string, dir bool) error {
			if shown++; shown <= shownRemovals {
				if dir {
					path += "/"
				}
				s.Print.Note("  %s", path)
			}
			return nil
		})
		if err != nil {
			return false, err
		}
		if shown > shownRemovals {
			s.Print.Note("  and %d more", shown-shownRemovals)
		}
		where := "here"
		if upload {
			where = "on the server"
		}
		return s.Ask.Confirm(ctx, fmt.Sprintf("remove %s %s?", countRemovals(plan), where))
	}
}

// countRemovals is a plan of removals in numbers.
func countRemovals(plan *transfer.Removals) string {
	var parts []string
	if plan.Files > 0 {
		parts = append(parts, fmt.Sprintf("%s (%s)", counted(plan.Files, "file", "files"), sizeInWords(plan.Bytes)))
	}
	if plan.Dirs > 0 {
		parts = append(parts, counted(plan.Dirs, "directory", "directories"))
	}
	return strings.Join(parts, " and ")
}

// sizeInWords is a size that cannot be taken for a count.
func sizeInWords(n int64) string {
	if n < 1024 {
		return counted(int(n), "byte", "bytes")
	}
	return term.HumanSize(n)
}

// filter is what the flags say about what to leave out.
func (c *Call) filter() (transfer.Filter, error) {
	f := transfer.Filter{Now: time.Now()}
	for _, group := range []struct {
		flag  string
		rules *[]transfer.Rule
		read  func(string) (transfer.Rule, error)
	}{
		{"exclude", &f.Exclude, transfer.RegexpRule},
		{"exclude-glob", &f.Exclude, transfer.GlobRule},
		{"include", &f.Include, transfer.RegexpRule},
		{"include-glob", &f.Include, transfer.GlobRule},
	} {
		for _, text := range c.Values(group.flag) {
			rule, err := group.read(text)
			if err != nil {
				return f, usage(c.Command, "--%s: %v", group.flag, err)
			}
			*group.rules = append(*group.rules, rule)
		}
	}
	var err error
	if f.Size, err = readRange(c.Value("size"), term.ParseSize); err != nil {
		return f, usage(c.Command, "--size: %v", err)
	}
	if f.Age, err = readRange(c.Value("age"), parseAge); err != nil {
		return f, usage(c.Command, "--age: %v", err)
	}
	return f, nil
}

// readRange reads "A-B", of which one end may be missing.
func readRange(text string, read func(string) (int64, error)) (r transfer.Range, err error) {
	if text == "" {
		return r, nil
	}
	least, most, isRange := strings.Cut(text, "-")
	if !isRange || least+most == "" {
		return r, fmt.Errorf("%q is no range such as A-B, A- or -B", text)
	}
	if least != "" {
		if r.Least, err = read(least); err != nil {
			return r, err
		}
	}
	if most != "" {
		if r.Most, err = read(most); err == nil && r.Most < max(1, r.Least) {
			err = fmt.Errorf("nothing is in the range %s", text)
		}
	}
	return r, err
}

// parseAge reads a time in nanoseconds: as durations are written, and in days.
func parseAge(text string) (int64, error) {
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		d, err := parseDuration(days + "h")
		return int64(24 * d), err
	}
	d, err := parseDuration(text)
	return int64(d), err
}
