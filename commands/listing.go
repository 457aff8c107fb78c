package commands

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"

	"ftpsh/internal/term"
	"ftpsh/remote"
)

// rawListing is a command that prints the server's own lines as they come.
func rawListing(c Command, verb string) Command {
	c.Group, c.Needs = Browsing, LoggedIn
	c.Run = func(ctx context.Context, s *Session, call *Call) error {
		paths, err := s.remoteOperands(ctx, call.Args("path"))
		if err != nil {
			return err
		}
		return eachPath(paths, func(path string) error { return s.printLines(ctx, s.Print, c.Name, verb, path) })
	}
	return c
}

// rawToFile is rawListing for many paths into one local file, the last argument.
func rawToFile(c Command, verb string) Command {
	c.Group, c.Needs, c.Classic = Browsing, LoggedIn, true
	c.Args = []Arg{
		{Name: "path", Kind: RemotePath, Many: true, Ask: "(remote-files) "},
		{Name: "local", Kind: LocalPath, Ask: "(local-file) "},
	}
	c.Flags = []Flag{{Letter: 'f', Long: "force", Help: "replace a local file that already exists"}}
	c.Run = func(ctx context.Context, s *Session, call *Call) error { return s.listToFile(ctx, c.Name, verb, call) }
	return c
}

// listingCommands show what a directory holds.
func listingCommands() []Command {
	path := []Arg{{Name: "path", Kind: RemotePath, Optional: true, Many: true}}
	return []Command{
		lsCommand,
		rawListing(Command{
			Name: "dir", Later: []string{"list"}, Classic: true, Args: path,
			Short:    "list as the server has it (LIST)",
			Details:  "Prints the server's own lines as they arrive. ls shows the same in a form of ours.",
			Examples: []string{"dir", "dir pub", "dir *.txt"},
		}, "LIST"),
		rawListing(Command{
			Name: "nlist", Aliases: []string{"nlst"}, Classic: true, Args: path,
			Short:    "list names alone, one a line (NLST)",
			Examples: []string{"nlist", "nlst pub"},
		}, "NLST"),
		rawToFile(Command{
			Name: "mdir", Short: "list several paths into a local file (LIST)",
			Examples: []string{"mdir pub incoming listing.txt"},
		}, "LIST"),
		rawToFile(Command{
			Name: "mls", Short: "list names of several paths into a local file (NLST)",
			Examples: []string{"mls pub incoming names.txt"},
		}, "NLST"),
		rawListing(Command{
			Name: "mlsd", Classic: true, Args: path,
			Short:    "list for machines: facts and names (MLSD)",
			Examples: []string{"mlsd pub"},
		}, "MLSD"),
		{
			Name: "mlst", Group: Browsing, Classic: true, Needs: LoggedIn,
			Short:    "show the facts of one file or directory (MLST)",
			Args:     []Arg{{Name: "path", Kind: RemotePath, Optional: true}},
			Examples: []string{"mlst README.txt"},
			Run:      runMlst,
		},
		statCommand, sizeCommand, modtimeCommand,
	}
}

// eachPath runs one operation on every path; all are tried, and the first failures are kept.
func eachPath(paths []string, run func(path string) error) error {
	if len(paths) == 0 {
		return run("")
	}
	var failed []error
	for _, path := range paths {
		if err := run(path); err != nil {
			if errors.Is(err, context.Canceled) {
				return err
			}
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// printLines runs a listing command and prints its lines, made safe, as they come.
func (s *Session) printLines(ctx context.Context, to *term.Printer, op, verb, path string) error {
	out := bufio.NewWriterSize(to.Out(), 32<<10)
	lines := 0
	err := s.Conn.Lines(ctx, op, verb, path, func(line string) error {
		out.WriteString(term.Safe(line))
		lines++
		if lines < firstLines {
			out.WriteByte('\n')
			return out.Flush()
		}
		return out.WriteByte('\n')
	})
	return errors.Join(err, out.Flush())
}

// firstLines are shown one by one, so that a slow listing is seen to begin.
const firstLines = 50

func (s *Session) listToFile(ctx context.Context, op, verb string, c *Call) error {
	name := c.Arg("local")
	path := s.Local.Abs(name)
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if c.Has("force") || s.mayReplace(ctx, op, path) {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(path, flags, 0o666)
	if errors.Is(err, os.ErrExist) {
		return &StateError{Op: op, Problem: name + ": the local file exists already", Next: op + " -f ... replaces it", Status: StatusLocal}
	}
	if err != nil {
		return &LocalError{Op: op, Path: name, Err: err}
	}
	paths, err := s.remoteOperands(ctx, c.Args("path"))
	if err == nil {
		to := s.Print.To(file, false)
		err = eachPath(paths, func(path string) error { return s.printLines(ctx, to, op, verb, path) })
	}
	return errors.Join(err, file.Close())
}

// mayReplace asks about a local file that exists. Without a person the answer is no.
func (s *Session) mayReplace(ctx context.Context, op, path string) bool {
	if _, err := os.Lstat(path); err != nil || s.Ask == nil {
		return false
	}
	yes, err := s.Ask.Confirm(ctx, fmt.Sprintf("%s: replace the local file %s?", op, term.Safe(path)))
	return err == nil && yes
}

func runMlst(ctx context.Context, s *Session, c *Call) error {
	words := []string{"MLST"}
	if path := c.Arg("path"); path != "" {
		words = append(words, path)
	}
	reply, err := s.Conn.Command(ctx, "mlst", words...)
	if err != nil {
		return err
	}
	fmt.Fprint(s.Print.Out(), term.Lines(s.mark(), reply.Text()))
	return nil
}

// refusedAs says whether the server refused with one of the codes.
func refusedAs(err error, codes ...int) bool {
	var refused *remote.Error
	if !errors.As(err, &refused) {
		return false
	}
	for _, code := range codes {
		if refused.Code == code {
			return true
		}
	}
	return false
}
