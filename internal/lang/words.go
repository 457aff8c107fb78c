package lang

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Token is one word of a line that is still being typed.
type Token struct {
	Start, End int    // where it stands in the line, in bytes
	Text       string // without quotes and escapes
	Open       rune   // the quote that is not closed: ' or ", or 0
	Command    bool   // it is in the place of a command
	Piped      bool   // a local program's place: after a pipe

	marked string // Text with marks before unquoted pattern characters; empty when there are none
}

// Split takes a line into words as far as it goes, for TAB: an open quote is no mistake. The last
// token ends at the end of the line, and is empty when a blank stands before the cursor.
func Split(line string) []Token {
	s := splitter{line: line, command: true}
	for s.at < len(line) {
		s.step()
	}
	s.finish()
	return s.tokens
}

type splitter struct {
	line    string
	at      int
	start   int
	text    strings.Builder
	marked  strings.Builder
	pattern bool
	inWord  bool
	quote   rune
	command bool
	piped   bool
	tokens  []Token
}

func (s *splitter) step() {
	char, size := utf8.DecodeRuneInString(s.line[s.at:])
	raw := s.line[s.at : s.at+size]
	switch {
	case s.quote == 0 && strings.HasPrefix(s.line[s.at:], "$'"):
		s.dollar()
		return
	case s.quote == '\'':
		s.quoted(char == '\'', raw)
	case char == '\\' && s.at+size < len(s.line):
		s.escape(size)
		return
	case s.quote == '"':
		s.quoted(char == '"', raw)
	case char == '\'' || char == '"':
		s.begin()
		s.quote = char
	case char == ' ' || char == '\t':
		s.end()
	case strings.ContainsRune(";|&<>\n", char):
		s.operator(char)
	default:
		s.begin()
		if strings.Contains(patternSet, raw) {
			s.pattern = true
			s.marked.WriteByte(mark)
		}
		s.add(raw)
	}
	s.at += size
}

func (s *splitter) add(raw string) {
	s.text.WriteString(raw)
	s.marked.WriteString(raw)
}

// token is the word that has been read up to here.
func (s *splitter) token() Token {
	t := Token{Start: s.start, End: s.at, Text: s.text.String(), Command: s.command, Piped: s.piped}
	if s.pattern {
		t.marked = s.marked.String()
	}
	return t
}

func (s *splitter) quoted(closes bool, raw string) {
	if closes {
		s.quote = 0
		return
	}
	s.add(raw)
}

// dollar takes $'...', in which every byte can be written.
func (s *splitter) dollar() {
	s.begin()
	s.at += len("$'")
	for s.at < len(s.line) {
		c := s.line[s.at]
		s.at++
		switch {
		case c == '\'':
			return
		case c == '\\' && s.at < len(s.line):
			text, n := unescape(s.line[s.at:])
			s.add(text)
			s.at += n
		default:
			s.add(string([]byte{c}))
		}
	}
	s.quote = '\''
}

// unescape reads what stands behind a backslash in $'...', and how long it is.
func unescape(text string) (string, int) {
	if text[0] == 'x' && len(text) >= 3 {
		if b, err := strconv.ParseUint(text[1:3], 16, 8); err == nil {
			return string([]byte{byte(b)}), 3
		}
	}
	if i := strings.IndexByte("abefnrtv", text[0]); i >= 0 {
		return "\a\b\x1b\f\n\r\t\v"[i : i+1], 1
	}
	return text[:1], 1
}

// escape takes a backslash and what it escapes; within double quotes only some characters.
func (s *splitter) escape(size int) {
	s.begin()
	_, next := utf8.DecodeRuneInString(s.line[s.at+size:])
	escaped := s.line[s.at+size : s.at+size+next]
	if s.quote == '"' && !strings.Contains("\"\\$`", escaped) {
		s.add(`\`)
	}
	s.add(escaped)
	s.at += size + next
}

func (s *splitter) begin() {
	if !s.inWord {
		s.inWord, s.start = true, s.at
	}
}

func (s *splitter) end() {
	if s.inWord {
		s.tokens = append(s.tokens, s.token())
		s.command, s.piped = false, false
	}
	s.text.Reset()
	s.marked.Reset()
	s.inWord, s.pattern = false, false
}

// operator ends a word; after most of them a command begins.
func (s *splitter) operator(char rune) {
	s.end()
	if char == '<' || char == '>' {
		return
	}
	if char == '|' && !strings.HasPrefix(s.line[s.at:], "||") && !strings.HasSuffix(s.line[:s.at], "|") {
		s.piped = true
	} else {
		s.piped = false
	}
	s.command = true
	s.tokens = nil
}

// finish adds the word at the cursor, which may be empty.
func (s *splitter) finish() {
	if !s.inWord {
		s.start = len(s.line)
	}
	last := s.token()
	last.End, last.Open = len(s.line), s.quote
	s.tokens = append(s.tokens, last)
}

// inDoubleQuotes escapes what keeps a meaning there.
var inDoubleQuotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`")

const special = " \t\n\\'\"`$&;|<>()*?[]{}#!~=^%"

// Quote writes a name so that the language reads exactly that name, in the style of the quote
// that is open: ' or ", or 0 for backslashes. The closing quote is part of the result, the
// opening one is not when it is open already.
func Quote(name string, open rune) string {
	switch {
	case strings.ContainsFunc(name, isControl) || strings.Contains(name, "\n") || !utf8.ValidString(name):
		return dollarQuote(name)
	case open == '\'' && !strings.Contains(name, "'"):
		return "'" + name + "'"
	case open != 0:
		return `"` + inDoubleQuotes.Replace(name) + `"`
	case name == "":
		return "''"
	}
	var b strings.Builder
	for i, char := range name {
		if strings.ContainsRune(special, char) && !(i > 0 && strings.ContainsRune("#!~=^%", char)) {
			b.WriteByte('\\')
		}
		b.WriteRune(char)
	}
	return b.String()
}

// dollarQuote is $'...', where every byte can be written.
func dollarQuote(name string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(name); {
		char, size := utf8.DecodeRuneInString(name[i:])
		switch {
		case char == utf8.RuneError && size == 1, char < ' ', char == 0x7f:
			const hex = "0123456789abcdef"
			b.WriteString(`\x`)
			b.WriteByte(hex[name[i]>>4])
			b.WriteByte(hex[name[i]&15])
		case char == '\'' || char == '\\':
			b.WriteByte('\\')
			b.WriteRune(char)
		default:
			b.WriteString(name[i : i+size])
		}
		i += size
	}
	b.WriteByte('\'')
	return b.String()
}

// Words are the words of a line that is not run: an answer to a question, an example. What was
// not quoted in them may be a pattern.
func Words(line string) (words []Word) {
	for _, t := range Split(line) {
		switch {
		case t.Start == t.End:
		case t.marked != "":
			words = append(words, newWord(t.marked))
		default:
			words = append(words, Plain(t.Text))
		}
	}
	return words
}
