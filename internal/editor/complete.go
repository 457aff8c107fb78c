package editor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// completing is one call of [Config.Complete] under way. Its result comes back
// as a key, and counts only if the line is still the one it is about.
type completing struct {
	line   snapshot
	cancel context.CancelFunc
	list   bool // Tab was pressed again meanwhile: show the menu at once
	result Completion
}

// completionGrace is how long keys wait for a completion. Within it, what is
// known already appears as if at once, and what is typed behind Tab is not
// taken for a change of mind.
const completionGrace = 60 * time.Millisecond

// tab completes, shows the menu when that did not help, and then goes through
// it.
func (r *reading) tab(key) bool {
	switch {
	case r.kind != lineOfCommands || r.editor.config.Complete == nil:
		return false
	case r.completing != nil:
		r.completing.list = true
		return true
	case r.menu == nil:
		r.startCompleting()
		return true
	case !r.menu.shown:
		r.menu.shown = true
		return true
	}
	return r.step(1)
}

// startCompleting asks for candidates and waits for them a moment only.
func (r *reading) startCompleting() {
	ctx, cancel := context.WithTimeout(r.ctx, r.editor.config.CompleteTimeout)
	run := &completing{line: snapshot{r.line.text, r.line.pos}, cancel: cancel}
	r.completing = run
	done := make(chan Completion, 1)
	go func() { done <- r.editor.complete(ctx, run.line) }()
	select {
	case run.result = <-done:
		r.completed(run)
	case <-time.After(completionGrace):
		r.hint = "completing…"
		go func() {
			select {
			case run.result = <-done:
			case <-ctx.Done():
				run.result.Err = ctx.Err()
			}
			r.editor.keys.push(key{code: keyCompleted, run: run})
		}()
	}
}

// complete calls the caller's completer, whose panic is just an error.
func (e *Editor) complete(ctx context.Context, at snapshot) (c Completion) {
	defer func() {
		if reason := recover(); reason != nil {
			c = Completion{Err: fmt.Errorf("panic: %v", reason)}
		}
	}()
	return e.config.Complete(ctx, at.text, at.pos)
}

// stopCompleting cancels a completion under way; its result is ignored.
func (r *reading) stopCompleting() {
	if r.completing != nil {
		r.completing.cancel()
		r.completing = nil
	}
}

// completed takes the result of a completion. False rings the bell.
func (r *reading) completed(run *completing) bool {
	if run != r.completing {
		return true
	}
	r.stopCompleting()
	r.hint = ""
	c := run.result
	switch {
	case errors.Is(c.Err, context.DeadlineExceeded):
		r.hint = fmt.Sprintf("completion: no answer in %v", r.editor.config.CompleteTimeout)
	case errors.Is(c.Err, context.Canceled):
	case c.Err != nil:
		r.hint = "completion: " + c.Err.Error()
	default:
		return r.offer(c, run.list)
	}
	return true
}

// offer inserts the one candidate, or as much as all have in common and keeps
// them for the menu.
func (r *reading) offer(c Completion, list bool) bool {
	if c.Start < 0 || c.Start > c.End || c.End > len(r.line.text) {
		r.hint = fmt.Sprintf("completion: range %d to %d is outside of the line", c.Start, c.End)
		return true
	}
	items := insertable(c.Items)
	switch len(items) {
	case 0:
		if len(c.Items) > 0 {
			r.hint = "completion: the name has control characters"
		}
		return false
	case 1:
		r.fill(c.Start, c.End, items[0].Insert)
		return true
	}
	end := c.End
	if prefix := commonPrefix(items); len(prefix) >= c.End-c.Start {
		r.fill(c.Start, c.End, prefix)
		end = c.Start + len(prefix)
	}
	r.menu = newMenu(items, snapshot{r.line.text, r.line.pos}, c.Start, end)
	r.menu.shown = list
	return true
}

// fill puts completed text into the line, if it is not there already.
func (r *reading) fill(start, end int, insert string) {
	if r.line.text[start:end] == insert {
		r.line.move(end)
		return
	}
	r.line.replace(start, end, insert)
}

// insertable drops candidates whose text holds control characters: a name from
// a server must not put a line end, or worse, into the line.
func insertable(items []Candidate) []Candidate {
	kept := make([]Candidate, 0, len(items))
	for _, item := range items {
		if !strings.ContainsRune(item.Insert, '\n') && strings.IndexFunc(item.Insert, dropped) < 0 {
			kept = append(kept, item)
		}
	}
	return kept
}

// inMenu reports whether a key keeps the menu open.
func (r *reading) inMenu(c code) bool {
	if r.menu == nil || c == keyTab {
		return r.menu != nil
	}
	switch c {
	case keyBackTab, keyUp, keyDown, keyLeft, keyRight, keyPageUp, keyPageDown, keyCancel, keyClear, keySuspend:
		return r.menu.shown
	}
	return false
}

// step moves the selection of a menu that is shown; false if there is none.
func (r *reading) step(n int) bool { return r.choose(func(m *menu) { m.step(n) }) }

// page moves it by half a screen.
func (r *reading) page(n int) bool {
	_, rows := r.editor.screen.dimensions()
	return r.choose(func(m *menu) { m.jump(n * max(1, rows/2)) })
}

// column moves it to the next column of the menu, -1 for the one before.
func (r *reading) column(n int) bool {
	cols, _ := r.editor.screen.dimensions()
	return r.choose(func(m *menu) {
		_, height, _ := m.grid(cols)
		m.jump(n * height)
	})
}

// choose changes the selection, and with it the line.
func (r *reading) choose(change func(*menu)) bool {
	if r.menu == nil || !r.menu.shown {
		return false
	}
	change(r.menu)
	r.line.text, r.line.pos = r.menu.apply()
	return true
}
