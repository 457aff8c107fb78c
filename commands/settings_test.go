package commands

import (
	"strings"
	"testing"
)

func TestSet(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.shows(t, "set retries", "retries\t3\t\n")
	d.shows(t, "set retries 5", "")
	d.shows(t, "set retries", "retries\t5\tset\n")
	d.shows(t, "set proxy http://u:p@h:1", "")
	d.shows(t, "set proxy", "proxy\thttp://u:****@h:1\tset\n")
	d.shows(t, "unset retries", "")
	d.shows(t, "set retries", "retries\t3\t\n")
	if all, _ := d.run(t, "set"); strings.Count(all, "\n") < 30 || strings.Contains(all, "u:p") {
		t.Errorf("set shows %q", all)
	}
}

func TestSetForASite(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	d.shows(t, "set -s ftp.example.com charset latin1", "")
	d.shows(t, "set -s ftp.example.com charset", "charset\tlatin1\tlearned\n")
	d.shows(t, "set -s [::1]:2121 charset latin1", "")
	d.shows(t, "set charset", "charset\tutf-8\t\n")
	d.shows(t, "unset -s ftp.example.com charset", "")
	d.shows(t, "set -s ftp.example.com charset", "charset\tutf-8\t\n")
	d.refuses(t, "set -s h:x charset latin1", `set: "h:x" is not host or host:port`)
	d.refuses(t, "set -s h color never", "set: color cannot differ from site to site")
}

func TestBadSettings(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	for line, want := range map[string]string{
		"set retires 5":       `set: no setting "retires"`,
		"unset retires":       `unset: no setting "retires"`,
		"set retries many":    `set: retries: "many" is not a number from 0 to 100`,
		"set color sometimes": `set: color: "sometimes" is not one of auto, always, never`,
	} {
		d.refuses(t, line, want)
	}
	_, err := d.run(t, "set retires 5")
	if hintOf(err) != "did you mean retries?" || ExitStatus(err) != int(StatusUsage) {
		t.Errorf("hint %q, status %d", hintOf(err), ExitStatus(err))
	}
}
