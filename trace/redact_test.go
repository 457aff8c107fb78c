package trace

import (
	"strings"
	"testing"
	"time"

	"ftpsh/internal/wire"
)

// redacted masks a conversation: lines that begin with a digit or a blank are replies to the latest command,
// and what is left of the tokens is compared.
func redacted(r *redactor, lines ...string) string {
	var out []string
	verb := ""
	for _, line := range lines {
		e := wire.Event{Text: line, Raw: []byte(line + "\r\n"), Verb: verb}
		switch {
		case line[0] >= '0' && line[0] <= '9':
			e.Kind, e.Code, e.Last = wire.Received, int(line[0]-'0')*100, line[3] == ' '
		case line[0] == ' ':
			e.Kind = wire.Received
		default:
			verb, _, _ = strings.Cut(line, " ")
			e.Kind, e.Verb = wire.Sent, verb
		}
		e = r.event(e)
		if string(e.Raw) != e.Text+"\r\n" {
			out = append(out, "raw differs:")
		}
		out = append(out, e.Text)
	}
	return strings.Join(out, "\n")
}

func TestRedactMasksWhoWhereAndWhat(t *testing.T) {
	tests := []struct{ name, give, want string }{
		{"banner", "220 ProFTPD 1.3.8 Server (ACME Files) [203.0.113.9]", "220 ProFTPD 1.3.8 Server (word1 Files) [192.0.2.1]"},
		{"banner with the host", "220-Welcome to Files.Acme.example, Ann!", "220-Welcome to host1, user1!"},
		{"vsftpd", "220 (vsFTPd 3.0.5)", "220 (vsFTPd 3.0.5)"},
		{"login", "USER ann\n331 Password required for ann\nPASS ****\n230 User ann logged in. Welcome, Ms Smith",
			"USER user1\n331 Password required for user1\nPASS ****\n230 User user1 logged in. Welcome, word1 word2"},
		{"anonymous", "USER anonymous\n331 Please specify the password.", "USER anonymous\n331 Please specify the password."},
		{"directory", "PWD\n257 \"/home/ann/My Files\" is the current directory\nCWD My Files\n250 CWD command successful",
			"PWD\n257 \"/name1/user1/name2\" is the current directory\nCWD name2\n250 CWD command successful"},
		{"file", "RETR a b.txt\n150 Opening BINARY mode data connection for a b.txt (4711 bytes).\n226 Transfer complete.",
			"RETR name1\n150 Opening BINARY mode data connection for name1 (4711 bytes).\n226 Transfer complete."},
		{"refusal", "DELE /srv/x\n550 /srv/x: Permission denied", "DELE /name1/name2\n550 /name1/name2: Permission denied"},
		{"another path", "CWD x\n550 can't enter /srv/data/x.", "CWD name1\n550 can't enter /name2/name3/name1."},
		{"a path of harmless words", "CWD file\n250 Current directory is /home/public/file", "CWD name1\n250 Current directory is /name2/name3/name1"},
		{"no path", "NOOP\n200 Sent 12 KB at 3 KB/s, data and/or commands", "NOOP\n200 Sent 12 KB at 3 KB/s, data and/or commands"},
		{"a file called like a word", "DELE file\n550 file: no such file", "DELE name1\n550 name1: no such name1"},
		{"temporary", "STOR .x.iso.ftpsh-abcdefgh\nRNFR .x.iso.ftpsh-abcdefgh\nRNTO x.iso\nRETR ../..",
			"STOR .name1.ftpsh-abcdefgh\nRNFR .name1.ftpsh-abcdefgh\nRNTO name1\nRETR ../.."},
		{"PASV", "PASV\n227 Entering Passive Mode (203,0,113,9,195,80).", "PASV\n227 Entering Passive Mode (192,0,2,1,195,80)."},
		{"PASV private", "PASV\n227 Entering Passive Mode (192,168,7,8,195,80).", "PASV\n227 Entering Passive Mode (10,0,0,1,195,80)."},
		{"PASV nowhere", "PASV\n227 Entering Passive Mode (0,0,0,0,195,80).", "PASV\n227 Entering Passive Mode (0,0,0,0,195,80)."},
		{"EPSV", "EPSV\n229 Entering Extended Passive Mode (|||50000|)", "EPSV\n229 Entering Extended Passive Mode (|||50000|)"},
		{"active", "PORT 198,51,100,7,195,80\nEPRT |2|2a00:1450::1|50000|", "PORT 192,0,2,1,195,80\nEPRT |2|2001:db8::1|50000|"},
		{"FEAT", "FEAT\n211-Features:\n MLST type*;size*;UNIX.owner*;\n AUTH TLS\n211 End", "FEAT\n211-Features:\n MLST type*;size*;UNIX.owner*;\n AUTH TLS\n211 End"},
		{"HELP", "HELP\n214 Direct comments to root@ftp.acme.example", "HELP\n214 Direct comments to host2"},
		{"STAT", "STAT dir\n213-Status of dir:\n -rw-r--r-- 1 ann staff 12 Jan 1 00:00 salary.xls\n213 End", "STAT name1\n213-Status of name1:\n masked\n213 End"},
		{"MLST", "MLST x\n250-Start\n type=file;perm=adfrw;UNIX.ownername=ann; /srv/x\n250 End", "MLST name1\n250-Start\n type=file;perm=adfrw;host2=user1; /name2/name1\n250 End"},
		{"numbers", "SIZE 2024\n213 2024", "SIZE name1\n213 2024"},
		{"options", "LIST -la\nLIST -la /x y\nMFMT 20260101000000 x y\nSITE CHMOD 644 x y\nSITE HELP", "LIST -la\nLIST -la /name1\nMFMT 20260101000000 name1\nSITE CHMOD 644 name1\nSITE HELP"},
		{"time", "MDTM x\n213 20261128120000.123", "MDTM name1\n213 20261128120000.123"},
		// These two were told by one table, and what one had put there was no address to the other.
		{"a directory called like an address", "CWD 203.0.113.9\n250 now in /203.0.113.9\nPASV\n227 ok (203,0,113,9,195,80)", "CWD name1\n250 now in /name2\nPASV\n227 ok (192,0,2,1,195,80)"},
		{"bytes", "DELE \xff\n550 \xff\xfe?", "DELE name1\n550 name1word1?"},
	}
	for _, test := range tests {
		r := newRedactor()
		r.know("files.acme.example", "ann")
		if got := redacted(r, strings.Split(test.give, "\n")...); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

func TestRedactKnowsAHostThatIsAnAddress(t *testing.T) {
	r := newRedactor()
	r.know("203.0.113.9", "ann")
	if got := redacted(r, "PASV", "227 ok (203,0,113,9,195,80)"); got != "PASV\n227 ok (192,0,2,1,195,80)" {
		t.Errorf("got %q", got)
	}
}

// Nothing of a whole session is left: not in our own words, not in the description of connections, nor in what
// they carried.
func TestRedactLeavesNothing(t *testing.T) {
	tls := everything(t, wire.Secured)
	report := &wire.DataReport{Command: "RETR /srv/salary.xls", Mode: "PASV", Announced: "203.0.113.9:50000", Used: "203.0.113.9:50000", Err: tls.Data.Err}
	text := written(t, LogOptions{Redact: true},
		wire.Event{Kind: wire.Resolved, Text: "203.0.113.9, 2a00:1450:4001:81b::200e", Since: time.Second},
		wire.Event{Kind: wire.Connected, Text: "203.0.113.9:21"},
		wire.Event{Kind: wire.Decision, Text: "files.acme.example: lookup files.acme.example: no such host"},
		tls,
		wire.Event{Kind: wire.DataOpened, Data: report},
		wire.Event{Kind: wire.DataBegan, Raw: []byte("salary"), Data: report},
		wire.Event{Kind: wire.DataClosed, Data: report},
	)
	for _, secret := range []string{"203.0.113", "2a00:1450", "acme", "salary", "srv", "localhost", "certificates"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is left in\n%s", secret, text)
		}
	}
	for _, kept := range []string{`"used":"192.0.2.1:50000"`, "TLS 1.3", "no such host", `"RETR /name2/name3"`} {
		if !strings.Contains(text, kept) {
			t.Errorf("%s is gone from\n%s", kept, text)
		}
	}
}

// Whatever is said, a secret path is not left, and the lines stay lines.
func FuzzRedact(f *testing.F) {
	f.Add("RETR", "a b.txt", "150 Opening a b.txt (3 bytes)")
	f.Add("CWD", `C:\x\..\zyx`, `250 "C:\x" is there, 10.0.0.1 and ::1`)
	f.Add("SITE", "CHMOD 644 x", "200 ok")
	f.Fuzz(func(t *testing.T, verb, argument, reply string) {
		const secret = "Xyzzy-1974"
		r := newRedactor()
		r.know("files.acme.example", "ann")
		command := r.event(wire.Event{Kind: wire.Sent, Verb: verb, Text: verb + " " + argument, Raw: []byte(verb + " " + argument + "\r\n")})
		got := r.event(wire.Event{Kind: wire.Received, Verb: verb, Code: 250, Last: true, Text: reply, Raw: []byte(reply + "\r\n")})
		if strings.ContainsAny(command.Text+got.Text, "\r\n") && !strings.ContainsAny(verb+argument+reply, "\r\n") {
			t.Errorf("%q became %q, %q became %q", argument, command.Text, reply, got.Text)
		}
		r.event(wire.Event{Kind: wire.Sent, Verb: "CWD", Text: "CWD /" + secret, Raw: []byte("\r\n")})
		got = r.event(wire.Event{Kind: wire.Received, Verb: "CWD", Code: 250, Last: true, Text: reply + " " + secret + " " + reply, Raw: []byte("\r\n")})
		if strings.Contains(got.Text, secret) {
			t.Errorf("%q is left in %q", secret, got.Text)
		}
	})
}
