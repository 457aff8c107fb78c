package editor

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"ftpsh/internal/term"
)

// kind is what a reading is for.
type kind int

const (
	lineOfCommands kind = iota // with history, completion, and several lines
	lineOfText
	secretLine
)

// reading is one line while it is read. Only readline's goroutine touches it,
// before and after that the one that called the read.
type reading struct {
	editor *Editor
	ctx    context.Context
	prompt string
	kind   kind
	err    error // how the line ended, if not with Enter

	line       line
	last       code // the key before this one
	menu       *menu
	search     *search
	recall     recall
	wordLines  []string // the lines that Alt-. has not come to yet
	hint       string
	completing *completing
}

// current implements handler.
func (r *reading) current() (string, int) { return r.line.text, r.line.pos }

// typed implements handler: a rune went into the text, or is for the search.
func (r *reading) typed(ch rune, text string, pos int) {
	defer r.recover()
	if r.search != nil {
		r.seek(r.search.query + string(ch))
	} else {
		r.leave(keyTyped)
		r.line.typed(text, pos)
	}
	r.show()
}

// press implements handler.
func (r *reading) press(k key) (ended bool) {
	defer r.recover()
	if end, ok := endings[k.code]; ok {
		ended = end(r)
	} else if r.search == nil || !r.searching(k) {
		r.act(k)
	}
	if !ended {
		r.show()
	}
	return ended
}

// act performs a key that cannot end the line.
func (r *reading) act(k key) {
	r.leave(k.code)
	if act := actions[k.code]; act != nil && !act(r, k) {
		r.editor.screen.bell()
	}
	r.last = k.code
}

// leave ends what a key of another sort ends: a menu, a walk through history,
// a completion under way, a hint.
func (r *reading) leave(next code) {
	if next == keyCompleted {
		return
	}
	r.hint = ""
	if next != keyTab {
		r.stopCompleting()
	}
	if !r.inMenu(next) {
		r.menu = nil
	}
	if next != keyUp && next != keyDown {
		r.recall.active = false
	}
	if next == keyTyped {
		r.last = keyTyped
	}
}

// recover turns a panic of the editor into the end of the line, so that the
// caller gets an error and a terminal that works.
func (r *reading) recover() {
	if reason := recover(); reason != nil {
		r.err = fmt.Errorf("line editor: %s", term.Safe(fmt.Sprint(reason)))
		r.editor.keys.pushFront(key{code: keyFault})
	}
}

// show draws the line, unless more keys are there: then the last one draws.
func (r *reading) show() {
	if !r.editor.keys.waiting() {
		r.editor.screen.show(r.view())
	}
}

// view is what the line looks like now.
func (r *reading) view() view {
	v := view{prompt: r.prompt, text: r.line.text, pos: r.line.pos, menu: r.menu, mask: r.kind == secretLine}
	if r.err == ErrInterrupted {
		v.mark = "^C"
	}
	hint := r.hint
	switch {
	case r.search != nil:
		hint = r.search.hint()
	case hint == "" && !v.mask:
		hint = linesHint(r.line.text)
	}
	if hint != "" {
		v.hint = r.editor.config.Paint(term.RoleNote, term.Safe(hint))
	}
	return v
}

// insert puts text into the line. A read that takes one line only joins the
// lines of a paste with blanks, and refuses them as a secret.
func (r *reading) insert(text string) bool {
	if r.kind == secretLine && strings.Contains(text, "\n") {
		return false
	}
	if r.kind == lineOfText {
		text = strings.ReplaceAll(text, "\n", " ")
	}
	if text != "" {
		r.line.insert(text)
	}
	return text != ""
}

// endings are the keys that may end the line; true if they do.
var endings = map[code]func(*reading) bool{
	keyEnter:       (*reading).enter,
	keyInterrupt:   (*reading).interrupt,
	keyDeleteOrEOF: (*reading).deleteOrEOF,
	keyAbort:       func(r *reading) bool { return r.ctx.Err() != nil && r.fail(r.ctx.Err()) },
	keyHangup:      func(r *reading) bool { return r.fail(io.EOF) },
	keyFault:       func(r *reading) bool { return r.err != nil },
}

func (r *reading) fail(err error) bool {
	r.err = err
	return true
}

// enter ends the line, except that it takes the selected item of a menu.
func (r *reading) enter() bool {
	r.stopSearch(true)
	selected := r.menu != nil && r.menu.selected >= 0
	r.leave(keyEnter)
	r.last = keyEnter
	return !selected
}

// interrupt is Ctrl-C: it cancels the innermost thing there is.
func (r *reading) interrupt() bool {
	switch {
	case r.completing != nil:
		r.stopCompleting()
		r.hint = ""
	case r.dismiss():
	default:
		return r.fail(ErrInterrupted)
	}
	return false
}

// deleteOrEOF is Ctrl-D.
func (r *reading) deleteOrEOF() bool {
	r.stopSearch(true)
	if r.line.text == "" {
		return r.fail(io.EOF)
	}
	r.leave(keyDelete)
	r.last = keyDelete
	if !r.line.del() {
		r.editor.screen.bell()
	}
	return false
}

// dismiss takes back a search or a menu and restores the line; false if there
// is neither.
func (r *reading) dismiss() bool {
	switch {
	case r.search != nil:
		r.stopSearch(false)
	case r.menu != nil && r.menu.shown:
		r.line.text, r.line.pos = r.menu.before.text, r.menu.before.pos
		r.menu = nil
	default:
		return false
	}
	return true
}

// history returns the lines of the past; none for a line that is no command.
func (r *reading) history() (lines []string) {
	if r.kind != lineOfCommands || r.editor.config.History == nil {
		return nil
	}
	r.editor.input.guard(func() { lines = r.editor.config.History.Lines() })
	return lines
}

// seek changes the query of the search and shows what it finds.
func (r *reading) seek(query string) {
	r.search.extend(query)
	r.line.text, r.line.pos = r.search.found.text, r.search.found.pos
}

// searching performs a key of the search; any other key accepts what was found
// and is then performed as usual, which is false.
func (r *reading) searching(k key) bool {
	s := r.search
	switch k.code {
	case keySearch, keySearchForward:
		s.again(map[code]int{keySearch: -1, keySearchForward: 1}[k.code])
		r.line.text, r.line.pos = s.found.text, s.found.pos
	case keyBackspace:
		_, size := utf8.DecodeLastRuneInString(s.query)
		r.seek(s.query[:len(s.query)-size])
	case keyInsert, keyPaste:
		r.seek(s.query + strings.ReplaceAll(k.text, "\n", " "))
	case keyCancel:
		r.dismiss()
	case keyCompleted:
	default:
		r.stopSearch(true)
		return false
	}
	return true
}

// stopSearch ends the search, with the line found or the one from before.
func (r *reading) stopSearch(accept bool) {
	if r.search == nil {
		return
	}
	s := r.search
	r.search = nil
	r.line.text, r.line.pos = s.before.text, s.before.pos
	if accept && s.found != s.before {
		r.line.set(s.found.text)
		r.line.pos = s.found.pos
	}
}
