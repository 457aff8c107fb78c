package lang

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

var errQuit = errors.New("quit")

// fake is a table of a few commands that record how they were called.
type fake struct {
	calls   []string
	aliases map[string]string
	late    map[string]string // aliases that help makes
	mu      sync.Mutex
	state   string
	runner  *Runner
}

func (f *fake) Find(word string) Found {
	switch word {
	case "quote", "site":
		return ExactRaw
	case "ls", "get", "cd", "pwd", "cat", "exit", "bye", "fail", "echo", "case", "help", "set", "rm", "type", "nlist", "source":
		return Exact
	case "ge":
		return Prefix
	}
	return NotFound
}

func (f *fake) Alias(name string) (string, bool) { l, ok := f.aliases[name]; return l, ok }
func (f *fake) Quits(err error) bool             { return errors.Is(err, errQuit) }
func (f *fake) Fork(context.Context) func() error {
	before := f.state
	return func() error { f.state = before; return nil }
}
func (f *fake) Background(_ context.Context, source string) error {
	f.calls = append(f.calls, "&"+source)
	return nil
}

func (f *fake) Run(ctx context.Context, c Call) error {
	var words []string
	for _, w := range c.Words {
		text := w.Text
		if w.IsPattern() {
			text += "~"
		}
		words = append(words, text)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, strings.Join(words, "|"))
	switch words[0] {
	case "help":
		for name, line := range f.late {
			if f.aliases == nil {
				f.aliases = map[string]string{}
			}
			f.aliases[name] = line
		}
	case "source":
		f.mu.Unlock()
		defer f.mu.Lock()
		return f.runner.Source(ctx, words[1])
	case "fail":
		return errors.New("failed")
	case "exit", "bye":
		return errQuit
	case "echo":
		fmt.Fprintln(c.Stdout, strings.Join(words[1:], " "))
	case "cd":
		f.state = words[1]
	case "pwd":
		fmt.Fprintln(c.Stdout, f.state)
	case "cat", "nlist":
		fmt.Fprint(c.Stdout, "b\na\n")
	}
	return nil
}

func run(t *testing.T, interactive bool, source string) (*fake, string, error) {
	t.Helper()
	return runAs(t, &fake{aliases: map[string]string{"ll": "ls -l", "two": "cd x; ls", "ls2": "ls2b", "ls2b": "ls2"}}, interactive, source)
}

func runFake(t *testing.T, f *fake, source string) (*fake, string, error) {
	t.Helper()
	return runAs(t, f, false, source)
}

func runAs(t *testing.T, f *fake, interactive bool, source string) (*fake, string, error) {
	t.Helper()
	var out bytes.Buffer
	r, err := New(Options{Host: f, Stdout: &out, Stderr: &out, Dir: t.TempDir(), Env: os.Environ(), Interactive: interactive})
	if err != nil {
		t.Fatal(err)
	}
	err = r.Run(context.Background(), source, "")
	return f, out.String(), err
}

