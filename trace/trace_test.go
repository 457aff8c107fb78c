package trace

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

var events = []wire.Event{
	{Kind: wire.Connected, Text: "127.0.0.1:21", Since: time.Millisecond},
	{Kind: wire.Sent, Text: "PASS ****"},
	{Kind: wire.Received, Text: "230 in", Raw: []byte("230 in\r\n"), Since: 12 * time.Millisecond},
	{Kind: wire.Received, Text: "550 \x1b[2Jno", Raw: []byte("550 \x1b[2Jno\r\n"), Since: 1500 * time.Microsecond},
	{Kind: wire.DataOpened, Since: time.Millisecond, Data: &wire.DataReport{Mode: "EPSV", Announced: "port 4000", Used: "127.0.0.1:4000"}},
	{Kind: wire.DataClosed, Data: &wire.DataReport{Bytes: 10, Took: time.Second}},
	{Kind: wire.Decision, Text: "EPSV does not work here"},
}

// play prints the events at a level.
func play(level int, verbose bool) string {
	var out bytes.Buffer
	t := New(term.NewPrinter(term.PrinterConfig{Out: &out, Err: &out, Getenv: func(string) string { return "" }}))
	t.SetLevel(level)
	t.SetVerbose(verbose)
	for _, e := range events {
		t.Event(e)
	}
	return out.String()
}

func TestLevelsShowMoreAndMore(t *testing.T) {
	tests := []struct {
		level   int
		verbose bool
		lines   int
		has     string
		hasNot  string
	}{
		{0, false, 0, "", "230"},
		{0, true, 2, "<-- 230 in\n", "PASS"},
		{1, false, 4, "<-- 230 in (12 ms)\n", `\r\n`},
		{2, false, 6, `<-- "230 in\r\n" (12 ms)`, "EPSV does not"},
		{3, false, 7, "=== EPSV does not work here\n", "\x1b"},
	}
	for _, test := range tests {
		got := play(test.level, test.verbose)
		if n := strings.Count(got, "\n"); n != test.lines {
			t.Errorf("level %d shows %d lines, want %d:\n%s", test.level, n, test.lines, got)
		}
		if !strings.Contains(got, test.has) || strings.Contains(got, test.hasNot) {
			t.Errorf("level %d: want %q and not %q in:\n%s", test.level, test.has, test.hasNot, got)
		}
	}
}

func TestS70_RepliesReachTheTerminalWithoutControls(t *testing.T) {
	for level := range 4 {
		if got := play(level, true); strings.Contains(got, "\x1b") {
			t.Errorf("level %d lets an escape through: %q", level, got)
		}
	}
}

func TestDataConnectionsTellAnnouncedAndUsed(t *testing.T) {
	got := play(2, false)
	for _, want := range []string{"by EPSV: announced port 4000, used 127.0.0.1:4000", "10 bytes in 1000 ms"} {
		if !strings.Contains(got, want) {
			t.Errorf("level 2 lacks %q:\n%s", want, got)
		}
	}
}
