// Package editor is the line editor and the one way to the terminal.
//
// It drives readline headless: bytes of the terminal are decoded into keys,
// readline runs the loop and keeps the text, and what the user sees is drawn
// here. An [Editor] reads lines, answers and secrets; its [Screen] is what
// everybody else writes through, so that a notice, a progress row and the
// prompt never run into each other.
//
// The terminal is in raw mode for the whole session. Ctrl-C is thus a key on
// every system, which ends a read or, through [Editor.Watch], a command; and
// what is typed while a command runs waits for the next prompt. The terminal
// is given back by [Editor.Cooked] for a while, by [Editor.Close] for good, and
// by [Editor.Restore] in an emergency.
//
// Where there is no terminal to edit on, [Plain] reads lines as they are.
package editor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"ftpsh/internal/term"
)

// ErrInterrupted is returned by a read that the user ended with Ctrl-C.
var ErrInterrupted = errors.New("interrupted")

// LineReader is what an [Editor] and a [Plain] reader have in common. One read
// is under way at a time; a second one waits for its turn.
type LineReader interface {
	// ReadLine reads one line of commands. Its text may be several lines, from
	// a paste, and has no line end. The error is io.EOF at the end of the
	// input, ErrInterrupted on Ctrl-C, or that of ctx.
	ReadLine(ctx context.Context, prompt string) (string, error)
	// ReadText reads something that is no command: no history, no completion.
	ReadText(ctx context.Context, prompt string) (string, error)
	// ReadSecret reads without showing what is typed.
	ReadSecret(ctx context.Context, prompt string) (string, error)
	// Ask waits for one of the keys, whose case does not matter. The one in
	// upper case is the answer of Enter. It returns the key in lower case.
	Ask(ctx context.Context, question, keys string) (rune, error)
	// Watch calls cancel for every Ctrl-C until stop is called, for a command
	// that runs. cancel must not block.
	Watch(cancel func()) (stop func())
	// Cooked runs f while the terminal is as it was found, for a program that
	// uses the terminal itself.
	Cooked(f func() error) error
	// Close gives the terminal back. Reads under way end with io.EOF.
	Close() error
}

// Candidate is one way to go on with a line.
type Candidate struct {
	Label  string // what the menu shows; any text, it is made safe
	Insert string // what replaces the completed part of the line
	Kind   string // what it is, as the source calls it
	Help   string // one line shown while it is selected
}

// Completion answers what may stand at the cursor: an item's Insert replaces
// the bytes Start to End of the line.
type Completion struct {
	Start, End int
	Items      []Candidate
	Err        error // shown below the line
}

// Config is what an [Editor] is made of. Only In and Out must be set.
type Config struct {
	// In is the terminal. Of an *os.File that is one, reading can be put off,
	// so that the program run by Cooked gets every key. Close closes it.
	In  io.ReadCloser
	Out io.Writer

	// Raw switches the terminal; nil: the mode of In if it is a terminal.
	Raw RawMode
	// Size returns the size of the terminal; nil or zeros: 80 by 24.
	Size func() (cols, rows int)

	// Complete is called on Tab, on a goroutine of its own, with the cursor as
	// a byte offset. Nothing waits for it but the user.
	Complete func(ctx context.Context, line string, pos int) Completion
	// CompleteTimeout is how long that may take; 0: two seconds.
	CompleteTimeout time.Duration

	// History is what Up, Ctrl-R and Alt-. look through; nil: nothing.
	History HistorySource

	// Paint gives text its colours; nil: it has none.
	Paint func(role term.Role, text string) string

	// Suspend is called on Ctrl-Z while nothing is read; nil: nothing happens.
	Suspend func()
}

// Editor reads from a terminal. Make one per process, with [New].
type Editor struct {
	config Config
	screen *Screen
	tty    *tty
	keys   *queue
	input  *input
	loop   *headless

	turn     chan struct{} // holds a token while nobody reads
	closed   chan struct{}
	closing  sync.Once
	unfollow func() // stops watching the size of the terminal
	killed   killRing
}

