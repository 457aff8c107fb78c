package lang

import (
	"errors"
	"strings"
)

// Glob is a pattern for the files of a tree, as a filter has it. Unlike the patterns of a line it also
// fits names that begin with a dot.
type Glob struct {
	segments []Segment
	anchored bool // compared with whole paths, not with names
	dirs     bool // fits directories only
}

// NewGlob reads a pattern of * ? [ ] and, between slashes, **. One with a slash before its end is for
// paths from the root of the tree, any other for names in all of it; a slash at its end means directories.
func NewGlob(text string) (Glob, error) {
	rest, dirs := strings.CutSuffix(text, "/")
	p := parsePattern(rest)
	if len(p.Segments) == 0 {
		return Glob{}, errors.New("an empty pattern fits everything")
	}
	return Glob{p.Segments, strings.Contains(rest, "/"), dirs}, nil
}

// Match says whether a path from the root of the tree, with slashes and without one at either end, fits.
func (g Glob) Match(path string, dir bool) bool {
	if g.dirs && !dir {
		return false
	}
	if !g.anchored {
		return g.segments[0].fits(path[strings.LastIndexByte(path, '/')+1:])
	}
	return fitsPath(g.segments, strings.Split(path, "/"))
}

// fitsPath compares segment by segment. The last ** seen is the only one that has to be tried again, as
// with the * of a name.
func fitsPath(segments []Segment, names []string) bool {
	next, any, retry := 0, -1, 0
	for at := 0; at < len(names); {
		switch {
		case next < len(segments) && segments[next].Any:
			any, retry = next, at
			next++
		case next < len(segments) && segments[next].fits(names[at]):
			next++
			at++
		case any >= 0:
			retry++
			next, at = any+1, retry
		default:
			return false
		}
	}
	for next < len(segments) && segments[next].Any {
		next++
	}
	return next == len(segments)
}
