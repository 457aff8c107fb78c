package editor

import (
	"strings"
	"testing"

	"ftpsh/internal/term"
)

// at makes a line of a text with the cursor at ▏, and shown is its inverse.
func at(s string) *line {
	before, after, _ := strings.Cut(s, "▏")
	return &line{text: before + after, pos: len(before)}
}

func (l *line) shown() string { return l.text[:l.pos] + "▏" + l.text[l.pos:] }

func TestEditing(t *testing.T) {
	tests := []struct {
		name   string
		before string
		change func(*line) bool
		after  string
	}{
		{"left", "ab▏", (*line).left, "a▏b"},
		{"left at the start", "▏ab", (*line).left, "▏ab"},
		{"left over a family", "a👩‍👩‍👧▏b", (*line).left, "a▏👩‍👩‍👧b"},
		{"left over combining marks", "e\u0301\u0323▏", (*line).left, "▏e\u0301\u0323"},
		{"left over one flag of two", "🇩🇪🇫🇷▏", (*line).left, "🇩🇪▏🇫🇷"},
		{"left over a byte", "a\xff▏", (*line).left, "a▏\xff"},
		{"right", "▏ab", (*line).right, "a▏b"},
		{"right at the end", "ab▏", (*line).right, "ab▏"},
		{"right over a skin", "▏👍🏽a", (*line).right, "👍🏽▏a"},
		{"right over Hangul", "▏한국", (*line).right, "한▏국"},

		{"word left", "get one/two.txt▏", (*line).wordLeft, "get one/two.▏txt"},
		{"word left inside", "get on▏e", (*line).wordLeft, "get ▏one"},
		{"word left over blanks", "get   ▏", (*line).wordLeft, "▏get   "},
		{"word left beyond ASCII", "größe▏", (*line).wordLeft, "▏größe"},
		{"word right", "▏größe_2 x", (*line).wordRight, "größe▏_2 x"},
		{"word right over punctuation", "a▏ -/日本 x", (*line).wordRight, "a -/日本▏ x"},

		{"home", "ab▏", (*line).home, "▏ab"},
		{"home of a row", "ab\ncd▏", (*line).home, "ab\n▏cd"},
		{"home from there", "ab\n▏cd", (*line).home, "▏ab\ncd"},
		{"end", "▏ab", (*line).end, "ab▏"},
		{"end of a row", "▏ab\ncd", (*line).end, "ab▏\ncd"},
		{"end from there", "ab▏\ncd", (*line).end, "ab\ncd▏"},
		{"up", "abc\nde▏f", (*line).up, "ab▏c\ndef"},
		{"up to a short row", "a\nbcd▏", (*line).up, "a▏\nbcd"},
		{"up to wide runes", "日本語\nabcd▏", (*line).up, "日本▏語\nabcd"},
		{"up from the first", "a▏b\nc", (*line).up, "a▏b\nc"},
		{"down", "ab▏c\ndef", (*line).down, "abc\nde▏f"},
		{"down to the last of three", "a\nbc▏\ndef", (*line).down, "a\nbc\nde▏f"},
		{"down from the last", "a\nb▏", (*line).down, "a\nb▏"},

		{"backspace", "ab▏c", (*line).backspace, "a▏c"},
		{"backspace at the start", "▏ab", (*line).backspace, "▏ab"},
		{"backspace of a family", "👩‍👩‍👧▏", (*line).backspace, "▏"},
		{"backspace joins rows", "a\n▏b", (*line).backspace, "a▏b"},
		{"delete", "a▏bc", (*line).del, "a▏c"},
		{"delete at the end", "ab▏", (*line).del, "ab▏"},
		{"delete of a cluster", "▏e\u0301x", (*line).del, "▏x"},

		{"transpose", "ab▏c", (*line).transpose, "acb▏"},
		{"transpose at the end", "abc▏", (*line).transpose, "acb▏"},
		{"transpose clusters", "👍🏽e\u0301▏", (*line).transpose, "e\u0301👍🏽▏"},
		{"transpose one", "a▏", (*line).transpose, "a▏"},
		{"transpose none", "▏", (*line).transpose, "▏"},
		{"transpose at the start", "▏ab", (*line).transpose, "▏ab"},
	}
	for _, tt := range tests {
		l := at(tt.before)
		if tt.change(l); l.shown() != tt.after {
			t.Errorf("%s: %q became %q, want %q", tt.name, tt.before, l.shown(), tt.after)
		}
	}
}

func TestWordsToKill(t *testing.T) {
	tests := []struct {
		before string
		start  func(*line) int
		after  string
	}{
		{"get one/two▏", func(l *line) int { return l.wordStart(isInk) }, "get ▏"},
		{"get one  ▏x", func(l *line) int { return l.wordStart(isInk) }, "get ▏x"},
		{"hel▏lo", func(l *line) int { return l.wordStart(isInk) }, "▏lo"},
		{"get one/two▏", func(l *line) int { return l.wordStart(isWord) }, "get one/▏"},
		{"größe▏", func(l *line) int { return l.wordStart(isWord) }, "▏"},
	}
	for _, tt := range tests {
		l := at(tt.before)
		if l.cut(tt.start(l), l.pos); l.shown() != tt.after {
			t.Errorf("%q became %q, want %q", tt.before, l.shown(), tt.after)
		}
	}
}

func TestLastWord(t *testing.T) {
	tests := map[string]string{
		"":                   "",
		"ls":                 "ls",
		"get one two  ":      "two",
		`get 'a b'`:          `'a b'`,
		`get "a \" b"`:       `"a \" b"`,
		`get a\ b`:           `a\ b`,
		`get 'a\' b`:         `b`,
		"get one\u00a0two":   "two",
		`get "not closed at`: `"not closed at`,
	}
	for s, want := range tests {
		if got := lastWord(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestUndoIsBounded(t *testing.T) {
	var l line
	for range maxUndo + 50 {
		l.insert("x")
	}
	steps := 0
	for l.undo() {
		steps++
	}
	if steps != maxUndo || len(l.text) != 50 {
		t.Errorf("%d steps to %d bytes", steps, len(l.text))
	}
}

// FuzzLine: any changes in any order leave the cursor inside the text, and all
// of them can be undone.
func FuzzLine(f *testing.F) {
	f.Add("日本e\u0301👩‍👩‍👧\xff", []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
	changes := []func(*line) bool{
		(*line).left, (*line).right, (*line).wordLeft, (*line).wordRight, (*line).home, (*line).end,
		(*line).up, (*line).down, (*line).backspace, (*line).del, (*line).transpose, (*line).undo,
		func(l *line) bool { l.insert("日\n"); return true },
		func(l *line) bool { return l.cut(l.wordStart(isInk), l.pos) != "" },
		func(l *line) bool { return l.cut(l.pos, l.wordEnd()) != "" },
	}
	f.Fuzz(func(t *testing.T, text string, order []byte) {
		var l line
		l.insert(text)
		for _, i := range order[:min(len(order), maxUndo-1)] {
			changes[int(i)%len(changes)](&l)
			if l.pos < 0 || l.pos > len(l.text) {
				t.Fatalf("cursor at %d of %d", l.pos, len(l.text))
			}
			term.Width(l.text[:l.pos])
		}
		for l.undo() {
		}
		if l.text != "" {
			t.Errorf("undone to %q", l.text)
		}
	})
}
