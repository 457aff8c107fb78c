package lang

import "strings"

// Operands writes names as the end of a line that is to be typed: each quoted, and behind -- if one
// would be taken for a flag.
func Operands(names ...string) string {
	var words []string
	flags := false
	for _, name := range names {
		words = append(words, Quote(name, 0))
		flags = flags || len(name) > 1 && name[0] == '-'
	}
	if flags {
		words = append([]string{"--"}, words...)
	}
	return strings.Join(words, " ")
}
