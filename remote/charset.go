package remote

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"

	"ftpsh/internal/wire"
)

// codec turns the server's names into ours and back. The zero value is UTF-8: bytes stay as they
// are, valid or not. Any other charset loses nothing either: a byte that means nothing in it
// becomes a private code point, and that code point becomes the byte again.
type codec struct {
	charset encoding.Encoding
	name    string
}

// Bytes without a meaning, which are never ASCII, are shown as the code points U+F780 to U+F7FF.
const strayByte = 0xF700

func isStray(r rune) bool { return r >= strayByte+utf8.RuneSelf && r <= strayByte+0xff }

// CheckCharset says whether names can be in a charset of that name.
func CheckCharset(name string) error {
	_, err := newCodec(name)
	return err
}

// newCodec finds a charset by the names that the web and IANA know.
func newCodec(name string) (codec, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8":
		return codec{}, nil
	}
	charset, err := htmlindex.Get(name)
	if err != nil {
		charset, err = ianaindex.IANA.Encoding(name)
	}
	if err != nil || charset == nil {
		return codec{}, fmt.Errorf("charset %q is not known", name)
	}
	if !hasASCII(charset) {
		return codec{}, fmt.Errorf("charset %q cannot be used: FTP needs one that ASCII is a part of", name)
	}
	return codec{charset: charset, name: name}, nil
}

// hasASCII says that every ASCII character is the same byte in a charset, and nothing more than
// that: commands are ASCII, and so are the slashes in a path.
func hasASCII(charset encoding.Encoding) bool {
	for b := range byte(utf8.RuneSelf) {
		text, err := charset.NewDecoder().Bytes([]byte{b})
		if err != nil || string(text) != string(rune(b)) {
			return false
		}
	}
	return true
}

// utf8 says that names go over the wire as UTF-8.
func (c codec) utf8() bool { return c.charset == nil }

// decode turns the server's bytes into text.
func (c codec) decode(raw string) string {
	if c.charset == nil || isASCII(raw) {
		return raw
	}
	if text, ok := c.decodeRun(raw); ok {
		return text
	}
	var text strings.Builder
	for raw != "" {
		piece, n := c.decodeOne(raw)
		text.WriteString(piece)
		raw = raw[n:]
	}
	return text.String()
}

// decodeOne takes the shortest run of bytes that means something.
func (c codec) decodeOne(raw string) (string, int) {
	for n := 1; n <= 4 && n <= len(raw); n++ {
		if text, ok := c.decodeRun(raw[:n]); ok {
			return text, n
		}
	}
	return string(rune(strayByte + int(raw[0]))), 1
}

// decodeRun decodes bytes that all mean something and that will come back the same.
func (c codec) decodeRun(raw string) (text string, ok bool) {
	text, err := c.charset.NewDecoder().String(raw)
	if err != nil || text == "" || strings.ContainsFunc(text, isUnsafe) {
		return "", false
	}
	back, err := c.charset.NewEncoder().String(text)
	return text, err == nil && back == raw
}

// isUnsafe is for code points that would not come back as the bytes that they stand for.
func isUnsafe(r rune) bool { return r == utf8.RuneError || isStray(r) }

// told is a reply in our charset.
func (c codec) told(reply wire.Reply) wire.Reply {
	if c.charset == nil {
		return reply
	}
	lines := make([]string, len(reply.Lines))
	for i, line := range reply.Lines {
		lines[i] = c.decode(line)
	}
	reply.Lines = lines
	return reply
}

// encode turns text into the server's bytes. It fails on a character that the charset lacks, and on
// bytes that are no text.
func (c codec) encode(text string) (string, error) {
	if c.charset == nil || isASCII(text) {
		return text, nil
	}
	encoder := c.charset.NewEncoder()
	var raw strings.Builder
	for rest := text; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		piece, err := encoder.String(rest[:size])
		switch {
		case isStray(r):
			raw.WriteByte(byte(r - strayByte))
		case err != nil, r == utf8.RuneError && size == 1:
			return "", fmt.Errorf("the charset %s has no %q", c.name, rest[:size])
		default:
			raw.WriteString(piece)
		}
		rest = rest[size:]
	}
	return raw.String(), nil
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
