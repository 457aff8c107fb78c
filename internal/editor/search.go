package editor

import (
	"strings"
	"unicode"
)

// HistorySource is where the lines of the past come from.
type HistorySource interface {
	// Lines returns them, the oldest first. It is called on Up and Ctrl-R and
	// should not take long.
	Lines() []string
}

// recall walks through the history with Up and Down: through those lines that
// start as the typed one does up to the cursor.
type recall struct {
	lines  []string
	at     int // len(lines): the typed line
	typed  snapshot
	active bool
}

// start begins a walk at the typed line.
func (r *recall) start(lines []string, typed snapshot) {
	*r = recall{lines: lines, at: len(lines), typed: typed, active: true}
}

// older returns the line before, false if there is none. Equal neighbours of
// the walk are one.
func (r *recall) older(current string) (string, bool) {
	for i := r.at - 1; i >= 0; i-- {
		if r.matches(i, current) {
			r.at = i
			return r.lines[i], true
		}
	}
	return "", false
}

// newer returns the line after; behind the newest that is the typed one.
func (r *recall) newer(current string) (text string, typed bool) {
	for i := r.at + 1; i < len(r.lines); i++ {
		if r.matches(i, current) {
			r.at = i
			return r.lines[i], false
		}
	}
	r.at = len(r.lines)
	return r.typed.text, true
}

func (r *recall) matches(i int, current string) bool {
	return r.lines[i] != current && strings.HasPrefix(r.lines[i], r.typed.text[:r.typed.pos])
}

// search is an incremental search through the history. Small letters match
// both cases.
type search struct {
	lines  []string
	query  string
	at     int // the line found; len(lines): none yet
	found  snapshot
	before snapshot // the line before the search
	failed bool
}

func newSearch(lines []string, before snapshot) *search {
	return &search{lines: lines, at: len(lines), found: before, before: before}
}

// extend changes the query and looks again from the line found so far.
func (s *search) extend(query string) {
	s.query = query
	if query == "" {
		s.at, s.found, s.failed = len(s.lines), s.before, false
		return
	}
	s.look(min(s.at, len(s.lines)-1), -1)
}

// again looks for another line, older for -1, newer for 1.
func (s *search) again(step int) {
	if s.query != "" {
		s.look(s.at+step, step)
	}
}

// look goes through the lines from one in steps of 1 or -1. A line that reads
// as the one found does is not another one, unless the query has changed.
func (s *search) look(from, step int) {
	for i := from; i >= 0 && i < len(s.lines); i += step {
		pos := s.match(s.lines[i])
		if pos < 0 || i != s.at && s.at < len(s.lines) && s.lines[i] == s.lines[s.at] {
			continue
		}
		s.at, s.found, s.failed = i, snapshot{s.lines[i], pos}, false
		return
	}
	s.failed = true
}

// match returns where the query stands in a line, -1 if it does not.
func (s *search) match(line string) int {
	if strings.IndexFunc(s.query, unicode.IsUpper) >= 0 {
		return strings.Index(line, s.query)
	}
	for i := range line {
		if len(line)-i >= len(s.query) && strings.EqualFold(line[i:i+len(s.query)], s.query) {
			return i
		}
	}
	return -1
}

// hint is the row below the line found.
func (s *search) hint() string {
	if s.failed {
		return "no line in history has: " + s.query
	}
	return "search history: " + s.query
}
