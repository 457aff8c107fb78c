package editor

import (
	"context"
	"io"
	"unicode/utf8"

	"github.com/chzyer/readline"
)

// marker stands in readline's input for a key that travels beside it. A user
// who types this very character has it inserted like a paste.
const marker = '\uf8ff'

// headless is readline without its terminal: it keeps the text as runes, puts
// in what is typed and runs the loop; keys come decoded, and nothing is drawn.
//
// Its contract, found by trial with v1.5.1: the filter may answer false only
// for a rune after which readline stops reading (CR), since false means "read
// on" and would otherwise be said twice. So a key that may end the line is sent
// as marker and CR, and the CR is dropped unless the key did end it.
type headless struct {
	instance *readline.Instance
	keys     *queue
	beside   chan key
	handler  handler
	key      key  // the one of the last marker
	ended    bool // the next CR ends the line
}

// handler edits. Its methods run on readline's goroutine, one at a time.
type handler interface {
	// typed is called after readline has put a rune into the text.
	typed(r rune, text string, pos int)
	// press performs any other key; true ends the line.
	press(k key) bool
	// current returns the text and the cursor as they are now.
	current() (text string, pos int)
}

func newHeadless(keys *queue) (*headless, error) {
	h := &headless{keys: keys, beside: make(chan key, 1)} // put there before its marker is read
	nothing := func() error { return nil }
	instance, err := readline.NewEx(&readline.Config{
		Stdin:                  h,
		Stdout:                 io.Discard,
		Stderr:                 io.Discard,
		HistoryLimit:           -1,
		DisableAutoSaveHistory: true,
		Listener:               h,
		FuncFilterInputRune:    h.filter,
		FuncIsTerminal:         func() bool { return false },
		FuncMakeRaw:            nothing,
		FuncExitRaw:            nothing,
		FuncGetWidth:           func() int { return 1 << 30 },
		FuncOnWidthChanged:     func(func()) {},
	})
	if err != nil {
		return nil, err
	}
	h.instance = instance
	keys.push(key{code: keyFault})
	h.readLine(ending{}) // so that its goroutines run: closing it before is a race
	return h, nil
}

// ending is a handler that ends the line at the first key.
type ending struct{}

func (ending) typed(rune, string, int) {}
func (ending) press(key) bool          { return true }
func (ending) current() (string, int)  { return "", 0 }

// readLine runs readline's loop until a key ends the line. It is false if the
// queue was closed first, when readline takes what is there for a line.
func (h *headless) readLine(to handler) (text string, ok bool) {
	h.handler, h.ended = to, false
	runes, err := h.instance.Operation.Runes()
	h.instance.ResetHistory()
	return fromRunes(runes), err == nil && h.ended
}

// close ends readline's goroutines. Instance.Close would leave one behind.
func (h *headless) close() error {
	h.keys.close()
	return h.instance.Terminal.Close()
}

// Read gives readline one key.
func (h *headless) Read(p []byte) (int, error) {
	k, ok := h.keys.next(context.Background())
	if !ok {
		return 0, io.EOF
	}
	if k.code == keyTyped {
		return copy(p, k.text), nil
	}
	h.beside <- k
	if mayEnd[k.code] {
		return copy(p, string(marker)+"\r"), nil
	}
	return copy(p, string(marker)), nil
}

// Close is for readline, which wants to close its input.
func (h *headless) Close() error { return nil }

// mayEnd are the keys that can end a line.
var mayEnd = map[code]bool{
	keyEnter: true, keyInterrupt: true, keyDeleteOrEOF: true,
	keyAbort: true, keyHangup: true, keyFault: true,
}

// filter sees each rune before readline does.
func (h *headless) filter(r rune) (rune, bool) {
	switch r {
	case marker:
		h.key = <-h.beside
		return readline.CharBell, true // does nothing, but calls OnChange
	case '\r':
		return r, h.ended
	}
	return r, true
}

// OnChange is called by readline after each rune, with copies of its text. It
// is also called when a line begins and after it has ended, which is ignored.
func (h *headless) OnChange(runes []rune, pos int, r rune) ([]rune, int, bool) {
	switch {
	case r == 0 || r == '\r' || h.ended:
		return nil, 0, false
	case r == readline.CharBell:
		h.ended = h.handler.press(h.key)
	default:
		h.handler.typed(r, fromRunes(runes), len(fromRunes(runes[:pos])))
	}
	text, at := h.handler.current()
	return toRunes(text), len(toRunes(text[:at])), true
}

// A line is bytes, and a file name need not be UTF-8; readline has runes. A
// byte that is no UTF-8 is kept as a surrogate, which no text can hold.
const invalidByte = 0xdc00

func toRunes(s string) []rune {
	if utf8.ValidString(s) {
		return []rune(s)
	}
	runes := make([]rune, 0, len(s))
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			r = invalidByte + rune(s[0])
		}
		runes = append(runes, r)
		s = s[size:]
	}
	return runes
}

func fromRunes(runes []rune) string {
	b := make([]byte, 0, len(runes))
	for _, r := range runes {
		if r >= invalidByte && r <= invalidByte+0xff {
			b = append(b, byte(r-invalidByte))
		} else {
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}
