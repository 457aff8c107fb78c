package lang

import (
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// refusedWords are builtins of the interpreter that would go past the checks, or make no sense.
var refusedWords = map[string]struct{ why, next string }{
	"eval":    {"the line is not checked before it runs", "source FILE checks a script as a whole"},
	"trap":    {"signals end the command that runs", "-COMMAND and COMMAND || OTHER deal with failures"},
	"exec":    {"there is no process to replace", "!PROGRAM runs a local program"},
	"builtin": {"commands always come first", "the name alone runs it"},
	"command": {"commands always come first", "the name alone runs it"},
	"pushd":   {"there is no stack of directories", "cd - goes back"},
	"popd":    {"there is no stack of directories", "cd - goes back"},
	"shopt":   {"the options of the language are fixed", "help set"},
	".":       {"its lines are not checked before they run", "source FILE"},
}

// call rewrites one simple command.
func (w *rewriter) call(s *syntax.Stmt, call *syntax.CallExpr) {
	for _, assign := range call.Assigns {
		syntax.Walk(assign, w.expansions)
	}
	if len(call.Args) == 0 {
		return
	}
	name := strings.TrimLeft(commandWord(call.Args[0]), "-@")
	if w.expandAlias(s, call, name) {
		return
	}
	found := w.find(name)
	if found == ExactRaw {
		w.raw(s, call, name)
	}
	if refused, ok := refusedWords[name]; ok && found < Exact {
		w.refuse(call.Pos(), name+": "+refused.why, refused.next)
		return
	}
	if found < Exact && interp.IsBuiltin(name) {
		w.words(call.Args...)
		return
	}
	for _, word := range call.Args[1:] {
		w.rewriteWord(word)
	}
	w.words(call.Args...)
}

// commandWord is the name of a command as it is written.
func commandWord(word *syntax.Word) string {
	if lit := word.Lit(); lit != "" {
		return strings.ReplaceAll(lit, `\`, "")
	}
	return ""
}

// expandAlias puts the line of an alias in the place of its name. An alias that begins with its
// own name means the command.
func (w *rewriter) expandAlias(s *syntax.Stmt, call *syntax.CallExpr, name string) bool {
	line, ok := w.runner.options.Host.Alias(name)
	if !ok || w.depth > 16 {
		return false
	}
	if first, _, _ := strings.Cut(line, " "); first == name {
		w.depth = 17
	}
	statements, err := w.runner.parsePieceUnchecked(line)
	if err != nil || len(statements) == 0 {
		w.refuse(call.Pos(), "alias "+name+" cannot be read", "unalias "+name)
		return true
	}
	if last, ok := statements[len(statements)-1].Cmd.(*syntax.CallExpr); ok {
		last.Args = append(last.Args, call.Args[1:]...)
	}
	w.depth++
	if only := statements[0]; len(statements) == 1 && len(only.Redirs) == 0 && !only.Background && !only.Negated {
		s.Cmd = statements[0].Cmd
	} else {
		s.Cmd = &syntax.Block{Stmts: statements}
	}
	w.statement(s)
	w.depth--
	return true
}

// parsePieceUnchecked parses the line of an alias; it is checked where it stands.
func (r *Runner) parsePieceUnchecked(line string) ([]*syntax.Stmt, error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(classic(line)), "")
	if err != nil {
		return nil, err
	}
	return file.Stmts, nil
}

// raw refuses, in commands whose words go to the server as they are, what the language would
// take away from them. The hint is the line in quotes, unless a password may be in it.
func (w *rewriter) raw(s *syntax.Stmt, call *syntax.CallExpr, name string) {
	if len(call.Args) < 2 {
		return
	}
	text := w.piece.text
	from, end := int(call.Args[1].Pos().Offset()), int(call.End().Offset())
	if w.depth > 0 {
		text, from, end = "-...", 1, 4 // the offsets are those of an alias
	}
	refuse := func(pos syntax.Pos, to int, what, where string) {
		next := name + " " + Quote(text[from:to+wordLength(text[to:])], '\'')
		if sendsSecret(name + text[from-1:]) {
			next = "a password with " + what + " in it stands in single quotes"
		}
		w.refuse(pos, name+" sends its words as they are; "+what+" stands in "+where, next)
	}
	for _, redirection := range s.Redirs {
		at := int(redirection.Pos().Offset())
		refuse(redirection.Pos(), min(max(at, end), len(text)), redirection.Op.String(), "quotes")
	}
	for _, word := range call.Args[1:] {
		if at := unquotedDollar(word); at.IsValid() {
			refuse(at, end, "$", "single quotes")
		}
	}
	if end < len(text) && strings.ContainsRune(";|<>&", rune(text[end])) {
		refuse(call.Pos(), end, text[end:end+1], "quotes")
	}
}

// wordLength is how far a text goes on without a blank.
func wordLength(text string) int {
	if i := strings.IndexAny(text, " \t\n"); i >= 0 {
		return i
	}
	return len(text)
}

// unquotedDollar is where an expansion stands in a word outside of quotes.
func unquotedDollar(word *syntax.Word) (at syntax.Pos) {
	syntax.Walk(word, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.DblQuoted:
			return false
		case *syntax.ParamExp, *syntax.CmdSubst, *syntax.ArithmExp:
			at = node.Pos()
		}
		return true
	})
	return at
}

// sendsSecret says that a password may be in a line, which then is not shown again: user, account,
// their prefixes, PASS and ACCT.
func sendsSecret(line string) bool {
	name, rest, _ := strings.Cut(strings.TrimLeft(line, " \t-@"), " ")
	if name != "" && (strings.HasPrefix("user", name) || strings.HasPrefix("account", name)) {
		return true
	}
	verb, _, _ := strings.Cut(strings.TrimLeft(rest, " '\""), " ")
	return strings.EqualFold(verb, "PASS") || strings.EqualFold(verb, "ACCT")
}

// rewriteWord readies one word of one of our commands: marks, tildes, and the two systems whose
// names are written with characters that mean something here.
func (w *rewriter) rewriteWord(word *syntax.Word) {
	if quoted, ok := soleSingleQuoted(word); ok && w.runner.options.KeepQuotes != nil && w.runner.options.KeepQuotes() {
		word.Parts = quotedWord("'" + quoted + "'").Parts
		return
	}
	for i, part := range word.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok {
			continue
		}
		if w.runner.options.Windows {
			lit.Value = keepBackslashes(lit.Value)
		}
		if i == 0 && strings.HasPrefix(lit.Value, "~") {
			lit.Value = `\` + lit.Value
		}
		lit.Value = markPatterns(lit.Value)
	}
}

func soleSingleQuoted(word *syntax.Word) (string, bool) {
	if len(word.Parts) != 1 {
		return "", false
	}
	quoted, ok := word.Parts[0].(*syntax.SglQuoted)
	if !ok || quoted.Dollar {
		return "", false
	}
	return quoted.Value, true
}

// keepBackslashes doubles a backslash before a letter, digit or dot: C:\dir is a path.
func keepBackslashes(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		b.WriteByte(value[i])
		if value[i] != '\\' || i+1 == len(value) {
			continue
		}
		if c := value[i+1]; isAlphanumeric(c) || c == '.' {
			b.WriteByte('\\')
			continue
		}
		i++
		b.WriteByte(value[i])
	}
	return b.String()
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// markPatterns puts a mark before each pattern character that is not escaped.
func markPatterns(value string) string {
	if !strings.ContainsAny(value, patternSet) {
		return value
	}
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			b.WriteByte(c)
			i++
			b.WriteByte(value[i])
		case strings.IndexByte(patternSet, c) >= 0:
			b.WriteByte(mark)
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
