package lang

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// refusedWords are builtins of the interpreter that would go past the checks, or make no sense here.
var refusedWords = map[string]struct{ why, next string }{
	".":       {"its lines are not checked before they run", "source FILE"},
	"builtin": {"the commands of the table come first anyway", "the name alone runs it"},
	"command": {"the commands of the table come first anyway", "the name alone runs it"},
	"eval":    {"the line is not checked before it runs", "source FILE checks a script as a whole"},
	"exec":    {"there is no process to replace", "!PROGRAM runs a local program"},
	"popd":    {"there is no stack of directories", "cd - goes back"},
	"pushd":   {"there is no stack of directories", "cd - goes back"},
	"shopt":   {"the options of the language are fixed", ""},
	"trap":    {"signals end the command that runs", "-COMMAND and COMMAND || OTHER deal with failures"},
}

// checker refuses what would be misunderstood silently. The first mistake in the text counts.
type checker struct {
	runner *Runner
	piece  piece
	name   string
	made   *names // by the whole source
	err    *SyntaxError
}

// check looks at one piece.
func (c *checker) check() error {
	for _, stmt := range c.piece.stmts {
		inspect(stmt, c.visit, nil)
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

func (c *checker) refuse(node syntax.Node, problem, next string) {
	if c.err == nil {
		c.err = &SyntaxError{Name: c.name, Line: c.piece.line + node.Pos().Line() - 1, Problem: problem, Next: next}
	}
}

// refuseWord refuses something in a word; the hint is the line with the word in quotes.
func (c *checker) refuseWord(node syntax.Node, around []syntax.Node, problem string) {
	if c.err == nil {
		c.err = c.piece.problem(c.name, node, around, problem)
	}
}

// problem is a mistake in a word. The hint is the line with the word in quotes; within a here-document
// it is about the word that ends it.
func (p piece) problem(name string, node syntax.Node, around []syntax.Node, problem string) *SyntaxError {
	e := &SyntaxError{Name: name, Line: p.line + node.Pos().Line() - 1, Problem: problem}
	for i, parent := range around {
		word, ok := parent.(*syntax.Word)
		if !ok || inside[*syntax.CmdSubst](around[i:]) {
			continue
		}
		redirect, _ := around[i-1].(*syntax.Redirect)
		if redirect != nil && redirect.Hdoc == word {
			from, to := offsets(redirect.Word)
			e.Next = p.replaced(from, to, "'"+p.text[from:to]+"'")
		} else {
			e.Next = p.quoted(offsets(word))
		}
		break
	}
	return e
}

func offsets(node syntax.Node) (from, to int) {
	return int(node.Pos().Offset()), int(node.End().Offset())
}

func (c *checker) visit(node syntax.Node, around []syntax.Node) {
	switch node := node.(type) {
	case *syntax.Stmt:
		if node.Background {
			c.background(node)
		}
	case *syntax.CallExpr:
		c.assignment(node)
		if len(node.Args) > 0 {
			c.call(node, around)
		}
	case *syntax.FuncDecl:
		c.function(node)
	case *syntax.WordIter:
		c.list(node)
	case *syntax.ForClause:
		if node.Select {
			c.refuse(node, "select is not offered", "")
		}
	case *syntax.Redirect:
		c.redirection(node)
	case *syntax.DeclClause:
		c.declaration(node)
	case *syntax.CoprocClause:
		c.refuse(node, "coproc: two programs cannot talk past the shell here", "")
	default:
		c.expansion(node, around)
	}
}

// expansion refuses what a word may not hold.
func (c *checker) expansion(node syntax.Node, around []syntax.Node) {
	switch node := node.(type) {
	case *syntax.ParamExp:
		p := node.Param
		if word, ok := outer(around, 0).(*syntax.Word); ok && len(word.Parts) == 1 && p != nil && p.Value == "!" {
			c.refuse(node, "$! means nothing here: jobs have numbers", "jobs shows them; wait %1")
		}
		if p != nil && (p.Value == "$" || p.Value == "!" || p.Value == "0") {
			c.refuseWord(node, around, "$"+p.Value+" means nothing here")
		}
	case *syntax.CmdSubst:
		if node.Backquotes {
			c.refuseWord(node, around, "a backquote begins a command")
		}
	case *syntax.ProcSubst:
		c.refuseWord(node, around, "<( ) is not offered: all commands share one connection")
	case *syntax.ExtGlob:
		_, isWord := outer(around, 0).(*syntax.Word)
		switch outer(around, 1).(type) {
		case *syntax.CallExpr, *syntax.WordIter, *syntax.Redirect:
			if isWord {
				c.refuseWord(node, around, "a name with ( ) in it needs quotes")
			}
		}
	}
}

// background refuses an & that touches a word: it was meant as a part of it.
func (c *checker) background(s *syntax.Stmt) {
	at := int(s.Semicolon.Offset())
	if from, to := c.around(at); to-from > 1 && !(to == at+1 && c.piece.text[at-1] == ')') {
		c.refuse(s, "an & within a word puts a command in the background", c.piece.quoted(from, to))
	}
}

// around are the ends of the text between blanks that an offset is in.
func (c *checker) around(offset int) (from, to int) {
	text := c.piece.text
	from, to = offset, offset+1
	for from > 0 && !isSpace(text[from-1]) {
		from--
	}
	for to < len(text) && !isSpace(text[to]) && text[to] != ')' && text[to] != ';' {
		to++
	}
	return from, to
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// call checks one command.
func (c *checker) call(call *syntax.CallExpr, around []syntax.Node) {
	_, name := cutPrefix(staticText(call.Args[0]))
	found := c.runner.options.Host.Find(name)
	later := isLaterStage(around)
	from, to := offsets(call)
	switch {
	case strings.HasPrefix(name, "!") && later:
		c.refuse(call, "behind a pipe stands a local program without !", c.piece.replaced(from, from+1, ""))
	case strings.HasPrefix(name, "!"):
		c.refuse(call, "! runs a local program at the beginning of a line only", c.piece.text[from:to])
	case later:
	case isNumber(name) && c.follows(from, ';'): // FILE.TXT;1
		c.refuse(call, "a ; within a word ends the command", c.piece.quoted(c.around(from-1)))
	case refusedWords[name].why != "" && found < Exact:
		c.refuse(call, name+": "+refusedWords[name].why, refusedWords[name].next)
	case found.isRaw() && !(found < Exact && c.isFunction(name)):
		stmt, _ := outer(around, 0).(*syntax.Stmt)
		c.raw(name, call, stmt)
	}
}

// assignment refuses what was meant as the end of a URL: ftp://host/file;type=i.
func (c *checker) assignment(call *syntax.CallExpr) {
	at := int(call.Pos().Offset())
	if len(call.Assigns) == 0 || !c.follows(at, ';') {
		return
	}
	if from, to := c.around(at - 1); strings.Contains(c.piece.text[from:to], "://") {
		c.refuse(call, "a ; within a word ends the command", c.piece.quoted(from, to))
	}
}

// isFunction says that a function has the name, or will have when the source runs.
func (c *checker) isFunction(name string) bool {
	return c.made.functions[name] || c.runner.isFunction(name)
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// follows says that an operator stands between what is at an offset and a word, without blanks.
func (c *checker) follows(offset int, operator byte) bool {
	text := c.piece.text
	return offset > 1 && text[offset-1] == operator && !isSpace(text[offset-2])
}

// function refuses a name that runs something else already.
func (c *checker) function(f *syntax.FuncDecl) {
	if f.Name == nil {
		c.refuse(f, "( ) without a name in front", "")
		return
	}
	name := f.Name.Value
	if c.runner.options.Host.Find(name) >= Exact || refusedWords[name].why != "" {
		c.refuse(f, name+" is a command; a function needs another name", "my"+name+"() { ...; }")
	}
}

// declaration refuses to show functions: ours are not as they were written.
func (c *checker) declaration(d *syntax.DeclClause) {
	for _, arg := range d.Args {
		if arg.Value == nil || arg.Name != nil {
			continue
		}
		if flag := arg.Value.Lit(); strings.HasPrefix(flag, "-") && strings.ContainsAny(flag, "fF") {
			c.refuse(d, d.Variant.Value+" "+flag+" is not offered", "")
		}
	}
}

// list refuses patterns that nobody would expand.
func (c *checker) list(loop *syntax.WordIter) {
	for _, word := range loop.Items {
		if wordIsPattern(word) {
			from, to := offsets(word)
			c.refuse(word, "the list of for does not take patterns", "nlst "+c.piece.text[from:to]+" | while read -r "+loop.Name.Value+"; do ...; done")
		}
	}
}

// redirection refuses what the interpreter cannot do, before anything runs.
func (c *checker) redirection(r *syntax.Redirect) {
	from, to := offsets(r.Word)
	switch r.Op {
	case syntax.RdrIn, syntax.RdrOut, syntax.AppOut, syntax.RdrAll, syntax.AppAll:
		if wordIsPattern(r.Word) {
			c.refuse(r, "a redirection does not take patterns", c.piece.quoted(from, to))
		}
	case syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
	case syntax.DplOut:
		if to := r.Word.Lit(); to != "1" && to != "2" && to != "-" {
			c.refuse(r, ">& takes 1, 2 or -", "")
		}
	default:
		c.refuse(r, r.Op.String()+" is not offered", "")
	}
	if r.N != nil && r.N.Value != "0" && r.N.Value != "1" && r.N.Value != "2" {
		c.refuse(r, "only 0, 1 and 2 can be redirected", "")
	}
}

// raw refuses, in commands whose words go to the server as they are, what the language would take away
// from them.
func (c *checker) raw(name string, call *syntax.CallExpr, stmt *syntax.Stmt) {
	if len(call.Args) == 1 {
		return
	}
	refuse := func(node syntax.Node, what, where string, end int) {
		from := int(call.Args[1].Pos().Offset())
		c.refuse(node, name+" sends its words as they are; "+what+" stands in "+where, c.piece.quoted(from, end))
	}
	text, end := c.piece.text, int(call.End().Offset())
	for _, word := range call.Args[1:] {
		if node, what := c.changed(word); what != "" {
			refuse(node, what, "single quotes", end)
		}
	}
	for _, r := range stmt.Redirs {
		refuse(r, r.Op.String(), "quotes", max(end, int(r.End().Offset())))
	}
	for _, comment := range stmt.Comments {
		if at := int(comment.Pos().Offset()); at >= end && !strings.HasPrefix(comment.Text, " ") {
			refuse(&comment, "#", "quotes", int(comment.End().Offset()))
		}
	}
	if end+1 < len(text) && strings.IndexByte(";|&", text[end]) >= 0 && !isSpace(text[end+1]) {
		_, to := c.around(end)
		refuse(call, text[end:end+1], "quotes", to)
	}
}

// changed is what the language would change in a word, and where.
func (c *checker) changed(word *syntax.Word) (where syntax.Node, what string) {
	inspect(word, func(node syntax.Node, around []syntax.Node) {
		lit, isLit := node.(*syntax.Lit)
		switch node.(type) {
		case *syntax.ParamExp, *syntax.CmdSubst, *syntax.ArithmExp:
			if !inside[*syntax.DblQuoted](around) && what == "" {
				where, what = node, c.piece.text[node.Pos().Offset():][:1]
			}
		}
		if isLit && len(around) == 1 && eatsBackslash(lit.Value) && !c.runner.options.Windows && what == "" {
			where, what = node, `\`
		}
	}, nil)
	return where, what
}

// eatsBackslash says that a backslash stands where nothing needs one.
func eatsBackslash(lit string) bool {
	for i := 0; i+1 < len(lit); i++ {
		if lit[i] == '\\' {
			if isPathChar(lit[i+1]) {
				return true
			}
			i++
		}
	}
	return false
}
