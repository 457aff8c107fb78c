package commands

import (
	"context"
	"errors"

	"ftpsh/internal/lang"
)

// Parse is [Table.Parse] that asks for arguments that are missing, where somebody can answer. An
// answer is read like the rest of the line: it may hold several words, quotes and patterns. After
// an argument that had to be given, optional ones with a prompt are asked for too, and left out if
// the answer is empty; an empty answer for any other is the usage error of the line as it was.
func (s *Session) Parse(ctx context.Context, words []Word) (*Call, error) {
	c, err := s.Table.Find(words[0].Text)
	if err != nil {
		return nil, err
	}
	b := NewBinder(c).as(words[0].Text)
	if err := b.addAll(words[1:]); err != nil {
		return nil, err
	}
	for asked := false; ; asked = true {
		call, err := b.finish()
		arg := c.toAsk(call, err, asked)
		if arg == nil || s.Ask == nil {
			return call, err
		}
		answered, askErr := s.ask(ctx, b, arg)
		switch {
		case askErr != nil:
			return nil, askErr
		case !answered:
			return call, err
		}
	}
}

// toAsk is the argument that should be asked for next: one that is missing, or an optional one
// when the asking has begun.
func (c *Command) toAsk(call *Call, err error, asked bool) *Arg {
	var misused *UsageError
	if errors.As(err, &misused) && misused.missing != nil && misused.missing.Ask != "" {
		return misused.missing
	}
	if err != nil || !asked {
		return nil
	}
	for i, a := range c.Args {
		if a.Ask != "" && !call.Given(a.Name) {
			return &c.Args[i]
		}
	}
	return nil
}

// ask puts the question and adds the answer to the line. A secret is one word, whatever is in it.
func (s *Session) ask(ctx context.Context, b *Binder, arg *Arg) (answered bool, err error) {
	if arg.Kind == Secret {
		secret, err := s.Ask.Secret(ctx, arg.Ask)
		if err == nil && secret != "" {
			b.words = append(b.words, lang.Plain(secret))
		}
		return secret != "", err
	}
	answer, err := s.Ask.Line(ctx, arg.Ask)
	if err != nil {
		return false, err
	}
	words := lang.Words(answer)
	return len(words) > 0, b.addAll(words)
}
