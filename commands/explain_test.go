package commands

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ftpsh/internal/wire"
	"ftpsh/remote"
	"ftpsh/trace"
)

// Whatever an explanation tells to type is a line of ours.
func TestExplanationsCanBeTyped(t *testing.T) {
	table := NewTable(All()...)
	for _, code := range trace.Codes() {
		for _, verb := range append(trace.Verbs(), "") {
			for _, text := range []string{"", "is a directory", "ascii", "exists", "no such", "denied", "session reuse", "ssl", "too many", "idle", "quota"} {
				var n int
				fmt.Sscan(code, &n)
				checkSteps(t, table, trace.Failure{Code: n, Verb: verb, Text: text, Path: "-d/a b", Host: "h", User: "ann"})
			}
		}
	}
	for _, rule := range faultRules {
		checkSteps(t, table, trace.Failure{Fault: rule.fault, Path: "d/a", Host: "h"})
	}
}

func checkSteps(t *testing.T, table *Table, f trace.Failure) {
	for _, step := range trace.Explain(f).Next {
		if step.Do == "" {
			continue
		}
		_, err := table.parseAll(step.Do)
		var misused *UsageError
		asked := errors.As(err, &misused) && misused.missing != nil && misused.missing.Ask != ""
		if err != nil && !asked {
			t.Errorf("%+v: %q: %v", f, step.Do, err)
		}
	}
}

func TestExplain(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.refuses(t, "explain", "explain: nothing has failed yet")
	err := &remote.Error{Op: "get", Path: "pub/x", Code: 550, Text: "No such file", Command: "RETR pub/x"}
	if hint := d.Hint(err); hint != "ls pub  # shows what is there" {
		t.Errorf("hint %q", hint)
	}
	d.Failed.note(err)
	d.shows(t, "explain", `get: pub/x: 550 No such file
The server sent nothing of the file.
likely: no file has that name here (upper and lower case count); or it is a directory; or you may not read it
next:   ls pub  # shows what is there
or:     ls -l pub  # shows who may read it, and what is a directory
RFC 959 section 4.2
`)
	d.Failed.note(&LocalError{Op: "lcd", Path: "x", Err: errors.New("gone")})
	d.shows(t, "explain", "lcd: x: gone\nNeither the server nor the network had a part in it.\n")
	d.shows(t, "explain 234", "234\nThe server agrees to encrypt: the TLS handshake begins.\nRFC 4217 section 4\n")
	d.shows(t, "explain 299", "299\nIt was done.\nRFC 959 section 4.2\n")
	if got, err := d.run(t, "explain 550 cwd"); err != nil || !strings.HasPrefix(got, "550 after CWD\nYou are where you were") {
		t.Errorf("%q, %v", got, err)
	}
	d.refuses(t, "explain 42", `explain: code: "42" is not a reply code: they have three digits`)
}

// The explanation of a failure is that of its cause, however deep that is.
func TestFaults(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	for want, err := range map[trace.Fault]error{
		trace.NotConnected:    remote.ErrNotConnected,
		trace.LoginNeedsClear: &remote.Error{Op: "login", Err: &remote.ClearTextError{Host: "h"}},
		trace.TLSRefused:      &remote.Error{Op: "open", Err: &wire.TLSError{Reply: wire.Reply{Code: 502}}},
		trace.DataTimeout:     &remote.Error{Op: "get", Err: &wire.DataError{Mode: "EPSV", Err: &wire.TimeoutError{}}},
		trace.DataActive:      &remote.Error{Op: "get", Err: &wire.DataError{Mode: "PORT", Err: &wire.TimeoutError{}}},
		trace.NoAnswer:        &remote.Error{Op: "pwd", Err: &wire.TimeoutError{}},
		trace.ConnectionLost:  &remote.Error{Op: "pwd", Err: &wire.LostError{Why: "gone"}},
	} {
		if f, ok := d.failureOf(err); !ok || f.Fault != want {
			t.Errorf("%v is %q, want %q", err, f.Fault, want)
		}
	}
	if f, _ := d.failureOf(&remote.Error{Err: &wire.LostError{Reply: wire.Reply{Code: 421, Lines: []string{"bye"}}}}); f.Code != 421 {
		t.Errorf("a 421 is %+v", f)
	}
}
