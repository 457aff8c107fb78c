package lang

import (
	"errors"
	"strings"
	"testing"
)

// TestErrexit: in a script the first failure that nobody tests ends it, as set -e and pipefail have it in
// bash, and its status is that of the script.
func TestErrexit(t *testing.T) {
	for _, test := range []struct {
		source string
		status int
		calls  string
	}{
		{"fail 6; ls", 6, "fail|6"},
		{"ls; fail 3", 3, "ls fail|3"},
		{"if true; then fail 4; ls; fi; ls", 4, "fail|4"},
		{"f() { fail 4; ls; }; f; ls", 4, "fail|4"},
		{"fail 4 | cat; ls", 4, "fail|4"},
		{"fail 4 | { cat; }; ls", 4, "fail|4 cat"},
		{"ls | sh -c 'exit 9'; ls", 9, "ls"},
		{"fail || fail 7; ls", 7, "fail fail|7"},
		{"ls && fail 7; ls", 7, "ls fail|7"},
		{"fail && ls", 1, "fail"}, // the last one, so the status; but it ended nothing
		{"nonesuch; ls", 2, "nonesuch"},
		{"nlst | while read -r f; do fail 5; done; ls", 5, "nlst fail|5"},
		{"x=$(fail 5); ls", 5, "fail|5"},
		{"test a = b; ls", 1, ""},
		{"!exit 3\nls", 3, ""},
		{"ls > nowhere/x; ls", 7, ""},
		{"cat < nowhere; ls", 7, ""},
		{"ls > nowhere/x || false", 1, ""},
		{"ls | no-such-program", 127, "ls"},
		{"ls | sh -c 'kill -15 $$'", 143, "ls"},
		{"false", 1, ""},
	} {
		newSession(t, nil).fails(test.source, test.status, test.calls)
	}
	for source, calls := range map[string]string{
		"fail && ls; get x":                           "fail get|x",
		"if fail; then :; fi; get x":                  "fail get|x",
		"while fail; do :; done; get x":               "fail get|x",
		"f() { fail; ls; }; f || :; if f; then :; fi": "fail ls fail ls",
		"-fail 9; get $?":                             "fail|9 get|0",
		"fail 9 || get $?":                            "fail|9 get|9",
		"set +e; fail; get x":                         "fail get|x",
		"set +o pipefail; fail | cat; get x":          "fail get|x",
		"if ! ls | grep -q x; then get x; fi":         "ls get|x",
	} {
		newSession(t, nil).runs(source, calls, "")
	}
}

// TestAtThePrompt: a failed line does not end anything, but its status is told.
func TestAtThePrompt(t *testing.T) {
	s := newSession(t, interactive)
	s.runs("fail 3; ls", "fail|3 ls", "")
	s.fails("ls; fail 3", 3, "ls fail|3")
	s.fails("fail 4 | cat", 4, "fail|4")
	s.runs("f() { fail; ls; }", "", "")
	s.runs("f", "fail ls", "")
	for _, refused := range []string{"get (", "get $((1/0))"} { // $? was that of the line before
		s.fails(refused, 2, "")
		s.runs("get $?", "get|2", "")
	}
	s.fails("set -e; fail; ls", 1, "fail")
}

func TestExit(t *testing.T) {
	for source, want := range map[string]struct {
		status int
		calls  string
	}{
		"exit 7; ls":                {7, "exit"},
		"fail 5 || exit; ls":        {5, "fail|5 exit"},
		"fail 5 || bye; ls":         {0, "fail|5 bye"},
		"ls; exit; ls":              {0, "ls exit"},
		"exit 0; ls":                {0, "exit"},
		"exit 257":                  {1, "exit"},
		"f() { exit 3; }; f; ls":    {3, "exit"},
		"if true; then bye; fi; ls": {0, "bye"},
		"-exit 4; ls":               {4, "exit"},
		"nlst | while read -r f; do exit 5; done; ls": {5, "nlst exit"},
	} {
		s := newSession(t, nil)
		calls, err := s.run(source)
		var exit *ExitError
		status := 0
		if errors.As(err, &exit) {
			status = exit.Status
		}
		if !errors.Is(err, errBye) || status != want.status || calls != want.calls {
			t.Errorf("%q: %v (%d), calls %q; want %v", source, err, status, calls, want)
		}
	}
	s := newSession(t, interactive)
	if _, err := s.run("fail; exit"); !errors.Is(err, errBye) || strings.Contains(err.Error(), "status") {
		t.Errorf("exit at the prompt after a failure: %v", err)
	}
}

func TestEndlessRecursion(t *testing.T) {
	s := newSession(t, interactive)
	s.fails("f() { f; }; f", 2, "")
	s.fails("f() { (g); }; g() { f; }; f", 2, "")
	s.runs("ls", "ls", "")
}

// TestS56_NamesInComplaints: what the interpreter says may hold a name from the server.
func TestS56_NamesInComplaints(t *testing.T) {
	s := newSession(t, nil)
	s.names = "a\x1b[2Jb/c\u202e\n"
	s.fails("nlst | read -r f; ls > \"$f\"", 7, "nlst")
	if got := s.err.String(); strings.ContainsAny(got, "\x1b\u202e") || !strings.Contains(got, `a\x1b[2Jb/c\u202e`) {
		t.Errorf("says %q", got)
	}
}

// TestEnded: a failure that ended nothing was told like one that ended the run, so that a script on standard
// input stopped where one in a file went on.
func TestEnded(t *testing.T) {
	for source, want := range map[string]bool{
		"fail 3": true, "fail && ls": false, "-fail; false": true, "set +e; fail": false, "false || fail": true,
		"if true; then fail; fi": true, "exit 3": true, "(fail)": true, "true; ! true": false,
	} {
		_, err := newSession(t, nil).run(source)
		var exit *ExitError
		if !errors.As(err, &exit) || exit.Ended != want {
			t.Errorf("%q: %#v, want Ended %v", source, err, want)
		}
	}
}

// TestRest: who runs a script can say that it was not run to its end.
func TestRest(t *testing.T) {
	for source, want := range map[string]bool{"fail; ls": true, "fail\n\nls": true, "ls; fail": false, "fail || fail": false} {
		_, err := newSession(t, nil).run(source)
		var exit *ExitError
		if !errors.As(err, &exit) || exit.Rest != want {
			t.Errorf("%q: %#v, want Rest %v", source, err, want)
		}
	}
}

// TestExpansionErrors: the interpreter prints them and goes on, and the script ended with success.
func TestExpansionErrors(t *testing.T) {
	for _, source := range []string{
		"x=0; get $((1/x)); ls", "x=$((1%0)); ls", "((1/0)) || ls", "echo $((2**-1)) || ls", "-get $((1/0))\nls",
		"f() { get $((1/0)); ls; }; f", "nlst | while read -r f; do get $((1/0)); done; ls", "x=$((1/0)) get a; ls",
		"get {a,b}" + strings.Repeat("{a,b}", 30) + "; ls",
	} {
		s := newSession(t, nil)
		calls, err := s.run(source)
		var refused *SyntaxError
		if !errors.As(err, &refused) || strings.Contains(calls, "get") || strings.HasSuffix(calls, " ls") || s.err.String() != "" {
			t.Errorf("%q: %v, calls %q, says %q", source, err, calls, s.err.String())
		}
	}
}
