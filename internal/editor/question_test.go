package editor

import (
	"context"
	"io"
	"testing"
)

func TestAsk(t *testing.T) {
	tests := []struct {
		name, keys, typed string
		answer            rune
		err               error
		screen            string
	}{
		{"yes", "yna", "y", 'y', nil, "ok? y\n▏"},
		{"upper case", "yna", "A", 'a', nil, "ok? a\n▏"},
		{"other keys first", "yn", "xq\x1b[A\tn", 'n', nil, "ok? n\n▏"},
		{"enter", "yN", "\r", 'n', nil, "ok? n\n▏"},
		{"enter without an answer of its own", "yn", "\ry", 'y', nil, "ok? y\n▏"},
		{"a paste is no answer", "yn", "\x1b[200~y\x1b[201~n", 'n', nil, "ok? n\n▏"},
		{"Ctrl-C", "yn", "\x03", 0, ErrInterrupted, "ok? ^C\n▏"},
		{"Ctrl-D", "yN", "\x04", 0, ErrInterrupted, "ok? ^C\n▏"},
		{"Escape", "yN", "\x1b", 0, ErrInterrupted, "ok? ^C\n▏"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession(t, Config{})
			answers := make(chan answer, 1)
			go func() {
				r, err := s.editor.Ask(context.Background(), "ok?", tt.keys)
				answers <- answer{string(r), err}
			}()
			waitFor(t, func() bool { return s.shown() != "▏" }, s.shown)
			s.types(tt.typed)
			if got := <-answers; got.text != string(tt.answer) || got.err != tt.err {
				t.Errorf("answer %q, %v; want %q, %v", got.text, got.err, tt.answer, tt.err)
			}
			s.sees(tt.screen)
		})
	}
}

// What was typed before a question was shown must not answer it.
func TestTypeAheadDoesNotAnswer(t *testing.T) {
	s := newSession(t, Config{})
	s.types("y")
	waitFor(t, s.editor.keys.waiting, func() string { return "no key" })
	answers := make(chan rune, 1)
	go func() {
		r, _ := s.editor.Ask(context.Background(), "delete?", "yn")
		answers <- r
	}()
	s.sees("delete? ▏")
	s.types("n")
	if r := <-answers; r != 'n' {
		t.Errorf("answer %q", r)
	}
	s.reads()
	s.sees("\ndelete? n\n> y▏")
}

func TestAskEnds(t *testing.T) {
	s := newSession(t, Config{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.editor.Ask(ctx, "ok?", "yn"); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	s.typist.Close()
	if _, err := s.editor.Ask(context.Background(), "ok?", "yn"); err != io.EOF {
		t.Errorf("error %v", err)
	}
}
