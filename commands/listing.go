package commands

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"ftpsh/internal/term"
	"ftpsh/remote"
)

// rawListing is a command that prints the server's own lines as they come.
func rawListing(c Command, verb string) Command {
	c.Group, c.Needs = Browsing, LoggedIn
	c.Run = func(ctx context.Context, s *Session, call *Call) error {
		found, err := s.remoteOperands(ctx, call.Args("path"))
		if err != nil {
			return err
		}
		return s.rawLines(ctx, s.Print, call.Verb, verb, found)
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
	c.Run = func(ctx context.Context, s *Session, call *Call) error { return s.listToFile(ctx, verb, call) }
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

// tryAll runs one operation on every item; a failure does not keep it from the next, Ctrl-C does.
func tryAll[T any](items []T, run func(T) error) error {
	var failed []error
	for _, item := range items {
		err := run(item)
		if isCancelled(err) {
			return err
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// rawLines lists operands one after the other. A name that a pattern has found and that is no directory
// is itself a line of NLST: not every server answers NLST of a file.
func (s *Session) rawLines(ctx context.Context, to *term.Printer, op, verb string, operands []operand) error {
	return tryAll(orHere(operands), func(o operand) error {
		if verb == "NLST" && o.matched() && !o.isDir() {
			_, err := fmt.Fprintln(to.Out(), term.Safe(o.path))
			return err
		}
		return s.printLines(ctx, to, op, verb, o.path)
	})
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

func runMlst(ctx context.Context, s *Session, c *Call) error {
	words := []string{"MLST"}
	if path := c.Arg("path"); path != "" {
		words = append(words, path)
	}
	reply, err := s.Conn.Command(ctx, "mlst", words...)
	if err != nil {
		return about(c.Arg("path"), err)
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
