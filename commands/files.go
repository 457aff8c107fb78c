package commands

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"ftpsh/internal/term"
	"ftpsh/remote"
)

// fileCommands change files and directories on the server.
func fileCommands() []Command {
	return []Command{
		{
			Name: "delete", Aliases: []string{"rm"}, Group: RemoteFiles, Classic: true, Danger: true, Needs: LoggedIn,
			Short: "delete files on the server",
			Args:  []Arg{{Name: "file", Kind: RemoteFile, Many: true, Ask: "(remote-file) "}},
			Flags: joined(
				Flag{Letter: 'r', Long: "recursive", Help: "directories too, with all that is in them"},
				Flag{Letter: 'f', Long: "yes", Help: "ask nothing"},
			),
			Details: `A pattern that matches several files is asked about on a terminal. Empty directories are removed by
rmdir. With -r all is listed first, shown, counted and asked about; where nobody can be asked it needs
--yes. If a listing is not complete nothing is removed. Links are removed, and never followed. What
cannot be removed is told, and the rest goes on. The other flags are for -r.`,
			Examples: []string{"delete old.txt", "rm *.bak", "rm -r build --dry-run", "rm -rf build"},
			Run:      runDelete,
		},
		{
			Name: "mdelete", Group: RemoteFiles, Classic: true, Danger: true, Needs: LoggedIn,
			Short:    "delete files, asking about each",
			Args:     []Arg{{Name: "file", Kind: RemoteFile, Many: true, Ask: "(remote-files) "}},
			Details:  "With prompt off nothing is asked.",
			Examples: []string{"mdelete *.bak"},
			Run:      runMdelete,
		},
		{
			Name: "mkdir", Aliases: []string{"mkd"}, Group: RemoteFiles, Classic: true, Needs: LoggedIn,
			Short:    "make directories on the server",
			Args:     []Arg{{Name: "directory", Kind: RemoteDir, Many: true, Ask: "(directory-name) "}},
			Flags:    []Flag{{Letter: 'p', Help: "make parents too; a directory that exists is no error"}},
			Examples: []string{"mkdir new", "mkdir -p a/b/c"},
			Run:      runMkdir,
		},
		{
			Name: "rmdir", Aliases: []string{"rmd"}, Group: RemoteFiles, Classic: true, Danger: true, Needs: LoggedIn,
			Short:    "remove empty directories on the server",
			Args:     []Arg{{Name: "directory", Kind: RemoteDir, Many: true, Ask: "(directory-name) "}},
			Examples: []string{"rmdir old"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				return s.eachOperand(ctx, c.Args("directory"), func(path string, _ bool) error {
					if err := s.confirmLiteral(ctx, "rmdir", path); err != nil {
						return err
					}
					return s.Conn.Rmdir(ctx, path)
				})
			},
		},
		renameCommand(),
		chmodCommand(),
		siteCommand("umask", "show or change the mask for new files (SITE UMASK)", "mask", octal, "umask 022"),
		siteCommand("idle", "show or change when the server hangs up (SITE IDLE)", "seconds", digits, "idle 900"),
		{
			Name: "touch", Group: RemoteFiles, Needs: LoggedIn,
			Short:    "set when files on the server were changed",
			Args:     []Arg{{Name: "file", Kind: RemoteFile, Many: true, Ask: "(remote-file) "}},
			Flags:    []Flag{{Letter: 't', Value: "time", Help: "YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS, in UTC, instead of now"}},
			Details:  "By MFMT, MDTM with a time, or SITE UTIME, whichever the server takes. A missing file is made, empty.",
			Examples: []string{"touch stamp", "touch -t 2024-02-29T12:00:00 a.txt"},
			Run:      runTouch,
		},
	}
}

func runDelete(ctx context.Context, s *Session, c *Call) error {
	words := c.Args("file")
	switch {
	case c.Has("r"):
		return removeTrees(ctx, s, c)
	case c.jobOptions() != jobOptions{}:
		return usage(c.Command, "this flag is for -r")
	}
	paths, err := s.remotePaths(ctx, words)
	if err != nil {
		return err
	}
	if len(paths) > 1 && s.isExpanded(words) && s.Ask != nil && !c.Has("f") {
		yes, err := s.Ask.Confirm(ctx, fmt.Sprintf("delete %d files?", len(paths)))
		if err != nil || !yes {
			return err
		}
	}
	return tryAll(paths, func(path string) error {
		if err := s.confirmLiteral(ctx, "delete", path); err != nil {
			return err
		}
		return s.Conn.Delete(ctx, path)
	})
}

