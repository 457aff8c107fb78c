package commands

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ftpsh/internal/lang"
	"ftpsh/internal/listing"
	"ftpsh/internal/term"
	"ftpsh/remote"
)

var lsCommand = Command{
	Name: "ls", Group: Browsing, Classic: true, Needs: LoggedIn,
	Short: "list files, in the form of the local ls",
	Args:  []Arg{{Name: "path", Kind: RemotePath, Optional: true, Many: true}},
	Flags: []Flag{
		{Letter: 'l', Help: "long: permissions, owner, size, time"},
		{Letter: 'a', Help: "names that begin with a dot too"},
		{Letter: '1', Help: "one name a line"},
		{Letter: 'h', Help: "sizes in K, M and G"},
		{Letter: 't', Help: "newest first"},
		{Letter: 'S', Help: "largest first"},
		{Letter: 'r', Help: "the other way round"},
		{Letter: 'R', Help: "directories below too"},
		{Letter: 'd', Help: "a directory itself, not what is in it"},
		{Letter: 'F', Help: "mark directories with /, links with @, programs with *"},
		{Long: "json", Help: "one JSON object a line"},
	},
	Details: `The listing comes from MLSD where the server has it, else from LIST. Lines of LIST that no known
format fits are shown as they are, after the rest. Times of LIST are read in the setting timezone.
JSON is UTF-8: bytes of a name, a target or a raw line that are none come as U+FFFD, and all of that
text as base64 in name_bytes, target_bytes or raw_bytes.`,
	Examples: []string{"ls", "ls -l pub", "ls -lhS *.iso", "ls --json"},
	Run:      runLs,
}

// lister is one run of ls.
type lister struct {
	s      *Session
	call   *Call
	out    *bufio.Writer
	blocks int // directories printed so far, for the blank line between them
	titled bool
	depth  int
}

// deepest bounds ls -R on a server whose directories contain themselves.
const deepest = 100

func runLs(ctx context.Context, s *Session, c *Call) error {
	found, err := s.remoteOperands(ctx, c.Args("path"))
	if err != nil {
		return err
	}
	l := &lister{s: s, call: c, out: bufio.NewWriterSize(s.Print.Out(), 64<<10)}
	l.titled = len(found) > 1 || c.Has("R")
	if c.Has("d") || slices.ContainsFunc(found, operand.matched) {
		err = l.operands(ctx, orHere(found))
	} else {
		err = tryAll(orHere(found), func(o operand) error { return l.directory(ctx, o.path) })
	}
	return errors.Join(err, l.out.Flush())
}

// operands lists what a pattern has matched, or paths that are to be shown themselves: files
// first, then what is in the directories, unless -d says not to enter them.
func (l *lister) operands(ctx context.Context, operands []operand) error {
	var here []listing.Entry
	var dirs []string
	err := tryAll(operands, func(o operand) error {
		entry, err := l.s.entryOf(ctx, o)
		switch {
		case err != nil:
		case entry.Type == listing.Dir && !l.call.Has("d"):
			dirs = append(dirs, o.path)
		default:
			here = append(here, entry)
		}
		return err
	})
	if len(here) > 0 {
		l.blocks++
		l.print(l.sorted(here))
	}
	return errors.Join(err, tryAll(dirs, func(path string) error { return l.directory(ctx, path) }))
}

// entryOf is an operand under the name that stands for it: what its listing told, or else what the
// server tells when it is asked.
func (s *Session) entryOf(ctx context.Context, o operand) (listing.Entry, error) {
	var entry listing.Entry
	var err error
	if o.matched() {
		entry = *o.entry
	} else {
		entry, err = s.Conn.Stat(ctx, orDot(o.path))
	}
	entry.Name = orDot(o.path)
	return entry, err
}

// directory lists one directory, and with -R those below it.
func (l *lister) directory(ctx context.Context, path string) error {
	result, err := l.s.Conn.List(ctx, path, remote.ListOptions{Hidden: l.hidden()})
	if err != nil && len(result.Entries) == 0 {
		return err
	}
	entries := l.sorted(l.visible(result.Entries))
	l.title(path)
	l.print(entries)
	for _, line := range result.Unparsed {
		fmt.Fprintln(l.out, term.Safe(line))
	}
	if !l.call.Has("R") || err != nil {
		return err
	}
	return l.below(ctx, path, entries)
}

// below lists the directories of a directory. Links are never followed.
func (l *lister) below(ctx context.Context, path string, entries []*listing.Entry) error {
	if l.depth++; l.depth > deepest {
		return &StateError{Op: "ls", Problem: path + ": more than 100 directories deep", Next: "ls " + lang.Operands(path)}
	}
	defer func() { l.depth-- }()
	var dirs []string
	for _, e := range entries {
		if e.Type == listing.Dir && !e.IsDot() && listing.SafeName(e.Name) == nil {
			dirs = append(dirs, remote.Join(path, e.Name))
		}
	}
	return tryAll(dirs, func(dir string) error { return l.directory(ctx, dir) })
}

