package editor

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func decode(chunks ...string) []key {
	var d decoder
	var keys []key
	for _, chunk := range chunks {
		keys = append(keys, d.feed([]byte(chunk))...)
	}
	return append(keys, d.flush()...)
}

// The same action in the dialects of xterm, rxvt, PuTTY, screen, tmux and the
// Linux console.
func TestDialects(t *testing.T) {
	tests := []struct {
		code      code
		sequences []string
	}{
		{keyHome, []string{"\x01", "\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~"}},
		{keyEnd, []string{"\x05", "\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~"}},
		{keyUp, []string{"\x10", "\x1b[A", "\x1bOA"}},
		{keyDown, []string{"\x0e", "\x1b[B", "\x1bOB"}},
		{keyLeft, []string{"\x02", "\x1b[D", "\x1bOD", "\x1b[1;2D"}},
		{keyRight, []string{"\x06", "\x1b[C", "\x1bOC"}},
		{keyWordLeft, []string{"\x1bb", "\x1b[1;5D", "\x1b[1;3D", "\x1b[5D", "\x1bO5D", "\x1bOd", "\x1b\x1b[D", "\x1b\x1bOD"}},
		{keyWordRight, []string{"\x1bf", "\x1b[1;5C", "\x1b[1;3C", "\x1b[5C", "\x1bO5C", "\x1bOc", "\x1b\x1b[C"}},
		{keyDelete, []string{"\x1b[3~", "\x1b[3$", "\x1b[3;2~"}},
		{keyKillWordRight, []string{"\x1bd", "\x1b[3;5~", "\x1b[3^"}},
		{keyKillWordLeft, []string{"\x1b\x7f", "\x1b\x08"}},
		{keyBackspace, []string{"\x7f", "\x08"}},
		{keyBackTab, []string{"\x1b[Z"}},
		{keyPageUp, []string{"\x1b[5~"}},
		{keyPageDown, []string{"\x1b[6~"}},
		{keyCancel, []string{"\x1b", "\x07", "\x1b\x1b"}},
		{keyNewline, []string{"\x1b\r"}},
		{keyLastWord, []string{"\x1b."}},
		{keyUndo, []string{"\x1f"}},
	}
	for _, tt := range tests {
		for _, s := range tt.sequences {
			if got := decode(s); !reflect.DeepEqual(got, []key{{code: tt.code}}) {
				t.Errorf("%q: %v, want %d", s, got, tt.code)
			}
			if last := len(s) - 1; len(s) > 2 {
				if got := decode(s[:2], s[2:last], s[last:]); !reflect.DeepEqual(got, []key{{code: tt.code}}) {
					t.Errorf("%q in pieces: %v, want %d", s, got, tt.code)
				}
			}
		}
	}
}

func TestSwallowed(t *testing.T) {
	for _, s := range []string{
		"\x00", "\x16", "\x0f", "\x18", "\x1bu", "\x1bé", "\u009b", "\u0085",
		"\x1b[2~", "\x1b[11~", "\x1b[[A", "\x1bOP", "\x1b[15;5~", "\x1b[E", "\x1b[57414u", "\x1b[27;5;9~",
		"\x1b[<35;1;1M", "\x1b[M\x20\x21\x22", "\x1b[201~", "\x1b[I", "\x1b[?62;22c", "\x1b[>0;276;0c", "\x1b[3;1R", "\x1b[?2027;0$y",
		"\x1b]10;rgb:ffff/ffff/ffff\x1b\\", "\x1b]52;c;cm0gKgo=\x07", "\x1bP>|xterm(390)\x1b\\", "\x1b_Gi=1;OK\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\",
		"\x1b[", "\x1bO", "\x1b]0;never ends",
	} {
		if got := decode(s); got != nil {
			t.Errorf("%q: %v", s, got)
		}
		if got := decode(s, "x"); !strings.Contains(s, "never") && len(s) > 2 && !reflect.DeepEqual(got, []key{{code: keyTyped, text: "x"}}) {
			t.Errorf("%q, x: %v", s, got)
		}
	}
}

