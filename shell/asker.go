package shell

import (
	"context"
	"errors"

	"ftpsh/internal/editor"
)

// asker puts the questions of commands to the person at the terminal. A Ctrl-C at a question ends
// the command that asks.
type asker struct{ reader editor.LineReader }

// Confirm asks a question that yes or no answers; Enter is no.
func (a asker) Confirm(ctx context.Context, question string) (bool, error) {
	key, err := a.Choose(ctx, question+" [y/N]", "yN")
	return key == 'y', err
}

// Line asks for text.
func (a asker) Line(ctx context.Context, prompt string) (string, error) {
	if err := mayAsk(ctx); err != nil {
		return "", err
	}
	text, err := a.reader.ReadText(ctx, prompt)
	return text, asCancelled(err)
}

// Secret asks for text that does not appear.
func (a asker) Secret(ctx context.Context, prompt string) (string, error) {
	if err := mayAsk(ctx); err != nil {
		return "", err
	}
	text, err := a.reader.ReadSecret(ctx, prompt)
	return text, asCancelled(err)
}

// Choose asks a question that one of the keys answers.
func (a asker) Choose(ctx context.Context, question, keys string) (rune, error) {
	if err := mayAsk(ctx); err != nil {
		return 0, err
	}
	key, err := a.reader.Ask(ctx, question, keys)
	return key, asCancelled(err)
}

// asCancelled makes a Ctrl-C at a question what it is during a command.
func asCancelled(err error) error {
	if errors.Is(err, editor.ErrInterrupted) {
		return context.Canceled
	}
	return err
}
