package lang

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Errexit has bash's exceptions between statements too: they were taken for failures.
func TestErrexitIsThatOfBash(t *testing.T) {
	for source, want := range map[string]string{
		"fail && ls; pwd":          "fail pwd",
		"! fail\nfail || ls; pwd":  "fail ls pwd",
		"set +e; fail; pwd":        "fail pwd",
		"fail && ls; (pwd)":        "fail pwd",
		"fail; pwd":                "fail",
		"echo $(cd b; fail); pwd":  "cd|b fail echo pwd",
		"(cd b; fail) || pwd":      "cd|b fail pwd",
		"(exit 3) || pwd":          "pwd",
		"echo $(cd b; exit 3);pwd": "cd|b echo| pwd",
	} {
		f, out, _ := run(t, false, strings.TrimPrefix(source, "! fail\n"))
		got := strings.ReplaceAll(strings.Join(f.calls, " "), "echo|", "echo")
		if got != strings.ReplaceAll(want, "echo|", "echo") {
			t.Errorf("%q: calls %q, want %q", source, got, want)
		}
		if strings.Contains(out, "b\n") {
			t.Errorf("%q does not come back: %q", source, out)
		}
	}
}

// What is refused by name must not get past in quotes, in a variable, or behind time.
func TestRefusedInDisguise(t *testing.T) {
	for _, source := range []string{`"eval" ls`, "e=eval; $e ls", "time eval ls", "c=command; $c ls", "x=($$)", "time get a&b", "coproc ls", "select x in a; do ls; done", "cat x >| y", "case a in $$) ls;; esac"} {
		f, _, err := run(t, false, source)
		if err == nil || len(f.calls) > 0 {
			t.Errorf("%q ran: %q, %v", source, f.calls, err)
		}
	}
}

func TestTimeKeepsPatterns(t *testing.T) {
	f, _, _ := run(t, false, "time ls *.c")
	calls(t, f, "ls|*.c~")
}

// A hint shows the quoted line, but never a password again.
func TestHintsOfRawCommands(t *testing.T) {
	for source, want := range map[string]string{
		"quote NOOP;ls": "quote 'NOOP;ls'", "quote SITE a$b c": "quote 'SITE a$b c'", "quote a > b": "quote 'a >'",
		"quote PASS se&cret": "", "quote PASS se$cret": "", "site a;b": "site 'a;b'",
	} {
		_, _, err := run(t, false, source)
		var refused *SyntaxError
		switch {
		case !errors.As(err, &refused):
			t.Errorf("%q: %v", source, err)
		case want != "" && refused.Next != want, want == "" && strings.Contains(refused.Next+refused.Problem, "cret"):
			t.Errorf("%q: hint %q, want %q", source, refused.Next, want)
		}
	}
	for _, line := range []string{"user ann x", "us ann x", "-account x", "quote PASS x", `quote "PASS x`} {
		if !sendsSecret(line) {
			t.Errorf("%q may hold a password", line)
		}
	}
}

// The right side of a pipe began while the left one still ran on the same connection.
func TestRightSideOfAPipeWaits(t *testing.T) {
	f, out, err := run(t, false, "for i in 1 2 3; do nlist | { cd b; pwd; }; done; cd a; cd c | { pwd; }; nlist | (cd d; pwd)")
	if err != nil {
		t.Error(err)
	}
	calls(t, f, "nlist cd|b pwd nlist cd|b pwd nlist cd|b pwd cd|a cd|c pwd nlist cd|d pwd")
	if out != "b\nb\nb\nc\nd\n" {
		t.Errorf("%q", out)
	}
}

// Aliases that are made and used in one script were not seen; those that loop did not end.
func TestAliasesAtRunTime(t *testing.T) {
	for _, line := range []string{"foo x", "bar", "get (x"} {
		f := &fake{aliases: map[string]string{"bar": "foo"}}
		f.late = map[string]string{"foo": line}
		_, out, err := runFake(t, f, "help; foo")
		if err == nil || out == "" {
			t.Errorf("alias %q: %q, %v", line, out, err)
		}
	}
	f := &fake{late: map[string]string{"foo": "ls -l *"}}
	runFake(t, f, "help; foo x")
	calls(t, f, "help ls|-l|*~|x")
}

func TestSourceThatSourcesItself(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	os.WriteFile(path, []byte("source "+path+"\n"), 0o600)
	if _, _, err := runWith(t, func(*Options) {}, "source "+path); err == nil {
		t.Error("no error")
	}
}

func TestAliasThatHoldsWhatIsRefused(t *testing.T) {
	for _, line := range []string{"get x &", "quote aaaaaaaaaaaaaaaaaaaaaaaa$b"} {
		f := &fake{aliases: map[string]string{"al": line}}
		if _, _, err := runFake(t, f, "al"); err == nil {
			t.Errorf("%q ran: %q", line, f.calls)
		}
	}
}
