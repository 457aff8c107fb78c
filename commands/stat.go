package commands

import (
	"context"

	"strconv"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/internal/term"
)

var statCommand = Command{
	Name: "stat", Group: Browsing, Needs: LoggedIn,
	Short:    "show what is known about a file or directory",
	Args:     []Arg{{Name: "path", Kind: RemotePath, Many: true, Ask: "(remote-path) "}},
	Flags:    []Flag{{Long: "json", Help: "one JSON object a line"}},
	Details:  "Asks by MLST, or looks the name up in the listing of its directory; SIZE and MDTM fill in what is missing.",
	Examples: []string{"stat README.txt", "stat --json *.txt"},
	Run: func(ctx context.Context, s *Session, c *Call) error {
		paths, err := s.remotePaths(ctx, c.Args("path"))
		if err != nil {
			return err
		}
		return tryAll(paths, func(path string) error { return s.stat(ctx, path, s.JSON || c.Has("json")) })
	},
}

func (s *Session) stat(ctx context.Context, path string, asJSON bool) error {
	entry, err := s.Conn.Stat(ctx, path)
	if err != nil {
		return err
	}
	s.complete(ctx, path, &entry)
	entry.Name = path
	if asJSON {
		writeJSON(s.Print.Out(), &entry)
		return nil
	}
	for _, row := range statRows(&entry) {
		if row[1] != "" {
			s.Print.Printf("%-6s %s\n", row[0], term.Safe(row[1]))
		}
	}
	return nil
}

// complete asks for what the entry lacks; a server that will not say leaves it unknown.
func (s *Session) complete(ctx context.Context, path string, e *listing.Entry) {
	if e.Type != listing.File {
		return
	}
	if e.Size < 0 || e.Approx {
		if size, err := s.Conn.Size(ctx, path); err == nil {
			e.Size, e.Approx = size, false
		}
	}
	if !e.Precise {
		if t, err := s.Conn.ModTime(ctx, path); err == nil {
			e.Time, e.Precise = t, true
		}
	}
}

func statRows(e *listing.Entry) [][2]string {
	when, size := "", ""
	if !e.Time.IsZero() {
		when = e.Time.UTC().Format(time.RFC3339)
		if !e.Precise {
			when += " (as listed)"
		}
	}
	if e.Size >= 0 {
		size = strconv.FormatInt(e.Size, 10) + " bytes"
	}
	return [][2]string{
		{"name", e.Name}, {"type", e.Type.String()}, {"size", size}, {"time", when}, {"perm", e.Perm},
		{"owner", e.Owner}, {"group", e.Group}, {"target", e.Target},
	}
}

var sizeCommand = Command{
	Name: "size", Group: Browsing, Classic: true, Needs: LoggedIn,
	Short:    "show the size of a file in bytes (SIZE)",
	Args:     []Arg{{Name: "file", Kind: RemoteFile, Many: true, Ask: "(remote-file) "}},
	Examples: []string{"size README.txt"},
	Run: func(ctx context.Context, s *Session, c *Call) error {
		return s.eachOperand(ctx, c.Args("file"), func(path string, many bool) error {
			size, err := s.Conn.Size(ctx, path)
			if err == nil {
				s.printFact(path, many, strconv.FormatInt(size, 10))
			}
			return err
		})
	},
}

var modtimeCommand = Command{
	Name: "modtime", Later: []string{"mdtm"}, Group: Browsing, Classic: true, Needs: LoggedIn,
	Short:    "show when a file was changed, in UTC (MDTM)",
	Args:     []Arg{{Name: "file", Kind: RemoteFile, Many: true, Ask: "(remote-file) "}},
	Examples: []string{"modtime README.txt"},
	Run: func(ctx context.Context, s *Session, c *Call) error {
		return s.eachOperand(ctx, c.Args("file"), func(path string, many bool) error {
			t, err := s.Conn.ModTime(ctx, path)
			if err == nil {
				s.printFact(path, many, t.UTC().Format(time.RFC3339))
			}
			return err
		})
	},
}

// printFact prints one value, with its file when there are several.
func (s *Session) printFact(path string, many bool, value string) {
	if many {
		s.Print.Printf("%s\t%s\n", value, term.Safe(path))
		return
	}
	s.Print.Printf("%s\n", value)
}

// eachOperand runs one operation on every operand; many says that there is more than one.
func (s *Session) eachOperand(ctx context.Context, words []Word, run func(path string, many bool) error) error {
	paths, err := s.remotePaths(ctx, words)
	if err != nil {
		return err
	}
	return tryAll(paths, func(path string) error { return run(path, len(paths) > 1) })
}
