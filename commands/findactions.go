package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"ftpsh/internal/lang"
	"ftpsh/internal/listing"
	"ftpsh/internal/term"
	"ftpsh/transfer"
)

// findActions are the words that do something with what is found.
func findActions() []findWord {
	does := func(act func(*finding) test) func(*finding, []string) (test, error) {
		return func(f *finding, _ []string) (test, error) { return act(f), nil }
	}
	return []findWord{
		{Flag: Flag{Long: "print", Help: "print its path"}, acts: true, read: does(func(f *finding) test { return f.print })},
		{Flag: Flag{Long: "print0", Help: "print its path, with a NUL behind it"}, acts: true, read: does(func(f *finding) test { return f.printNUL })},
		{Flag: Flag{Long: "ls", Help: "print its type, size, time and path"}, acts: true, read: does(func(f *finding) test { return f.list })},
		{Flag: Flag{Long: "delete", Help: "remove it, when all has been found and the question is answered"}, acts: true, read: does(func(f *finding) test {
			f.last, f.deletes = true, true
			return f.choose
		})},
		{Flag: Flag{Long: "prune", Help: "pass over what is in this directory"}, read: does(func(f *finding) test { return f.prune })},
		{Flag: Flag{Long: "exec", Value: `command... \;`, Until: ";", Help: "run a command of ftpsh, with the path for each {}"}, acts: true, read: readExec},
	}
}

// print is exact in a pipe, and safe on a terminal.
func (f *finding) print(_ context.Context, at sighting) (bool, error) {
	switch {
	case f.JSON || f.call.Has("json"):
		e := entryAt(at)
		writeJSON(f.out, &e)
	case f.Print.OutIsTerminal():
		fmt.Fprintln(f.out, f.Print.Entry(at.path, kindOf(at)))
	default:
		fmt.Fprintln(f.out, at.path)
	}
	return true, nil
}

func (f *finding) printNUL(_ context.Context, at sighting) (bool, error) {
	_, err := io.WriteString(f.out, at.path+"\x00")
	return true, err
}

func (f *finding) list(_ context.Context, at sighting) (bool, error) {
	e, path := entryAt(at), at.path
	if f.Print.OutIsTerminal() {
		path = f.Print.Entry(path, kindOf(at))
	}
	size := "-"
	if e.Size >= 0 {
		size = fmt.Sprint(e.Size)
	}
	fmt.Fprintf(f.out, "%s %12s %s %s", typeLetter(&e), size, listTime(&e), path)
	if e.Target != "" {
		fmt.Fprintf(f.out, " -> %s", term.Safe(e.Target))
	}
	_, err := fmt.Fprintln(f.out)
	return true, err
}

// entryAt is what was found as an entry with its path for a name.
func entryAt(at sighting) listing.Entry {
	return listing.Entry{Name: at.path, Type: at.Type, Size: at.Size, Time: at.Time, Precise: at.Exact, Target: at.Target}
}

func kindOf(at sighting) term.LSKind {
	e := entryAt(at)
	return lsKind(&e)
}

func (f *finding) choose(context.Context, sighting) (bool, error) {
	f.chosen = true
	return true, nil
}

// delete looks and removes what was chosen.
func (f *finding) delete(ctx context.Context) error {
	found, err := f.remoteOperands(ctx, f.call.Args("where"))
	if err != nil {
		return err
	}
	plan := &transfer.Remove{Names: pathsOf(orHere(once(found)))}
	plan.Choose = func(ctx context.Context, name string, step transfer.Step) (bool, error) {
		f.chosen = false
		err := f.visit(ctx, sighting{pathBelow(name, step.Path), step})
		return f.chosen, err
	}
	err = f.remove(ctx, f.call.Verb, plan, jobOptions{workers: f.call.workers(), asJSON: f.call.Has("json")}, f.call.Has("yes"))
	return errors.Join(errors.Join(f.failed...), err, f.out.Flush())
}

func (f *finding) prune(_ context.Context, at sighting) (bool, error) {
	f.pruned = f.pruned || at.Event == transfer.Entered
	return true, nil
}

// readExec takes a command of the table, whose words are words whatever is in them. A command that fails
// is told at the end, and is a test that fails.
func readExec(f *finding, words []string) (test, error) {
	if len(words) == 0 {
		return nil, fmt.Errorf("no command")
	}
	if _, err := f.Table.Find(words[0]); err != nil {
		wrong := usage(f.call.Command, "-exec runs commands of ftpsh: %v", err)
		wrong.hint = "find -print0 | xargs -0 " + lang.Operands(words[0])
		return nil, wrong
	}
	return func(ctx context.Context, at sighting) (bool, error) {
		if err := f.out.Flush(); err != nil {
			return false, err
		}
		err := f.run(ctx, words, at.path)
		if isCancelled(err) || isUnreachable(err) {
			return false, err
		}
		if err != nil {
			f.failed = append(f.failed, &ExecError{err})
		}
		return err == nil, nil
	}, nil
}

func (f *finding) run(ctx context.Context, words []string, path string) error {
	var typed []Word
	for _, word := range words {
		typed = append(typed, lang.Plain(strings.ReplaceAll(word, "{}", path)))
	}
	call, err := f.Table.Parse(typed)
	if err != nil {
		return err
	}
	return f.Session.Run(ctx, call)
}

// ExecError is what went wrong with a command that find ran.
type ExecError struct{ error }

func (e *ExecError) Unwrap() error { return e.error }

// CalledAs leaves the error to the command that was run.
func (e *ExecError) CalledAs(string) {}

// isUnreachable says that the server has gone and does not let us in again.
func isUnreachable(err error) bool {
	status := Status(ExitStatus(err))
	return err != nil && (status == StatusNoConnection || status == StatusLogin || status == StatusTLS)
}
