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
	"ftpsh/internal/term"
	"ftpsh/remote"
)

// remoteOperands are the paths on the server that words stand for: a pattern is matched by us
// against listings, anything else is itself. A pattern that matches nothing is an error.
func (s *Session) remoteOperands(ctx context.Context, words []Word) ([]string, error) {
	return s.operands(words, func(w Word) ([]string, error) {
		return walkPattern(w.Pattern(), func(dir string) ([]child, error) { return s.remoteChildren(ctx, dir) })
	})
}

// localOperands are the paths on this machine that words stand for, as they would be typed.
func (s *Session) localOperands(words []Word) ([]string, error) {
	return s.operands(words, func(w Word) ([]string, error) {
		return walkPattern(w.Pattern(), func(dir string) ([]child, error) { return s.localChildren(dir) })
	})
}

// expandSingle puts the path that a pattern stands for in the place of an argument that takes one
// path. A pattern for several is a usage error: which one is meant is not for us to say.
func (s *Session) expandSingle(ctx context.Context, c *Call) error {
	for _, a := range c.Command.Args {
		words := c.args[a.Name]
		if a.Many || !s.isExpanded(words) {
			continue
		}
		var paths []string
		var err error
		switch a.Kind {
		case RemoteDir, RemoteFile, RemotePath:
			paths, err = s.remoteOperands(ctx, words)
		case LocalDir, LocalPath:
			paths, err = s.localOperands(words)
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

func (s *Session) operands(words []Word, expand func(Word) ([]string, error)) ([]string, error) {
	var paths []string
	var failed []error
	for _, w := range words {
		if !w.IsPattern() || !s.On("glob") {
			paths = append(paths, w.Text)
			continue
		}
		found, err := expand(w)
		switch {
		case err != nil:
			failed = append(failed, err)
		case len(found) == 0:
			failed = append(failed, &NoMatchError{Pattern: w.Text})
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		return nil, errors.Join(failed...)
	}
	return paths, errors.Join(failed...)
}

// NoMatchError is a pattern that nothing fits.
type NoMatchError struct{ Pattern string }

func (e *NoMatchError) Error() string { return fmt.Sprintf("%s: nothing matches", e.Pattern) }

// Hint says how to mean the name itself.
func (e *NoMatchError) Hint() string {
	return "quotes take the name literally: " + lang.Quote(e.Pattern, '\'')
}

// child is an entry of a directory, as far as patterns care.
type child struct {
	name  string
	isDir bool
}

// walkPattern goes down the directories that fit a pattern, segment by segment, in order of name.
func walkPattern(p lang.Pattern, list func(dir string) ([]child, error)) ([]string, error) {
	base := ""
	if p.Absolute {
		base = "/"
	}
	return descend(base, p.Segments, list, 0)
}

func descend(dir string, segments []lang.Segment, list func(dir string) ([]child, error), depth int) ([]string, error) {
	if len(segments) == 0 {
		return []string{dir}, nil
	}
	first, rest := segments[0], segments[1:]
	if !first.Pattern && len(rest) > 0 {
		return descend(remote.Join(dir, first.Name), rest, list, depth)
	}
	children, err := list(dir)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(children, func(a, b child) int { return strings.Compare(a.name, b.name) })
	var found []string
	if first.Any && len(rest) > 0 {
		if found, err = descend(dir, rest, list, depth); err != nil && !isUnsafe(err) {
			return nil, err
		}
	}
	var unsafe []error
	for _, c := range children {
		deeper, err := descendInto(dir, c, first, rest, list, depth)
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

// descendInto is what one child contributes.
func descendInto(dir string, c child, first lang.Segment, rest []lang.Segment, list func(string) ([]child, error), depth int) ([]string, error) {
	path := remote.Join(dir, c.name)
	switch {
	case !first.Match(c.name):
		return nil, nil
	case listing.SafeName(c.name) != nil:
		return nil, listing.SafeName(c.name)
	case first.Any && c.isDir && depth < deepest:
		return descend(path, append([]lang.Segment{first}, rest...), list, depth+1)
	case len(rest) == 0:
		return []string{path}, nil
	case !c.isDir || first.Any:
		return nil, nil
	}
	return descend(path, rest, list, depth)
}

func (s *Session) remoteChildren(ctx context.Context, dir string) ([]child, error) {
	result, err := s.Conn.List(ctx, dir, remote.ListOptions{})
	if err != nil {
		return nil, err
	}
	if result.Incomplete {
		return nil, &StateError{Op: "ls", Problem: dir + ": the listing is not complete, so a pattern cannot be matched", Next: "ls " + dir, Status: StatusIncomplete}
	}
	children := make([]child, 0, len(result.Entries))
	for _, e := range result.Entries {
		if !e.IsDot() {
			children = append(children, child{name: e.Name, isDir: e.Type == listing.Dir})
		}
	}
	return children, nil
}

func (s *Session) localChildren(dir string) ([]child, error) {
	entries, err := os.ReadDir(s.Local.Abs(filepath.FromSlash(orDot(dir))))
	if err != nil {
		return nil, &LocalError{Op: "read", Path: orDot(dir), Err: err}
	}
	children := make([]child, 0, len(entries))
	for _, e := range entries {
		children = append(children, child{name: e.Name(), isDir: e.IsDir()})
	}
	return children, nil
}

func orDot(dir string) string {
	if dir == "" {
		return "."
	}
	return dir
}

// askEach returns the question of the m-commands. Enter is no answer, since hands that know the old
// programs type it behind every key. The question remembers what "all" and "no more
// questions" have decided: yes, no, all, prompt off, quit.
func (s *Session) askEach(verb string) func(ctx context.Context, name string) (bool, error) {
	all := s.Ask == nil || !s.On("prompt")
	return func(ctx context.Context, name string) (bool, error) {
		if all {
			return true, nil
		}
		key, err := s.Ask.Choose(ctx, fmt.Sprintf("%s %s?", verb, term.Safe(name)), "ynapq")
		switch key {
		case 'n':
			return false, err
		case 'q':
			return false, context.Canceled
		case 'a':
			all = true
		case 'p':
			all = true
			err = s.Switch("prompt", false)
		}
		return err == nil, err
	}
}
