package wire

import (
	"strings"
	"testing"
)

func TestS01_GateRefusesControls(t *testing.T) {
	for _, verb := range []string{"USER", "PASS", "ACCT", "CWD", "RETR", "STOR", "MKD", "DELE", "RNFR", "SITE", "REST", "MDTM"} {
		for _, c := range []string{"\r", "\n", "\r\n", "\x00", "\x1b", "\x7f", "\x01"} {
			line := verb + " a" + c + "b"
			if err := checkLine(line, false); err == nil {
				t.Errorf("%q may pass", line)
			} else if strings.Contains(err.Error(), "a"+c) {
				t.Errorf("%q: the error repeats it: %v", line, err)
			}
			if err := checkLine(line, true); (err == nil) != (c == "\x1b" || c == "\x7f" || c == "\x01") {
				t.Errorf("%q with controls allowed: %v", line, err)
			}
		}
	}
	if checkLine("", true) == nil {
		t.Error("an empty line may pass")
	}
}

func TestS04_TelnetIAC(t *testing.T) {
	if got := string(encodeLine("RETR a\xffb", false)); got != "RETR a\xff\xffb\r\n" {
		t.Errorf("%q", got)
	}
	if got := string(encodeLine("RETR a\xffb", true)); got != "RETR a\xffb\r\n" {
		t.Errorf("raw: %q", got)
	}
}

func TestS73_SecretsAreMasked(t *testing.T) {
	for line, want := range map[string]string{
		"PASS secret": "PASS ****", "pass secret x": "pass ****", " Acct y": "Acct ****", "USER ann": "USER ann", "PASS": "PASS", "PASSIVE x": "PASSIVE x",
		"PASS\tx": "PASS ****",
	} {
		if got := mask(line); got != want {
			t.Errorf("mask(%q) = %q, want %q", line, got, want)
		}
	}
}

// A short secret is only masked where it stands alone: else a password "a" would leave nothing to read.
func TestSecretsAreHidden(t *testing.T) {
	var s secrets
	for _, secret := range []string{"hunter2", "ab", "", "ab"} {
		s.add(secret)
	}
	for text, want := range map[string]string{
		"530 hunter2 is wrong, xhunter2x too": "530 **** is wrong, x****x too",
		"about 'ab', ab: a table, ab":         "about '****', ****: a table, ****",
		"nothing":                             "nothing",
	} {
		if got := s.hide(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
