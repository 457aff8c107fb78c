package term

import (
	"bytes"
	"strings"
	"testing"
)

// environment returns a getenv over "NAME=value" pairs.
func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for _, pair := range pairs {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

func TestColorIsDecidedPerStream(t *testing.T) {
	tests := []struct {
		name             string
		mode             ColorMode
		out, err         bool // terminals
		env              []string
		wantOut, wantErr bool
	}{
		{"both terminals", ColorAuto, true, true, nil, true, true},
		{"output piped", ColorAuto, false, true, nil, false, true},
		{"errors piped", ColorAuto, true, false, nil, true, false},
		{"never", ColorNever, true, true, []string{"CLICOLOR_FORCE=1"}, false, false},
		{"always in a pipe", ColorAlways, false, false, nil, true, true},
		{"always over NO_COLOR", ColorAlways, false, false, []string{"NO_COLOR=1", "TERM=dumb"}, true, true},
		{"NO_COLOR", ColorAuto, true, true, []string{"NO_COLOR=1", "CLICOLOR_FORCE=1"}, false, false},
		{"NO_COLOR empty", ColorAuto, true, true, []string{"NO_COLOR="}, true, true},
		{"forced", ColorAuto, false, false, []string{"CLICOLOR_FORCE=1"}, true, true},
		{"force off", ColorAuto, false, false, []string{"CLICOLOR_FORCE=0"}, false, false},
		{"dumb", ColorAuto, true, true, []string{"TERM=dumb"}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := NewPrinter(PrinterConfig{
				OutTerminal: test.out, ErrTerminal: test.err,
				Color: test.mode, Getenv: environment(test.env...),
			})
			if got := p.Paint(RoleError, "x") != "x"; got != test.wantOut {
				t.Errorf("colour on Out: %v", got)
			}
			if got := p.PaintErr(RoleError, "x") != "x"; got != test.wantErr {
				t.Errorf("colour on Err: %v", got)
			}
		})
	}
}

func TestToDecidesColorAgain(t *testing.T) {
	var pipe bytes.Buffer
	p := NewPrinter(PrinterConfig{OutTerminal: true, ErrTerminal: true})
	piped := p.To(&pipe, false)
	if piped.Paint(RoleDir, "d") != "d" || piped.PaintErr(RoleDir, "d") == "d" {
		t.Error("results in a pipe must lose colour, notes keep theirs")
	}
	if p.Paint(RoleDir, "d") == "d" || !p.OutIsTerminal() {
		t.Error("the printer itself was changed")
	}
	piped.Printf("%d files\n", 3)
	if pipe.String() != "3 files\n" {
		t.Errorf("pipe got %q", pipe.String())
	}
}

func TestS70_NotesAreSafeAndOneLine(t *testing.T) {
	var errors bytes.Buffer
	p := NewPrinter(PrinterConfig{Err: &errors})
	server := "no\x1b[2J\nhint: rm *"
	p.Note("%s", server)
	p.Warn("%s", server)
	p.Hint("%s", server)
	p.Error("get: %s", server)
	want := `no\x1b[2J\nhint: rm *
warning: no\x1b[2J\nhint: rm *
hint: no\x1b[2J\nhint: rm *
get: no\x1b[2J\nhint: rm *
`
	if errors.String() != want {
		t.Errorf("got\n%s\nwant\n%s", errors.String(), want)
	}
}

func TestEveryRoleHasBalancedStyle(t *testing.T) {
	p := NewPrinter(PrinterConfig{Color: ColorAlways})
	for role := range roleCount {
		painted := p.Paint(role, "text")
		if Width(painted) != 4 {
			t.Errorf("role %d: %q is not four columns wide", role, painted)
		}
		if role != RolePlain && role != RoleNote && painted == "text" {
			t.Errorf("role %d has no look", role)
		}
	}
	if got := p.Paint(RoleError, ""); got != "" {
		t.Errorf("nothing was painted: %q", got)
	}
}

func TestWidthDefaults(t *testing.T) {
	p := NewPrinter(PrinterConfig{})
	if p.Width() != 80 {
		t.Errorf("no width: %d", p.Width())
	}
	width := 132
	p = NewPrinter(PrinterConfig{Width: func() int { return width }})
	if p.Width() != 132 {
		t.Errorf("width %d", p.Width())
	}
	if width = 0; p.Width() != 80 {
		t.Errorf("width unknown: %d", p.Width())
	}
}

func TestParseColorMode(t *testing.T) {
	for s, want := range map[string]ColorMode{"auto": ColorAuto, "always": ColorAlways, "never": ColorNever} {
		if got, err := ParseColorMode(s); got != want || err != nil {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	if _, err := ParseColorMode("blue"); err == nil || !strings.Contains(err.Error(), "auto, always, never") {
		t.Errorf("blue: %v", err)
	}
}
