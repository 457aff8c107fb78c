package wire

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file is the one gate for what is sent: every command line of every command passes through
// checkLine, and every line that anybody is shown passes through mask.

// checkLine refuses what would end the line early or mean something to a Telnet server. Only the
// characters that start a second command are beyond appeal; the rest of the control characters
// may be sent where the caller says that the user asked for them.
func checkLine(line string, allowControl bool) error {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '\r' || c == '\n' || c == 0 {
			return &LineError{Line: mask(line), Byte: c}
		}
		if (c < 0x20 || c == 0x7f) && !allowControl {
			return &LineError{Line: mask(line), Byte: c}
		}
	}
	if line == "" {
		return &LineError{}
	}
	return nil
}

// CheckLines says with a [LineError] which command line may not be sent as it is.
func CheckLines(lines ...string) error {
	for _, line := range lines {
		if err := checkLine(line, false); err != nil {
			return err
		}
	}
	return nil
}

// encodeLine gives the bytes of a line: 0xFF doubled as Telnet asks (RFC 854), and its end.
func encodeLine(line string, rawIAC bool) []byte {
	if !rawIAC {
		line = strings.ReplaceAll(line, "\xff", "\xff\xff")
	}
	return []byte(line + "\r\n")
}

// Masked stands for a secret wherever a line is shown.
const Masked = "****"

// mask hides the argument of PASS and ACCT, whatever their case and however they are spaced.
func mask(line string) string {
	word, secret := splitSecret(line)
	if secret == "" {
		return line
	}
	return word + " " + Masked
}

// secretOf is what mask hides, so that a server that repeats it can be masked as well.
func secretOf(line string) string {
	_, secret := splitSecret(line)
	return secret
}

// splitSecret takes a line with a secret apart; without one there is no second part.
func splitSecret(line string) (word, secret string) {
	trimmed := strings.TrimLeft(line, " \t")
	if len(trimmed) < 5 || (trimmed[4] != ' ' && trimmed[4] != '\t') {
		return line, ""
	}
	switch strings.ToUpper(trimmed[:4]) {
	case "PASS", "ACCT":
		return trimmed[:4], strings.TrimLeft(trimmed[4:], " \t")
	}
	return line, ""
}

// Verb is the command word of a line, in upper case.
func Verb(line string) string {
	word, _, _ := strings.Cut(strings.TrimLeft(line, " \t"), " ")
	return strings.ToUpper(word)
}

// secrets are the passwords and accounts that one connection has sent.
type secrets []string

func (s *secrets) add(secret string) {
	if secret != "" && !slices.Contains(*s, secret) {
		*s = append(*s, secret)
	}
}

// shortSecret is a length below which a secret is only seen where it stands alone: masking each
// "a" would leave nothing to read.
const shortSecret = 4

// hide masks secrets that the server repeats.
func (s secrets) hide(text string) string {
	for _, secret := range s {
		if len(secret) >= shortSecret {
			text = strings.ReplaceAll(text, secret, Masked)
		} else {
			text = hideWord(text, secret)
		}
	}
	return text
}

func (s secrets) hideAll(lines []string) []string {
	hidden := make([]string, len(lines))
	for i, line := range lines {
		hidden[i] = s.hide(line)
	}
	return hidden
}

// hideWord masks a word between blanks, quotes and the like.
func hideWord(text, word string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, word)
		if at < 0 {
			return b.String() + text
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		b.WriteString(text[:at])
		if partOfWord(before) || partOfWord(after) {
			b.WriteString(word)
		} else {
			b.WriteString(Masked)
		}
		text = text[at+len(word):]
	}
}

func partOfWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