func TestLines(t *testing.T) {
	tests := []struct{ source, calls, out string }{
		{"get a b", "get|a|b", ""},
		{`get "a b" c\ d 'e  f'`, "get|a b|c d|e  f", ""},
		{"rm *.txt '*' \\* a?b [x]", "rm|*.txt~|*|*|a?b~|[x]~", ""},
		{"x='*'; rm $x", "rm|*", ""},
		{"cd a; pwd", "cd|a pwd", "a\n"},
		{"fail || ls; ls && get x", "fail ls ls get|x", ""},
		{"-fail; ls", "fail ls", ""},
		{"@get x", "get|x", ""},
		{"ge x", "ge|x", ""},
		{"ll x", "ls|-l|x", ""},
		{"two y", "cd|x ls|y", ""},
		{"case", "case", ""},
		{"case on", "case|on", ""},
		{"?", "help", ""},
		{"! echo hi", "", "hi\n"},
		{"!echo 'a b' | tr a-z A-Z", "", "A B\n"},
		{"cat x | sort", "cat|x", "a\nb\n"},
		{"nlist | while read -r f; do get $f; done", "nlist get|b get|a", ""},
		{"cd a; (cd b; pwd); pwd", "cd|a cd|b pwd pwd", "b\na\n"},
		{"cd a; x=$(cd b; pwd); echo $x; pwd", "cd|a cd|b pwd echo|b pwd", "b\na\n"},
		{"for i in 1 2; do get f$i; done", "get|f1 get|f2", ""},
		{"if fail; then ls; else get x; fi", "fail get|x", ""},
		{"f() { get $1; }; f q", "get|q", ""},
		{"get ~bob/x ~", "get|~bob/x|~", ""},
		{"get x &", "&get x", ""},
		{"quote SITE a*b \"c d\"", "quote|SITE|a*b~|c d", ""},
		{"get {a,b}", "get|a|b", ""},
		{"get x # not this", "get|x", ""},
		{"get \\\n x", "get|x", ""},
	}
	for _, test := range tests {
		f, out, err := run(t, false, test.source)
		if got := strings.Join(f.calls, " "); got != test.calls && test.calls != "" || out != test.out {
			t.Errorf("%q: calls %q, output %q (%v); want %q, %q", test.source, got, out, err, test.calls, test.out)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, source := range []string{
		"get a&b", "ls; get a&b", "get (x)", "get `x`", "echo $$", "echo $!", "echo $0",
		"quote a$b", "quote a > b", "quote a;b", "for f in *; do get $f; done", "get() { ls; }",
		"eval ls", "exec ls", "get \"a", "if ls", "get a\x01b",
	} {
		f, _, err := run(t, false, source)
		var syntax *SyntaxError
		if err == nil || len(f.calls) > 0 {
			t.Errorf("%q ran: %q, %v", source, f.calls, err)
		} else if !errors.As(err, &syntax) {
			t.Errorf("%q: %T %v", source, err, err)
		} else {
			t.Logf("%-40q %v   hint: %s", source, err, syntax.Next)
		}
	}
}

func TestStatus(t *testing.T) {
	f, _, err := run(t, false, "fail; ls")
	if len(f.calls) != 1 || err == nil {
		t.Errorf("a script goes on after a failure: %v %v", f.calls, err)
	}
	f, _, err = run(t, true, "fail; ls")
	if len(f.calls) != 2 {
		t.Errorf("a line at the prompt stops: %v %v", f.calls, err)
	}
	_, _, err = run(t, false, "exit 7; ls")
	var exit *ExitError
	if !errors.As(err, &exit) || exit.Status != 7 {
		t.Errorf("exit 7: %v", err)
	}
	_, _, err = run(t, false, "bye; ls")
	if !errors.Is(err, errQuit) {
		t.Errorf("bye: %v", err)
	}
}

func TestUnknownGoesToTheHost(t *testing.T) {
	f, _, _ := run(t, false, "nonesuch x")
	if strings.Join(f.calls, "") != "nonesuch|x" {
		t.Error(f.calls)
	}
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"a b", "-x", "~", "a'b", `a"b`, "\x01\xff", "", "*", "a\nb", "!x", "é", "$(x)", "\\", "case", "?", "@x", "#x", "a=b"} {
		f.Add(s, byte(0))
		f.Add(s, byte('\''))
		f.Add(s, byte('"'))
	}
	f.Fuzz(func(t *testing.T, s string, style byte) {
		if strings.Contains(s, "\x00") || unmark(s) != s {
			return // no name on the wire holds these
		}
		open := rune(0)
		if style == '\'' || style == '"' {
			open = rune(style)
		}
		fake, _, err := run(t, false, "get "+Quote(s, open))
		if words := Words("get " + Quote(s, open)); len(words) != 2 || words[1].Text != s || words[1].IsPattern() {
			t.Errorf("%q in %q: Words gives %q", s, "get "+Quote(s, open), words)
		}
		if err != nil || len(fake.calls) != 1 || fake.calls[0] != "get|"+s {
			t.Errorf("%q in %q: %q %v", s, "get "+Quote(s, open), fake.calls, err)
		}
	})
}
