package config

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
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

// write writes a file, with its directory, for the user alone.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// read returns the text of a file.
func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// withFile returns the settings of a config file.
func withFile(t *testing.T, text string) *Config {
	t.Helper()
	c := New(environment(), t.TempDir())
	write(t, c.Paths().ConfigFile(), text)
	if err := c.Load(); err != nil {
		t.Fatal(err)
	}
	return c
}

// hint returns the hint of an error, "" if it has none.
func hint(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

func TestTableOfSettings(t *testing.T) {
	plain := New(environment(), "").At("", 0)
	var names []string
	for _, s := range Settings() {
		names = append(names, s.Name)
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(s.Name) {
			t.Errorf("name %q", s.Name)
		}
		if s.Help == "" || strings.HasSuffix(s.Help, ".") || strings.ToLower(s.Help[:1]) != s.Help[:1] && s.Help[:3] != "TLS" {
			t.Errorf("%s: help %q", s.Name, s.Help)
		}
		if text, err := s.canonical(s.Default); err != nil || text != s.Default {
			t.Errorf("%s: default %q is stored as %q, %v", s.Name, s.Default, text, err)
		}
		if (s.Kind == Choice) != (s.Choices != nil) || (s.Kind == Int) != (s.Max > s.Min) || s.Form != "" && s.Kind != Text {
			t.Errorf("%s: fields do not fit the kind", s.Name)
		}
		if s.general != "" && declared(s.general) == nil {
			t.Errorf("%s: no setting %s", s.Name, s.general)
		}
		if got := plain.Value(s.Name); got.Text != s.Default || got.Source != SourceDefault {
			t.Errorf("%s: %q from %s", s.Name, got.Text, got.Source)
		}
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(Settings()) {
		t.Error("a name is declared twice")
	}
}

func TestValidation(t *testing.T) {
	tests := []struct{ name, text, want, err string }{
		{"verify", "Yes", "on", ""},
		{"verify", "0", "off", ""},
		{"verify", "maybe", "", `verify: "maybe" is not on or off`},
		{"verify", "", "", `verify: "" is not on or off`},
		{"retries", " 7 ", "7", ""},
		{"retries", "-1", "", `retries: "-1" is not a number from 0 to 100`},
		{"retries", "3x", "", `retries: "3x" is not a number from 0 to 100`},
		{"timeout", "8", "8s", ""},
		{"timeout", "2m", "2m", ""},
		{"timeout", "1m30s", "1m30s", ""},
		{"timeout", "", "", ""},
		{"timeout", "0", "", `timeout: "0" is not a time such as 8s or 2m`},
		{"timeout", "-5s", "", `timeout: "-5s" is not a time such as 8s or 2m`},
		{"timeout", "off", "", `timeout: "off" is not a time such as 8s or 2m`},
		{"timeout", "48h", "", `timeout: "48h" is not a time such as 8s or 2m`},
		{"reply-timeout", "soon", "", `reply-timeout: "soon" is not a time such as 8s or 2m`},
		{"keepalive", "OFF", "off", ""},
		{"keepalive", "fast", "", `keepalive: "fast" is not a time such as 8s or 2m, or off`},
		{"tls", "Require", "require", ""},
		{"tls", "always", "", `tls: "always" is not one of auto, require, implicit, never`},
		{"bind", "fe80::1%eth0", "fe80::1%eth0", ""},
		{"bind", "localhost", "", `bind: "localhost" is not an IP address`},
		{"active-ports", "50000-50100", "50000-50100", ""},
		{"active-ports", "50000", "50000", ""},
		{"active-ports", "9-8", "", `active-ports: "9-8" is not a range of ports such as 50000-50100`},
		{"active-ports", "0-8", "", `active-ports: "0-8" is not a range of ports such as 50000-50100`},
		{"active-ports", "1-70000", "", `active-ports: "1-70000" is not a range of ports such as 50000-50100`},
		{"proxy", "socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080", ""},
		{"proxy", "http://u:p@proxy:3128/", "http://u:p@proxy:3128/", ""},
		{"proxy", "ftp://u:secret@proxy", "", `proxy: "ftp://u:****@proxy" is not socks5://host:port or http://host:port`},
		{"proxy", "proxy:3128", "", `proxy: "proxy:3128" is not socks5://host:port or http://host:port`},
		{"charset", "ISO-8859-1", "ISO-8859-1", ""},
		{"charset", "latin 1", "", `charset: "latin 1" is not the name of a charset`},
		{"timezone", "Europe/Berlin", "Europe/Berlin", ""},
		{"timezone", "Mars/Base", "", `timezone: "Mars/Base" is not utc, local or a name such as Europe/Berlin`},
		{"timezone", "../../etc/passwd", "", `timezone: "../../etc/passwd" is not utc, local or a name such as Europe/Berlin`},
		{"prompt", "ftp> ", "ftp> ", ""},
		{"prompt", "a\nb", "", `prompt: "a\nb" is not printable text`},
		{"pager", "less\x1b", "", `pager: "less\x1b" is not printable text`},
		{"ca", "a\x00b", "", `ca: "a\x00b" is not the path of a file`},
	}
	for _, test := range tests {
		c := New(environment(), t.TempDir())
		err := c.Set(SourceCommand, test.name, test.text)
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%s = %q: error %v, want %s", test.name, test.text, err, test.err)
			}
			continue
		}
		if got := c.At("", 0).Value(test.name).Text; err != nil || got != test.want {
			t.Errorf("%s = %q: %q, %v, want %q", test.name, test.text, got, err, test.want)
		}
	}
}

