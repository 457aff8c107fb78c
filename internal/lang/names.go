package lang

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// names are the variables and functions that a source makes, and the variables that it needs. An unset
// variable is found before anything runs, so that a line with a typing mistake does nothing.
type names struct {
	variables map[string]bool
	functions map[string]bool
	open      bool // it runs another script, which may make more variables, or it allows unset ones
	needed    []need
}

// need is a variable that must be set, and what to say if it is not.
type need struct {
	variable string
	problem  *SyntaxError
}

func newNames() *names {
	return &names{variables: map[string]bool{}, functions: map[string]bool{}}
}

func (n *names) add(other *names) {
	maps.Copy(n.variables, other.variables)
	maps.Copy(n.functions, other.functions)
}

// alwaysSet are the variables that the interpreter sets itself.
var alwaysSet = []string{
	"#", "*", "-", "?", "@", "DIRSTACK", "EUID", "GID", "HOME", "IFS", "LINENO", "OPTIND", "PPID", "PWD", "RANDOM",
	"SRANDOM", "UID",
}

// environmentNames are the variables that a Runner starts with.
func environmentNames(environ []string) *names {
	n := newNames()
	for _, name := range alwaysSet {
		n.variables[name] = true
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		n.variables[name] = true
		n.variables[strings.ToUpper(name)] = true // on Windows it is the same one
	}
	return n
}

// read notes what one piece makes and needs.
func (n *names) read(p piece, name string) {
	for _, stmt := range p.stmts {
		inspect(stmt, func(node syntax.Node, around []syntax.Node) {
			n.note(node)
			if use, ok := node.(*syntax.ParamExp); ok {
				n.use(p, name, use, around)
			}
		}, nil)
	}
}

// note notes what a node makes.
func (n *names) note(node syntax.Node) {
	switch node := node.(type) {
	case *syntax.FuncDecl:
		if node.Name != nil {
			n.functions[node.Name.Value] = true
		}
	case *syntax.Assign:
		if node.Name != nil {
			n.variables[node.Name.Value] = true
		}
	case *syntax.WordIter:
		n.variables[node.Name.Value] = true
	case *syntax.ParamExp:
		if node.Exp != nil && slices.Contains(assigning, node.Exp.Op) {
			n.variables[node.Param.Value] = true
		}
	case *syntax.BinaryArithm:
		n.arithmetic(node.X)
	case *syntax.UnaryArithm:
		n.arithmetic(node.X)
	case *syntax.CallExpr:
		n.command(node)
	}
}

// arithmetic notes the name that an expression may set.
func (n *names) arithmetic(x syntax.ArithmExpr) {
	if word, ok := x.(*syntax.Word); ok && syntax.ValidName(word.Lit()) {
		n.variables[word.Lit()] = true
	}
}

// command notes the variables that a command sets by name.
func (n *names) command(call *syntax.CallExpr) {
	if len(call.Args) == 0 {
		return
	}
	switch _, name := cutPrefix(call.Args[0].Lit()); name {
	case "source":
		n.open = true
	case "set":
		n.parameters(call.Args[1:])
	case "read", "readarray", "mapfile", "getopts":
		n.variables["REPLY"], n.variables["OPTARG"] = true, true
		for _, word := range call.Args[1:] {
			n.open = n.open || word.Lit() == ""
			n.variables[word.Lit()] = true
		}
	}
}

// parameters notes what set -- makes, and set +u.
func (n *names) parameters(words []*syntax.Word) {
	if len(words) == 0 {
		return
	}
	n.open = n.open || strings.HasPrefix(words[0].Lit(), "+")
	for i := range 9 {
		n.variables[strconv.Itoa(i+1)] = true
	}
}

var assigning = []syntax.ParExpOperator{syntax.AssignUnset, syntax.AssignUnsetOrNull}

// lenient are the expansions that say themselves what an unset variable means.
var lenient = append([]syntax.ParExpOperator{
	syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull,
	syntax.ErrorUnset, syntax.ErrorUnsetOrNull,
}, assigning...)

// use notes that a variable is needed. One in a function is needed when that runs, and not before.
func (n *names) use(p piece, name string, use *syntax.ParamExp, around []syntax.Node) {
	switch {
	case use.Param == nil, use.Excl, use.Names != 0, inside[*syntax.FuncDecl](around):
		return
	case use.Exp != nil && slices.Contains(lenient, use.Exp.Op):
		return
	}
	variable := use.Param.Value
	problem := p.problem(name, use, around, variable+": unbound variable")
	if problem.Next == notShown {
		problem.Problem = "unbound variable" // its name is a part of the word
	}
	n.needed = append(n.needed, need{variable, problem})
}

// missing is about the first variable that is needed and that nobody sets.
func (n *names) missing(known *names) error {
	if n.open || known.open {
		return nil
	}
	for _, need := range n.needed {
		if !n.variables[need.variable] && !known.variables[need.variable] {
			return need.problem
		}
	}
	return nil
}
