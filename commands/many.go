package commands

import (
	"bufio"
	"context"
	"os"
	"strings"
)

// manyCommands move several files at a time.
func manyCommands() []Command {
	return []Command{
		{
			Name: "mget", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short: "fetch several files, asking about each",
			Args:  []Arg{remoteMany},
			Flags: withOverExisting([]Flag{intoLocalDir, goOn}, uniqueHere, asText),
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
			Flags:    withOverExisting([]Flag{intoRemoteDir, goOn}, uniqueThere, asText, directly),
			Details:  "As mget, the other way.",
			Examples: []string{"mput *.txt", "mput -O archive report.pdf notes.txt"},
			Run:      runMput,
		},
		{
			Name: "mreget", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "go on with several files that were fetched in part",
			Args:     []Arg{remoteMany},
			Details:  "The same as mget -c.",
			Examples: []string{"mreget *.iso"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				f := s.fetching(c)
				f.resume = true
				return f.many(ctx, c.Args("remote"))
			},
		},
		{
			Name: "fget", Group: Transfer, Classic: true, Needs: LoggedIn,
			Short:    "fetch the files that a local file lists",
			Args:     []Arg{{Name: "list", Kind: LocalPath, Ask: "(local-file) "}},
			Flags:    withOverExisting([]Flag{intoLocalDir, goOn}, uniqueHere, asText),
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
	return f.many(ctx, c.Args("remote"))
}

// many fetches what the words name or match.
func (f *fetching) many(ctx context.Context, words []Word) error {
	found, err := f.remoteOperands(ctx, words)
	return f.done.each(ctx, f.Session, once(found), err, f.askEach(f.verb), f.fetch)
}

func runMput(ctx context.Context, s *Session, c *Call) error {
	p, err := s.sendingFor(c)
	if err != nil {
		return err
	}
	found, err := s.localOperands(c.Args("local"))
	return p.done.each(ctx, s, once(found), err, s.askEach(c.Verb), p.send)
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
	unasked := func(context.Context, string) (bool, error) { return true, nil }
	return f.done.each(ctx, s, names, nil, unasked, f.fetch)
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

// isUnreachable says that the server has gone and does not let us in again.
func isUnreachable(err error) bool {
	status := Status(ExitStatus(err))
	return err != nil && (status == StatusNoConnection || status == StatusLogin || status == StatusTLS)
}
