package commands

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"ftpsh/internal/listing"
	"ftpsh/transfer"
)

// findCommand looks for files in trees on the server. Its flags are the words of its expression.
func findCommand() Command {
	c := Command{
		Name: "find", Group: Browsing, Needs: LoggedIn,
		Short: "look for files in directories on the server and below",
		Args:  []Arg{{Name: "where", Kind: RemotePath, Optional: true, Many: true}},
		Flags: []Flag{
			{Long: "not", OneDash: true, Sign: "!", Help: "only if the next test fails"},
			{Letter: 'o', Help: "or: what stands behind it is tried where what stands before it has failed"},
			{Long: "json", Help: "one JSON object a line for each file found"},
			{Long: "yes", Help: "with -delete: ask nothing"},
			connectionsAtMost,
		},
		Details: `The words are those of find on Unix, tried from the left until one fails. If nothing is to be done
with what is found, its name is printed, as soon as it is found. Links are found, never followed.
Numbers may begin with + for more than and - for less than; sizes are in bytes, or have a unit: c, k,
M, G. -exec runs a command of ftpsh, with the path for each {}; -print0 is for local programs:
find -print0 | xargs -0 ls. -delete removes at the end what was found, as rm -r does: after a question,
and only if every directory could be listed as a whole.`,
		Examples: []string{
			"find", "find . -name '*.bak' -delete", "find pub -name '*.iso' -size +1G", "find . -type f -mtime -7 -ls",
			`find logs -newer stamp -exec get {} \;`,
			`find . -name .git -prune -o -type f -print`,
		},
		Run: runFind,
	}
	for _, w := range findWords() {
		w.OneDash = true
		c.Flags = append(c.Flags, w.Flag)
	}
	return c
}

// test is one word of an expression: whether it holds of something. Some do something with it.
type test func(ctx context.Context, at sighting) (bool, error)

// findWord is a word of expressions: how it is typed, and how it is read.
type findWord struct {
	Flag
	acts bool // it does something with what is found
	read func(f *finding, values []string) (test, error)
}

// findWords are the words of the expressions of find.
func findWords() []findWord { return slices.Concat(findTests(), findActions()) }

// finding is one run of find.
type finding struct {
	*Session
	call *Call
	out  *bufio.Writer
	now  time.Time

	either   [][]test // alternatives, of each of which all must hold
	acts     bool
	last     bool // a directory comes after what is in it
	min, max int  // levels; max is -1 if there is no limit
	pruned   bool // what is in this directory is passed over

	deletes bool    // some of what is found is removed at the end
	chosen  bool    // the present one is
	failed  []error // of commands that were run
}

func runFind(ctx context.Context, s *Session, c *Call) error {
	f := &finding{Session: s, call: c, out: bufio.NewWriterSize(s.Print.Out(), 64<<10), now: time.Now(), max: -1}
	if err := f.read(); err != nil {
		return err
	}
	if f.deletes {
		return f.delete(ctx)
	}
	look := &survey{
		Session: s, op: c.Verb, workers: c.workers(), levels: max(0, f.max),
		visit: func(at sighting) error { return f.visit(ctx, at) },
	}
	err := look.over(ctx, c.Args("where"))
	return errors.Join(errors.Join(f.failed...), err, f.out.Flush())
}

// read makes the expression of the flags, in their order.
func (f *finding) read() error {
	negate, words := false, findWords()
	f.either = [][]test{nil}
	for _, typed := range f.call.Typed() {
		switch {
		case typed.Long == "not":
			negate = !negate
			continue
		case typed.Letter == 'o':
			f.either = append(f.either, nil)
			continue
		case typed.Long == "json", typed.Long == "yes", typed.Letter == connectionsAtMost.Letter:
			continue
		}
		w := words[slices.IndexFunc(words, func(w findWord) bool { return w.Long == typed.Long })]
		holds, err := w.read(f, typed.Values)
		if err != nil {
			return inExpression(f.call.Command, typed.Flag, err)
		}
		f.acts = f.acts || w.acts
		if negate {
			holds = not(holds)
		}
		negate = false
		last := len(f.either) - 1
		f.either[last] = append(f.either[last], holds)
	}
	if !f.acts {
		f.thenPrint()
	}
	return nil
}

// inExpression is a word of an expression that cannot be used.
func inExpression(c *Command, f *Flag, err error) error {
	if as[*UsageError](err) {
		return err
	}
	return usage(c, "%s: %v", f.name(), err)
}

func not(holds test) test {
	return func(ctx context.Context, at sighting) (bool, error) {
		yes, err := holds(ctx, at)
		return !yes, err
	}
}

// thenPrint has printed what any of the alternatives fits.
func (f *finding) thenPrint() {
	either := f.either
	f.either = [][]test{{
		func(ctx context.Context, at sighting) (bool, error) { return anyHolds(ctx, either, at) },
		f.print,
	}}
}

// anyHolds tries the alternatives until one holds.
func anyHolds(ctx context.Context, either [][]test, at sighting) (bool, error) {
	for _, all := range either {
		if yes, err := allHold(ctx, all, at); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

func allHold(ctx context.Context, all []test, at sighting) (bool, error) {
	for _, holds := range all {
		if yes, err := holds(ctx, at); !yes || err != nil {
			return false, err
		}
	}
	return true, nil
}

// visit tries the expression. What was printed leaves before the next directory is waited for.
func (f *finding) visit(ctx context.Context, at sighting) error {
	f.pruned = false
	turn := at.Event == transfer.Met || f.last == (at.Event == transfer.Left)
	deepest := f.max >= 0 && at.Depth >= f.max && at.Event == transfer.Entered
	if (turn || deepest) && at.Depth >= f.min && (f.max < 0 || at.Depth <= f.max) {
		if _, err := anyHolds(ctx, f.either, at); err != nil {
			return err
		}
	}
	if at.Event != transfer.Entered && at.Depth > 0 {
		return nil
	}
	if err := f.out.Flush(); err != nil {
		return err
	}
	if deepest || f.pruned && !f.last {
		return fs.SkipDir
	}
	return nil
}

// isFile says that a size means something.
func (at *sighting) isFile() bool { return at.Type == listing.File }
