package config

import (
	"path/filepath"
	"strings"
	"testing"
)

// writeNetrc writes a file of logins and returns it.
func writeNetrc(t *testing.T, text string) Netrc {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".netrc")
	write(t, path, text)
	return Netrc{Path: path}
}

// Files times hosts: what is sent where. "-" is nothing.
func TestS76_FilesTimesHosts(t *testing.T) {
	const usual = "machine ftp.example.com login bob password b1 account ac\n" +
		"machine ftp.example.com login amy password a1\n" +
		"machine other.org\n\tlogin x\n\tpassword x1\n" +
		"default login anonymous password me@home\n"
	tests := []struct {
		file, host, user string
		want             string // user/password/account
	}{
		{usual, "ftp.example.com", "", "bob/b1/ac"},
		{usual, "FTP.Example.COM", "bob", "bob/b1/ac"},
		{usual, "ftp.example.com", "amy", "amy/a1/"},
		{usual, "ftp.example.com", "eve", "-"},
		{usual, "ftp.example.com", "BOB", "-"},
		{usual, "other.org", "", "x/x1/"},
		{usual, "example.com", "bob", "-"},
		{usual, "ftp.example.com.evil.org", "bob", "-"},
		{usual, "xftp.example.com", "bob", "-"},
		{usual, "unknown.net", "", "anonymous/me@home/"},
		{usual, "unknown.net", "anonymous", "anonymous/me@home/"},
		{usual, "unknown.net", "ftp", "ftp/me@home/"},
		{usual, "unknown.net", "bob", "-"},
		{"default login bob password b1\n", "any", "", "-"},
		{"default login bob password b1\n", "any", "anonymous", "-"},
		{"default password b1\n", "any", "", "-"},
		{"default login ftp password x machine h login u password p", "h", "", "u/p/"},
		{"machine h password p\n", "h", "", "-"},
		{"machine h password p\n", "h", "bob", "-"},
		{"machine h password p\nmachine h login bob password q", "h", "", "bob/q/"},
		{"machine h login bob\n", "h", "", "bob//"},
		{"machine h password p login bob", "h", "", "bob/p/"},
		{"machine\nh\nlogin\nbob\npassword\np", "h", "bob", "bob/p/"},
		{"machine h user bob passwd p\r\n", "h", "", "bob/p/"},
		{"\ufeffmachine h login bob password p", "h", "", "bob/p/"},
		{"# machine h login a password b\nmachine h login bob # password x\npassword p", "h", "", "bob/p/"},
		{"machine h login bob password #hash", "h", "", "bob/#hash/"},
		{`machine h login "bob smith" password "a \"b\" \\ c"`, "h", "", `bob smith/a "b" \ c/`},
		{`machine h login bob password a\b"c`, "h", "", `bob/a\b"c/`},
		{`machine h login bob password ""`, "h", "", "bob//"},
		{"machine h login bob password pass word\n", "h", "", "-"},
		{"machine h login bob password pass word\nmachine i login u password p", "i", "", "u/p/"},
		{"stray words machine h login bob password p", "h", "", "bob/p/"},
		{"machine h login machine password machine", "h", "", "machine/machine/"},
		{"", "h", "", "-"},
		{"\n\n# only a comment", "h", "", "-"},
	}
	for _, test := range tests {
		login, found, _ := writeNetrc(t, test.file).Lookup(test.host, test.user)
		got := "-"
		if found {
			got = login.User + "/" + login.Password + "/" + login.Account
		}
		if got != test.want {
			t.Errorf("%q\nfor %s, user %q: %s, want %s", test.file, test.host, test.user, got, test.want)
		}
	}
}

func TestS76_MalformedFilesAreNotUsed(t *testing.T) {
	const good = "machine h login bob password p\n"
	tests := []struct{ name, file, want string }{
		{"NUL", good + "machine a login b\x00 password c", ":2: line has a control byte; the file is not used"},
		{"ESC", good + "\x1b[2J", ":2: line has a control byte; the file is not used"},
		{"lone CR", good + "machine a\rlogin b", ":2: line has a control byte; the file is not used"},
		{"DEL in quotes", good + "machine a login \"b\x7f\"", ":2: line has a control byte; the file is not used"},
		{"open quote", good + "machine a login \"b\npassword c\"", ":2: quote is not closed on its line; the file is not used"},
		{"backslash at the end", good + "machine a login \"b\\\n\"", ":2: quote is not closed on its line; the file is not used"},
		{"no value", good + "\nmachine", ":3: nothing follows machine; the file is not used"},
		{"long line", good + "# " + strings.Repeat("x", maxNetrcLine), ":2: line is longer than 16384 bytes; the file is not used"},
		{"10 MB", strings.Repeat(good, 10<<20/len(good)), ": file too large"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := writeNetrc(t, test.file)
			_, found, warnings := n.Lookup("h", "")
			if found || len(warnings) != 1 || !strings.HasSuffix(warnings[0].Error(), n.Path+test.want) {
				t.Errorf("found %v, warnings %v", found, warnings)
			}
		})
	}
}

