package main

import (
	"fmt"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// The secrets are searched for in all that the program prints and in all files that it leaves: see visitor.

// looks are commands that show what is known.
var looks = []string{"status", "timing", "timing --json", "explain", "history", "set", "welcome", "tls", "features", "system", "rstatus", "quote NOOP", "log"}

// shows runs lines with all shown and kept that can be, and looks.
func (v *visitor) shows(addr string, flags []string, lines ...string) {
	v.t.Helper()
	log := fmt.Sprintf("log%d", len(v.files()))
	args := append([]string{"-dddd", "-v", "--log", log, "--retries", "0", "--timeout", "10"}, flags...)
	for _, line := range append(lines, looks...) {
		args = append(args, "-c", "-"+line)
	}
	v.ftpsh("", append(args, addr)...)
	if v.file(log) == "" {
		v.t.Error("nothing was logged")
	}
}

// echoing makes a server repeat the password and the account wherever it can.
func echoing(server *script.Server, secrets ...string) {
	for _, secret := range secrets {
		said := "your password is '" + secret + "'!"
		for verb, code := range map[string]string{
			"NOOP": "200", "SYST": "215", "HELP": "214", "SITE": "200", "CWD": "550", "DELE": "450", "RMD": "501", "MKD": "550", "SIZE": "550",
		} {
			server.Answer(verb, code+"-"+said, " "+said, code+" "+said)
		}
		server.Answer("STAT", "211-"+said, "211 "+said)
	}
}

func TestS73_ThePasswordIsNowhere(t *testing.T) {
	v, server := atScript(t, script.Options{})
	echoing(server, scriptPassword)
	v.shows(server.Addr(), nil, "cd x", "rm x", "rmdir x", "mkdir x", "size x", "get x", "quote STAT", "quote -d LIST", "site x")
	v.shows("ftp://ann:"+scriptPassword+"@"+server.Addr(), nil, "pwd")
	v.shows(server.Addr(), []string{"-n"}, "user ann "+scriptPassword, "rm x")
	v.shows(server.Addr(), []string{"-n"}, "quote USER ann", "quote pass "+scriptPassword, "quote  PASS  "+scriptPassword, "rm x")
	v.ftpsh("user ann "+scriptPassword+"\n-quote PASS "+scriptPassword+"\nnonesuch "+scriptPassword+"\n", "-dddd", "-n", server.Addr())
}

// Nor is one that the server refuses and repeats.
func TestS73_ARefusedPasswordIsNowhere(t *testing.T) {
	v, server := atScript(t, script.Options{})
	for _, answer := range []string{"530 no " + scriptPassword, "421 no " + scriptPassword, "331 " + scriptPassword + "?", "332 account for " + scriptPassword} {
		server.Answer("PASS", answer)
		v.shows(server.Addr(), nil, "pwd")
	}
}

// An account is as secret as a password, and so is one that few letters are.
func TestS73_AccountsAndShortPasswordsAreNowhere(t *testing.T) {
	const account, short = "Plugh-1976", "zq7"
	server := ftptest.Script(t, script.Options{User: "ann", Password: short, Account: account})
	v := newVisitor(t)
	v.secrets = []string{short, account}
	echoing(server, short)
	server.Answer("ACCT", "230 thanks for "+account)
	v.shows(server.Addr(), []string{"-n"}, "user ann "+short+" "+account, "rm x", "account "+account, "quote ACCT "+account)
}

// Targets and flags that hold a password are refused without repeating it.
func TestS73_RefusalsDoNotRepeatThePassword(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.ftpsh("", "-u", "ann,"+scriptPassword, server.Addr())
	v.ftpsh("", "-c", "open -u ann,"+scriptPassword+" "+server.Addr())
	v.ftpsh("", "ftp://ann:"+scriptPassword+"@"+server.Addr()+"@other/")
	v.ftpsh("", "-c", "bookmark x ftp://ann:"+scriptPassword+"@"+server.Addr()+"/")
}