// defaultCompleteTimeout is how long a user waits for Tab.
const defaultCompleteTimeout = 2 * time.Second

// New takes the terminal over. The error is that of switching it to raw mode.
func New(config Config) (*Editor, error) {
	if config.CompleteTimeout <= 0 {
		config.CompleteTimeout = defaultCompleteTimeout
	}
	if config.Paint == nil {
		config.Paint = func(_ term.Role, text string) string { return text }
	}
	source, err := newSource(config.In)
	if err != nil {
		return nil, fmt.Errorf("terminal input: %w", err)
	}
	e := &Editor{config: config, keys: newQueue(), turn: make(chan struct{}, 1), closed: make(chan struct{})}
	e.turn <- struct{}{}
	e.tty = newTTY(config)
	if err := e.tty.enter(); err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	if e.loop, err = newHeadless(e.keys); err != nil {
		e.tty.leave()
		return nil, err
	}
	e.screen = NewScreen(config.Out, config.Size)
	e.input = newInput(source, e.keys, config.Suspend, e.fault)
	e.unfollow = e.followTerminal()
	return e, nil
}

// Screen returns the screen, which everything has to be written through.
func (e *Editor) Screen() *Screen { return e.screen }

// ReadLine implements [LineReader]. The prompt may hold colour sequences and
// line ends.
func (e *Editor) ReadLine(ctx context.Context, prompt string) (string, error) {
	return e.read(ctx, prompt, lineOfCommands)
}

// ReadText implements [LineReader].
func (e *Editor) ReadText(ctx context.Context, prompt string) (string, error) {
	return e.read(ctx, prompt, lineOfText)
}

// ReadSecret implements [LineReader]. The text enters neither the kill ring
// nor any history.
func (e *Editor) ReadSecret(ctx context.Context, prompt string) (string, error) {
	return e.read(ctx, prompt, secretLine)
}

func (e *Editor) read(ctx context.Context, prompt string, kind kind) (string, error) {
	release, err := e.claim(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	r := &reading{editor: e, ctx: ctx, prompt: prompt, kind: kind}
	defer context.AfterFunc(ctx, func() { e.keys.pushFront(key{code: keyAbort}) })()
	e.screen.begin(r.view())
	text, ok := e.loop.readLine(r)
	if !ok {
		r.err = io.EOF // closed
	}
	r.stopCompleting()
	e.screen.commit(r.view())
	if r.err != nil {
		return "", r.err
	}
	return text, nil
}

// claim waits until nobody else reads.
func (e *Editor) claim(ctx context.Context) (release func(), err error) {
	select {
	case <-e.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.closed:
		return nil, io.EOF
	}
	e.input.claim()
	return func() {
		e.input.release()
		e.turn <- struct{}{}
	}, nil
}

// Watch implements [LineReader]. A Ctrl-C that came after the line was entered
// and before Watch cancels at once. Ctrl-C drops what was typed ahead.
func (e *Editor) Watch(cancel func()) (stop func()) { return e.input.watch(cancel) }

// fault tells of a panic in a callback.
func (e *Editor) fault(reason any) { io.WriteString(e.screen.Stderr(), faultText(reason)) }

func faultText(reason any) string {
	return fmt.Sprintf("line editor: a callback panicked: %s\n", term.Safe(fmt.Sprint(reason)))
}

// Close implements [LineReader].
func (e *Editor) Close() (err error) {
	e.closing.Do(func() {
		close(e.closed)
		e.unfollow()
		e.screen.close()
		err = errors.Join(e.loop.close(), e.tty.leave(), e.input.close())
	})
	return err
}

// Restore gives the terminal back at once, and nothing else. It may be called
// at any time and from anywhere: by a signal handler, or deferred in main
// against a panic.
func (e *Editor) Restore() { e.tty.leave() }

var _ LineReader = (*Editor)(nil)
