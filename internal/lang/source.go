package lang

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// sourced is how a script ended that ran inside a command, with Source.
type sourced struct{ outcome error }

// The keys of the context.
type (
	sourcedKey struct{} // of a command: its *sourced
	depthKey   struct{} // of a script: how many it is inside of
	textKey    struct{} // of the interpreter's source: the text it opens
)

// deepest is how many scripts may run inside each other.
const deepest = 50

// textFile is the name under which the interpreter opens a text.
var textFile = mark + "text"

// Source runs a script inside the command that is running, so that its variables and functions stay. Only
// a Host calls it, from Run and with its context. An error means that nothing has run; how the script
// ended becomes the status of the command.
func (r *Runner) Source(ctx context.Context, path string) error {
	command, ok := ctx.Value(sourcedKey{}).(*sourced)
	if !ok {
		return fmt.Errorf("source %s: no command is running", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	depth, _ := ctx.Value(depthKey{}).(int)
	if depth == deepest {
		return &SyntaxError{Name: path, Problem: fmt.Sprintf("source: more than %d scripts inside each other", deepest)}
	}
	stmts, err := r.read(string(text), path)
	if err != nil {
		return err
	}
	ctx = context.WithValue(ctx, depthKey{}, depth+1)
	command.outcome = r.evaluate(ctx, interp.HandlerCtx(ctx), stmts)
	return nil
}

// evaluate runs statements inside the command that is running. The interpreter has no other way than to
// parse them again, so they go to it as text. The error is its own idea of how they ended.
func (r *Runner) evaluate(ctx context.Context, hc interp.HandlerContext, stmts []*syntax.Stmt) error {
	text, err := printed(stmts)
	if err != nil {
		return err
	}
	return runText(ctx, hc, text)
}

// runText runs a text in the scope of a command, with more words as its parameters.
func runText(ctx context.Context, hc interp.HandlerContext, text string, params ...string) error {
	ctx = context.WithValue(ctx, textKey{}, text)
	return hc.Builtin(ctx, append([]string{"source", textFile}, params...))
}

// printed is a rewritten tree as text.
func printed(stmts []*syntax.Stmt) (string, error) {
	var text strings.Builder
	err := syntax.NewPrinter().Print(&text, &syntax.File{Stmts: stmts})
	return text.String(), err
}

// script is a text as the interpreter opens it.
type script struct{ io.Reader }

func (script) Write([]byte) (int, error) { return 0, os.ErrInvalid }
func (script) Close() error              { return nil }