// Ctrl-C is a key whatever was begun before it.
func TestInterruptInsideSequence(t *testing.T) {
	for _, s := range []string{"\x1b[1;", "\x1b]0;title", "\x1bPdcs", "\x1b"} {
		got := decode(s + "\x03")
		if len(got) == 0 || got[len(got)-1].code != keyInterrupt {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestPastes(t *testing.T) {
	tests := []struct {
		name   string
		chunks []string
		want   []key
	}{
		{"bracketed", []string{"\x1b[200~a\r\nb\x1b[201~"}, []key{{code: keyPaste, text: "a\nb"}}},
		{"in pieces", []string{"\x1b[200~a", "b\x1b[20", "1~c"}, []key{{code: keyPaste, text: "ab"}, {code: keyTyped, text: "c"}}},
		{"controls", []string{"\x1b[200~a\x03\x1b[Ab\x00\tc\u009b\x1b[201~"}, []key{{code: keyPaste, text: "a[Ab\tc"}}},
		{"line ends at the end", []string{"\x1b[200~ls\r\n\n\x1b[201~"}, []key{{code: keyPaste, text: "ls"}}},
		{"a bracket inside", []string{"\x1b[200~ls\x1b[201~\rrm\r\x1b[201~x"}, []key{{code: keyPaste, text: "ls\nrm"}, {code: keyTyped, text: "x"}}},
		{"two", []string{"\x1b[200~a\x1b[201~\x1b[200~b\x1b[201~"}, []key{{code: keyPaste, text: "a"}, {code: keyPaste, text: "b"}}},
		{"no brackets", []string{"ls\rrm x\r"}, []key{{code: keyPaste, text: "ls\nrm x"}}},
		{"no brackets, tabs", []string{"ls\t\nrm"}, []key{{code: keyPaste, text: "ls\t\nrm"}}},
		{"a few keys", []string{"\rls\r"}, []key{{code: keyEnter}, {code: keyTyped, text: "l"}, {code: keyTyped, text: "s"}, {code: keyEnter}}},
		{"one line", []string{"ls\r"}, []key{{code: keyTyped, text: "l"}, {code: keyTyped, text: "s"}, {code: keyEnter}}},
		{"a long line", []string{"0123456789 abcdef\r"}, []key{{code: keyInsert, text: "0123456789 abcdef"}, {code: keyEnter}}},
		{"a rune cut short", []string{"0123456789 abcdef\xc3", "\xa9"}, []key{{code: keyInsert, text: "0123456789 abcdef"}, {code: keyTyped, text: "é"}}},
	}
	for _, tt := range tests {
		if got := decode(tt.chunks...); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// A paste whose end is lost would swallow everything for ever.
func TestStalledPaste(t *testing.T) {
	var d decoder
	d.feed([]byte("\x1b[200~rm\r\x03x"))
	if keys := d.feed([]byte{0x03}); keys != nil {
		t.Errorf("Ctrl-C ended a paste that moves: %v", keys)
	}
	if d.wait() != pasteStall {
		t.Errorf("waits %v", d.wait())
	}
	d.flush()
	d.feed([]byte{0x03})
	if got := d.feed([]byte("a")); !reflect.DeepEqual(got, []key{{code: keyTyped, text: "a"}}) {
		t.Errorf("after Ctrl-C: %v", got)
	}
}

// FuzzDecoder: whatever comes, in whatever pieces, text never holds a control
// character, a key that is typed is one rune, and nothing is kept for ever.
func FuzzDecoder(f *testing.F) {
	f.Add("ls\r\x1b[200~paste\x1b[201~", uint8(3))
	f.Add("\x1b]0;title\x07日本\xff\x1b[<0;1;1M\x1b\x1b[A", uint8(1))
	f.Add("one\rtwo\r0123456789abcdef0123\xc3", uint8(255))
	f.Fuzz(func(t *testing.T, s string, step uint8) {
		var d decoder
		var keys []key
		size := max(1, int(step))
		for rest := s; rest != ""; {
			n := min(size, len(rest))
			keys = append(keys, d.feed([]byte(rest[:n]))...)
			rest = rest[n:]
		}
		pasting := d.pasting
		keys = append(keys, d.flush()...)
		if len(d.buf) > 0 && !pasting {
			t.Errorf("kept %q", d.buf)
		}
		for _, k := range keys {
			if k.code == keyTyped && utf8.RuneCountInString(k.text) != 1 {
				t.Errorf("typed %q", k.text)
			}
			if strings.IndexFunc(k.text, dropped) >= 0 {
				t.Errorf("text %q", k.text)
			}
		}
	})
}
