package commands

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"ftpsh/internal/term"
)

// choice is one answer to a question.
type choice struct {
	key  rune   // what is typed; Enter stands for a capital one
	word string // that says it, with the key in it
	help string
}

// label is the word with its key marked: n[o]ne.
func (c choice) label() string {
	at := strings.IndexRune(c.word, unicode.ToLower(c.key))
	return c.word[:at] + "[" + string(c.key) + "]" + c.word[at+1:]
}

// choose puts a question and the words of its answers, and explains them when ? is typed. The key comes
// back in lower case.
func (s *Session) choose(ctx context.Context, asker Asker, question string, choices []choice) (rune, error) {
	keys, labels := "?", []string{}
	for _, c := range choices {
		keys += string(c.key)
		labels = append(labels, c.label())
	}
	for {
		key, err := asker.Choose(ctx, question+" "+strings.Join(labels, " ")+" [?]", keys)
		if key != '?' {
			return key, err
		}
		for _, c := range choices {
			s.Print.Note("  %c  %s", c.key, c.help)
		}
	}
}

// eachChoices are the answers to the question of the m-commands. Enter is none, since hands that know the
// old programs type it behind every key.
var eachChoices = []choice{
	{'y', "yes", "this one"},
	{'n', "no", "not this one"},
	{'a', "all", "this one and all that follow"},
	{'p', "prompt off", "this one and all that follow, and ask no more in this session"},
	{'q', "quit", "neither this one nor those that follow"},
}

// askEach returns the question of the m-commands. It remembers what "all" and "prompt off" have decided.
func (s *Session) askEach(verb string) func(ctx context.Context, name string) (bool, error) {
	all := s.Ask == nil || !s.On("prompt")
	return func(ctx context.Context, name string) (bool, error) {
		if all {
			return true, nil
		}
		key, err := s.choose(ctx, s.Ask, fmt.Sprintf("%s %s?", verb, term.Safe(name)), eachChoices)
		switch key {
		case 'n':
			return false, err
		case 'q':
			return false, context.Canceled
		case 'a':
			all = true
		case 'p':
			all = true
			err = s.Switch("prompt", false)
		}
		return err == nil, err
	}
}

// StoppedError is a command that its user stopped at a question.
type StoppedError struct {
	Op       string
	Done, Of int // files that were dealt with, of all; 0 of 0 where nothing is counted
}

func (e *StoppedError) Error() string {
	if e.Of == 0 {
		return e.Op + ": stopped by you"
	}
	return fmt.Sprintf("%s: stopped by you: %d of %d done", e.Op, e.Done, e.Of)
}

// CalledAs tells the error which command it is about.
func (e *StoppedError) CalledAs(command string) { e.Op = command }

// Unwrap makes it what Ctrl-C is anywhere else.
func (e *StoppedError) Unwrap() error { return context.Canceled }
