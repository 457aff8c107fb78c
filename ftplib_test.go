package main

import (
	"slices"
	"strings"
	"testing"

	"ftpsh/internal/demo"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// Every method of Python's ftplib has its command. The tests are named after the methods, in the order of
// the library's documentation, and show what the library does: on the wire, and to its caller.

func TestFtplibConnect(t *testing.T) {
	v, server := atScript(t, script.Options{})
	host, port, _ := strings.Cut(server.Addr(), ":")
	out := v.ftpsh("open -n "+host+" "+port+"\nstatus\n", "--bind", "127.0.0.1", "--timeout", "5")
	equal(t, out.status, 0)
	contains(t, out.stdout, "not logged in")
	if slices.Contains(server.Verbs(), "USER") {
		t.Error("connect has logged in")
	}
	source := server.Controls()[0].Remote.Addr().String()
	equal(t, source, "127.0.0.1")
	server.OnConnect(func(c *script.Conversation) { c.Stall() })
	equal(t, v.ftpsh("", "--timeout", "200ms", "--retries", "0", "-c", "pwd", server.Addr()).status, 10)
}

func TestFtplibGetwelcome(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.OnConnect(func(c *script.Conversation) { c.Reply("220-Welcome to", "220 the archive") })
	equal(t, v.does(server.Addr(), "welcome"), "Welcome to\nthe archive\n")
}

func TestFtplibLogin(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.does(server.Addr(), "pwd")
	logged(t, server, "USER ann", "PASS "+scriptPassword)

	anyone := ftptest.Script(t, script.Options{})
	v.ftpsh("", "-a", "-c", "pwd", anyone.Addr())
	logged(t, anyone, "USER anonymous", "PASS anonymous@")

	v.does(server.Addr(), "user ann "+scriptPassword, "pwd") // once more, on the same connection
	equal(t, v.tries(server.Addr(), "user ann wrong").status, 4)
}

func TestFtplibAcct(t *testing.T) {
	v, server := atScript(t, script.Options{Account: scriptAccount})
	v.secrets = append(v.secrets, scriptAccount)
	out := v.ftpsh("user ann "+scriptPassword+" "+scriptAccount+"\npwd\n", "-n", server.Addr())
	equal(t, out.stdout, "/\n")
	logged(t, server, "PASS "+scriptPassword, "ACCT "+scriptAccount)
	out = v.ftpsh("user ann "+scriptPassword+" "+scriptAccount+"\naccount "+scriptAccount+"\n", "-n", server.Addr())
	equal(t, out.status, 0)
}

func TestFtplibSetDebuglevel(t *testing.T) {
	v, server := atScript(t, script.Options{})
	silent := v.tries(server.Addr(), "debug 0", "pwd")
	if strings.Contains(silent.stderr, "-->") {
		t.Errorf("level 0 shows\n%s", silent.stderr)
	}
	lines := v.tries(server.Addr(), "debug 1", "cd /")
	contains(t, lines.stderr, "--> CWD /\n", "<-- 250 ok (")
	if strings.Contains(lines.stderr, `\r\n`) {
		t.Errorf("level 1 shows raw lines\n%s", lines.stderr)
	}
	raw := v.tries(server.Addr(), "debug 2", "cd /")
	contains(t, raw.stderr, `<-- "250 ok\r\n"`)
}

func TestFtplibSetPasv(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.does(server.Addr(), "passive off", "ls", "passive on", "ls")
	modes := server.Transfers()
	if len(modes) != 2 || modes[0].Passive || !modes[1].Passive {
		t.Errorf("data connections %+v", modes)
	}
}

// makeport and sendport in clear IPv4, makepasv likewise.
func TestFtplibSendport(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.does(server.Addr(), "passive off", "epsv off", "ls", "quote PORT 127,0,0,1,200,1")
	verbs := server.Verbs()
	if !slices.Contains(verbs, "PORT") || slices.Contains(verbs, "EPRT") {
		t.Errorf("sent %v", verbs)
	}
	logged(t, server, "PORT 127,0,0,1,200,1")
}

func TestFtplibSendeprt(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.does(server.Addr(), "active", "ls")
	if verbs := server.Verbs(); !slices.Contains(verbs, "EPRT") || slices.Contains(verbs, "PORT") {
		t.Errorf("sent %v", verbs)
	}
}

func TestFtplibMakepasv(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.does(server.Addr(), "ls", "epsv off", "ls")
	verbs := server.Verbs()
	if !slices.Contains(verbs, "EPSV") || !slices.Contains(verbs, "PASV") {
		t.Errorf("sent %v", verbs)
	}
}

// A server that names another host for its data is not followed there (CVE-2021-4189): the data connection
// goes to the host of the control connection, and level 2 tells both addresses.
func TestFtplibForeignPasvRefused(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a.txt", []byte("hello"))
	server.On("PASV", func(c *script.Conversation, _ string) {
		port := c.Listen()
		c.Reply("227 Entering Passive Mode (10,9,8,7," + portBytes(port) + ")")
	})
	out := v.tries(server.Addr(), "epsv off", "debug 2", "ls")
	equal(t, out.stdout, "a.txt\n")
	contains(t, out.stderr, "announced 10.9.8.7:", "used 127.0.0.1:")
}

func TestFtplibSendcmd(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Answer("STAT", "211-status", " all well", "211 end")
	equal(t, v.does(server.Addr(), "quote STAT"), "211-status\n all well\n211 end\n")
	logged(t, server, "STAT")
	out := v.tries(server.Addr(), "quote NONE")
	equal(t, out.status, 1)
	contains(t, out.stderr, "500 unknown command")
}

// voidcmd demands a reply of class 2, as quote -e 2 does.
func TestFtplibVoidcmd(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a", nil)
	equal(t, v.does(server.Addr(), "quote -e 2 NOOP"), "200 still here\n")
	equal(t, v.tries(server.Addr(), "quote -e 2 RNFR a").status, 1)
}

// putline refuses line ends in an argument: nothing of the line is sent.
func TestFtplibPutlineRefusesLineEnds(t *testing.T) {
	v, server := atScript(t, script.Options{})
	out := v.tries(server.Addr(), `quote $'NOOP\r\nDELE a'`)
	if out.status == 0 {
		t.Error("two commands in one argument were sent")
	}
	out = v.tries(server.Addr(), `mkdir $'a\r\nDELE b'`)
	equal(t, out.status, 2)
	contains(t, out.stderr, "refused to send a command with the control character")
	for _, line := range server.Log() {
		if strings.Contains(line, "DELE") || strings.Contains(line, "MKD") {
			t.Errorf("sent %q", line)
		}
	}
}

func TestFtplibTransfercmd(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a.txt", []byte("hello\n"))
	equal(t, v.does(server.Addr(), "quote -d RETR a.txt"), "hello\n")
	v.does(server.Addr(), "quote -d NLST | sort > names")
	equal(t, v.file("names"), "a.txt\n")
}

func TestFtplibRetrbinary(t *testing.T) {
	v, server := atScript(t, script.Options{})
	content := strings.Repeat("bytes\x00\xff\r\n", 10_000)
	server.Tree.Write("/a.bin", []byte(content))
	v.does(server.Addr(), "get a.bin")
	equal(t, v.file("a.bin"), content)
	v.writes("tail", content[:40_000])
	v.does(server.Addr(), "restart 40000", "get a.bin tail") // rest
	equal(t, v.file("tail"), content)
	logged(t, server, "RETR a.bin", "REST 40000", "RETR a.bin")
}

func TestFtplibRetrlines(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a.txt", []byte("one\ntwo\n"))
	v.does(server.Addr(), "get -a a.txt")
	equal(t, v.file("a.txt"), "one\ntwo\n")
	equal(t, v.does(server.Addr(), "cat -a a.txt"), "one\ntwo\n")
	logged(t, server, "TYPE A", "RETR a.txt", "TYPE A", "RETR a.txt")
}

func TestFtplibStorbinary(t *testing.T) {
	v, server := atScript(t, script.Options{})
	content := strings.Repeat("bytes\x00\xff\r\n", 10_000)
	v.writes("a.bin", content)
	v.does(server.Addr(), "put a.bin", "put --direct a.bin b.bin")
	for _, name := range []string{"/a.bin", "/b.bin"} {
		if stored, _ := server.Tree.Get(name); string(stored.Content) != content {
			t.Errorf("%s has %d bytes, want %d", name, len(stored.Content), len(content))
		}
	}
	server.Tree.Write("/c.bin", []byte(content[:40_000]))
	v.does(server.Addr(), "reput a.bin c.bin")
	if stored, _ := server.Tree.Get("/c.bin"); string(stored.Content) != content {
		t.Errorf("c.bin has %d bytes, want %d", len(stored.Content), len(content))
	}
	logged(t, server, "STOR b.bin")
}

func TestFtplibStorlines(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.writes("a.txt", "one\ntwo\n")
	v.does(server.Addr(), "put -a --direct a.txt", "append a.txt a.txt")
	if stored, _ := server.Tree.Get("/a.txt"); string(stored.Content) != "one\ntwo\none\ntwo\n" {
		t.Errorf("the server has %q", stored.Content)
	}
	logged(t, server, "TYPE A", "STOR a.txt", "TYPE I", "APPE a.txt")
	if sent := server.Transfers()[0].Received; sent != int64(len("one\r\ntwo\r\n")) {
		t.Errorf("%d bytes went out as text", sent)
	}
}

func TestFtplibAbort(t *testing.T) {
	v, server := atScript(t, script.Options{})
	for _, reply := range []string{"225 nothing to abort", "226 aborted"} {
		server.Answer("ABOR", reply)
		equal(t, v.does(server.Addr(), "abort"), reply+"\n")
	}
	server.Answer("ABOR", "426 cut")
	equal(t, v.tries(server.Addr(), "abort").status, 6)
}

func TestFtplibNlst(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/d/a.txt", nil)
	server.Tree.Write("/d/b.txt", nil)
	equal(t, v.does(server.Addr(), "nlst d"), "a.txt\nb.txt\n")
	logged(t, server, "NLST d")
}

func TestFtplibDir(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.On("LIST", func(c *script.Conversation, _ string) { c.Download([]byte("total 1\r\n-rw  whatever  a\r\n")) })
	equal(t, v.does(server.Addr(), "dir"), "total 1\n-rw  whatever  a\n")
	v.does(server.Addr(), "quote -d LIST -a")
	logged(t, server, "LIST", "LIST -a")
}

func TestFtplibMlsd(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/d/a.txt", []byte("hello"))
	contains(t, v.does(server.Addr(), "mlsd d"), "type=file;size=5;")
	contains(t, v.does(server.Addr(), "ls --json d"), `"name":"a.txt","type":"file","size":5,`)
	logged(t, server, "MLSD d")
	server.Answer("OPTS", "200 MLST OPTS type;size;")
	v.does(server.Addr(), "remopts 'MLST type;size;'")
	logged(t, server, "OPTS MLST type;size;")
}

// rename takes 200 as well as 250.
func TestFtplibRename(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a", nil)
	v.does(server.Addr(), "rename a b")
	logged(t, server, "RNFR a", "RNTO b")
	server.Answer("RNTO", "200 done")
	v.does(server.Addr(), "rename b c")
	server.Answer("RNFR", "550 no")
	equal(t, v.tries(server.Addr(), "rename b c").status, 1)
}

func TestFtplibDelete(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a", nil)
	v.does(server.Addr(), "delete a")
	if _, there := server.Tree.Get("/a"); there {
		t.Error("the file is still there")
	}
	server.Answer("DELE", "200 done")
	v.does(server.Addr(), "delete a")
	server.Answer("DELE", "550 no")
	equal(t, v.tries(server.Addr(), "delete a").status, 1)
}

// cwd uses CDUP for .., and CWD .. where that is unknown.
func TestFtplibCwd(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Mkdir("/d/e")
	equal(t, v.does(server.Addr(), "cwd d/e", "cd ..", "pwd"), "/d\n")
	logged(t, server, "CWD d/e", "CDUP")
	server.Answer("CDUP", "500 what")
	equal(t, v.does(server.Addr(), "cd d/e", "cd ..", "pwd"), "/d\n")
	logged(t, server, "CDUP", "CWD ..")
}

// size is asked for in TYPE I, and the type before comes back.
func TestFtplibSize(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Write("/a.txt", []byte("one\ntwo\n"))
	equal(t, v.does(server.Addr(), "ascii", "size a.txt", "type"), "8\nascii\n")
	logged(t, server, "TYPE A", "TYPE I", "SIZE a.txt")
}

func TestFtplibMkd(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.does(server.Addr(), `mkd 'say "hi"'`, `cd 'say "hi"'`)
	equal(t, v.does(server.Addr(), `cd 'say "hi"'`, "pwd"), "/say \"hi\"\n")
}

func TestFtplibRmd(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Tree.Mkdir("/d")
	v.does(server.Addr(), "rmd d")
	logged(t, server, "RMD d")
	equal(t, v.tries(server.Addr(), "rmd d").status, 1)
}

func TestFtplibPwd(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Answer("PWD", `257 "/a ""b"" c" is where "you" are`)
	equal(t, v.does(server.Addr(), "pwd"), "/a \"b\" c\n")
}

// quit is polite: QUIT, and its reply is waited for.
func TestFtplibQuit(t *testing.T) {
	v, server := atScript(t, script.Options{})
	v.does(server.Addr(), "pwd", "bye")
	v.does(server.Addr(), "close")
	equal(t, strings.Count(strings.Join(server.Log(), "\n"), "QUIT"), 2)
}

// close drops the connection without a word, as close -f does; it works on a dead link too.
func TestFtplibClose(t *testing.T) {
	v, server := atScript(t, script.Options{})
	server.Answer("NOOP")
	out := v.ftpsh("-quote NOOP\nclose -f\nstatus\n", "--timeout", "200ms", server.Addr())
	contains(t, out.stdout, "not connected")
	if slices.Contains(server.Verbs(), "QUIT") {
		t.Error("close -f has sent QUIT")
	}
}

func TestFtplibAuth(t *testing.T) {
	certificates := ftptest.Certificates(t)
	v, server := atScript(t, script.Options{TLS: certificates.Serve(certificates.Good)})
	v.writes("ca.pem", string(certificates.Authority))
	out := v.ftpsh("", "--ca", "ca.pem", "-c", "tls", "ftpes://"+server.Addr())
	contains(t, out.stdout, "TLS 1.3")
	logged(t, server, "AUTH TLS", "USER ann")
}

func TestFtplibProtP(t *testing.T) {
	certificates := ftptest.Certificates(t)
	v, server := atScript(t, script.Options{TLS: certificates.Serve(certificates.Good)})
	v.writes("ca.pem", string(certificates.Authority))
	equal(t, v.ftpsh("", "--ca", "ca.pem", "-c", "ls", "-c", "prot c", "-c", "ls", "-c", "prot p", "-c", "ls", server.Addr()).status, 0)
	logged(t, server, "PBSZ 0", "PROT P", "PBSZ 0", "PROT C", "PBSZ 0", "PROT P")
	var secured []bool
	for _, transfer := range server.Transfers() {
		secured = append(secured, transfer.TLS)
	}
	if !slices.Equal(secured, []bool{true, false, true}) {
		t.Errorf("data connections under TLS: %v", secured)
	}
}

func TestFtplibProtC(t *testing.T) {
	v, server := atScript(t, script.Options{})
	out := v.tries(server.Addr(), "prot c")
	equal(t, out.status, 1)
	contains(t, out.stderr, "prot: the control connection is not encrypted")
}

// ccc is refused: the command channel never becomes clear again.
func TestFtplibCccRefused(t *testing.T) {
	v, server := atScript(t, script.Options{})
	out := v.tries(server.Addr(), "ccc")
	equal(t, out.status, 2)
	contains(t, out.stderr, "ccc: the control connection stays encrypted", "hint: prot c leaves data connections in clear")
	if slices.Contains(server.Verbs(), "CCC") {
		t.Error("CCC was sent")
	}
}

// error_temp, error_perm, error_proto and error_reply are exit statuses.
func TestFtplibErrors(t *testing.T) {
	v, server := atScript(t, script.Options{})
	for reply, status := range map[string]int{"450 busy": 6, "550 no": 1, "no reply at all": 9, "999 what": 9} {
		server.Answer("DELE", reply)
		if out := v.tries(server.Addr(), "delete a"); out.status != status {
			t.Errorf("%q: exit status %d, want %d\n%s", reply, out.status, status, out.stderr)
		}
	}
}

func TestFtplibOnTheEmbeddedServer(t *testing.T) {
	v, server := atDemo(t, demo.Options{})
	contains(t, v.does(server.Addr(), "welcome", "system", "pwd", "nlst deep", "size README.txt"), "ftpsh demo", "215 ", "/\n", "down\n", "407\n")
}
