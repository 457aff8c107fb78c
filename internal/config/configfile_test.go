package config

import (
	"strings"
	"testing"
)

func TestSections(t *testing.T) {
	c := withFile(t, `
# a comment
charset = cp850

[*.example.com]
charset = latin1
[ftp.Example.com:2121]
charset = koi8-r
[::1]
charset = cp437
[[::1]:2121]
charset = cp1252
[192.0.2.?]
charset = sjis
`)
	tests := []struct {
		host string
		port int
		want string
	}{
		{"", 0, "cp850"},
		{"other.org", 21, "cp850"},
		{"example.com", 21, "cp850"},
		{"ftp.example.com", 21, "latin1"},
		{"FTP.EXAMPLE.COM.", 2121, "koi8-r"},
		{"::1", 21, "cp437"},
		{"::1", 2121, "cp1252"},
		{"192.0.2.7", 21, "sjis"},
		{"192.0.2.77", 21, "cp850"},
	}
	for _, test := range tests {
		if got := c.At(test.host, test.port).Text("charset"); got != test.want {
			t.Errorf("%s port %d: %s, want %s", test.host, test.port, got, test.want)
		}
	}
}

func TestConfigFileErrorsNameTheLine(t *testing.T) {
	tests := []struct{ text, err, hint string }{
		{"\n# x\ntiemout = 3\n", ":3: no setting \"tiemout\"", "did you mean timeout?"},
		{"timeout 3", ":1: \"timeout 3\" is neither name = value nor [site]", ""},
		{"retries = many", ":1: retries: \"many\" is not a number from 0 to 100", ""},
		{"[host\ncharset = x", ":1: section has no ] at its end", ""},
		{"[]", ":1: site \"\" is not host or host:port", ""},
		{"[a b]", ":1: site \"a b\" is not host or host:port", ""},
		{"[host:ftp]", ":1: site \"host:ftp\": port is not from 1 to 65535", ""},
		{"[host:0]", ":1: site \"host:0\": port is not from 1 to 65535", ""},
		{"[a[]", ":1: site \"a[\" is not host or host:port", ""},
		{"[::1]:21]", ":1: site \"::1]:21\" is not host or host:port", ""},
		{"[host]\nprompt = x", ":2: prompt cannot differ from site to site", ""},
		{"password = x", ":1: no setting \"password\"", "set lists all settings"},
		{"\x00", ":1: \"\\x00\" is neither name = value nor [site]", ""},
	}
	for _, test := range tests {
		c := New(environment(), t.TempDir())
		path := c.Paths().ConfigFile()
		write(t, path, "bell = on\n"+test.text)
		err := c.Load()
		number := strings.SplitN(test.err, ":", 3)[1]
		want := path + strings.Replace(test.err, ":"+number+":", ":"+string(number[0]+1)+":", 1)
		if err == nil || err.Error() != want || hint(err) != test.hint {
			t.Errorf("%q: error %v, hint %q; want %s", test.text, err, hint(err), want)
		}
		if c.At("", 0).Bool("bell") {
			t.Errorf("%q: a bad file was used in part", test.text)
		}
	}
}

func TestNoFileNoHome(t *testing.T) {
	for _, home := range []string{t.TempDir(), "", "relative"} {
		c := New(environment(), home)
		if err := c.Load(); err != nil {
			t.Errorf("home %q: %v", home, err)
		}
		if rc, err := c.Paths().RC(); rc != "" || err != nil {
			t.Errorf("home %q: rc %q, %v", home, rc, err)
		}
	}
}

func FuzzConfigFile(f *testing.F) {
	f.Add("timeout = 3\n[host:21]\ncharset = \"latin1\"\n")
	f.Add("[*.x]\nproxy = socks5://u:p@h:1\n# c\nprompt = \"> \"\r\n")
	f.Add("[[::1]:21]\nverify=no\n[bad\nverify=no\n")
	f.Fuzz(func(t *testing.T, text string) {
		c := New(environment(), "/home/u")
		found, problems := c.parse("config", text)
		if len(found)+len(problems) > strings.Count(text, "\n")+1 {
			t.Fatalf("%d results from %q", len(found)+len(problems), text)
		}
		c.given = found
		for _, value := range c.At("host", 21).All() {
			s := value.Setting
			if again, err := s.canonical(value.Text); err != nil || again != value.Text {
				t.Fatalf("%s holds %q, which is not valid: %v", s.Name, value.Text, err)
			}
		}
	})
}
