package lang

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// The rewritten tree carries notes for the handlers as characters that no line may hold.
const (
	mark        = '\x01' // before a pattern character that was not quoted
	localWord   = "\x02" // before the name of a local program
	shellWord   = "\x03" // the ! command; its argument is for the user's shell
	spoolWord   = "\x04" // holds its input until that ends; its argument numbers the pipe
	waitWord    = "\x10" // waits for the spool of that number
	refusedWord = "\x11" // says why its argument is not run
	saveWord    = "\x05" // keeps the state that ( ) must not change
	backWord    = "\x06" // brings it back
	jobWord     = "\x0e" // runs its argument in the background
	patternSet  = "*?[]"
)

// parse turns source into checked and rewritten statements.
func (r *Runner) parse(source, name string) ([]*syntax.Stmt, error) {
	source = strings.TrimPrefix(source, "\uFEFF")
	source = strings.ReplaceAll(source, "\r\n", "\n")
	if i := strings.IndexFunc(source, isControl); i >= 0 {
		return nil, &SyntaxError{Name: name, Line: lineAt(source, i), Problem: fmt.Sprintf("control character %#02x in the line", source[i])}
	}
	var all []*syntax.Stmt
	for _, piece := range split(source) {
		statements, err := r.parsePiece(piece, name, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, statements...)
	}
	return all, nil
}

func isControl(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || c == 0x7f }

func lineAt(source string, offset int) uint { return uint(1 + strings.Count(source[:offset], "\n")) }

// piece is a run of lines that parse together, or one line of a classic form.
type piece struct {
	text  string
	line  uint // of its beginning, from 1
	shell bool // the text is for the user's shell
}

// split takes the classic forms out that the grammar would take otherwise: a line that begins
// with !, and case and ? by themselves. A line within quotes, a here-document or a compound
// command is no such form.
func split(source string) []piece {
	var pieces []piece
	var open []string
	first := uint(1)
	flush := func() {
		if len(open) > 0 {
			pieces = append(pieces, piece{text: strings.Join(open, "\n"), line: first})
			open = nil
		}
	}
	for i, line := range strings.Split(source, "\n") {
		begins := len(open) == 0 || !Incomplete(strings.Join(open, "\n"))
		if rest, isShell := strings.CutPrefix(strings.TrimLeft(line, " \t"), "!"); begins && isShell {
			flush()
			pieces = append(pieces, piece{text: strings.TrimSpace(rest), line: uint(i + 1), shell: true})
			continue
		}
		if begins {
			flush()
			line = classic(line)
			first = uint(i + 1)
		}
		open = append(open, line)
	}
	flush()
	return pieces
}

// classic turns lines that are only case or ? into commands that the grammar knows.
func classic(line string) string {
	switch strings.Join(strings.Fields(line), " ") {
	case "?":
		return "help"
	case "case", "case on", "case off":
		return `\` + strings.TrimSpace(line)
	}
	if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "? "); ok {
		return "help " + rest
	}
	return line
}

// parsePiece parses, checks and rewrites one piece. depth counts the aliases inside each other.
func (r *Runner) parsePiece(p piece, name string, depth int) ([]*syntax.Stmt, error) {
	if p.shell {
		return []*syntax.Stmt{callStmt(shellWord, p.text)}, nil
	}
	file, err := syntax.NewParser(syntax.KeepComments(false)).Parse(strings.NewReader(p.text), name)
	if err != nil {
		return nil, p.syntaxError(name, err)
	}
	w := &rewriter{runner: r, piece: p, name: name, depth: depth}
	w.statements(file.Stmts)
	if w.err != nil {
		return nil, w.err
	}
	return file.Stmts, nil
}

// syntaxError words the parser's complaint, with a way to write what was probably meant.
func (p piece) syntaxError(name string, err error) error {
	e := &SyntaxError{Name: name, Line: p.line, Problem: err.Error()}
	if parse, ok := err.(syntax.ParseError); ok {
		e.Line = p.line + parse.Pos.Line() - 1
		e.Problem = "syntax error: " + parse.Text
	}
	if strings.ContainsAny(p.text, "()`'\"&;|<>") {
		e.Next = `a name with ( ) ' " & ; | < > or a blank in it stands in quotes: get "a (1).txt"`
	}
	return e
}

// callStmt is a statement that calls a command with words as they are.
func callStmt(words ...string) *syntax.Stmt {
	call := &syntax.CallExpr{}
	for _, word := range words {
		call.Args = append(call.Args, quotedWord(word))
	}
	return &syntax.Stmt{Cmd: call}
}

