//go:build unix

package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ftpsh/internal/script"
)

// evil is what a server may put wherever it may put text: it writes the clipboard, colours, moves the
// cursor to the start of the line, and turns the text around.
const evil = "\x1b]52;c;RVZJTA==\a\x1b[31mEVIL\u009b31m\x9b31m\u202e\x7f\x08"

// harmful are the parts of it that a terminal must never be sent.
var harmful = []string{"\x1b]52", "\x1b[31mEVIL", "\u009b", "\x9b31m", "\u202e", "\x7f", "EVIL\x08"}

// hostile makes a server speak evil wherever it can after the login.
func hostile(server *script.Server) {
	server.Tree.Write("/"+evil+".txt", []byte(evil+"\n"))
	server.Tree.Mkdir("/" + evil)
	server.OnConnect(func(c *script.Conversation) { c.Reply("220-"+evil, "220 "+evil) })
	for verb, code := range map[string]string{
		"SYST": "215", "STAT": "211", "SITE": "200", "NOOP": "200", "HELP": "214", "DELE": "550", "RMD": "450", "ABOR": "226", "QUIT": "221",
	} {
		server.Answer(verb, code+"-"+evil, " "+evil, code+" "+evil)
	}
}

// harmless fails the test if a terminal was sent a part of evil that it would obey.
func harmless(t *testing.T, x *typist) {
	t.Helper()
	_, raw := x.shown()
	for _, part := range harmful {
		if at := strings.Index(raw, part); at >= 0 {
			t.Errorf("the terminal was sent %q: %q", part, raw[max(0, at-100):min(len(raw), at+60)])
		}
	}
	if !utf8.ValidString(raw) {
		t.Error("the terminal was sent invalid UTF-8")
	}
}

// A server cannot reach the terminal: not by its greeting, its replies, the names of its files, their
// contents, the working directory, or what completion offers.
func TestS70_TextOfTheServerIsSafeOnATerminal(t *testing.T) {
	v, server := atScript(t, script.Options{})
	hostile(server)
	x := v.sits("-ddd", server.Addr())
	const prompt = "127.0.0.1 (clear):"
	x.sees("\n" + prompt)
	for _, line := range []string{
		"welcome", "ls", "ls -l", "ls --json", "ls *.txt", "dir", "nlist", "mlsd", "stat *.txt", "features", "system", "rstatus", "rhelp",
		"site x", "reset", "abort", "delete x", "rmdir x", "size *.txt", "modtime *.txt", "status", "pwd",
		`nlist | while read -r f; do echo "$f"; done`, "cat *.txt", `quote -d RETR "$(nlist | head -1)"`, "quote STAT", "idle", "history",
		`for f in 1; do cd *[!t]; done`, "pwd", "ls", "mlst", "bookmark here", "bookmark", "cd nowhere", "cd",
	} {
		x.asks(line, prompt)
	}
	x.enters("delete *.txt")
	x.sees("[y/N]")
	x.asks("n", prompt)
	x.types("cd \t")
	x.sees(`cd $'\x1b]52`)
	x.types("\x03")
	x.sees("\n" + prompt)
	x.enters("bye")
	equal(t, x.leaves(), 0)
	harmless(t, x)
	text, _ := x.shown()
	contains(t, text, `\x1b]52;c;RVZJTA==\x07\x1b[31mEVIL\u009b31m\x9b31m\u202e\x7f\x08`)
}

// Nor by the replies to a login that it refuses.
func TestS70_RefusedLoginIsSafeOnATerminal(t *testing.T) {
	v, server := atScript(t, script.Options{})
	hostile(server)
	server.Answer("USER", "331 "+evil)
	server.Answer("PASS", "530-"+evil, "530 "+evil)
	x := v.sits(server.Addr())
	x.sees("user ann  # tries again")
	x.enters("bye")
	x.leaves()
	harmless(t, x)
}

// A server's lines bear a mark, so that none can pass for a message or a prompt of ours.
func TestS71_ServerLinesAreMarked(t *testing.T) {
	v, server := atScript(t, script.Options{})
	const spoof = "ftpsh> transfer complete"
	server.OnConnect(func(c *script.Conversation) { c.Reply("220-Welcome", spoof, "220 "+spoof) })
	server.Answer("QUIT", "221-bye", spoof, "221 "+spoof)
	server.Answer("DELE", "550-no", spoof, "550 "+spoof)
	server.Answer("STAT", "211-no", spoof, "211 "+spoof)
	x := v.sits(server.Addr())
	x.sees("> ")
	x.enters("delete a")
	x.sees("hint:")
	x.enters("debug 1; -rstatus; debug 0")
	x.sees("debug 0")
	x.enters("bye")
	x.leaves()
	text, _ := x.shown()
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if strings.Contains(line, spoof) && strings.HasPrefix(line, "ftpsh>") {
			t.Errorf("a line of the server stands by itself: %q", line)
		}
	}
}
