package lang

import (
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// Token is one word of a line that is still being typed.
type Token struct {
	Start, End int    // where it stands in the line, in bytes
	Text       string // without quotes and escapes
	Open       rune   // the quote that is not closed: ' or ", or 0
	Command    bool   // it is in the place of a command
	Piped      bool   // it belongs to a local program, behind a pipe

	field string // Text with marks before unquoted special characters
}

// Word is the token as a word of a command: what was not quoted in it may be a pattern.
func (t Token) Word() Word {
	word, _ := fromField(t.field)
	return word
}

// Split takes a line into words as far as it goes, for TAB: an open quote is no mistake, and variables
// stay as they are written. The tokens are those of the last command in the line, without the
// assignments and the keywords in front of it. The last one is what stands at the end of the line; it
// is empty behind a blank.
func Split(line string) []Token { return split(line, runtime.GOOS == "windows") }

func split(line string, windows bool) []Token {
	l := lexer{line: line, windows: windows, command: true}
	for l.at < len(line) {
		l.step()
	}
	return append(l.tokens, l.last())
}

// Words are the words of the last command in a line.
func Words(line string) (words []Word) {
	for _, t := range Split(line) {
		if t.Start < t.End {
			words = append(words, t.Word())
		}
	}
	return words
}

// bareText is what a piece of a line was probably meant to say: blanks, operators and the backslashes of
// a path are characters.
func bareText(piece string) string {
	l := lexer{line: piece, whole: true, windows: true}
	for l.at < len(piece) {
		l.step()
	}
	return l.last().Text
}

type lexer struct {
	line    string
	at      int
	windows bool // a backslash before a letter, digit or dot is kept
	whole   bool // the line is one word
	tokens  []Token
	command bool // a command comes next, or is being read
	piped   bool

	inWord      bool
	bare        bool // nothing in the word is quoted
	start       int
	quote       rune
	text, field []byte
}

func (l *lexer) step() {
	rest := l.line[l.at:]
	_, size := utf8.DecodeRuneInString(rest)
	c := rest[0]
	switch {
	case l.quote == '\'':
		l.inQuote(rest[:size])
	case c == '\\' && len(rest) > 1:
		l.escape(rest[1:])
		return
	case l.quote == '"':
		l.inQuote(rest[:size])
	case strings.HasPrefix(rest, "$'"):
		l.ansi(rest)
		return
	case c == '\'' || c == '"':
		l.begin()
		l.quote, l.bare = rune(c), false
	case l.whole:
		l.add(rest[:size])
	case c == ' ' || c == '\t':
		l.end()
	case strings.IndexByte(";|&<>\n", c) >= 0:
		l.operator(c)
	default:
		l.char(rest[:size])
	}
	l.at += size
}

func (l *lexer) begin() {
	if !l.inWord {
		l.inWord, l.bare, l.start = true, true, l.at
	}
}

func (l *lexer) add(text string) {
	l.begin()
	l.text = append(l.text, text...)
	l.field = append(l.field, text...)
}

// char takes a character that is not quoted.
func (l *lexer) char(text string) {
	l.begin()
	if strings.Contains(special, text) {
		l.field = append(l.field, mark...)
	}
	l.add(text)
}

func (l *lexer) inQuote(text string) {
	if text == string(l.quote) {
		l.quote = 0
		return
	}
	l.add(text)
}

// escape takes a backslash and what stands behind it; within double quotes, and on Windows, it is often
// a character like others.
func (l *lexer) escape(behind string) {
	l.begin()
	l.bare = false
	char, size := utf8.DecodeRuneInString(behind)
	escaped := behind[:size]
	l.at += 1 + size
	switch {
	case char == '\n':
	case l.quote == '"' && !strings.Contains("\"\\$`", escaped), l.quote == 0 && l.windows && isPathChar(behind[0]):
		l.add(`\` + escaped)
	default:
		l.add(escaped)
	}
}

// ansi takes $'...', in which every byte can be written.
func (l *lexer) ansi(rest string) {
	l.begin()
	l.bare = false
	text, size, closed := readANSI(rest[len("$'"):])
	l.add(text)
	l.at += len("$'") + size
	if !closed {
		l.quote = '\''
	}
}

// token is the word that has been read up to here.
func (l *lexer) token() Token {
	return Token{
		Start: l.start, End: l.at, Text: string(l.text), Open: l.quote,
		Command: l.command, Piped: l.piped, field: string(l.field),
	}
}

// end is the end of a word.
func (l *lexer) end() {
	if l.inWord && !l.before() {
		l.tokens = append(l.tokens, l.token())
		l.command = false
	}
	l.drop()
}

func (l *lexer) drop() { l.inWord, l.text, l.field = false, nil, nil }

// before says that the word goes before a command: it sets a variable, or is a keyword.
func (l *lexer) before() bool {
	if !l.command || !l.bare {
		return false
	}
	name, _, assigns := strings.Cut(string(l.text), "=")
	return assigns && syntax.ValidName(name) || slices.Contains(keywords, string(l.text))
}

// keywords are the words of the language that a command follows.
var keywords = []string{"if", "then", "elif", "else", "while", "until", "do", "{", "!", "time"}

// operator ends a word. Behind < and > the command goes on; behind the others a new one begins.
func (l *lexer) operator(c byte) {
	redirects := c == '<' || c == '>' || c == '&' && (strings.HasPrefix(l.line[l.at+1:], ">") || l.behind('>') || l.behind('<'))
	if redirects {
		if l.bare && isNumber(string(l.text)) {
			l.drop() // the number of what is redirected: 2>
		}
		l.end()
		return
	}
	l.end()
	l.piped = c == '|' && !l.behind('|') && !strings.HasPrefix(l.line[l.at+1:], "|") || c == '&' && l.behind('|')
	l.command, l.tokens = true, nil
}

// behind says that the character before this one is c.
func (l *lexer) behind(c byte) bool { return l.at > 0 && l.line[l.at-1] == c }

// last is the word at the end of the line.
func (l *lexer) last() Token {
	if !l.inWord {
		l.start = len(l.line)
	}
	t := l.token()
	t.End = len(l.line)
	return t
}

// isPathChar says that a backslash before c separates the parts of a Windows path.
func isPathChar(c byte) bool {
	return c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