func quotedWord(text string) *syntax.Word {
	if strings.Contains(text, "'") {
		escaped := inDoubleQuotes.Replace(text)
		return &syntax.Word{Parts: []syntax.WordPart{&syntax.DblQuoted{Parts: []syntax.WordPart{&syntax.Lit{Value: escaped}}}}}
	}
	return &syntax.Word{Parts: []syntax.WordPart{&syntax.SglQuoted{Value: text}}}
}

// rewriter checks a tree and makes it ready for the handlers. The first mistake stops it.
type rewriter struct {
	runner *Runner
	piece  piece
	name   string
	depth  int
	err    error
}

func (w *rewriter) refuse(pos syntax.Pos, problem, next string) {
	if w.err == nil {
		w.err = &SyntaxError{Name: w.name, Line: w.piece.line + pos.Line() - 1, Problem: problem, Next: next}
	}
}

func (w *rewriter) statements(list []*syntax.Stmt) {
	for _, s := range list {
		w.statement(s)
	}
}

func (w *rewriter) statement(s *syntax.Stmt) {
	if s.Background {
		w.background(s)
		return
	}
	w.redirections(s)
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		w.call(s, cmd)
	case *syntax.BinaryCmd:
		w.statement(cmd.X)
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			w.pipeStage(cmd)
		} else {
			w.statement(cmd.Y)
		}
	case *syntax.Subshell:
		w.statements(cmd.Stmts)
		w.isolate(s, cmd)
	case nil:
	default:
		w.compound(cmd)
	}
}

// compound goes through the commands that hold others.
func (w *rewriter) compound(cmd syntax.Command) {
	switch cmd := cmd.(type) {
	case *syntax.Block:
		w.statements(cmd.Stmts)
	case *syntax.IfClause:
		for c := cmd; c != nil; c = c.Else {
			w.statements(c.Cond)
			w.statements(c.Then)
		}
	case *syntax.WhileClause:
		w.statements(cmd.Cond)
		w.statements(cmd.Do)
	case *syntax.ForClause:
		w.forList(cmd)
		w.statements(cmd.Do)
	case *syntax.TimeClause:
		if cmd.Stmt != nil {
			w.statement(cmd.Stmt)
		}
	case *syntax.CoprocClause:
		w.refuse(cmd.Pos(), "coproc is not offered: there is one connection", "")
	case *syntax.CaseClause:
		w.words(cmd.Word)
		for _, item := range cmd.Items {
			w.words(item.Patterns...)
			w.statements(item.Stmts)
		}
	case *syntax.FuncDecl:
		if w.find(cmd.Name.Value) >= Exact {
			w.refuse(cmd.Pos(), cmd.Name.Value+" is a command; a function needs another name", "my"+cmd.Name.Value+"() { ...; }")
		}
		w.statement(cmd.Body)
	default:
		syntax.Walk(cmd, w.expansions)
	}
}

func (w *rewriter) find(word string) Found { return w.runner.options.Host.Find(word) }

// forList refuses patterns, which nobody expands there.
func (w *rewriter) forList(cmd *syntax.ForClause) {
	if cmd.Select {
		w.refuse(cmd.Pos(), "select is not offered", "")
	}
	loop, ok := cmd.Loop.(*syntax.WordIter)
	if !ok {
		syntax.Walk(cmd.Loop, w.expansions)
		return
	}
	for _, word := range loop.Items {
		w.words(word)
		if hasPattern(word) {
			w.refuse(word.Pos(), "a pattern in the list of for is not expanded", "nlist | while read -r f; do ...; done")
		}
	}
}

// words looks into words for what is refused everywhere.
func (w *rewriter) words(words ...*syntax.Word) {
	for _, word := range words {
		syntax.Walk(word, w.expansions)
	}
}

// expansions refuses parameters that mean nothing here, and rewrites what runs inside $( ).
func (w *rewriter) expansions(node syntax.Node) bool {
	switch node := node.(type) {
	case *syntax.ParamExp:
		if node.Param != nil && (node.Param.Value == "$" || node.Param.Value == "!" || node.Param.Value == "0") {
			w.refuse(node.Pos(), "$"+node.Param.Value+" means nothing here", `'$`+node.Param.Value+`' is the text itself`)
		}
	case *syntax.CmdSubst:
		if node.Backquotes {
			w.refuse(node.Pos(), "a backquote begins a command", "a name with a backquote stands in single quotes")
			return false
		}
		w.statements(node.Stmts)
		node.Stmts = []*syntax.Stmt{
			callStmt("set", "+e"), // as in bash; and the way back must be reached
			saved(), {Cmd: &syntax.Subshell{Stmts: node.Stmts}}, callStmt(backWord),
		}
		return false
	case *syntax.ProcSubst:
		w.refuse(node.Pos(), node.Op.String()+" ) is not for commands that share one connection", "save the output in a file first")
	}
	return true
}

