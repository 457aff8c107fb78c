package completion

import (
	"strings"

	"ftpsh/internal/lang"
)

// half is the line left of the cursor, taken apart.
type half struct {
	words   []lang.Word // of the command that the cursor is in, up to the word at the cursor
	current lang.Token  // the word at the cursor, which may be empty
	target  bool        // it is what > or < names
	local   bool        // the command is a local program
}

// split takes the line left of the cursor apart.
func split(left string) half {
	tokens := lang.Split(left)
	last := len(tokens) - 1
	h := half{
		current: tokens[last],
		target:  isTarget(left, tokens[last]),
		local:   tokens[0].Piped || strings.HasPrefix(strings.TrimLeft(left, " \t"), "!"),
	}
	for _, token := range tokens[:last] {
		if !isTarget(left, token) {
			h.words = append(h.words, lang.Plain(token.Text))
		}
	}
	for len(h.words) > 0 && keywords[h.words[0].Text] {
		h.words = h.words[1:]
	}
	return h
}

// isTarget says that a redirection stands in front of the word.
func isTarget(line string, t lang.Token) bool {
	before := strings.TrimRight(line[:t.Start], " \t")
	return strings.HasSuffix(before, ">") || strings.HasSuffix(before, "<")
}

// keywords of the language are followed by a command.
var keywords = map[string]bool{
	"if": true, "then": true, "elif": true, "else": true, "while": true, "until": true, "do": true,
	"{": true, "!": true, "time": true,
}
