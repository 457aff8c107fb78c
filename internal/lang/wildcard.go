package lang

import "strings"

// Wildcard is a pattern of * ? [ ] for one text. Unlike the patterns of a line it knows nothing of paths: a
// slash and a dot in front are characters as any other, as find -name and -path have it.
type Wildcard struct {
	segment Segment
	fold    bool
}

// NewWildcard reads a pattern. With fold, upper and lower case are the same.
func NewWildcard(text string, fold bool) Wildcard {
	if fold {
		text = strings.ToLower(text)
	}
	return Wildcard{parseSegment(text), fold}
}

// Match says whether all of a text fits.
func (w Wildcard) Match(text string) bool {
	if w.fold {
		text = strings.ToLower(text)
	}
	return w.segment.fits(text)
}
