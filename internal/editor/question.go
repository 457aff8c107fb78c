package editor

import (
	"context"
	"io"
	"strings"
	"unicode"
)

// Ask implements [LineReader]. What the keys are is for the question to say. Keys that were typed before the question was
// shown do not answer it; they wait for the next line. Pastes do not either.
// Ctrl-C, Ctrl-D and Escape are no answer: ErrInterrupted, and the keys are gone.
func (e *Editor) Ask(ctx context.Context, question, keys string) (rune, error) {
	release, err := e.claim(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	ahead := e.keys.takeAll()
	defer func() { e.keys.pushFront(ahead...) }()

	v := view{prompt: question + " "}
	e.screen.begin(v)
	answer, err := e.answer(ctx, keys)
	switch {
	case err == ErrInterrupted:
		v.mark = "^C"
		ahead = nil
	case err == nil:
		v.mark = string(answer)
	}
	e.screen.commit(v)
	return answer, err
}

// answer waits for one of the keys.
func (e *Editor) answer(ctx context.Context, keys string) (rune, error) {
	for {
		k, ok := e.keys.next(ctx)
		switch {
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case !ok || k.code == keyHangup:
			return 0, io.EOF
		}
		switch k.code {
		case keyTyped:
			if answer := choice(k.text, keys); answer != 0 {
				return answer, nil
			}
			e.screen.bell()
		case keyEnter:
			if answer := preset(keys); answer != 0 {
				return answer, nil
			}
			e.screen.bell()
		case keyInterrupt, keyDeleteOrEOF, keyCancel:
			return 0, ErrInterrupted
		case keySuspend:
			e.suspend()
		}
	}
}

// choice returns the key that was typed in lower case, 0 if it is none.
func choice(typed, keys string) rune {
	for _, key := range keys {
		if strings.EqualFold(typed, string(key)) {
			return unicode.ToLower(key)
		}
	}
	return 0
}

// preset returns the answer of Enter in lower case, 0 if there is none.
func preset(keys string) rune {
	for _, key := range keys {
		if unicode.IsUpper(key) {
			return unicode.ToLower(key)
		}
	}
	return 0
}
