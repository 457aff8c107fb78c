package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ftpsh/internal/lang"
	"ftpsh/internal/listing"
	"ftpsh/remote"
)

// operand is something that a word of the line stands for.
type operand struct {
	path  string
	entry *listing.Entry // what its directory tells of it; nil for a path that was typed
}

// matched says that a pattern has found it, so that nobody meant this one in particular.
func (o operand) matched() bool { return o.entry != nil }

// isDir says that it is known to be a directory.
func (o operand) isDir() bool { return o.matched() && o.entry.Type == listing.Dir }

// remoteOperands are the paths on the server that words stand for: a pattern is matched by
// us against listings, anything else is itself. A pattern that matches nothing is an error.
func (s *Session) remoteOperands(ctx context.Context, words []Word) ([]operand, error) {
	return s.operands(words, func(dir string) ([]listing.Entry, error) { return s.readRemote(ctx, dir) })
}

// localOperands are the paths on this machine that words stand for, as they would be typed.
func (s *Session) localOperands(words []Word) ([]operand, error) {
	return s.operands(words, s.readLocal)
}

// remotePaths are remoteOperands where only the paths matter.
func (s *Session) remotePaths(ctx context.Context, words []Word) ([]string, error) {
	found, err := s.remoteOperands(ctx, words)
	return pathsOf(found), err
}

// localPaths are localOperands where only the paths matter.
func (s *Session) localPaths(words []Word) ([]string, error) {
	found, err := s.localOperands(words)
	return pathsOf(found), err
}

// once leaves out paths that came before.
func once(operands []operand) []operand {
	seen := map[string]bool{}
	return slices.DeleteFunc(operands, func(o operand) bool {
		before := seen[o.path]
		seen[o.path] = true
		return before
	})
}

// orHere is the working directory where nothing was named.
func orHere(operands []operand) []operand {
	if len(operands) == 0 {
		return []operand{{}}
	}
	return operands
}

func pathsOf(operands []operand) []string {
	var paths []string
	for _, o := range operands {
		paths = append(paths, o.path)
	}
	return paths
}

// expandSingle puts the path that a pattern stands for in the place of an argument that takes one
// path. A pattern for several is a usage error: which one is meant is not for us to say.
func (s *Session) expandSingle(ctx context.Context, c *Call) error {
	for _, a := range c.Command.argsWith(c.flags) {
		words := c.args[a.Name]
		if a.Many || !s.isExpanded(words) {
			continue
		}
		var paths []string
		var err error
		switch a.Kind {
		case RemoteDir, RemoteFile, RemotePath:
			paths, err = s.remotePaths(ctx, words)
		case LocalDir, LocalPath:
			paths, err = s.localPaths(words)
		default:
			continue
		}
		if err != nil {
			return err
		}
		if len(paths) > 1 {
			several := usage(c.Command, "%s fits %d names, and one is wanted", words[0].Text, len(paths))
			several.hint = c.Command.TooMany
			return several
		}
		c.args[a.Name] = []Word{lang.Plain(paths[0])}
	}
	return nil
}

// isExpanded says whether a pattern was among the words.
func (s *Session) isExpanded(words []Word) bool {
	return s.On("glob") && slices.ContainsFunc(words, Word.IsPattern)
}

func (s *Session) operands(words []Word, read dirReader) ([]operand, error) {
	var all []operand
	var failed []error
	for _, w := range words {
		found := []operand{{path: w.Text}}
		if w.IsPattern() && s.On("glob") {
			var err error
			found, err = walkPattern(w.Pattern(), read)
			if err == nil && len(found) == 0 {
				err = &NoMatchError{Pattern: w.Text}
			}
			failed = append(failed, err)
		}
		all = append(all, found...)
	}
	return all, errors.Join(failed...)
}

// NoMatchError is a pattern that nothing fits.
type NoMatchError struct{ Pattern string }

func (e *NoMatchError) Error() string { return fmt.Sprintf("%s: nothing matches", e.Pattern) }

// Hint says how to mean the name itself.
func (e *NoMatchError) Hint() string {
	return "quotes take the name literally: " + lang.Quote(e.Pattern, '\'')
}

// dirReader lists a directory, for patterns to be matched against.
type dirReader func(dir string) ([]listing.Entry, error)

// walkPattern goes down the directories that fit a pattern, segment by segment, in order of name.
func walkPattern(p lang.Pattern, read dirReader) ([]operand, error) {
	base := ""
	if p.Absolute {
		base = "/"
	}
	return read.descend(base, p.Segments, 0)
}

func (read dirReader) descend(dir string, segments []lang.Segment, depth int) ([]operand, error) {
	first, rest := segments[0], segments[1:]
	if !first.Pattern && len(rest) > 0 {
		return read.descend(remote.Join(dir, first.Name), rest, depth)
	}
	entries, err := read(dir)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b listing.Entry) int { return strings.Compare(a.Name, b.Name) })
	var found []operand
	if first.Any && len(rest) > 0 {
		if found, err = read.descend(dir, rest, depth); err != nil && !isUnsafe(err) {
			return nil, err
		}
	}
	var unsafe []error
	for i := range entries {
		deeper, err := read.descendInto(dir, &entries[i], segments, depth)
		found = append(found, deeper...)
		switch {
		case isUnsafe(err):
			unsafe = append(unsafe, err)
		case err != nil:
			return found, err
		}
	}
	return found, errors.Join(unsafe...)
}

// isUnsafe says that an error is about names that must not become paths: the others still count.
func isUnsafe(err error) bool {
	var name *listing.NameError
	return errors.As(err, &name)
}

// descendInto is what one entry contributes.
func (read dirReader) descendInto(dir string, e *listing.Entry, segments []lang.Segment, depth int) ([]operand, error) {
	first, rest := segments[0], segments[1:]
	path, isDir := remote.Join(dir, e.Name), e.Type == listing.Dir
	switch {
	case !first.Match(e.Name):
		return nil, nil
	case listing.SafeName(e.Name) != nil:
		return nil, listing.SafeName(e.Name)
	case first.Any && isDir && depth < deepest:
		return read.descend(path, segments, depth+1)
	case len(rest) == 0:
		return []operand{{path, e}}, nil
	case !isDir || first.Any:
		return nil, nil
	}
	return read.descend(path, rest, depth)
}

func (s *Session) readRemote(ctx context.Context, dir string) ([]listing.Entry, error) {
	result, err := s.Conn.List(ctx, dir, remote.ListOptions{})
	if err != nil {
		return nil, err
	}
	if result.Incomplete {
		return nil, &StateError{Op: "ls", Problem: dir + ": the listing is not complete, so a pattern cannot be matched", Next: "ls " + lang.Operands(dir), Status: StatusIncomplete}
	}
	return slices.DeleteFunc(result.Entries, func(e listing.Entry) bool { return e.IsDot() }), nil
}

// readLocal knows of an entry what patterns care about: its name, and whether it is a directory.
func (s *Session) readLocal(dir string) ([]listing.Entry, error) {
	found, err := os.ReadDir(s.Local.Abs(filepath.FromSlash(orDot(dir))))
	if err != nil {
		return nil, &LocalError{Op: "read", Path: orDot(dir), Err: err}
	}
	entries := make([]listing.Entry, len(found))
	for i, f := range found {
		entries[i].Name, entries[i].Type = f.Name(), listing.File
		if f.IsDir() {
			entries[i].Type = listing.Dir
		}
	}
	return entries, nil
}

func orDot(dir string) string {
	if dir == "" {
		return "."
	}
	return dir
}
