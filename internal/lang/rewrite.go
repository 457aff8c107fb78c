package lang

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// rewriter makes a checked tree ready for the handlers: it marks what they must know, and puts verbs of
// ours where the interpreter would do something else.
type rewriter struct {
	runner *Runner
	piece  piece
	words  map[*syntax.CallExpr]wordRule
}

// wordRule says how the words of a command are read.
type wordRule int

const (
	asProgram     wordRule = iota // by a local program: as in any shell
	asInterpreter                 // by a builtin of the interpreter: the same
	asOurs                        // patterns and ~ are for the command
	asRaw                         // and nothing else means anything
)

// rewrite changes the statements of a piece in place.
func (w *rewriter) rewrite() {
	w.words = map[*syntax.CallExpr]wordRule{}
	for _, stmt := range w.piece.stmts {
		inspect(stmt, w.enter, w.leave)
	}
}

func (w *rewriter) enter(node syntax.Node, around []syntax.Node) {
	switch node := node.(type) {
	case *syntax.CallExpr:
		if len(node.Args) > 0 {
			w.words[node] = w.rule(node, around)
		}
	case *syntax.Word:
		w.word(node, outer(around, 0))
	}
}

// leave changes a node after all that is in it.
func (w *rewriter) leave(node syntax.Node, around []syntax.Node) {
	switch node := node.(type) {
	case *syntax.CmdSubst:
		if len(node.Stmts) > 1 || len(node.Stmts) == 1 && node.Stmts[0].Cmd != nil { // not $(<file)
			node.Stmts = []*syntax.Stmt{isolated(true, node.Stmts)}
		}
	case *syntax.BinaryCmd:
		if isPipe(node) {
			w.pipe(node, isTested(node, around))
		}
	case *syntax.Stmt:
		w.statement(node, around)
	}
}

// statement changes a statement whose command is one of ours to change.
func (w *rewriter) statement(s *syntax.Stmt, around []syntax.Node) {
	switch cmd := s.Cmd.(type) {
	case *syntax.Subshell:
		s.Cmd = isolated(s.Negated || isTested(s, around), cmd.Stmts).Cmd
	case *syntax.CallExpr:
		mayBeAlias := len(cmd.Args) > 0 && w.mayBeAlias(cmd)
		w.prefix(s, cmd)
		if mayBeAlias {
			cmd.Args = append([]*syntax.Word{quotedWord(mark + verbLate)}, cmd.Args...)
		}
	}
	if s.Background {
		from, to := int(s.Pos().Offset()), int(s.Semicolon.Offset())
		*s = *w.runner.keep(s, strings.TrimSpace(w.piece.text[from:to]))
	}
}

// rule says how the words of a command are read.
func (w *rewriter) rule(call *syntax.CallExpr, around []syntax.Node) wordRule {
	_, name := cutPrefix(staticText(call.Args[0]))
	found := w.runner.options.Host.Find(name)
	switch {
	case isLaterStage(around) && !w.runner.isFunction(name) && !(readsInput[name] && found < Exact):
		return asProgram
	case found.isRaw() && !(found < Exact && w.runner.isFunction(name)):
		return asRaw
	case found < Exact && languageWords[name]:
		return asInterpreter
	}
	return asOurs
}