func TestS76_WarningsNameTheEntryAndNoSecret(t *testing.T) {
	tests := []struct{ file, want string }{
		{"\nmachine h login bob password my s3cret", ":2: entry has a word that netrc does not know, and is not used"},
		{"machine h password s3cret", ":1: entry has no login, and is not used"},
		{"default login bob password s3cret", ":1: default is used for anonymous logins only"},
	}
	for _, test := range tests {
		n := writeNetrc(t, test.file)
		_, found, warnings := n.Lookup("h", "")
		if found || len(warnings) != 1 || warnings[0].Error() != n.Path+test.want {
			t.Errorf("%q: found %v, warnings %v", test.file, found, warnings)
		}
		if _, _, warnings := n.Lookup("elsewhere", "amy"); len(warnings) != 0 {
			t.Errorf("%q: warned about an entry that does not matter: %v", test.file, warnings)
		}
	}
}

func TestS76_FileIsReadAgain(t *testing.T) {
	n := writeNetrc(t, "machine h login bob password old")
	n.Lookup("h", "")
	write(t, n.Path, "machine h login bob password new")
	if login, _, _ := n.Lookup("h", ""); login.Password != "new" {
		t.Errorf("password %q", login.Password)
	}
}

func TestNetrcMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	if _, found, warnings := (Netrc{Path: path}).Lookup("h", ""); found || warnings != nil {
		t.Errorf("found %v, warnings %v", found, warnings)
	}
	if _, _, warnings := (Netrc{Path: path, Required: true}).Lookup("h", ""); len(warnings) != 1 {
		t.Errorf("a file that was asked for: warnings %v", warnings)
	}
	if _, found, warnings := New(environment(), "").Netrc().Lookup("h", ""); found || warnings != nil {
		t.Errorf("no home: found %v, warnings %v", found, warnings)
	}
}

// The text of a macro once set the password, and init ran on connecting.
func TestS77_MacrosAreSkipped(t *testing.T) {
	const file = "machine h login bob password p\n" +
		"macdef init\n" +
		"login evil\npassword evil\n!touch pwned\nmachine i login evil password evil\n" +
		"\n" +
		"machine j login amy password q\n" +
		"macdef up\nput x\r\n\r\nmachine k login k password k\n" +
		"macdef last\nmachine l login evil password evil"
	n := writeNetrc(t, file)
	login, found, warnings := n.Lookup("h", "")
	if !found || login != (Login{"bob", "p", ""}) {
		t.Errorf("h: %v, %v", login, found)
	}
	if len(warnings) != 1 || warnings[0].Error() != n.Path+":2: macdef init is never run" {
		t.Errorf("warnings %v", warnings)
	}
	for host, user := range map[string]string{"i": "", "j": "amy", "k": "k", "l": ""} {
		login, _, warnings := n.Lookup(host, "")
		if login.User != user || len(warnings) != 0 {
			t.Errorf("%s: %v, warnings %v", host, login, warnings)
		}
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add("machine h login bob password p account a\ndefault login anonymous password x\n")
	f.Add("machine h login \"b \\\" x\" # c\nmacdef init\n!rm\n\npassword p")
	f.Add("macdef\n\"\n\\")
	f.Fuzz(func(t *testing.T, text string) {
		entries, line, err := parseNetrc(text)
		if lines := strings.Count(text, "\n") + 1; err != nil && (line < 1 || line > lines) {
			t.Fatalf("error on line %d of %d: %v", line, lines, err)
		}
		for _, entry := range entries {
			for _, word := range []string{entry.host, entry.User, entry.Password, entry.Account} {
				if strings.ContainsAny(word, "\x00\r\n\x1b\x7f") {
					t.Fatalf("%q has a control byte", word)
				}
			}
			if entry.isFor("elsewhere", "bob") && entry.host != "elsewhere" {
				t.Fatalf("entry for %q was taken for another host", entry.host)
			}
		}
	})
}
