package term

import "testing"

func TestEntryFollowsLSColors(t *testing.T) {
	tests := []struct {
		env, name string
		kind      LSKind
		want      string
	}{
		{"", "d", LSDir, "\x1b[1;34md\x1b[22;0m"},
		{"", "f.tar", LSFile, "f.tar"},
		{"di=38;5;208", "d", LSDir, "\x1b[38;5;208md\x1b[0;25;0m"},
		{"di=0", "d", LSDir, "d"},
		{"di=", "d", LSDir, "\x1b[1;34md\x1b[22;0m"},
		{"ln=target", "l", LSLink, "\x1b[1;36ml\x1b[22;0m"},
		{"ex=31", "x", LSExec, "\x1b[31mx\x1b[0m"},
		{"pi=35", "null", LSOther, "\x1b[35mnull\x1b[0m"},
		{"fi=32", "f", LSFile, "\x1b[32mf\x1b[0m"},
		{"*.tar=31", "f.TAR", LSFile, "\x1b[31mf.TAR\x1b[0m"},
		{"*.tar=31", "d.tar", LSDir, "\x1b[1;34md.tar\x1b[22;0m"},
		{"*.gz=31:*.tar.gz=32", "a.tar.gz", LSFile, "\x1b[32ma.tar.gz\x1b[0m"},
		{"*~=90", "old~", LSFile, "\x1b[90mold~\x1b[0m"},
		{"rs=0:junk:di=]0;title\a:ln=36", "d", LSDir, "\x1b[1;34md\x1b[22;0m"},
		{"di=999", "d", LSDir, "\x1b[1;34md\x1b[22;0m"},
	}
	for _, test := range tests {
		p := NewPrinter(PrinterConfig{Color: ColorAlways, Getenv: environment("LS_COLORS=" + test.env)})
		if got := p.Entry(test.name, test.kind); got != test.want {
			t.Errorf("LS_COLORS=%q: %q, want %q", test.env, got, test.want)
		}
	}
}

func TestS70_EntryIsSafe(t *testing.T) {
	for _, mode := range []ColorMode{ColorAlways, ColorNever} {
		p := NewPrinter(PrinterConfig{Color: mode})
		if got := p.Entry("\x1b]0;x", LSFile); got != `\x1b]0;x` {
			t.Errorf("got %q", got)
		}
	}
}
