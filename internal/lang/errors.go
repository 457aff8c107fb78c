package lang

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// SyntaxError is source that cannot be run, and how it was probably meant. Nothing of it has run.
type SyntaxError struct {
	Name    string // of the script; empty at the prompt
	Line    uint   // from 1
	Problem string
	Next    string // a line to type instead; may be empty
}

func (e *SyntaxError) Error() string {
	if e.Name != "" && e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Problem)
	}
	return e.Problem
}

// Hint is the line that was probably meant.
func (e *SyntaxError) Hint() string { return e.Next }

// ExitStatus is that of a line that was not understood.
func (e *SyntaxError) ExitStatus() int { return statusUsage }

// notShown is the hint when the line that was meant may hold a password: it is not shown again.
const notShown = "single quotes around the word; it is not shown again, since it may be a password"

// discreet is a line as a hint.
func discreet(line string) string {
	if holdsSecret(line) {
		return notShown
	}
	return line
}

// holdsSecret says that a password may be in a line: in user and account, PASS and ACCT, or a URL.
func holdsSecret(line string) bool {
	if _, rest, ok := strings.Cut(line, "://"); ok {
		if login, _, ok := strings.Cut(rest, "@"); ok && strings.Contains(login, ":") {
			return true
		}
	}
	for command := range strings.FieldsFuncSeq(line, func(c rune) bool { return strings.ContainsRune("\n;|&(){}", c) }) {
		words := strings.Fields(strings.TrimLeft(command, " \t-@"))
		if len(words) < 2 {
			continue
		}
		verb := strings.Trim(words[1], `'"`)
		if strings.HasPrefix("user", words[0]) || strings.HasPrefix("account", words[0]) ||
			strings.EqualFold(verb, "PASS") || strings.EqualFold(verb, "ACCT") {
			return true
		}
	}
	return false
}

// ExitError is an exit status without more to say: what went wrong has been reported.
type ExitError struct {
	Status int
	Ended  bool  // the run ended there: set -e, or exit. Lines that follow are not to run
	Rest   bool  // it did not come to the end of its source
	Err    error // of the command that failed last, or that ended the run; may be nil
}

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Status) }

// Unwrap is the error of the command.
func (e *ExitError) Unwrap() error { return e.Err }

// ExitStatus is the status.
func (e *ExitError) ExitStatus() int { return e.Status }

// The exit statuses that the language itself gives: those of the program's contract, and those of
// POSIX shells for local programs.
const (
	statusFailed     = 1
	statusUsage      = 2
	statusLocalFile  = 7
	statusNotStarted = 126
	statusNotFound   = 127
	statusSignal     = 128 // and the signal's number
)

// syntaxError words the parser's complaint about a piece, with a line that was probably meant.
func (p piece) syntaxError(name string, err error) error {
	e := &SyntaxError{Name: name, Line: p.line, Problem: "syntax error: " + err.Error()}
	complaint, ok := err.(syntax.ParseError)
	if !ok {
		return e
	}
	e.Line = p.line + complaint.Pos.Line() - 1
	e.Problem = "syntax error: " + complaint.Text
	switch {
	case strings.HasPrefix(complaint.Text, "`foo(`"):
		e.Problem = "syntax error: a name with ( ) in it needs quotes"
		if i := strings.IndexByte(p.text, '('); i >= 0 {
			e.Next = p.mended(i)
		}
	case strings.HasPrefix(complaint.Text, "invalid UTF-8"):
		e.Problem = "the text is not in UTF-8"
		e.Next = `a byte that is not is written by its number: $'\xe9'`
	}
	if e.Next == "" {
		e.Next = p.mended(int(complaint.Pos.Offset()))
	}
	return e
}

// mended is the line with a mistake at an offset, in quotes; empty if quotes do not mend it.
func (p piece) mended(offset int) string {
	if offset >= len(p.text) || strings.IndexByte("()`'\"", p.text[offset]) < 0 {
		return ""
	}
	line, quote := p.lineAt(offset), p.text[offset:offset+1]
	if strings.ContainsAny(quote, `'"`) && (offset == 0 || strings.IndexByte(" \t\n", p.text[offset-1]) >= 0) {
		return discreet(line + quote)
	}
	words := shellFields(line)
	for i, word := range words {
		switch {
		case strings.Count(word, "'")%2 == 1, strings.Count(word, `"`)%2 == 1:
			words[i] = Quote(word, '\'')
		case strings.ContainsAny(word, "()`"):
			words[i] = Quote(bareText(word), '\'')
		}
	}
	return discreet(strings.Join(words, " "))
}

// lineAt is the line of a piece that holds an offset.
func (p piece) lineAt(offset int) string {
	from, to := p.lineBounds(offset, offset)
	return p.text[from:to]
}

// lineBounds are the ends of the lines between two offsets.
func (p piece) lineBounds(from, to int) (start, end int) {
	start = strings.LastIndexByte(p.text[:from], '\n') + 1
	end = len(p.text)
	if i := strings.IndexByte(p.text[to:], '\n'); i >= 0 {
		end = to + i
	}
	return start, end
}

// replaced is the line of a piece with something else between two offsets.
func (p piece) replaced(from, to int, by string) string {
	start, end := p.lineBounds(from, to)
	return discreet(strings.TrimSpace(p.text[start:from] + by + p.text[to:end]))
}

// quoted is the line of a piece with what stands between two offsets as one word in single quotes.
func (p piece) quoted(from, to int) string {
	return p.replaced(from, to, Quote(bareText(p.text[from:to]), '\''))
}

// shellFields takes a line apart at the blanks that are not between quotes.
func shellFields(line string) (fields []string) {
	start := -1
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == ' ' || c == '\t' {
			if start >= 0 {
				fields = append(fields, line[start:i])
			}
			start = -1
			continue
		}
		if start < 0 {
			start = i
		}
		if c == '\'' || c == '"' {
			i += strings.IndexByte(line[i+1:], c) + 1 // to the closing quote, if there is one
		}
	}
	if start >= 0 {
		fields = append(fields, line[start:])
	}
	return fields
}
