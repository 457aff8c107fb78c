package main

import (
	"context"
	"os"

	"ftpsh/internal/editor"
	"ftpsh/internal/history"
	"ftpsh/internal/term"
)

// terminal is where lines come from and where everything is written.
type terminal struct {
	printer     *term.Printer
	reader      editor.LineReader
	output      *os.File // standard output, if it is a terminal
	interactive bool     // lines come from a person at a prompt
	asks        bool     // a person is there to answer, at least while connecting
}

func (t *terminal) close() { t.reader.Close() }

type completeFunc = func(ctx context.Context, line string, pos int) editor.Completion

// openTerminal takes the terminal over where there is one and lines are wanted from it. Prompts
// and notes go to standard error, so that results can be sent elsewhere.
func openTerminal(f *flags, past *history.File, complete completeFunc, suspend func()) (*terminal, error) {
	color, err := term.ParseColorMode(f.color)
	if err != nil {
		return nil, err
	}
	onTerminal := func(file *os.File) bool { return term.IsTerminal(int(file.Fd())) }
	t := &terminal{asks: onTerminal(os.Stdin) && onTerminal(os.Stderr)}
	t.interactive = t.asks && f.wantPrompt()
	if onTerminal(os.Stdout) {
		t.output = os.Stdout
	}
	printing := term.PrinterConfig{
		Out: os.Stdout, Err: os.Stderr,
		OutTerminal: onTerminal(os.Stdout), ErrTerminal: onTerminal(os.Stderr),
		Color: color, Quiet: f.quiet, Getenv: os.Getenv,
		Width: func() int { columns, _, _ := term.Size(int(os.Stderr.Fd())); return columns },
	}
	if t.interactive && !f.plain && !dumb() {
		err := t.edit(past, complete, suspend, &printing)
		t.printer = term.NewPrinter(printing)
		return t, err
	}
	if f.plain {
		printing.OutTerminal, printing.ErrTerminal = false, false
	}
	t.printer = term.NewPrinter(printing)
	plain := editor.PlainConfig{In: os.Stdin}
	if t.asks {
		plain.Out = os.Stderr
		plain.Raw = editor.FileMode(os.Stdin)
	}
	t.reader = editor.NewPlain(plain)
	return t, nil
}

// edit puts the line editor between the terminal and everybody who writes to it.
func (t *terminal) edit(past *history.File, complete completeFunc, suspend func(), printing *term.PrinterConfig) error {
	var paint *term.Printer
	e, err := editor.New(editor.Config{
		In: os.Stdin, Out: os.Stderr,
		Size:     func() (int, int) { columns, rows, _ := term.Size(int(os.Stderr.Fd())); return columns, rows },
		Complete: complete,
		Suspend:  suspend,
		History:  past,
		Paint:    func(role term.Role, text string) string { return paint.PaintErr(role, text) },
	})
	if err != nil {
		return err
	}
	printing.Err = e.Screen().Stderr()
	if printing.OutTerminal {
		printing.Out = e.Screen().Stdout()
	}
	paint = term.NewPrinter(*printing)
	t.reader = e
	return nil
}

// dumb says that the terminal knows no control sequences.
func dumb() bool { return os.Getenv("TERM") == "" || os.Getenv("TERM") == "dumb" }
