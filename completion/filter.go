package completion

import (
	"strings"
	"unicode/utf8"
)

// filter keeps what is wanted and starts with the text that was typed; if there is nothing, what
// does so when case is ignored.
func filter[T any](found []T, name func(*T) string, typed string, wanted func(*T) bool) []T {
	kept := keep(found, func(c *T) bool { return strings.HasPrefix(name(c), typed) && wanted(c) })
	if len(kept) == 0 {
		kept = keep(found, func(c *T) bool { return hasFoldedPrefix(name(c), typed) && wanted(c) })
	}
	return kept
}

func keep[T any](found []T, fits func(*T) bool) []T {
	var kept []T
	for i := range found {
		if fits(&found[i]) {
			kept = append(kept, found[i])
		}
	}
	return kept
}

// hasFoldedPrefix is strings.HasPrefix without regard to case. Upper and lower case of a character
// may differ in length, so characters are compared and not bytes.
func hasFoldedPrefix(name, prefix string) bool {
	for prefix != "" {
		_, n := utf8.DecodeRuneInString(name)
		_, p := utf8.DecodeRuneInString(prefix)
		if n == 0 || !strings.EqualFold(name[:n], prefix[:p]) {
			return false
		}
		name, prefix = name[n:], prefix[p:]
	}
	return true
}
