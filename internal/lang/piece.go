package lang

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// piece is a run of lines that parse together, or one line for the user's shell.
type piece struct {
	text  string
	line  uint // of its first line, from 1
	stmts []*syntax.Stmt
	shell *shellLine
}

// shellLine is a line that begins with !.
type shellLine struct {
	command string // for the user's shell; empty for the shell itself
	ignore  bool   // its failure does not count: -!cmd
}

// clean takes the marks of other systems off a source, and refuses what no line may hold.
func clean(source, name string) (string, error) {
	source = strings.TrimPrefix(source, "\uFEFF")
	source = strings.ReplaceAll(source, "\r\n", "\n")
	if at := tooDeep(source); at > 0 {
		return "", &SyntaxError{Name: name, Line: lineOf(source, at), Problem: "too many ( inside each other"}
	}
	at := strings.IndexFunc(source, isControl)
	if at < 0 {
		return source, nil
	}
	return "", &SyntaxError{
		Name: name, Line: lineOf(source, at),
		Problem: fmt.Sprintf("control character %#02x in the text", source[at]),
		Next:    fmt.Sprintf(`a name that holds it is written as $'\x%02x'`, source[at]),
	}
}

// tooDeep is where a line goes deeper than the parser's stack would last, which is beyond recovery; or 0.
func tooDeep(source string) (offset int) {
	const deepest = 1000
	depth := 0
	for i := range len(source) {
		switch source[i] {
		case '(':
			if depth++; depth > deepest {
				return i
			}
		case ')':
			depth--
		case '\n':
			depth = 0
		}
	}
	return 0
}

func isControl(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || c == 0x7f }

func lineOf(source string, offset int) uint { return uint(1 + strings.Count(source[:offset], "\n")) }

// splitPieces takes a clean source apart. The classic forms that the grammar takes otherwise are a line
// that begins with !, found where a statement may begin (not within quotes, a here-document or a compound
// command), and the toggle case.
func splitPieces(source, name string) (pieces []piece, err error) {
	for r := (&lineReader{rest: source}); r.rest != ""; {
		line := r.line + 1
		p, err := r.next()
		p.line = line
		if err != nil {
			return nil, p.syntaxError(name, err)
		}
		if slices.ContainsFunc(p.stmts, func(s *syntax.Stmt) bool { return isDeep(s) }) {
			return nil, &SyntaxError{Name: name, Line: line, Problem: "too many commands in one list", Next: "a line for each command"}
		}
		pieces = append(pieces, p)
	}
	return pieces, nil
}

// Incomplete says that more lines belong to a source: a quote is open, an if is without its fi, or a
// backslash stands at the end.
func Incomplete(source string) bool {
	for r := (&lineReader{rest: source}); r.rest != ""; {
		_, err := r.next()
		if r.ended && (err == nil || syntax.IsIncomplete(err)) {
			return true
		}
		if err != nil {
			return false
		}
	}
	return false
}

// isBlank says that a line says nothing.
func isBlank(line string) bool {
	line = strings.TrimLeft(line, " \t")
	return line == "" || line[0] == '#'
}

// shellCommand reads a line that begins with !, which may have the prefixes of a command.
func shellCommand(line string) (*shellLine, bool) {
	prefix, rest := cutPrefix(strings.TrimLeft(line, " \t"))
	command, ok := strings.CutPrefix(rest, "!")
	return &shellLine{command: strings.TrimSpace(command), ignore: strings.Contains(prefix, "-")}, ok
}

// cutPrefix takes - and @ off the front of a command, each at most once.
func cutPrefix(command string) (prefix, rest string) {
	n := 0
	for n < len(command) && (command[n] == '-' || command[n] == '@') && strings.IndexByte(command[:n], command[n]) < 0 {
		n++
	}
	return command[:n], command[n:]
}

// lineReader hands a source to the parser line by line, so that it is known how far the parser went.
type lineReader struct {
	rest   string // what has not been read
	line   uint   // lines that have been read
	part   string // of a line that did not fit the parser's buffer
	text   strings.Builder
	parser *syntax.Parser
	ended  bool // the parser asked for more than there is
}

// next reads one piece: it ends with the line that completes what its first line begins.
func (r *lineReader) next() (piece, error) {
	line := r.take()
	if isBlank(line) {
		return piece{text: line}, nil
	}
	if command, ok := shellCommand(line); ok {
		return piece{text: line, shell: command}, nil
	}
	r.text.Reset()
	r.part = line + "\n"
	if r.parser == nil {
		r.parser = syntax.NewParser(syntax.KeepComments(true))
	}
	begun := r.line
	var failure error
	for stmts, err := range r.parser.InteractiveSeq(r) {
		switch {
		case failure != nil: // the parser may say it twice, and does not read on
		case err != nil:
			failure = err
		case !r.parser.Incomplete():
			return piece{text: r.text.String(), stmts: slices.Clone(stmts)}, nil
		}
	}
	if r.meansToggle(failure) {
		r.line = begun - 1
		return r.next()
	}
	return piece{text: r.text.String()}, failure
}

// toggle is the command case, as far as it can be told from the case of the language.
var toggle = regexp.MustCompile(`^case(?:[ \t]+(?:on|off))?[ \t]*(?:$|[\n;&|<>)}#])`)

// meansToggle says that the parser has failed at a case that is the command. Then what was read is to be
// read again, with a backslash that tells the parser.
func (r *lineReader) meansToggle(failure error) bool {
	complaint, ok := failure.(syntax.ParseError)
	text := r.text.String() + r.part
	at := int(complaint.Pos.Offset())
	if !ok || at >= len(text) || !toggle.MatchString(text[at:]) {
		return false
	}
	if r.ended {
		text = strings.TrimSuffix(text, "\n") // the empty line of Read
	}
	r.rest, r.part, r.ended = text[:at]+`\`+text[at:]+r.rest, "", false
	return true
}

func (r *lineReader) take() (line string) {
	line, r.rest, _ = strings.Cut(r.rest, "\n")
	r.line++
	return line
}

// Read gives the parser the rest of a line. Behind the last line comes an empty one, for a backslash
// that stands at its end.
func (r *lineReader) Read(buffer []byte) (int, error) {
	switch {
	case r.part != "":
	case r.rest != "":
		r.part = r.take() + "\n"
	case r.ended:
		return 0, io.EOF
	default:
		r.part, r.ended = "\n", true
	}
	n := copy(buffer, r.part)
	r.text.WriteString(r.part[:n])
	r.part = r.part[n:]
	return n, nil
}
