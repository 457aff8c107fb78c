package script

import (
	"strings"
	"testing"
)

// Whatever is doubled on its way comes out as it was.
func FuzzWithoutTelnet(f *testing.F) {
	for _, seed := range []string{"", "PWD", "a\xffb", "\xff", "\xff\xff", "\xff\xfb\x01x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		doubled := strings.ReplaceAll(line, "\xff", "\xff\xff")
		if got := withoutTelnet(doubled); got != line {
			t.Errorf("%q came out as %q", line, got)
		}
		if got := withoutTelnet(line); len(got) > len(line) {
			t.Errorf("%q grew to %q", line, got)
		}
	})
}

func TestWithoutTelnet(t *testing.T) {
	for line, want := range map[string]string{
		"\xff\xf4\xff\xf2ABOR":    "ABOR",
		"\xff\xfb\x01NOOP":        "NOOP",
		"MKD a\xff\xffb":          "MKD a\xffb",
		"ends in the middle \xff": "ends in the middle \xff",
		"option cut off \xff\xfb": "option cut off ",
	} {
		if got := withoutTelnet(line); got != want {
			t.Errorf("%q became %q, want %q", line, got, want)
		}
	}
}
