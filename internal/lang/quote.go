package lang

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote writes a text so that the language reads exactly that text: in the quotes that the user opened,
// ' or ", or for 0 with backslashes. The result has its own opening and closing quote. What cannot be
// shown (control characters, bytes that are no UTF-8, characters that turn the direction of the text)
// is written as $'...', so that the result is safe on a terminal. A NUL cannot be written.
func Quote(text string, open rune) string {
	switch {
	case !isShown(text):
		return quoteANSI(text)
	case open == '\'' && !strings.Contains(text, "'"):
		return "'" + text + "'"
	case open != 0:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(text) + `"`
	case text == "":
		return "''"
	}
	var b strings.Builder
	for i, c := range text {
		if strings.ContainsRune(quotedAnywhere, c) || i == 0 && strings.ContainsRune(quotedInFront, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// The characters that mean something: in every place, and at the beginning of a word.
const (
	quotedAnywhere = " \\'\"`$&;|<>()*?[]{}"
	quotedInFront  = "#!~=%^"
)

// isShown says that every character of a text shows as itself.
func isShown(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(c rune) bool { return !unicode.IsPrint(c) })
}

func quoteANSI(text string) string {
	var b strings.Builder
	b.WriteString("$'")
	for text != "" {
		c, size := utf8.DecodeRuneInString(text)
		b.WriteString(escapeANSI(c, text[:size]))
		text = text[size:]
	}
	b.WriteByte('\'')
	return b.String()
}

func escapeANSI(c rune, raw string) string {
	switch {
	case c == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case c == '\'' || c == '\\':
		return `\` + raw
	case unicode.IsPrint(c):
		return raw
	case c == '\n':
		return `\n`
	case c == '\t':
		return `\t`
	case c < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, c)
	case c <= 0xffff:
		return fmt.Sprintf(`\u%04x`, c)
	}
	return fmt.Sprintf(`\U%08x`, c)
}

// shown is a text on a terminal: what does not show is written by its number.
func shown(text string) string {
	var b strings.Builder
	for text != "" {
		c, size := utf8.DecodeRuneInString(text)
		switch raw := text[:size]; {
		case raw == "\n", raw == "\t", raw == `\`, raw == "'":
			b.WriteString(raw)
		default:
			b.WriteString(escapeANSI(c, raw))
		}
		text = text[size:]
	}
	return b.String()
}

// readANSI reads what stands behind $', up to the closing quote or the end. It says how much that is, and
// whether the quote is closed.
func readANSI(quoted string) (text string, size int, closed bool) {
	var b strings.Builder
	for i := 0; i < len(quoted); {
		switch c := quoted[i]; {
		case c == '\'':
			return b.String(), i + 1, true
		case c == '\\' && i+1 < len(quoted):
			text, size := readEscape(quoted[i+1:])
			b.WriteString(text)
			i += 1 + size
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), len(quoted), false
}

// digits says how many digits follow a letter, at most, and in which base.
var digits = map[byte]struct{ count, base int }{'x': {2, 16}, 'u': {4, 16}, 'U': {8, 16}}

// readEscape reads what stands behind a backslash in $'...'.
func readEscape(text string) (string, int) {
	if i := strings.IndexByte(`abeEfnrtv\'"?`, text[0]); i >= 0 {
		return "\a\b\x1b\x1b\f\n\r\t\v\\'\"?"[i : i+1], 1
	}
	if text[0] >= '0' && text[0] <= '7' {
		n, size := readNumber(text, 3, 8)
		return string([]byte{byte(min(n, 0xff))}), size
	}
	rule, ok := digits[text[0]]
	if !ok {
		return `\` + text[:1], 1
	}
	n, size := readNumber(text[1:], rule.count, rule.base)
	switch {
	case size == 0:
		return `\` + text[:1], 1
	case text[0] == 'x':
		return string([]byte{byte(n)}), 1 + size
	}
	return string(rune(n)), 1 + size
}

// readNumber reads at most count digits.
func readNumber(text string, count, base int) (n uint64, size int) {
	for size < min(count, len(text)) {
		next, err := strconv.ParseUint(text[:size+1], base, 64)
		if err != nil {
			break
		}
		n, size = next, size+1
	}
	return n, size
}