func (l *lister) asJSON() bool { return l.s.JSON || l.call.Has("json") }

func (l *lister) hidden() bool { return l.call.Has("a") || l.s.Values().Bool("list-hidden") }

// visible leaves out what ls leaves out: dot names unless asked for.
func (l *lister) visible(entries []listing.Entry) []listing.Entry {
	if l.hidden() {
		return entries
	}
	return slices.DeleteFunc(entries, func(e listing.Entry) bool { return strings.HasPrefix(e.Name, ".") || e.IsDot() })
}

func (l *lister) title(path string) {
	if !l.titled || l.asJSON() {
		return
	}
	if l.blocks++; l.blocks > 1 {
		fmt.Fprintln(l.out)
	}
	if path == "" {
		path = "."
	}
	fmt.Fprintf(l.out, "%s:\n", term.Safe(path))
}

// print shows entries in the form that the flags ask for.
func (l *lister) print(entries []*listing.Entry) {
	switch {
	case l.asJSON():
		for _, e := range entries {
			writeJSON(l.out, e)
		}
	case l.call.Has("l"):
		l.long(entries)
	default:
		l.short(entries)
	}
}

// sorted puts entries in the order that the flags ask for. It moves pointers: entries are large.
func (l *lister) sorted(entries []listing.Entry) []*listing.Entry {
	sorted := make([]*listing.Entry, len(entries))
	for i := range entries {
		sorted[i] = &entries[i]
	}
	bySize, byTime, backwards := l.call.Has("S"), l.call.Has("t"), l.call.Has("r")
	slices.SortStableFunc(sorted, func(a, b *listing.Entry) int {
		order := 0
		switch {
		case bySize:
			order = cmp.Compare(b.Size, a.Size)
		case byTime:
			order = b.Time.Compare(a.Time)
		}
		if order == 0 {
			order = strings.Compare(a.Name, b.Name)
		}
		if backwards {
			return -order
		}
		return order
	})
	return sorted
}

// short prints names: in columns on a terminal, one a line elsewhere.
func (l *lister) short(entries []*listing.Entry) {
	if !l.s.Print.OutIsTerminal() || l.call.Has("1") {
		for _, e := range entries {
			l.out.WriteString(l.name(e))
			l.out.WriteByte('\n')
		}
		return
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = l.name(e)
	}
	l.out.WriteString(term.Columns(names, l.s.Print.Width()))
}

// long prints a row an entry, its columns as wide as they must be.
func (l *lister) long(entries []*listing.Entry) {
	var owner, group, size int
	rows := make([][4]string, len(entries))
	for i, e := range entries {
		rows[i] = [4]string{term.Safe(e.Owner), term.Safe(e.Group), l.size(e), listTime(e)}
		owner = max(owner, term.Width(rows[i][0]))
		group = max(group, term.Width(rows[i][1]))
		size = max(size, len(rows[i][2]))
	}
	for i, e := range entries {
		row := rows[i]
		fmt.Fprintf(l.out, "%s%-9s", typeLetter(e), term.Safe(e.Perm))
		if owner > 0 {
			fmt.Fprintf(l.out, " %-*s", owner, row[0])
		}
		if group > 0 {
			fmt.Fprintf(l.out, " %-*s", group, row[1])
		}
		fmt.Fprintf(l.out, " %*s %s %s", size, row[2], row[3], l.name(e))
		if e.Target != "" {
			fmt.Fprintf(l.out, " -> %s", term.Safe(e.Target))
		}
		fmt.Fprintln(l.out)
	}
}

func (l *lister) size(e *listing.Entry) string {
	switch {
	case e.Size < 0:
		return "-"
	case l.call.Has("h"):
		return term.HumanSize(e.Size)
	}
	return fmt.Sprint(e.Size)
}

// listTime is the time of an entry: to the minute, since LIST knows no better.
func listTime(e *listing.Entry) string {
	if e.Time.IsZero() {
		return "               -"
	}
	return e.Time.UTC().Format("2006-01-02 15:04")
}

func typeLetter(e *listing.Entry) string {
	switch e.Type {
	case listing.Dir:
		return "d"
	case listing.Link:
		return "l"
	case listing.Other:
		return "?"
	}
	return "-"
}

// name is an entry's name, painted, with the mark of -F.
func (l *lister) name(e *listing.Entry) string {
	painted := l.s.Print.Entry(e.Name, lsKind(e))
	if !l.call.Has("F") {
		return painted
	}
	switch {
	case e.Type == listing.Dir:
		return painted + "/"
	case e.Type == listing.Link:
		return painted + "@"
	case strings.Contains(e.Perm, "x") && e.Facts == "":
		return painted + "*"
	}
	return painted
}

func lsKind(e *listing.Entry) term.LSKind {
	switch {
	case e.Type == listing.Dir:
		return term.LSDir
	case e.Type == listing.Link:
		return term.LSLink
	case e.Type == listing.Other:
		return term.LSOther
	case strings.Contains(e.Perm, "x") && e.Facts == "":
		return term.LSExec
	}
	return term.LSFile
}