// mayBeAlias says that a command is nothing that is known, without quotes.
func (w *rewriter) mayBeAlias(call *syntax.CallExpr) bool {
	_, name := cutPrefix(call.Args[0].Lit())
	return w.words[call] >= asOurs && name != "" && !strings.Contains(name, `\`) && !w.runner.isFunction(name) &&
		refusedWords[name].why == "" && w.runner.options.Host.Find(name) < Exact
}

// word changes one word, by what it belongs to.
func (w *rewriter) word(word *syntax.Word, parent syntax.Node) {
	switch parent := parent.(type) {
	case *syntax.CallExpr:
		if word != parent.Args[0] {
			w.argument(word, parent)
		}
	case *syntax.WordIter:
		w.literals(word, asProgram)
	case *syntax.Redirect:
		if word != parent.Hdoc {
			w.single(word)
		}
	case *syntax.Assign:
		w.single(word)
	case *syntax.CaseClause:
		w.single(word)
	}
}

// argument changes a word of a command.
func (w *rewriter) argument(word *syntax.Word, call *syntax.CallExpr) {
	rule := w.words[call]
	if isSingleQuoted(word) && (rule == asOurs || rule == asRaw && word != call.Args[1]) {
		quoted := word.Parts[0].(*syntax.SglQuoted)
		quoted.Value = mark + string(markQuoted) + quoted.Value
		return
	}
	w.literals(word, rule)
}

// single changes a word that stays one word, whatever is in it. The interpreter leaves the backslashes in
// such words, so what stands behind them is put into quotes.
func (w *rewriter) single(word *syntax.Word) {
	w.literals(word, asProgram)
	var parts []syntax.WordPart
	text := "" // of the literals that stand side by side
	for _, part := range word.Parts {
		if lit, ok := part.(*syntax.Lit); ok {
			text += lit.Value
			continue
		}
		parts = append(append(parts, quoteEscaped(text)...), part)
		text = ""
	}
	word.Parts = append(parts, quoteEscaped(text)...)
}

// quoteEscaped is a literal with quotes in the place of its backslashes.
func quoteEscaped(lit string) (parts []syntax.WordPart) {
	for {
		i := strings.IndexByte(lit, '\\')
		switch {
		case lit == "":
			return parts
		case i < 0 || i+1 == len(lit):
			return append(parts, &syntax.Lit{Value: lit})
		}
		_, size := utf8.DecodeRuneInString(lit[i+1:])
		end := i + 1 + size
		plain := strings.TrimRight(lit[:i], "$") // a $ in front of a quote is not just a $
		if plain != "" {
			parts = append(parts, &syntax.Lit{Value: plain})
		}
		parts = append(parts, quotedWord(lit[len(plain):i]+lit[i+1:end]).Parts...)
		lit = lit[end:]
	}
}

func isSingleQuoted(word *syntax.Word) bool {
	quoted, ok := word.Parts[0].(*syntax.SglQuoted)
	return ok && len(word.Parts) == 1 && !quoted.Dollar
}

// literals changes what is not quoted in a word.
func (w *rewriter) literals(word *syntax.Word, rule wordRule) {
	sets := strings.Contains(word.Lit(), "[") || len(word.Parts) > 1
	for i, part := range word.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			continue
		}
		if w.runner.options.Windows {
			lit.Value = keepBackslashes(lit.Value)
		}
		if rule == asProgram || rule == asInterpreter {
			continue
		}
		if i == 0 && strings.HasPrefix(lit.Value, "~") {
			lit.Value = `\` + lit.Value
		}
		if rule == asRaw {
			lit.Value = strings.ReplaceAll(lit.Value, "{", `\{`)
		} else {
			lit.Value = markSpecial(lit.Value, sets)
		}
	}
}

// keepBackslashes doubles a backslash before a letter, digit or dot: C:\dir is a path.
func keepBackslashes(lit string) string {
	var b strings.Builder
	for i := 0; i < len(lit); i++ {
		b.WriteByte(lit[i])
		if lit[i] != '\\' || i+1 == len(lit) {
			continue
		}
		if isPathChar(lit[i+1]) {
			b.WriteByte('\\')
		} else {
			i++
			b.WriteByte(lit[i])
		}
	}
	return b.String()
}

// prefix takes the - off a command word: cmd || ignore. The @ stays, for the call handler.
func (w *rewriter) prefix(s *syntax.Stmt, call *syntax.CallExpr) {
	if len(call.Args) == 0 || w.words[call] == asProgram {
		return
	}
	lit, ok := call.Args[0].Parts[0].(*syntax.Lit)
	if !ok {
		return
	}
	prefix, name := cutPrefix(lit.Value)
	if !strings.Contains(prefix, "-") || name == "" && len(call.Args[0].Parts) == 1 {
		return
	}
	word := call.Args[0] // in quotes, since x=1 or if is no command without its -
	word.Parts = append(quotedWord(strings.ReplaceAll(prefix, "-", "")+unescape(name)).Parts, word.Parts[1:]...)
	ignoring(s)
}

// ignoring makes the failure of a statement not count.
func ignoring(s *syntax.Stmt) {
	inner := &syntax.Stmt{Position: s.Position, Cmd: s.Cmd, Redirs: s.Redirs}
	s.Redirs = nil
	s.Cmd = &syntax.BinaryCmd{OpPos: s.Position, Op: syntax.OrStmt, X: inner, Y: verbStmt(verbIgnore)}
}

// isolated runs statements in a subshell, and brings back what ( ) must not change however they end:
// if save; ( statements ); then back; else back; fi. The condition keeps a failure from ending the run
// before that. In a lax one a failure does not end the statements: as in bash, that is so in $( ), and
// where the status is tested.
func isolated(lax bool, stmts []*syntax.Stmt) *syntax.Stmt {
	if lax {
		stmts = append([]*syntax.Stmt{verbStmt(verbLax)}, stmts...)
	}
	inner := &syntax.Stmt{Cmd: &syntax.Subshell{Stmts: stmts}}
	return &syntax.Stmt{Cmd: &syntax.IfClause{
		Cond: []*syntax.Stmt{verbStmt(verbSave), inner},
		Then: []*syntax.Stmt{verbStmt(verbBack)},
		Else: &syntax.IfClause{Then: []*syntax.Stmt{verbStmt(verbBack)}},
	}}
}

// readsInput are the builtins of the interpreter that are of use behind a pipe.
var readsInput = map[string]bool{"read": true, "readarray": true, "mapfile": true}

// pipe makes the right side of a pipe a local program. If it may run commands of ours, it waits until
// the left side is done, whose output goes to a file so long: there is only one connection.
func (w *rewriter) pipe(p *syntax.BinaryCmd, tested bool) {
	if block, ok := p.X.Cmd.(*syntax.Block); ok && tested {
		block.Stmts = append([]*syntax.Stmt{verbStmt(verbLax)}, block.Stmts...)
	}
	call, isCall := p.Y.Cmd.(*syntax.CallExpr)
	isProgram := isCall && len(call.Args) > 0 && w.words[call] == asProgram
	if isProgram {
		call.Args = append([]*syntax.Word{quotedWord(mark + verbProgram)}, call.Args...)
	}
	runsOurs := !isCall || w.words[call] == asOurs || holds[*syntax.CmdSubst](p.Y)
	if !runsOurs {
		return
	}
	w.runner.pipes++
	gate := strconv.Itoa(w.runner.pipes)
	p.X = &syntax.Stmt{Position: p.X.Position, Cmd: &syntax.BinaryCmd{
		OpPos: p.OpPos, Op: p.Op, X: p.X, Y: verbStmt(verbSpool, gate),
	}}
	p.Op = syntax.Pipe
	p.Y = &syntax.Stmt{Position: p.Y.Position, Cmd: &syntax.BinaryCmd{
		OpPos: p.OpPos, Op: syntax.AndStmt, X: verbStmt(verbAwait, gate), Y: p.Y,
	}}
}

// keep keeps a statement that ends in &, and returns what begins it.
func (r *Runner) keep(s *syntax.Stmt, source string) *syntax.Stmt {
	stmt := *s
	stmt.Background = false
	r.mu.Lock()
	defer r.mu.Unlock()
	r.beside = append(r.beside, &Statement{Source: source, stmt: &stmt})
	return verbStmt(verbBeside, strconv.Itoa(len(r.beside)-1))
}

// verbStmt is a statement that calls one of our verbs.
func verbStmt(verb string, args ...string) *syntax.Stmt {
	call := &syntax.CallExpr{Args: []*syntax.Word{quotedWord(mark + verb)}}
	for _, arg := range args {
		call.Args = append(call.Args, quotedWord(arg))
	}
	return &syntax.Stmt{Cmd: call}
}

// quotedWord is a word that says exactly a text.
func quotedWord(text string) *syntax.Word {
	quoted := &syntax.SglQuoted{Value: text}
	if strings.Contains(text, "'") || !utf8.ValidString(text) {
		quoted.Dollar = true
		quoted.Value = strings.TrimSuffix(strings.TrimPrefix(quoteANSI(text), "$'"), "'")
	}
	return &syntax.Word{Parts: []syntax.WordPart{quoted}}
}
