package editor

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// controls gives the control characters their meaning. Those that are missing
// do nothing, NUL (Ctrl-Space) among them.
var controls = map[byte]code{
	0x01: keyHome,
	0x02: keyLeft,
	0x03: keyInterrupt,
	0x04: keyDeleteOrEOF,
	0x05: keyEnd,
	0x06: keyRight,
	0x07: keyCancel,
	0x08: keyBackspace,
	'\t': keyTab,
	'\n': keyEnter,
	0x0b: keyKillToEnd,
	0x0c: keyClear,
	'\r': keyEnter,
	0x0e: keyDown,
	0x10: keyUp,
	0x12: keySearch,
	0x13: keySearchForward,
	0x14: keyTranspose,
	0x15: keyKillToStart,
	0x17: keyKillBlankWord,
	0x19: keyYank,
	0x1a: keySuspend,
	0x1f: keyUndo,
	0x7f: keyBackspace,
}

// metas is what Alt, or Escape before it, makes of a character.
var metas = map[rune]code{
	'b': keyWordLeft, 'B': keyWordLeft,
	'f': keyWordRight, 'F': keyWordRight,
	'd': keyKillWordRight, 'D': keyKillWordRight,
	'y': keyYankPop, 'Y': keyYankPop,
	'.':  keyLastWord,
	0x7f: keyKillWordLeft, 0x08: keyKillWordLeft,
	'\r': keyNewline, '\n': keyNewline,
}

// finals are the control sequences and SS3 keys by their last byte; those that
// end in ~ are told apart by their first parameter. xterm, the Linux console,
// rxvt, PuTTY, screen and tmux spell Home and End in five ways.
var (
	finals = map[byte]code{
		'A': keyUp, 'B': keyDown, 'C': keyRight, 'D': keyLeft,
		'H': keyHome, 'F': keyEnd, 'Z': keyBackTab, 'M': keyNone,
		'a': keyUp, 'b': keyDown, 'c': keyWordRight, 'd': keyWordLeft,
	}
	numbered = map[int]code{
		1: keyHome, 7: keyHome, 4: keyEnd, 8: keyEnd,
		3: keyDelete, 5: keyPageUp, 6: keyPageDown,
	}
	// modified is what Ctrl or Alt makes of a key.
	modified = map[code]code{
		keyLeft: keyWordLeft, keyRight: keyWordRight,
		keyDelete: keyKillWordRight, keyBackspace: keyKillWordLeft,
	}
)

// escape decodes what starts with ESC. Zero bytes: more are needed.
func escape(buf []byte) (key, int) {
	if len(buf) == 1 {
		return key{}, 0
	}
	switch second := buf[1]; {
	case second == '[' || second == 'O':
		return controlSequence(buf)
	case introducesString(second):
		return key{}, controlString(buf)
	case second == 0x1b:
		k, n := escape(buf[1:])
		if n == 0 {
			return key{}, 0
		}
		return modify(k), n + 1
	}
	if !utf8.FullRune(buf[1:]) {
		return key{}, 0
	}
	r, size := utf8.DecodeRune(buf[1:])
	code, known := metas[r]
	if !known && r < ' ' { // the control character counts, not the Escape before it
		return key{code: keyCancel}, 1
	}
	return key{code: code}, 1 + size
}

func modify(k key) key {
	if other, ok := modified[k.code]; ok {
		k.code = other
	}
	return k
}

// introducesString reports whether ESC b starts a string that runs up to a
// terminator: OSC, DCS, SOS, PM, APC.
func introducesString(b byte) bool { return strings.IndexByte("]PX^_", b) >= 0 }

// controlString returns the length of an OSC, DCS, SOS, PM or APC, with which
// terminals answer questions about colours and the like. A control character
// that cannot stand in one ends it, so that Ctrl-C always works.
func controlString(buf []byte) int {
	for i := 2; i < len(buf); i++ {
		switch b := buf[i]; {
		case b == 0x07:
			return i + 1
		case b == 0x1b && i+1 == len(buf):
			return 0
		case b == 0x1b && buf[i+1] == '\\':
			return i + 2
		case b < ' ' || i >= maxString:
			return i
		}
	}
	return 0
}

// controlSequence decodes ESC [ and ESC O: parameters, intermediates, one
// final byte (ECMA-48, 5.4). Anything else in it ends it without a key.
func controlSequence(buf []byte) (key, int) {
	start := 2
	if len(buf) > start && buf[1] == '[' && buf[start] == '[' { // F1 to F5 on the Linux console
		start++
	}
	for i := start; i < len(buf); i++ {
		switch b := buf[i]; {
		case start == 3:
			return key{}, i + 1
		case b >= 0x40 && b <= 0x7e, b == '$' && buf[start] != '?': // rxvt ends shifted keys in $
			return sequenceKey(buf, i)
		case b < 0x20 || b > 0x7e || i >= maxString:
			return key{}, i
		}
	}
	return key{}, 0
}

// sequenceKey gives the control sequence whose final byte is at end its
// meaning.
func sequenceKey(buf []byte, end int) (key, int) {
	parameters, final := string(buf[2:end]), buf[end]
	if final == 'M' && parameters == "" && buf[1] == '[' { // X10 mouse: three bytes follow
		if len(buf) < end+4 {
			return key{}, 0
		}
		return key{}, end + 4
	}
	first, rest, _ := strings.Cut(parameters, ";")
	number, err := strconv.Atoi(first)
	if err != nil && first != "" { // a reply or a mouse: its parameters start with < ? =
		return key{}, end + 1
	}
	k := key{code: finals[final]}
	switch final {
	case '~', '^', '$', '@':
		k.code = numbered[number]
	}
	if withControl(first, rest, final, buf[1]) {
		k = modify(k)
	}
	return k, end + 1
}

// withControl reports whether Ctrl or Alt was held: xterm says 1+bits in the
// second parameter (older ones in the only one of an arrow), rxvt ends in ^.
func withControl(first, rest string, final, introducer byte) bool {
	if final == '^' || final == '@' {
		return true
	}
	if rest == "" && (introducer == 'O' || final >= 'A' && final <= 'D') {
		rest = first
	}
	n, err := strconv.Atoi(rest)
	const alt, control = 2, 4
	return err == nil && (n-1)&(alt|control) != 0
}
