package commands

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/lang"
)

// bound writes a call as its values: remote=a local=b -c --limit-rate=20M.
func bound(c *Call) string {
	var parts []string
	for _, a := range c.Command.Args {
		if c.Given(a.Name) {
			parts = append(parts, fmt.Sprintf("%s=%s", a.Name, c.Rest(a.Name)))
		}
	}
	for i := range c.Command.Flags {
		f := &c.Command.Flags[i]
		name := strings.TrimLeft(f.name(), "-")
		for _, value := range c.Values(name) {
			parts = append(parts, strings.TrimSuffix(f.name()+"="+value, "="))
		}
	}
	return strings.Join(parts, " ")
}

func TestParse(t *testing.T) {
	tests := []struct{ line, want, problem string }{
		{"get a", "remote=a", ""},
		{"get a b", "remote=a local=b", ""},
		{"rec a b", "remote=a local=b", ""},
		{"get 'a b' -o x", "remote=a b -o=x", ""},
		{"get -o x a", "remote=a -o=x", ""},
		{"get a -ox", "remote=a -o=x", ""},
		{"get -cfox a", "remote=a -o=x -c -f", ""},
		{"get -cfo x a", "remote=a -o=x -c -f", ""},
		{"get --continue a", "remote=a -c", ""},
		{"get --limit-rate=20M a", "remote=a --limit-rate=20M", ""},
		{"get --limit-rate 20M a", "remote=a --limit-rate=20M", ""},
		{"get -o -c a", "remote=a -o=-c", ""}, // the word behind a flag is its value, whatever it is
		{"get - -o -", "remote=- -o=-", ""},
		{"get -- -c -x", "remote=-c local=-x", ""},
		{"get -o x -o y a", "remote=a -o=x -o=y", ""},
		{"get ''", "remote=", ""},
		{"mdir a b c", "path=a b local=c", ""},
		{"mdir a b", "path=a local=b", ""},
		{"mdelete a b c", "file=a b c", ""},
		{"quote SITE -x -- 'a  b'", "line=SITE -x -- a  b", ""},
		{"quote -d LIST -d", "line=LIST -d -d", ""},
		{"mode", "", ""},
		{"mode STREAM", "mode=stream", ""},
		{"restart 10m", "offset=10m", ""},
		{"restart OFF -w 2", "offset=off -w=2", ""},

		{"get", "", "get: missing remote"},
		{"get a b c", "", `get: too many arguments, from "c" on`},
		{"get -x a", "", "get: unknown flag -x"},
		{"get -cx a", "", "get: unknown flag -x"},
		{"get --yes a", "", "get: unknown flag --yes"},
		{"get --c a", "", "get: unknown flag --c"},
		{"get --json=1 a", "", "get: --json takes no value"},
		{"get a -o", "", "get: -o needs a value: file"},
		{"get a --limit-rate", "", "get: --limit-rate needs a value: rate"},
		{"get a --limit-rate=fast", "", `get: --limit-rate: size "fast" is not a number with an optional unit (k, m, g, t)`},
		{"mdir", "", "mdir: missing path"},
		{"mdir a", "", "mdir: missing local"},
		{"mdelete", "", "mdelete: missing file"},
		{"mode record", "", `mode: "record" is not one of stream, block`},
		{"restart x", "", `restart: offset: size "x" is not a number with an optional unit (k, m, g, t)`},
		{"restart 1 -w x", "", `restart: -w: "x" is not a time such as 8, 8s or 2m`},
		{"restart 1 -w -2", "", `restart: -w: "-2" is not a time such as 8, 8s or 2m`},
	}
	table := sampleTable()
	for _, test := range tests {
		call, err := table.Parse(lang.Words(test.line))
		switch {
		case test.problem != "":
			if call != nil || err == nil || err.Error() != test.problem {
				t.Errorf("%s\n got %v\nwant %s", test.line, err, test.problem)
			}
		case err != nil:
			t.Errorf("%s\n got %v\nwant %s", test.line, err, test.want)
		case bound(call) != test.want:
			t.Errorf("%s\n got %s\nwant %s", test.line, bound(call), test.want)
		}
	}
}

func TestUnknownFlagHintsAtDashes(t *testing.T) {
	_, err := sampleTable().Parse(lang.Words("get -x"))
	if want := `a name that starts with "-": put -- before it`; hintOf(err) != want {
		t.Errorf("hint is %q; want %q", hintOf(err), want)
	}
}

func TestUsageLines(t *testing.T) {
	want := map[string]string{
		"get":     "get [-o file] [-cf] [--limit-rate=rate] [--json] remote [local]",
		"mdelete": "mdelete file...",
		"mdir":    "mdir path... local",
		"quote":   "quote [-d] line...",
		"mode":    "mode [stream|block]",
		"restart": "restart [-w time] off|offset",
		"grab":    "grab",
	}
	for name, usage := range want {
		c, _ := sampleTable().Find(name)
		if c.Usage() != usage {
			t.Errorf("usage is %q; want %q", c.Usage(), usage)
		}
	}
}

func TestCallValues(t *testing.T) {
	call, err := sampleTable().Parse(lang.Words("restart 10k -w 1m30s"))
	if err != nil {
		t.Fatal(err)
	}
	if n, d := call.Number("offset"), call.Duration("w"); n != 10<<10 || d != 90*time.Second {
		t.Errorf("offset is %d, -w is %v", n, d)
	}
	if call.Has("w") != true || call.Value("w") != "1m30s" || !slices.Equal(call.Values("w"), []string{"1m30s"}) {
		t.Errorf("-w is %v, %q, %q", call.Has("w"), call.Value("w"), call.Values("w"))
	}
}

func TestUndeclaredNamePanics(t *testing.T) {
	call, _ := sampleTable().Parse(lang.Words("get a"))
	for name, use := range map[string]func(){
		"argument": func() { call.Arg("remtoe") },
		"flag":     func() { call.Has("x") },
		"number":   func() { call.Number("x") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("an undeclared %s does not panic", name)
				}
			}()
			use()
		}()
	}
}

// FuzzParse: binding never panics, and what it accepts it accepts from its own words again.
func FuzzParse(f *testing.F) {
	f.Add("get -cfox a -- -b")
	f.Add("quote -d LIST -a")
	f.Add("restart -w2 --")
	table := sampleTable()
	f.Fuzz(func(t *testing.T, line string) {
		words := lang.Words(line)
		if len(words) == 0 {
			return
		}
		call, err := table.Parse(words)
		if (call == nil) == (err == nil) {
			t.Errorf("%q: call %v, error %v", line, call, err)
		}
	})
}
