package editor

// action performs a key. False means that there was nothing to do, which rings
// the bell.
type action func(r *reading, k key) bool

// actions is what the keys do that cannot end a line. A key that is not here
// does nothing.
var actions = map[code]action{
	keyInsert:  func(r *reading, k key) bool { return r.insert(k.text) },
	keyPaste:   func(r *reading, k key) bool { return r.insert(k.text) },
	keyNewline: func(r *reading, _ key) bool { return r.kind == lineOfCommands && r.insert("\n") },

	keyLeft:      func(r *reading, _ key) bool { return r.column(-1) || r.line.left() || true },
	keyRight:     func(r *reading, _ key) bool { return r.column(1) || r.line.right() || true },
	keyWordLeft:  edit((*line).wordLeft),
	keyWordRight: edit((*line).wordRight),
	keyHome:      edit((*line).home),
	keyEnd:       edit((*line).end),

	keyBackspace: edit((*line).backspace),
	keyDelete:    edit((*line).del),
	keyTranspose: edit((*line).transpose),
	keyUndo:      func(r *reading, _ key) bool { return r.line.undo() },

	keyKillToEnd:     killForward(func(l *line) int { return max(l.rowEnd(), min(l.pos+1, len(l.text))) }),
	keyKillWordRight: killForward((*line).wordEnd),
	keyKillToStart:   killBack((*line).rowStart),
	keyKillBlankWord: killBack(func(l *line) int { return l.wordStart(isInk) }),
	keyKillWordLeft:  killBack(func(l *line) int { return l.wordStart(isWord) }),
	keyYank:          (*reading).yank,
	keyYankPop:       (*reading).yankPop,

	keyUp:            func(r *reading, _ key) bool { return r.step(-1) || r.line.up() || r.older() },
	keyDown:          func(r *reading, _ key) bool { return r.step(1) || r.line.down() || r.newer() },
	keySearch:        (*reading).startSearch,
	keySearchForward: (*reading).startSearch,
	keyLastWord:      (*reading).lastWord,

	keyTab:       (*reading).tab,
	keyBackTab:   func(r *reading, _ key) bool { return r.step(-1) },
	keyPageUp:    func(r *reading, _ key) bool { return r.page(-1) },
	keyPageDown:  func(r *reading, _ key) bool { return r.page(1) },
	keyCompleted: func(r *reading, k key) bool { return r.completed(k.run) },

	keyCancel:  func(r *reading, _ key) bool { r.dismiss(); return true },
	keyClear:   func(r *reading, _ key) bool { r.editor.screen.clear(); return true },
	keySuspend: func(r *reading, _ key) bool { r.editor.suspend(); return true },
}

// edit makes an action of a change of the line that may be void.
func edit(change func(*line) bool) action {
	return func(r *reading, _ key) bool {
		change(&r.line)
		return true
	}
}

// killForward kills from the cursor to where end says.
func killForward(end func(*line) int) action {
	return func(r *reading, k key) bool {
		r.kill(r.line.cut(r.line.pos, end(&r.line)), true)
		return true
	}
}

// killBack kills from where start says to the cursor.
func killBack(start func(*line) int) action {
	return func(r *reading, k key) bool {
		r.kill(r.line.cut(start(&r.line), r.line.pos), false)
		return true
	}
}

// kills are the keys whose killed texts grow together.
var kills = map[code]bool{
	keyKillToEnd: true, keyKillToStart: true, keyKillBlankWord: true,
	keyKillWordLeft: true, keyKillWordRight: true,
}

// kill keeps killed text for yank, unless it is part of a secret.
func (r *reading) kill(text string, forward bool) {
	if r.kind != secretLine {
		r.editor.killed.push(text, forward, kills[r.last])
	}
}

// yank inserts what was killed last.
func (r *reading) yank(key) bool { return r.kind != secretLine && r.insert(r.editor.killed.yank()) }

// yankPop replaces what was just yanked by what was killed before that.
func (r *reading) yankPop(key) bool {
	if r.last != keyYank && r.last != keyYankPop {
		return false
	}
	r.line.undo()
	return r.insert(r.editor.killed.yankPop())
}

// older recalls the line before from history, newer the one after.
func (r *reading) older() bool {
	if !r.recall.active {
		r.recall.start(r.history(), snapshot{r.line.text, r.line.pos})
	}
	text, ok := r.recall.older(r.line.text)
	if ok {
		r.line.set(text)
	}
	return ok
}

func (r *reading) newer() bool {
	if !r.recall.active {
		return false
	}
	text, typed := r.recall.newer(r.line.text)
	r.line.set(text)
	if typed {
		r.line.pos = r.recall.typed.pos
		r.recall.active = false
	}
	return true
}

// startSearch begins to look through history for what is typed next.
func (r *reading) startSearch(key) bool {
	if r.kind != lineOfCommands {
		return false
	}
	r.search = newSearch(r.history(), snapshot{r.line.text, r.line.pos})
	return true
}

// lastWord inserts the last word of the line before; once more, that of the
// line before that in its place.
func (r *reading) lastWord(key) bool {
	again := r.last == keyLastWord
	if !again {
		r.wordLines = r.history()
	}
	for n := len(r.wordLines); n > 0; n-- {
		word := lastWord(r.wordLines[n-1])
		if word == "" {
			continue
		}
		r.wordLines = r.wordLines[:n-1]
		if again {
			r.line.undo()
		}
		return r.insert(word)
	}
	return false
}
