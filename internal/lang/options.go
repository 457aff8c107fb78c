package lang

import (
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// echo shows a command before it runs.
func (r *Runner) echo(prefix string, args []string) {
	if strings.Contains(prefix, "@") {
		return
	}
	words := make([]string, len(args))
	for i, arg := range args {
		word, _ := fromField(arg)
		words[i] = word.Source()
	}
	r.show(strings.Join(words, " "))
}

// show shows a line if lines are to be shown.
func (r *Runner) show(line string) {
	r.mu.Lock()
	echoing := r.echoing
	r.mu.Unlock()
	if echoing && r.options.Echo != nil {
		r.options.Echo(line)
	}
}

// longOptions are the options of the language, and their letters. That of pipefail is not for typing.
var longOptions = map[string]string{"errexit": "e", "nounset": "u", "pipefail": "p", "xtrace": "x"}

// isOptions says that set is meant as the set of the language: set -e, set +o pipefail, set -- words.
func isOptions(args []string) bool {
	if len(args) == 0 || len(args[0]) < 2 {
		return false
	}
	flags := args[0][1:]
	switch {
	case args[0][0] != '-' && args[0][0] != '+':
		return false
	case flags == "o":
		return len(args) == 2 && longOptions[args[1]] != ""
	}
	return args[0] == "--" || strings.Trim(flags, "eux") == ""
}

// set changes the options of the language. The trace is ours: the interpreter would show marks.
func (r *Runner) set(args []string) ([]string, error) {
	sign, flags, words := args[0][:1], args[0][1:], plainFields(args[1:])
	if flags == "o" {
		flags, words = longOptions[words[0]], nil
	}
	if strings.Contains(flags, "x") && r.options.Echo == nil {
		return nil, &SyntaxError{Problem: "set " + sign + "x is not offered here", Next: "debug 1"}
	}
	r.mu.Lock()
	if strings.Contains(flags, "x") {
		r.echoing = sign == "-"
	}
	if strings.Contains(flags, "u") {
		r.known.open = sign == "+"
	}
	r.mu.Unlock()
	switch flags = strings.ReplaceAll(flags, "x", ""); flags {
	case "":
		return []string{"true"}, nil
	case "p":
		return []string{"set", sign + "o", "pipefail"}, nil
	}
	return append([]string{"set", sign + flags}, words...), nil
}

// isUnset says that unset is meant as the unset of the language: all words are its flags or the names of
// variables that are set. An element of an array is not: its index would be parsed.
func isUnset(hc interp.HandlerContext, args []string) bool {
	for i, arg := range args {
		isFlag := i == 0 && (arg == "-v" || arg == "-f")
		if !isFlag && !(syntax.ValidName(arg) && (args[0] == "-f" || hc.Env.Get(arg).IsSet())) {
			return false
		}
	}
	return len(args) > 0
}
