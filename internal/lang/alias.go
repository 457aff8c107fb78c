package lang

import (
	"context"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// expandAliases puts the lines of aliases in the place of their names, as text, before anything is
// checked. A name means itself within its own line, and when any of it is quoted.
func (r *Runner) expandAliases(p piece, name string, active ...string) ([]piece, error) {
	text, err := r.aliased(p, active)
	if err != nil || text == p.text {
		return []piece{p}, err
	}
	pieces, err := splitPieces(strings.TrimRight(text, "\n"), name)
	for i := range pieces {
		pieces[i].line += p.line - 1
	}
	return pieces, err
}

// aliased is the text of a piece with its aliases expanded. Those that are active mean themselves.
func (r *Runner) aliased(p piece, active []string) (string, error) {
	var b strings.Builder
	at := 0
	for _, call := range commandsIn(p.stmts) {
		word := call.Args[0]
		prefix, name := cutPrefix(word.Lit())
		line, ok := r.options.Host.Alias(name)
		if !ok || name == "" {
			continue
		}
		var err error
		if slices.Contains(active, name) {
			line = `\` + name // in quotes it stays what it is, when it runs too
		} else if line, err = r.aliasLine(p, call, name, line, active); err != nil {
			return "", err
		}
		from := int(word.Pos().Offset()) + len(prefix)
		b.WriteString(p.text[at:from] + line)
		at = from + len(name)
	}
	return b.String() + p.text[at:], nil
}

// commandsIn are the commands in statements that begin with a word, in their order in the text.
func commandsIn(stmts []*syntax.Stmt) (all []*syntax.CallExpr) {
	for _, stmt := range stmts {
		inspect(stmt, func(node syntax.Node, _ []syntax.Node) {
			if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
				all = append(all, call)
			}
		}, nil)
	}
	slices.SortFunc(all, func(a, b *syntax.CallExpr) int {
		return int(a.Args[0].Pos().Offset()) - int(b.Args[0].Pos().Offset())
	})
	return all
}

// aliasLine is the line of an alias, with the aliases in it expanded.
func (r *Runner) aliasLine(p piece, call *syntax.CallExpr, name, line string, active []string) (string, error) {
	broken := &SyntaxError{Line: p.line, Problem: "alias " + name + " cannot be read", Next: "unalias " + name}
	inner, err := splitPieces(line, "")
	switch {
	case err != nil || len(inner) != 1:
		return "", broken
	case inner[0].shell == nil:
		line, err := r.aliased(inner[0], append(active, name))
		return strings.TrimRight(line, "\n"), err
	case strings.TrimSpace(p.text[:call.Pos().Offset()]) != "":
		broken.Problem = "alias " + name + " runs a local program: it stands at the beginning of a line"
		return "", broken
	}
	return line, nil
}

// late runs a command that was nothing when its source was checked, and may be an alias or a function by
// now: a script makes them for its next lines.
func (r *Runner) late(ctx context.Context, hc interp.HandlerContext, args []string) error {
	prefix, name := cutPrefix(args[0])
	line, ok := r.options.Host.Alias(name)
	switch {
	case !ok && r.isFunction(name):
		return runText(ctx, hc, `"$@"`, args...)
	case !ok:
		r.echo(prefix, args)
		return r.command(ctx, hc, args, -1)
	}
	words := []string{prefix + line}
	for _, arg := range args[1:] {
		word, _ := fromField(arg)
		words = append(words, word.Source())
	}
	stmts, err := r.read(strings.Join(words, " "), "", name)
	if err != nil {
		return err
	}
	return r.evaluate(ctx, hc, stmts)
}
