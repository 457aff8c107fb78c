package editor

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// A key is one thing the user did: a character typed, a text pasted, or an
// action. The terminal's many spellings of an action end here.
type key struct {
	code code
	text string      // of keyTyped, keyInsert and keyPaste
	run  *completing // of keyCompleted
}

// code tells keys apart.
type code int

const (
	keyNone   code = iota // swallowed: a terminal's reply, an unknown sequence
	keyTyped              // one printable rune
	keyInsert             // text to insert as it is: a burst, or bytes that are no UTF-8
	keyPaste              // text from a paste, perhaps of several lines

	keyEnter
	keyNewline // a line end inside the text
	keyInterrupt
	keyDeleteOrEOF // Ctrl-D
	keySuspend
	keyCancel // Escape, Ctrl-G
	keyTab
	keyBackTab

	keyLeft
	keyRight
	keyWordLeft
	keyWordRight
	keyUp
	keyDown
	keyPageUp
	keyPageDown
	keyHome
	keyEnd

	keyBackspace
	keyDelete
	keyKillToEnd
	keyKillToStart
	keyKillBlankWord // back to the last blank, as Ctrl-W does
	keyKillWordLeft
	keyKillWordRight
	keyYank
	keyYankPop
	keyUndo
	keyTranspose
	keyLastWord
	keySearch
	keySearchForward
	keyClear

	// These are not typed; they come from the program.
	keyCompleted // a completion is done
	keyAbort     // the context of the read ended
	keyHangup    // the input ended
	keyFault     // the line editor panicked
)

// These bound what a terminal, or a user who pressed Alt-], can keep waiting.
const (
	escapeWait = 50 * time.Millisecond  // a lone Escape is a key after this
	stringWait = 250 * time.Millisecond // an unfinished reply is dropped after this
	pasteStall = time.Second            // Ctrl-C gets out of a paste that stands still
	maxString  = 64 << 10               // bytes of one reply
	burstRunes = 16                     // this much text at once is one insertion
	burstLines = 6                      // this much text with a line end inside is a paste
)

var (
	pasteStart = []byte("\x1b[200~")
	pasteEnd   = []byte("\x1b[201~")
)

// decoder turns the bytes of a terminal into keys. It is pure: time is the
// caller's, who calls flush when nothing came for [decoder.wait].
type decoder struct {
	buf     []byte // of an unfinished sequence
	pasting bool
	stalled bool // a paste has not moved for pasteStall
}

// feed decodes what was read at once. Text that arrives in one piece is more
// than fingers do, so several lines of it are a paste even from a terminal
// that does not bracket one.
func (d *decoder) feed(chunk []byte) (keys []key) {
	if d.pasting && d.stalled && bytes.Equal(chunk, []byte{0x03}) {
		d.buf, d.pasting = nil, false
		return nil
	}
	d.stalled = false
	d.buf = append(d.buf, chunk...)
	for len(d.buf) > 0 {
		k, n := d.next()
		if n == 0 {
			break
		}
		d.buf = d.buf[n:]
		if k.code != keyNone {
			keys = append(keys, k)
		}
	}
	return keys
}

// wait returns how long more bytes may take before flush; 0 is for ever.
func (d *decoder) wait() time.Duration {
	switch {
	case d.pasting && !d.stalled:
		return pasteStall
	case len(d.buf) == 0 || d.pasting:
		return 0
	case len(d.buf) > 1 && introducesString(d.buf[1]):
		return stringWait
	}
	return escapeWait
}

// flush decides what an unfinished sequence was: Escape alone is a key, a
// character cut short is text, all else is dropped.
func (d *decoder) flush() []key {
	if d.pasting {
		d.stalled = true
		return nil
	}
	rest := d.buf
	d.buf = nil
	switch {
	case len(rest) == 0:
		return nil
	case rest[0] != 0x1b:
		return []key{{code: keyInsert, text: string(rest)}}
	case len(rest) == 1 || rest[1] == 0x1b:
		return []key{{code: keyCancel}}
	}
	return nil
}

// next decodes the first key of the buffer and how many bytes it took; 0 bytes
// means that more are needed.
func (d *decoder) next() (key, int) {
	if d.pasting {
		return d.paste()
	}
	if bytes.HasPrefix(d.buf, pasteStart) {
		d.pasting = true
		return key{}, len(pasteStart)
	}
	if k, n := burst(d.buf); n > 0 {
		return k, n
	}
	switch first := d.buf[0]; {
	case first == 0x1b:
		return escape(d.buf)
	case first < ' ' || first == 0x7f:
		return key{code: controls[first]}, 1
	}
	return character(d.buf)
}

// paste collects up to the closing bracket. A clipboard may hold that bracket
// itself, to make the rest look typed; the last one of what arrived together
// is the true one.
func (d *decoder) paste() (key, int) {
	end := bytes.Index(d.buf, pasteEnd)
	if end < 0 {
		return key{}, 0
	}
	for {
		rest := d.buf[end+len(pasteEnd):]
		if start := bytes.Index(rest, pasteStart); start >= 0 {
			rest = rest[:start]
		}
		more := bytes.Index(rest, pasteEnd)
		if more < 0 {
			break
		}
		end += len(pasteEnd) + more
	}
	d.pasting = false
	text := cleanPaste(string(bytes.ReplaceAll(d.buf[:end], pasteEnd, nil)))
	return key{code: keyPaste, text: text}, end + len(pasteEnd)
}

// burst finds text at the start of buf that no fingers typed: several lines
// are a paste, a long run is one insertion. A few keys may come at once over a
// slow line, Enter among them.
func burst(buf []byte) (key, int) {
	lines := leading(buf, func(b byte) bool { return printable(b) || b == '\r' || b == '\n' || b == '\t' })
	text := bytes.TrimRight(lines, "\r\n")
	if len(text) >= burstLines && bytes.ContainsAny(text, "\r\n") {
		return key{code: keyPaste, text: cleanPaste(string(text))}, len(lines)
	}
	run := leading(buf, printable)
	if len(run) < burstRunes || utf8.RuneCount(run) < burstRunes {
		return key{}, 0
	}
	if !utf8.FullRune(lastRune(run)) {
		run = run[:len(run)-len(lastRune(run))]
	}
	return key{code: keyInsert, text: cleanPaste(string(run))}, len(run)
}

// leading returns the start of buf for which accept holds.
func leading(buf []byte, accept func(byte) bool) []byte {
	for i, b := range buf {
		if !accept(b) {
			return buf[:i]
		}
	}
	return buf
}

// lastRune returns the bytes of the last rune of b, which may be cut short.
func lastRune(b []byte) []byte {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			return b[i:]
		}
	}
	return b[len(b)-1:]
}

func printable(b byte) bool { return b >= ' ' && b != 0x7f }

// character decodes one rune. Bytes that are none go beside readline, which
// would replace them; so does the rune that stands for such keys.
func character(buf []byte) (key, int) {
	if !utf8.FullRune(buf) {
		return key{}, 0
	}
	r, size := utf8.DecodeRune(buf)
	text := string(buf[:size])
	switch {
	case r == utf8.RuneError && size == 1, r == marker:
		return key{code: keyInsert, text: text}, size
	case r >= 0x80 && r <= 0x9f:
		return key{}, size
	}
	return key{code: keyTyped, text: text}, size
}
