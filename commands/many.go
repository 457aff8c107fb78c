package commands

import (
	"bufio"
	"context"
	"errors"
	"os"
	"strings"

	"ftpsh/transfer"
)

// manyCommands move several files at a time.
func manyCommands() []Command {
	return []Command{
		{
			Name: "mget", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short: "fetch several files, asking about each",
			Args:  []Arg{remoteMany},
			Flags: withOverExisting([]Flag{intoLocalDir, goOn, recursively}, uniqueHere, moved(asText)...),
			Details: `Patterns are matched by ftpsh against the server's listing: * ? [ ], and ** for directories on the
way. With prompt off, and without a terminal, nothing is asked. What goes wrong with one file is
told, and the next one follows; directories that a pattern fits are left out.`,
			Examples: []string{"mget *.txt", "mget -n -O backup a.csv b.csv"},
			Run:      runMget,
		},
		{
			Name: "mput", Aliases: []string{"msend"}, Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "send several files, asking about each",
			Args:     []Arg{localMany},
			Flags:    withOverExisting([]Flag{intoRemoteDir, goOn, recursively}, uniqueThere, moved(asText, directly)...),
			Details:  "As mget, the other way.",
			Examples: []string{"mput *.txt", "mput -O archive report.pdf notes.txt"},
			Run:      runMput,
		},
		{
			Name: "mreget", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "go on with several files that were fetched in part",
			Args:     []Arg{remoteMany},
			Flags:    moved(intoLocalDir, recursively),
			Details:  "The same as mget -c.",
			Examples: []string{"mreget *.iso"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				f, err := s.fetchingFor(c)
				if err != nil {
					return err
				}
				f.resume = true
				return f.many(ctx, c)
			},
		},
		{
			Name: "fget", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "fetch the files that a local file lists",
			Args:     []Arg{{Name: "list", Kind: LocalPath, Ask: "(local-file) "}},
			Flags:    withOverExisting([]Flag{intoLocalDir, goOn, recursively}, uniqueHere, moved(asText)...),
			Details:  "The list has one name a line. Names are taken literally, and nothing is asked about each.",
			Examples: []string{"fget names.txt"},
			Run:      runFget,
		},
	}
}

func runMget(ctx context.Context, s *Session, c *Call) error {
	f, err := s.fetchingFor(c)
	if err != nil {
		return err
	}
	return f.many(ctx, c)
}

// many fetches what the words name or match.
func (f *fetching) many(ctx context.Context, c *Call) error {
	found, err := f.remoteOperands(ctx, c.Args("remote"))
	return f.chosen(ctx, c, found, err, func(chosen []operand) *transfer.Several {
		return f.plan(ctx, chosen, "", c.isRecursive())
	})
}

func runMput(ctx context.Context, s *Session, c *Call) error {
	p, err := s.sendingFor(c)
	if err != nil {
		return err
	}
	found, err := s.localOperands(c.Args("local"))
	return s.chosen(ctx, c, found, err, func(chosen []operand) *transfer.Several {
		return p.plan(chosen, "", c.isRecursive())
	})
}

// chosen asks about each operand, and runs the plan for those that were wanted; wrong is what could not be
// expanded. Who quits at a question still gets what was wanted before.
func (s *Session) chosen(ctx context.Context, c *Call, found []operand, wrong error, plan func([]operand) *transfer.Several) error {
	found = once(found)
	ask := s.askEach(c.Verb)
	var wanted []operand
	var stopped error
	for i, o := range found {
		yes := true
		if !o.isDir() || c.isRecursive() {
			var err error
			yes, err = ask(ctx, o.path)
			if isCancelled(err) && ctx.Err() == nil {
				stopped = &StoppedError{Done: i, Of: len(found)}
				break
			}
			if err != nil {
				return err
			}
		}
		if yes {
			wanted = append(wanted, o)
		}
	}
	if len(wanted) == 0 {
		return errors.Join(wrong, stopped)
	}
	several := plan(wanted)
	several.Wrong = split(wrong)
	_, err := s.runJob(ctx, c, several)
	if stopped != nil {
		return errors.Join(err, stopped)
	}
	return err
}

func runFget(ctx context.Context, s *Session, c *Call) error {
	f, err := s.fetchingFor(c)
	if err != nil {
		return err
	}
	names, err := s.readNames(c.Arg("list"))
	if err != nil {
		return err
	}
	_, err = s.runJob(ctx, c, f.plan(ctx, names, "", c.isRecursive()))
	return err
}

// split are the errors that errors.Join has joined.
func split(err error) []error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range several.Unwrap() {
			all = append(all, split(one)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// longestName bounds a line of a list of names, in bytes.
const longestName = 64 << 10

// readNames reads one name a line; blank lines count for nothing.
func (s *Session) readNames(path string) (names []operand, err error) {
	file, err := os.Open(s.Local.Abs(path))
	if err != nil {
		return nil, &LocalError{Op: "fget", Path: path, Err: err}
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, longestName)
	for lines.Scan() {
		if name := strings.TrimSuffix(lines.Text(), "\r"); name != "" {
			names = append(names, operand{path: name})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, &LocalError{Op: "fget", Path: path, Err: err}
	}
	return names, nil
}