func TestUnknownNameHasAHint(t *testing.T) {
	tests := []struct{ name, hint string }{
		{"tiemout", "did you mean timeout?"},
		{"colour", "did you mean color?"},
		{"charst", "did you mean charset?"},
		{"tls-mix", "did you mean tls-min or tls-max?"},
		{"history", "did you mean history-size?"},
		{"x", "set lists all settings"},
		{"", "set lists all settings"},
		{"something-else", "set lists all settings"},
	}
	for _, test := range tests {
		_, err := Find(test.name)
		if err == nil || hint(err) != test.hint {
			t.Errorf("%q: %v, hint %q, want %q", test.name, err, hint(err), test.hint)
		}
	}
}

// Every source in turn, from the least to the greatest.
func TestSources(t *testing.T) {
	home := t.TempDir()
	c := New(environment("FTPANONPASS=env@"), home)
	at := c.At("ftp.example.com", 21)
	expect := func(text string, source Source) {
		t.Helper()
		if got := at.Value("anonymous-password"); got.Text != text || got.Source != source {
			t.Errorf("got %q from %s, want %q from %s", got.Text, got.Source, text, source)
		}
	}
	expect("env@", SourceEnvironment)
	write(t, c.Paths().ConfigFile(), "anonymous-password = file@\n")
	if err := c.Load(); err != nil {
		t.Fatal(err)
	}
	expect("file@", SourceFile)
	if err := c.Learn("FTP.example.com.", 21, "anonymous-password", "learned@"); err != nil {
		t.Fatal(err)
	}
	expect("learned@", SourceLearned)
	write(t, c.Paths().ConfigFile(), "[ftp.example.com]\nanonymous-password = site@\n")
	c = New(environment(), home)
	at = c.At("ftp.example.com", 21)
	if err := c.Load(); err != nil {
		t.Fatal(err)
	}
	expect("site@", SourceSite)
	if got := at.Value("anonymous-password").Where; got != c.Paths().ConfigFile()+":2" {
		t.Errorf("where: %q", got)
	}
	if err := c.Assign(SourceFlag, "anonymous-password=flag@"); err != nil {
		t.Fatal(err)
	}
	expect("flag@", SourceFlag)
	if err := c.Set(SourceCommand, "anonymous-password", "set@"); err != nil {
		t.Fatal(err)
	}
	expect("set@", SourceCommand)
	if err := c.Unset("anonymous-password"); err != nil {
		t.Fatal(err)
	}
	expect("site@", SourceSite)
}