// confirmLiteral asks about a name with pattern characters in it: some servers expand it, and
// would act on every file that fits. Without a person the name must be meant.
func (s *Session) confirmLiteral(ctx context.Context, op, path string) error {
	if !strings.ContainsAny(path, "*?[") || s.Ask == nil {
		return nil
	}
	question := fmt.Sprintf("%s the one that is really called %s? A server that expands patterns would take all that match.", op, term.Safe(path))
	yes, err := s.Ask.Confirm(ctx, question)
	if err == nil && !yes {
		err = &StateError{Op: op, Problem: path + ": left alone", Next: "ls -1"}
	}
	return err
}

func runMdelete(ctx context.Context, s *Session, c *Call) error {
	paths, err := s.remotePaths(ctx, c.Args("file"))
	if err != nil {
		return err
	}
	if s.Ask == nil && s.On("prompt") {
		return &StateError{Op: "mdelete", Problem: "there is nobody to ask about each file", Next: "prompt off, or ftpsh -i, deletes without a question", Status: StatusUsage}
	}
	ask := s.askEach(c.Verb)
	return tryAll(paths, func(path string) error {
		if yes, err := ask(ctx, path); err != nil || !yes {
			return err
		}
		return s.Conn.Delete(ctx, path)
	})
}

func runMkdir(ctx context.Context, s *Session, c *Call) error {
	return s.eachOperand(ctx, c.Args("directory"), func(path string, _ bool) error {
		if c.Has("p") {
			return s.makeAll(ctx, path)
		}
		_, err := s.Conn.Mkdir(ctx, path)
		return err
	})
}

// makeAll makes a directory and its parents. What a server says about one that exists differs
// too much to tell it from a refusal, so only the last step is looked at.
func (s *Session) makeAll(ctx context.Context, path string) error {
	var last error
	for i, r := range path + "/" {
		if r != '/' || i == 0 {
			continue
		}
		_, last = s.Conn.Mkdir(ctx, path[:i])
		if last != nil && !refusedAs(last, 521, 550, 553) {
			return last
		}
	}
	if last == nil {
		return nil
	}
	if _, err := s.Conn.List(ctx, path, remote.ListOptions{}); err == nil {
		return nil
	}
	return last
}

var (
	octal  = regexp.MustCompile(`^0?[0-7]{1,4}$`)
	digits = regexp.MustCompile(`^[0-9]{1,9}$`)
)

// siteCommand is a command that shows a number of the server's, or changes it, by SITE.
func siteCommand(name, short, what string, form *regexp.Regexp, example string) Command {
	return Command{
		Name: name, Group: RemoteFiles, Classic: true, Needs: LoggedIn,
		Short:    short,
		Args:     []Arg{{Name: what, Optional: true}},
		Examples: []string{name, example},
		Run: func(ctx context.Context, s *Session, c *Call) error {
			value := c.Arg(what)
			if value != "" && !form.MatchString(value) {
				return usage(c.Command, "%s: %q is not a number that fits", what, value)
			}
			reply, err := s.Conn.Command(ctx, name, "SITE", strings.ToUpper(name), value)
			if err == nil {
				fmt.Fprint(s.Print.Out(), term.Lines(s.mark(), reply.Text()))
			}
			return err
		},
	}
}

func runTouch(ctx context.Context, s *Session, c *Call) error {
	var when time.Time
	if text := c.Value("t"); text != "" {
		var ok bool
		if when, ok = parseTime(text); !ok {
			return usage(c.Command, "-t: %q is not a time such as 2024-02-29T12:00:00", text)
		}
	}
	return s.eachOperand(ctx, c.Args("file"), func(path string, _ bool) error { return s.touch(ctx, path, when) })
}

// parseTime reads a time in UTC as modtime and the listings write it, or a day.
func parseTime(text string) (when time.Time, ok bool) {
	for _, layout := range []string{"2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if when, err := time.Parse(layout, strings.TrimSuffix(text, "Z")); err == nil {
			return when, true
		}
	}
	return time.Time{}, false
}

// touch sets a time, which is now if it is zero. A file that is made by it has that one already.
func (s *Session) touch(ctx context.Context, path string, when time.Time) error {
	_, err := s.Conn.Stat(ctx, path)
	if refusedAs(err, 550, 450) {
		if _, _, err := s.Conn.Put(ctx, path, remote.Append, 0, strings.NewReader("")); err != nil || when.IsZero() {
			return err
		}
	}
	if when.IsZero() {
		when = time.Now()
	}
	return s.Conn.SetModTime(ctx, path, when)
}
