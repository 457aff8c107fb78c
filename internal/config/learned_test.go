package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestLearn(t *testing.T) {
	home := t.TempDir()
	c := New(environment(), home)
	learn := func(host string, port int, name, text string) {
		t.Helper()
		if err := c.Learn(host, port, name, text); err != nil {
			t.Fatal(err)
		}
	}
	learn("ftp.example.com", 21, "pipelining", "no")
	learn("fe80::1%eth0", 2121, "tls-max", "1.2")
	learn("ftp.example.com", 21, "epsv", "off")
	want := `# what ftpsh has learned about sites; lines may be deleted

[[fe80::1%eth0]:2121]
tls-max = "1.2"

[ftp.example.com:21]
pipelining = "off"
epsv = "off"
`
	path := filepath.Join(c.Paths().StateDir(), "sites")
	if got := read(t, path); got != want {
		t.Errorf("file:\n%s\nwant\n%s", got, want)
	}
	c = New(environment(), home)
	if err := c.Load(); err != nil {
		t.Fatal(err)
	}
	if c.At("ftp.example.com", 21).Bool("pipelining") || !c.At("ftp.example.com", 990).Bool("pipelining") {
		t.Error("pipelining was learned for one server only")
	}
	if got := c.At("FE80::1%eth0", 2121).Text("tls-max"); got != "1.2" {
		t.Errorf("tls-max %s", got)
	}
	if err := c.Forget("ftp.example.com", 21, "pipelining"); err != nil {
		t.Fatal(err)
	}
	if !c.At("ftp.example.com", 21).Bool("pipelining") || strings.Contains(read(t, path), "pipelining") {
		t.Error("not forgotten")
	}
}

func TestLearnKeepsWhatOtherSessionsLearned(t *testing.T) {
	home := t.TempDir()
	one, two := New(environment(), home), New(environment(), home)
	if err := one.Learn("a", 21, "epsv", "off"); err != nil {
		t.Fatal(err)
	}
	if err := two.Learn("b", 21, "epsv", "off"); err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"a", "b"} {
		if two.At(host, 21).Bool("epsv") {
			t.Errorf("%s is lost", host)
		}
	}
}

func TestLearnRefuses(t *testing.T) {
	c := New(environment(), t.TempDir())
	tests := []struct{ host, name, text, err string }{
		{"h", "prompt", "x", "prompt cannot differ from site to site"},
		{"h", "epsv", "x", `epsv: "x" is not on or off`},
		{"h", "epvs", "x", `no setting "epvs"`},
		{"", "epsv", "off", `"" is not a host`},
		{"h]\nverify=off\n[*", "epsv", "off", `"h]\nverify=off\n[*" is not a host`},
		{"*", "allow-clear", "on", `"*" is not a host`},
	}
	for _, test := range tests {
		if err := c.Learn(test.host, 21, test.name, test.text); err == nil || err.Error() != test.err {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// A file from a later version may hold settings that this one does not know,
// and a heading it cannot read: those lines must not land at another site.
func TestLearnedFileIsReadLeniently(t *testing.T) {
	c := New(environment(), t.TempDir())
	write(t, filepath.Join(c.Paths().StateDir(), "sites"),
		"verify = off\n[a:21]\nfuture = 1\nepsv = off\n[b:x]\nallow-clear = on\n")
	if err := c.Load(); err != nil {
		t.Fatal(err)
	}
	if c.At("a", 21).Bool("epsv") {
		t.Error("a good line was lost")
	}
	if c.At("a", 21).Bool("allow-clear") || !c.At("a", 21).Bool("verify") {
		t.Error("a line outside its section was used")
	}
}
