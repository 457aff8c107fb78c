package editor

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestReadLine(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.sees("> ▏")
	s.types("ls -l")
	s.sees("> ls -l▏")
	s.types(enterKey)
	s.gets("ls -l", nil)
	s.sees("> ls -l\n▏")
}

func TestEndsOfLines(t *testing.T) {
	tests := []struct {
		name, keys string
		text       string
		err        error
		screen     string
	}{
		{"enter", "ab\r", "ab", nil, "> ab\n▏"},
		{"line feed", "ab\n", "ab", nil, "> ab\n▏"},
		{"empty", "\r", "", nil, ">\n▏"},
		{"Ctrl-D", "\x04", "", io.EOF, ">\n▏"},
		{"Ctrl-C", "ab\x03", "", ErrInterrupted, "> ab^C\n▏"},
		{"Ctrl-C behind the cursor", "ab\x01\x03", "", ErrInterrupted, "> ab^C\n▏"},
		{"Ctrl-D deletes", "ab\x01\x04\r", "b", nil, "> b\n▏"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession(t, Config{})
			s.reads()
			s.types(tt.keys)
			s.gets(tt.text, tt.err)
			s.sees(tt.screen)
		})
	}
}

// The Delete key ended the program on an empty line.
func TestDeleteOnEmptyLine(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types(deleteKey)
	s.types(deleteKey + "x\r")
	s.gets("x", nil)
}

// Ctrl-Space, which is NUL, ended the program on an empty line and ran any
// other.
func TestNULDoesNothing(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("\x00")
	s.types("ab\x00")
	s.sees("> ab▏")
	s.types(enterKey)
	s.gets("ab", nil)
}

// Ctrl-T on one rune panicked at the next key.
func TestTransposeOnOneRune(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("a\x14")
	s.types("b\x14")
	s.sees("> ba▏")
}

// Ctrl-R with an empty history panicked at Ctrl-G and Ctrl-C.
func TestSearchInEmptyHistory(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("ab\x12")
	s.types("\x07")
	s.sees("> ab▏")
	s.types("\x12x")
	s.types(ctrlC)
	s.sees("> ab▏")
	s.types(enterKey)
	s.gets("ab", nil)
}

// Ctrl-W with the cursor inside the first word took the rest of the line, too.
func TestCtrlWInsideFirstWord(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("hello world\x01")
	s.types(rightKey + rightKey + "\x17")
	s.sees("> ▏llo world")
	s.types("\x19")
	s.sees("> he▏llo world")
}

// After a CR that was dropped, a kick too many made the library read on behind
// Enter, and paint a prompt into the output of the command.
func TestNoStaleKick(t *testing.T) {
	s := newSession(t, Config{Complete: offering("one", "other"), History: history{"past"}})
	s.reads()
	for _, keys := range []string{"o" + tabKey, tabKey, ctrlC, "\x12", ctrlC, "x" + ctrlD, "\x00", "\x7f"} {
		s.types(keys)
	}
	s.sees("> o▏")
	s.types(enterKey)
	s.gets("o", nil)
	s.types("ahead")
	fmt.Fprintln(s.editor.Screen().Stdout(), "output")
	s.sees("> o\noutput\n▏")
	s.reads()
	s.sees("> o\noutput\n> ahead▏")
}

func TestTypeAheadIsKept(t *testing.T) {
	s := newSession(t, Config{})
	for _, k := range "one\rtwo" { // by fingers: one at a time
		s.types(string(k))
	}
	s.reads()
	s.gets("one", nil)
	s.reads()
	s.types("\r")
	s.gets("two", nil)
}

func TestBytesThatAreNoUTF8(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("a\xffb")
	s.sees(`> a\xffb▏`)
	s.types(leftKey + "\x7f")
	s.sees("> a▏b")
	s.types("\xe9\r")
	s.gets("a\xe9b", nil)
}

// The private characters of icon fonts are text; the one that readline is given
// in the place of keys, too.
func TestPrivateCharactersAreText(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("\uf8ff")
	s.types("\ue0b0\r")
	s.gets("\uf8ff\ue0b0", nil)
}

func TestTerminalRepliesAreSwallowed(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	for _, reply := range []string{
		"\x1b]11;rgb:0000/0000/0000\x07", "\x1b]11;rgb:0000/0000/0000\x1b\\", "\x1bP1$r0m\x1b\\",
		"\x1b[<0;10;10M", "\x1b[<0;10;10m", "\x1b[M !!", "\x1b[?1;2c", "\x1b[?2026;2$y", "\x1b[12;40R", "\x1b[I", "\x1b[O",
	} {
		s.types("a" + reply)
	}
	s.sees("> aaaaaaaaaaa▏")
}

func TestUndo(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("one two")
	s.types("\x17")
	s.types("\x1b[200~pasted text\x1b[201~")
	s.sees("> one pasted text▏")
	s.types("\x1f")
	s.sees("> one ▏")
	s.types("\x1f")
	s.sees("> one two▏")
	s.types("\x1f")
	s.sees("> one ▏")
}

func TestKillRing(t *testing.T) {
	s := newSession(t, Config{})
	s.reads()
	s.types("a b c\x17\x17") // two kills in a row are one
	s.types("x y\x15")
	s.types("\x19")
	s.sees("> a x y▏")
	s.types("\x1by")
	s.sees("> b c▏")
}

func TestHistory(t *testing.T) {
	s := newSession(t, Config{History: history{"get one", "ls", "get two", "get two", "put 'a b'"}})
	s.reads()
	s.types("get" + upKey)
	s.sees("> get two▏")
	s.types(upKey)
	s.sees("> get one▏")
	s.types(upKey)
	s.sees("> get one▏")
	s.types(downKey)
	s.types(downKey)
	s.sees("> get▏")
	s.types(" \x1b.")
	s.sees("> get 'a b'▏")
	s.types("\x1b.")
	s.sees("> get two▏")
}

