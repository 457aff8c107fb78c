package lang

import "testing"

// Hints for a name such as -f used to be lines with a flag -f in them.
func TestOperandsAreNoFlags(t *testing.T) {
	for want, names := range map[string][]string{
		"a":         {"a"},
		"a b\\ c":   {"a", "b c"},
		"-- -f":     {"-f"},
		"-- a -- -": {"a", "--", "-"},
		"-":         {"-"},
		"":          nil,
	} {
		if got := Operands(names...); got != want {
			t.Errorf("%q are %q; want %q", names, got, want)
		}
	}
}
