package trace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

var events = []wire.Event{
	{Kind: wire.Resolved, Text: "127.0.0.1, ::1", Since: time.Millisecond},
	{Kind: wire.Connected, Text: "127.0.0.1:21", Since: time.Millisecond},
	{Kind: wire.Sent, Text: "PASS ****", Verb: "PASS", Raw: []byte("PASS ****\r\n")},
	{Kind: wire.Received, Text: "230-hello", Verb: "PASS", Code: 230, Raw: []byte("230-hello\r\n"), Since: 11 * time.Millisecond},
	{Kind: wire.Received, Text: "230 in", Verb: "PASS", Code: 230, Last: true, Raw: []byte("230 in\r\n"), Since: 12 * time.Millisecond},
	{Kind: wire.Received, Text: "550 \x1b[2Jno", Verb: "CWD", Code: 550, Last: true, Raw: []byte("550 \x1b[2Jno\r\n"), Since: 1500 * time.Microsecond},
	{Kind: wire.DataOpened, Data: &wire.DataReport{Mode: "EPSV", Announced: "port 4000", Used: "127.0.0.1:4000", Connect: time.Millisecond}},
	{Kind: wire.DataBegan, Raw: []byte("hello\x1b[2J\n"), Data: &wire.DataReport{}},
	{Kind: wire.DataClosed, Data: &wire.DataReport{Used: "127.0.0.1:4000", Bytes: 10, Took: time.Second}},
	{Kind: wire.DataClosed, Data: &wire.DataReport{Mode: "PASV", Announced: "10.0.0.1:4000", Err: errors.New("refused"), Took: time.Second}},
	{Kind: wire.Decision, Text: "EPSV does not work here"},
	{Kind: wire.Received, Text: "421 bye", Code: 421, Last: true, Raw: []byte("421 bye\r\n"), Conn: 2},
	{Kind: wire.Closed, Text: "the server closed the control connection", Conn: 2},
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
		{0, true, 4, "<-- 230 in\n", "PASS"},
		{1, false, 7, "<-- 230-hello\n<-- 230 in (12 ms)\n", `\r\n`},
		{1, false, 7, "[2] <-- 421 bye\n[2] === the server closed", "hello["},
		{2, false, 11, `<-- "230 in\r\n" (12 ms)`, "EPSV does not"},
		{2, false, 11, `--> "PASS ****\r\n"`, "EPSV does not"},
		{3, false, 12, "=== EPSV does not work here\n", "\x1b"},
		{4, false, 14, "=== 00000000  68 65 6c 6c 6f 1b 5b 32  4a 0a                    |hello.[2J.|\n", "\x1b"},
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
	for level := range MaxLevel + 1 {
		if got := play(level, true); strings.Contains(got, "\x1b") {
			t.Errorf("level %d lets an escape through: %q", level, got)
		}
	}
}

// Under "data begins" of a log without contents stood an empty line.
func TestNoBytesTakeNoLine(t *testing.T) {
	_, lines := Render(wire.Event{Kind: wire.DataBegan, Data: &wire.DataReport{}}, MaxLevel)
	if len(lines) != 1 || lines[0] != "=== data begins, from the server" {
		t.Errorf("%q", lines)
	}
}

// A data connection that a refusal made useless ended in "context canceled".
func TestADataConnectionThatIsGivenUpSaysSo(t *testing.T) {
	given := &wire.DataError{Mode: "EPSV", Address: "127.0.0.1:4000", Err: fmt.Errorf("TLS handshake: %w", context.Canceled)}
	_, lines := Render(wire.Event{Kind: wire.DataClosed, Data: &wire.DataReport{Mode: "EPSV", Err: given}}, 2)
	if len(lines) != 1 || !strings.Contains(lines[0], "not needed any more") || strings.Contains(lines[0], "context") {
		t.Errorf("%q", lines)
	}
}

func TestDataConnectionsTellAnnouncedAndUsed(t *testing.T) {
	got := play(2, false)
	for _, want := range []string{"by EPSV: announced port 4000, used 127.0.0.1:4000", "10 bytes in 1000 ms", "no data connection by PASV: announced 10.0.0.1:4000, refused (1000 ms)"} {
		if !strings.Contains(got, want) {
			t.Errorf("level 2 lacks %q:\n%s", want, got)
		}
	}
}