func (w *rewriter) redirections(s *syntax.Stmt) {
	for _, redirection := range s.Redirs {
		switch redirection.Op {
		case syntax.RdrInOut, syntax.RdrClob:
			w.refuse(redirection.Pos(), redirection.Op.String()+" is not offered", "> replaces a file, >> adds to it")
		}
		w.words(redirection.Word)
		if redirection.Hdoc != nil {
			w.words(redirection.Hdoc)
		}
	}
}

// background hands a statement over. An & that touches a word was meant as part of it.
func (w *rewriter) background(s *syntax.Stmt) {
	if w.depth > 0 {
		w.refuse(s.Pos(), "an alias cannot put a command in the background", "type the & behind its name")
		return
	}
	text := w.piece.text
	at := int(s.End().Offset()) - 1
	if s.Semicolon.IsValid() {
		at = int(s.Semicolon.Offset())
	}
	before := at > 0 && !strings.ContainsRune(" \t", rune(text[at-1]))
	after := at+1 < len(text) && !strings.ContainsRune(" \t\n;)", rune(text[at+1]))
	start := int(s.Pos().Offset())
	if before || after {
		next := glued(text, start, at)
		if sendsSecret(text[start:]) {
			next = "a password with & in it stands in single quotes"
		}
		w.refuse(s.Pos(), "an & within a word puts a command in the background", next)
		return
	}
	job := callStmt(jobWord, strings.TrimSpace(text[start:at]))
	*s = *job
}

// glued quotes the word around the & at a position.
func glued(text string, start, at int) string {
	from := strings.LastIndexAny(text[:at], " \t") + 1
	to := at + 1
	for to < len(text) && !strings.ContainsRune(" \t\n", rune(text[to])) {
		to++
	}
	return text[start:max(from, start)] + Quote(text[max(from, start):to], '\'')
}

// pipeStage makes the right side of a pipe a local program, or a loop of ours that waits until
// the left side is done: there is only one connection.
func (w *rewriter) pipeStage(pipe *syntax.BinaryCmd) {
	if call, ok := pipe.Y.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 {
		w.redirections(pipe.Y)
		w.words(call.Args...)
		if name := call.Args[0].Lit(); name != "" {
			call.Args[0] = quotedWord(localWord + name)
		}
		return
	}
	w.statement(pipe.Y)
	w.runner.pipes++
	number := strconv.Itoa(w.runner.pipes)
	left := &syntax.Stmt{Cmd: &syntax.BinaryCmd{Op: pipe.Op, X: pipe.X, Y: callStmt(spoolWord, number)}}
	pipe.X, pipe.Op = left, syntax.Pipe
	pipe.Y = &syntax.Stmt{Cmd: &syntax.Block{Stmts: []*syntax.Stmt{callStmt(waitWord, number), pipe.Y}}}
}

// isolate wraps ( ) so that the remote directory and type come back after it.
func (w *rewriter) isolate(s *syntax.Stmt, sub *syntax.Subshell) {
	inner := *s
	inner.Cmd, inner.Negated = sub, false
	s.Redirs = nil
	s.Cmd = &syntax.Block{Stmts: []*syntax.Stmt{saved(), &inner, callStmt(backWord)}}
}

// saved keeps the state for ( ) and passes $? on into it. As the left side of && it does not end
// the run when that is a failure.
func saved() *syntax.Stmt {
	return &syntax.Stmt{Cmd: &syntax.BinaryCmd{Op: syntax.AndStmt, X: callStmt(saveWord), Y: callStmt("true")}}
}

// hasPattern says whether marks are in a word.
func hasPattern(word *syntax.Word) bool {
	for _, part := range word.Parts {
		if lit, ok := part.(*syntax.Lit); ok && strings.ContainsAny(unescaped(lit.Value), "*?[") {
			return true
		}
	}
	return false
}

// unescaped is a literal without its escaped characters.
func unescaped(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) {
			_, size := utf8.DecodeRuneInString(value[i+1:])
			i += size
			continue
		}
		b.WriteByte(value[i])
	}
	return b.String()
}
