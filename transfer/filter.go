package transfer

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/internal/listing"
)

// Filter says what of a tree a plan is about. The zero value leaves nothing out.
type Filter struct {
	Include []Rule // if there are any, a file has to fit one
	Exclude []Rule // what fits one is left out, a directory with all that is in it
	Size    Range  // of files, in bytes
	Age     Range  // of files, in nanoseconds before Now
	Now     time.Time
}

// Rule is what names are compared with.
type Rule interface {
	// fits says whether a path from the root of the tree, with slashes, is meant.
	fits(path string, dir bool) bool
}

// Range is a pair of bounds, both included. A bound of 0 is none.
type Range struct{ Least, Most int64 }

func (r Range) holds(n int64) bool { return n >= r.Least && (r.Most == 0 || n <= r.Most) }

var errEmptyRule = errors.New("an empty pattern fits everything")

// GlobRule is a pattern of * ? [ ] and **. Without a slash it is compared with names, otherwise with
// paths from the root; with one at its end it fits directories only.
func GlobRule(text string) (Rule, error) {
	g, err := lang.NewGlob(text)
	return globRule{g}, err
}

type globRule struct{ lang.Glob }

func (r globRule) fits(path string, dir bool) bool { return r.Match(path, dir) }

// RegexpRule is a regular expression (RE2) that is searched in paths from the root; those of directories
// end in a slash.
func RegexpRule(text string) (Rule, error) {
	if text == "" {
		return nil, errEmptyRule
	}
	re, err := regexp.Compile(text)
	if err != nil {
		var wrong *syntax.Error
		errors.As(err, &wrong)
		return nil, fmt.Errorf("%q is no regular expression: %s", text, wrong.Code)
	}
	return regexpRule{re}, nil
}

type regexpRule struct{ *regexp.Regexp }

func (r regexpRule) fits(path string, dir bool) bool {
	if dir {
		path += "/"
	}
	return r.MatchString(path)
}

// leavesOut says why something is left out; empty if it is not.
func (f *Filter) leavesOut(path string, n Node) string {
	dir := n.Type == listing.Dir
	switch {
	case anyFits(f.Exclude, path, dir):
		return "excluded"
	case dir:
		return ""
	case len(f.Include) > 0 && !anyFits(f.Include, path, false):
		return "not included"
	case n.Size >= 0 && !f.Size.holds(n.Size):
		return "not of that size"
	case f.Age != Range{} && !n.Time.IsZero() && !f.Age.holds(int64(f.Now.Sub(n.Time))):
		return "not of that age"
	}
	return ""
}

func anyFits(rules []Rule, path string, dir bool) bool {
	for _, r := range rules {
		if r.fits(path, dir) {
			return true
		}
	}
	return false
}
