package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ftpsh/commands"
	"ftpsh/internal/term"
)

// report words an error: what was asked for, what went wrong, what to type next. Several errors
// of one command are worded one by one.
func report(s *commands.Session, err error) {
	reportEach(s, err, &advice{})
}

// advice is what was said last behind an error: many errors in a row often have it in common.
type advice struct{ verdict, hint string }

// reportEach does not repeat the last advice.
func reportEach(s *commands.Session, err error, last *advice) {
	p := s.Print
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		for _, one := range several.Unwrap() {
			reportEach(s, one, last)
		}
		return
	}
	var stopped *commands.StoppedError
	switch {
	case err == nil, errors.Is(err, commands.ErrQuit), told(err):
		return
	case errors.As(err, &stopped):
		p.Error("%s", stopped)
		return
	case errors.Is(err, context.Canceled):
		p.Error("interrupted")
		return
	}
	first, rest, _ := strings.Cut(err.Error(), "\n")
	p.Error("%s", first)
	if rest != "" {
		fmt.Fprint(p.Err(), term.Lines("| ", rest))
	}
	var misused interface{ Usage() string }
	if errors.As(err, &misused) {
		p.Note("usage: %s", misused.Usage())
	}
	if verdict := s.Verdict(err); verdict != "" && verdict != last.verdict {
		p.Note("cause: %s", verdict)
		last.verdict = verdict
	}
	if hint := s.Hint(err); hint != "" && hint != last.hint {
		p.Hint("%s", hint)
		last.hint = hint
	}
}

// told says that the words of an error have been printed, as a result or by a report.
func told(err error) bool {
	var result *commands.ToldError
	var reported *reportedError
	return errors.As(err, &result) || errors.As(err, &reported)
}