func TestSearch(t *testing.T) {
	s := newSession(t, Config{History: history{"get One", "ls", "get two"}})
	s.reads()
	s.types("typed\x12")
	s.types("ET")
	s.sees("\n> typed▏\nno line in history has: ET")
	s.types("\x7f\x7f")
	s.types("et")
	s.sees("\n> g▏et two\nsearch history: et")
	s.types("\x12")
	s.sees("\n> g▏et One\nsearch history: et")
	s.types("\x13")
	s.sees("\n> g▏et two\nsearch history: et")
	s.types(ctrlC)
	s.sees("> typed▏")
	s.types("\x12on")
	s.types(endKey)
	s.sees("> get One▏")
}

func TestWrapping(t *testing.T) {
	s := newSessionOf(t, newTerminal(t, 10, 6), Config{})
	s.reads()
	s.types("12345678")
	s.sees("\n> 12345678\n▏")
	s.types("日本語字")
	s.sees("\n> 12345678\n日本語字▏")
	s.types("x\x1b[D字") // one column is left: the wide rune goes to the next row
	s.sees("\n> 12345678\n日本語字字\n▏x")
	s.types("\x01")
	s.sees("\n> ▏12345678\n日本語字字\nx")
	s.types("0")
	s.sees("\n> 0▏1234567\n8日本語字\n字x")
	s.types(enterKey)
	s.gets("012345678日本語字字x", nil)
	s.sees("\n> 01234567\n8日本語字\n字x\n▏")
}

func TestPromptWiderThanTheScreen(t *testing.T) {
	s := newSessionOf(t, newTerminal(t, 10, 6), Config{})
	go s.editor.ReadLine(context.Background(), "\x1b[32m0123456789abc\x1b[0m\nsecond> ")
	s.sees("\n0123456789\nabc\nsecond> ▏")
	s.types("abc\x7f")
	s.sees("\n0123456789\nabc\nsecond> ab\n▏")
	s.types("\x7fd")
	s.sees("\n0123456789\nabc\nsecond> ad\n▏")
}

func TestResize(t *testing.T) {
	s := newSessionOf(t, newTerminal(t, 40, 6), Config{})
	s.reads()
	s.types("0123456789abcdefghij")
	s.sees("> 0123456789abcdefghij▏")
	s.resize(30, 6)
	s.editor.Screen().Refresh()
	s.types("k")
	s.sees("> 0123456789abcdefghijk▏")
}

func TestClear(t *testing.T) {
	s := newSession(t, Config{})
	fmt.Fprintln(s.editor.Screen().Stdout(), "old")
	s.reads()
	s.types("abc\x1b[D")
	s.sees("\nold\n> ab▏c")
	s.types("\x0c")
	s.sees("> ab▏c")
}

func TestReadSecret(t *testing.T) {
	s := newSession(t, Config{History: history{"past"}, Complete: offering("x")})
	read := func() {
		text, err := s.editor.ReadSecret(context.Background(), "Password: ")
		s.lines <- answer{text, err}
	}
	go read()
	s.types("hunger" + upKey + tabKey)
	s.types("\x17hunterr\x7f2")
	s.types("\x1b[200~two\nlines\x1b[201~")
	s.sees("Password: ▏")
	s.types(enterKey)
	s.gets("hunter2", nil)
	s.sees("Password:\n▏")
	s.reads()
	s.types("\x19\x1f" + upKey)
	s.sees("Password:\n> past▏")
	if log := s.written(); strings.Contains(log, "hun") {
		t.Errorf("the secret was written: %q", log)
	}
}

func TestReadText(t *testing.T) {
	s := newSession(t, Config{History: history{"past"}})
	go func() {
		text, err := s.editor.ReadText(context.Background(), "(remote-file) ")
		s.lines <- answer{text, err}
	}()
	s.types(upKey + "\x1b[200~two\nlines\x1b[201~")
	s.sees("(remote-file) two lines▏")
	s.types(enterKey)
	s.gets("two lines", nil)
}

// S72: a name from the server writes nothing but itself.
func TestS72_HostileCandidates(t *testing.T) {
	hostile := "x\x1b]0;owned\x07\x1b[31m\u202e\r\nrm *"
	s := newSession(t, Config{Complete: func(_ context.Context, line string, pos int) Completion {
		return Completion{Start: 0, End: pos, Items: []Candidate{
			{Label: hostile, Insert: hostile},
			{Label: hostile, Insert: `x\e1`, Help: hostile},
			{Label: hostile, Insert: `x\e2`, Help: hostile},
		}}
	}})
	s.reads()
	s.types("x" + tabKey)
	s.types(tabKey)
	s.types(tabKey)
	s.sees(`
> x\e1▏
x\x1b]0;owned\x07\x1b[31m\u202e\r\nrm *
x\x1b]0;owned\x07\x1b[31m\u202e\r\nrm *
1 of 2  x\x1b]0;owned\x07\x1b[31m\u202…`)
	if title := s.vt.GetTitle(); title != "" {
		t.Errorf("title %q", title)
	}
}

// S72: a candidate that holds a line end is never inserted, even alone.
func TestS72_LineEndInCandidate(t *testing.T) {
	s := newSession(t, Config{Complete: offering("x\nrm *")})
	s.reads()
	s.types("x" + tabKey)
	s.sees("\n> x▏\ncompletion: the name has control chara…")
}