func TestTimeoutSetsAll(t *testing.T) {
	c := withFile(t, "reply-timeout = 90\n[slow.example]\ndata-timeout = 10m\n")
	check := func(host string, want ...time.Duration) {
		t.Helper()
		var got []time.Duration
		for _, name := range []string{"connect-timeout", "tls-timeout", "reply-timeout", "data-timeout", "final-timeout"} {
			got = append(got, c.At(host, 21).Duration(name))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", host, got, want)
		}
	}
	const s = time.Second
	check("", 30*s, 30*s, 90*s, 60*s, 300*s)
	check("slow.example", 30*s, 30*s, 90*s, 600*s, 300*s)
	set := func(name, text string) {
		t.Helper()
		if err := c.Set(SourceCommand, name, text); err != nil {
			t.Fatal(err)
		}
	}
	set("tls-timeout", "5")
	set("timeout", "8")
	check("slow.example", 8*s, 8*s, 8*s, 8*s, 8*s)
	set("tls-timeout", "5")
	check("", 8*s, 5*s, 8*s, 8*s, 8*s)
	set("timeout", "")
	check("", 30*s, 5*s, 90*s, 60*s, 300*s)
}

func TestAssign(t *testing.T) {
	c := New(environment(), t.TempDir())
	for text, want := range map[string]string{
		"retries":     `"retries" is not name=value`,
		"retrise=3":   `no setting "retrise"`,
		"retries=a=b": `retries: "a=b" is not a number from 0 to 100`,
	} {
		if err := c.Assign(SourceFlag, text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if err := c.Unset("retrise"); hint(err) != "did you mean retries?" {
		t.Errorf("unset: %v", err)
	}
}

func TestValuesOfEachKind(t *testing.T) {
	c := withFile(t, `
active-ports = 4000-4010
timezone = Europe/Berlin
prompt = "%m> "
proxy = socks5://u:secret@p:1080
keepalive = off
ca = certs/ca.pem
key = ~/key.pem
cert = /etc/cert.pem
`)
	v := c.At("", 0)
	if low, high := v.ActivePorts(); low != 4000 || high != 4010 {
		t.Errorf("ports %d-%d", low, high)
	}
	if got := v.Zone().String(); got != "Europe/Berlin" {
		t.Errorf("zone %s", got)
	}
	if got := v.Text("prompt"); got != "%m> " {
		t.Errorf("prompt %q", got)
	}
	if got := v.Value("proxy").Shown(); got != "socks5://u:****@p:1080" {
		t.Errorf("proxy is shown as %q", got)
	}
	if !v.Bool("passive") || v.Bool("bell") || v.Int("retries") != 3 || v.Duration("keepalive") != 0 {
		t.Error("a typed value is wrong")
	}
	if got := len(v.All()); got != len(Settings()) {
		t.Errorf("All returned %d", got)
	}
	for name, want := range map[string]string{
		"ca":   filepath.Join(c.Paths().ConfigDir(), "certs", "ca.pem"),
		"key":  filepath.Join(filepath.Dir(filepath.Dir(c.Paths().ConfigDir())), "key.pem"),
		"cert": "/etc/cert.pem",
	} {
		if got := v.Text(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestMistakesOfTheProgramPanic(t *testing.T) {
	v := New(environment(), "").At("", 0)
	for name, call := range map[string]func(){
		"undeclared": func() { v.Bool("passiv") },
		"wrong kind": func() { v.Int("passive") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

func TestEnvironment(t *testing.T) {
	c := New(environment("PAGER=bat -p", "FTPANONPASS=bad\x1b"), "")
	for name, want := range map[string]Value{
		"pager":              {Text: "bat -p", Source: SourceEnvironment, Where: "PAGER"},
		"anonymous-password": {Text: "anonymous@", Source: SourceDefault},
	} {
		got := c.At("", 0).Value(name)
		if got.Text != want.Text || got.Source != want.Source || got.Where != want.Where {
			t.Errorf("%s: %q from %s %s", name, got.Text, got.Source, got.Where)
		}
	}
}

func TestManyGoroutines(t *testing.T) {
	c := New(environment(), t.TempDir())
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 50 {
				c.At("h", 21).Duration("timeout")
				if err := c.Set(SourceCommand, "retries", strconv.Itoa(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if len(c.given) != 1 {
		t.Errorf("%d assignments for one setting", len(c.given))
	}
}
