package lang

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// visitor is called for a node of a tree, with the nodes around it, the outermost first.
type visitor func(node syntax.Node, around []syntax.Node)

// inspect goes through a tree: enter sees each node before what is in it, leave after that. Either may
// be nil.
func inspect(root syntax.Node, enter, leave visitor) {
	var path []syntax.Node
	syntax.Walk(root, func(node syntax.Node) bool {
		if node != nil {
			if enter != nil {
				enter(node, path)
			}
			path = append(path, node)
			return true
		}
		last := len(path) - 1
		node, path = path[last], path[:last]
		if leave != nil {
			leave(node, path)
		}
		return true
	})
}

// deepestTree is how far nodes may stand within one another. What is done with a tree takes time that grows with
// the square of its depth.
const deepestTree = 10_000

// isDeep says that a tree is deeper than that. Two levels are a command of a list that && and || join.
func isDeep(root syntax.Node) bool {
	depth, most := 0, 0
	syntax.Walk(root, func(node syntax.Node) bool {
		if node == nil {
			depth--
			return true
		}
		depth++
		most = max(most, depth)
		return true
	})
	return most > deepestTree
}

// outer is the n-th node around, counted from the inside; nil if there are not so many.
func outer(around []syntax.Node, n int) syntax.Node {
	if n >= len(around) {
		return nil
	}
	return around[len(around)-1-n]
}

// inside says that one of the nodes around is of a kind.
func inside[T syntax.Node](around []syntax.Node) bool {
	for _, node := range around {
		if _, ok := node.(T); ok {
			return true
		}
	}
	return false
}

// isLaterStage says that a command stands behind a pipe. around are the nodes around the command: its
// statement, and around that the pipe.
func isLaterStage(around []syntax.Node) bool {
	stmt, _ := outer(around, 0).(*syntax.Stmt)
	pipe, ok := outer(around, 1).(*syntax.BinaryCmd)
	return ok && isPipe(pipe) && pipe.Y == stmt
}

// isTested says that the status of a node decides what is run next, so that a failure in it ends nothing:
// it is a condition, the left side of && or ||, or behind !.
func isTested(node syntax.Node, around []syntax.Node) bool {
	for i := len(around) - 1; i >= 0; i-- {
		stmt, _ := node.(*syntax.Stmt)
		switch outer := around[i].(type) {
		case *syntax.FuncDecl, *syntax.CmdSubst:
			return false
		case *syntax.IfClause:
			if slices.Contains(outer.Cond, stmt) {
				return true
			}
		case *syntax.WhileClause:
			if slices.Contains(outer.Cond, stmt) {
				return true
			}
		case *syntax.BinaryCmd:
			if !isPipe(outer) && outer.X == stmt {
				return true
			}
		case *syntax.Stmt:
			if outer.Negated {
				return true
			}
		}
		node = around[i]
	}
	return false
}

func isPipe(b *syntax.BinaryCmd) bool { return b.Op == syntax.Pipe || b.Op == syntax.PipeAll }

// holds says that a node of a kind is in a tree.
func holds[T syntax.Node](root syntax.Node) (found bool) {
	inspect(root, func(node syntax.Node, _ []syntax.Node) {
		if _, ok := node.(T); ok {
			found = true
		}
	}, nil)
	return found
}

// staticText is what a word says, if that is known before it runs; otherwise it is empty.
func staticText(word *syntax.Word) string {
	var b strings.Builder
	for _, part := range word.Parts {
		text, ok := staticPart(part)
		if !ok {
			return ""
		}
		b.WriteString(text)
	}
	return b.String()
}

func staticPart(part syntax.WordPart) (string, bool) {
	switch part := part.(type) {
	case *syntax.Lit:
		return unescape(part.Value), true
	case *syntax.SglQuoted:
		if part.Dollar {
			text, _, _ := readANSI(part.Value)
			return text, true
		}
		return part.Value, true
	case *syntax.DblQuoted:
		if len(part.Parts) == 0 {
			return "", true
		}
		lit, ok := part.Parts[0].(*syntax.Lit)
		if ok && len(part.Parts) == 1 && !strings.Contains(lit.Value, `\`) {
			return lit.Value, true
		}
	}
	return "", false
}

// wordIsPattern says that an unquoted * ? or [...] is in a word.
func wordIsPattern(word *syntax.Word) bool {
	var field strings.Builder
	for _, part := range word.Parts {
		if lit, ok := part.(*syntax.Lit); ok {
			field.WriteString(unescape(markSpecial(lit.Value, true)))
		} else {
			field.WriteByte('x')
		}
	}
	w, _ := fromField(field.String())
	return w.IsPattern()
}
