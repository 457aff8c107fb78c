package script_test

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// connect starts a server and logs in on it.
func connect(t *testing.T, options script.Options) (*script.Server, *ftptest.Client) {
	t.Helper()
	srv := ftptest.Script(t, options)
	c := ftptest.Dial(t, srv.Addr())
	c.Login("kim", "secret")
	return srv, c
}

// secure returns options for a server with a good certificate.
func secure(t *testing.T) script.Options {
	set := ftptest.Certificates(t)
	return script.Options{TLS: set.Serve(set.Good)}
}

// connectTLS starts a server with TLS and logs in on it under TLS.
func connectTLS(t *testing.T, options script.Options) (*script.Server, *ftptest.Client) {
	t.Helper()
	srv := ftptest.Script(t, options)
	c := ftptest.Dial(t, srv.Addr())
	c.StartTLS(ftptest.Certificates(t).Trust())
	c.Login("kim", "secret")
	return srv, c
}

func TestLogin(t *testing.T) {
	srv := ftptest.Script(t, script.Options{User: "kim", Password: "secret", Account: "art"})
	c := ftptest.Dial(t, srv.Addr())
	c.Say("530", "PWD")
	c.Say("503", "PASS secret")
	c.Say("331", "USER kim")
	c.Say("530", "PASS wrong")
	c.Say("332", "PASS secret")
	c.Say("530", "PWD")
	c.Say("530", "ACCT music")
	c.Say("230", "ACCT art")
	c.Say("257", "PWD")
	c.Say("220", "REIN")
	c.Say("530", "PWD")
	c.Say("221", "QUIT")
	c.ExpectEnd()
}

func TestDirectories(t *testing.T) {
	srv, c := connect(t, script.Options{})
	c.Say("257", `MKD a "b"`)
	c.Say("550", `MKD a "b"`)
	c.Say("250", `CWD a "b"`)
	if got := c.Say("257", "PWD"); !strings.HasPrefix(got, `"/a ""b""" `) {
		t.Errorf("PWD: %s", got)
	}
	srv.Tree.Write(`/a "b"/c`, []byte("12345"))
	c.Say("550", "DELE .")
	c.Say("550", "RMD c")
	c.Say("550", "RMD /a \"b\"")
	if got := c.Say("213", "SIZE c"); got != "5" {
		t.Errorf("SIZE: %s", got)
	}
	c.Say("213", "MFMT 20240102030405 c")
	if got := c.Say("213", "MDTM c"); got != "20240102030405" {
		t.Errorf("MDTM: %s", got)
	}
	if got := c.Say("250", "MLST c"); !strings.Contains(got, "type=file;size=5;modify=20240102030405;") {
		t.Errorf("MLST: %s", got)
	}
	c.Say("503", "RNTO d")
	c.Say("350", "RNFR c")
	c.Say("250", "RNTO /d")
	c.Say("250", "CDUP")
	c.Say("350", `RNFR a "b"`)
	c.Say("250", "RNTO e")
	c.Say("250", "RMD e")
	c.Say("250", "DELE d")
	c.Say("550", "DELE d")
	if left := srv.Tree.List("/"); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestRenameMovesWhatLiesBelow(t *testing.T) {
	srv, c := connect(t, script.Options{})
	srv.Tree.Write("/a/b/c", []byte("x"))
	srv.Tree.Write("/ab", []byte("y"))
	c.Say("350", "RNFR a")
	c.Say("550", "RNTO a/b/d")
	c.Say("350", "RNFR a")
	c.Say("250", "RNTO z")
	if _, ok := srv.Tree.Get("/z/b/c"); !ok {
		t.Error("the file below did not move along")
	}
	if _, ok := srv.Tree.Get("/ab"); !ok {
		t.Error("a neighbour whose name starts alike moved too")
	}
}

func TestTransfers(t *testing.T) {
	_, plain := connect(t, script.Options{})
	_, protected := connectTLS(t, secure(t))
	for _, c := range []*ftptest.Client{plain, protected} {
		for _, c.Arrange = range []string{"EPSV", "PASV", "EPRT", "PORT"} {
			c.Store("STOR f", []byte("0123456789"))
			c.Store("APPE f", []byte("ab"))
			c.Restart = 2
			c.Store("STOR f", []byte("xx"))
			c.Restart = 1
			if got := string(c.Retrieve("RETR f")); got != "1xx456789ab" {
				t.Errorf("%s: %q", c.Arrange, got)
			}
			if got := string(c.Retrieve("NLST")); got != "f\r\n" {
				t.Errorf("%s: NLST %q", c.Arrange, got)
			}
			c.Retrieve("LIST -la /")
			c.Retrieve("MLSD /")
		}
	}
	plain.Say("200", "TYPE A")
	plain.Store("STOR text", []byte("one\r\ntwo\r\n"))
	plain.Say("550", "SIZE text")
	if got := string(plain.Retrieve("RETR text")); got != "one\r\ntwo\r\n" {
		t.Errorf("in ASCII: %q", got)
	}
	plain.Say("200", "TYPE I")
	if got := string(plain.Retrieve("RETR text")); got != "one\ntwo\n" {
		t.Errorf("on disk: %q", got)
	}
	plain.Store("STOU", []byte("u"))
	if got := string(plain.Retrieve("RETR stou.0001")); got != "u" {
		t.Errorf("STOU: %q", got)
	}
}

func TestIPv6(t *testing.T) {
	srv, c := connect(t, script.Options{Listen: "[::1]:0"})
	srv.Tree.Write("/f", []byte("six"))
	for _, c.Arrange = range []string{"EPSV", "EPRT"} {
		if got := string(c.Retrieve("RETR f")); got != "six" {
			t.Errorf("%s: %q", c.Arrange, got)
		}
	}
	c.Say("425", "PASV")
}

func TestActiveToAThirdPartyIsRefused(t *testing.T) {
	_, c := connect(t, script.Options{})
	for _, line := range []string{"PORT 127,0,0,2,200,1", "PORT 127,0,0,1,0,22", "EPRT |1|127.0.0.2|51201|"} {
		c.Say("500", line)
	}
	for _, line := range []string{"PORT", "PORT 1,2,3,4,5", "PORT 1,2,3,4,5,256", "PORT 1,2,3,4,5,6,7", "EPRT", "EPRT |1|x|1|", "EPRT |1|::1|70000|"} {
		c.Say("501", line)
	}
}

func TestOverrides(t *testing.T) {
	srv, c := connect(t, script.Options{})
	srv.Answer("NOOP", "200-two", "200 lines", "220 and another reply")
	c.Say("200", "noop")
	c.Expect("220")
	srv.On("*", func(c *script.Conversation, argument string) { c.Reply("599 " + argument) })
	if got := c.Say("599", "PWD  x "); got != " x " {
		t.Errorf("the argument came as %q", got)
	}
	c.Say("200", "NOOP")
	c.Expect("220")
	srv.On("PWD", func(c *script.Conversation, argument string) {
		c.Reply("150 first")
		c.Default("PWD", argument)
	})
	c.Say("150", "PWD")
	c.Expect("257")
	for _, spoken := range srv.Conversations() {
		spoken.Reply("421 out of turn")
		spoken.Close()
	}
	c.Expect("421")
	c.ExpectEnd()
}

func TestEveryLineIsRecorded(t *testing.T) {
	srv, c := connect(t, script.Options{})
	c.Say("500", "X\x00\xff\xfe \x1b[m")
	c.Say("200", "NOOP\nNOOP\rSTILL")
	c.Expect("500")
	want := []string{"USER kim", "PASS secret", "TYPE I", "X\x00\xff\xfe \x1b[m", "NOOP\n", "NOOP\rSTILL"}
	if got := srv.Log(); !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	if got := srv.Verbs()[:3]; !slices.Equal(got, []string{"USER", "PASS", "TYPE"}) {
		t.Errorf("verbs %q", got)
	}
}

// 0xFF is telnet's IAC: doubled on the wire in both directions.
func TestTelnetBytes(t *testing.T) {
	srv, c := connect(t, script.Options{})
	c.Say("257", "MKD a\xff\xffb")
	if _, ok := srv.Tree.Get("/a\xffb"); !ok {
		t.Errorf("made %v", srv.Tree.List("/"))
	}
	c.Say("250", "CWD a\xff\xffb")
	if got := c.Say("257", "PWD"); !strings.Contains(got, "a\xff\xffb") {
		t.Errorf("PWD %q", got)
	}
	c.Say("226", "\xff\xf4\xff\xf2ABOR")

	literal, c := connect(t, script.Options{Literal: true})
	c.Say("257", "MKD a\xffb")
	if _, ok := literal.Tree.Get("/a\xffb"); !ok {
		t.Errorf("made %v", literal.Tree.List("/"))
	}
}

func TestTLSIsRecorded(t *testing.T) {
	options := secure(t)
	options.Reuse = true
	srv, c := connectTLS(t, options)
	c.Retrieve("LIST")
	c.Store("STOR f", []byte("abc"))
	control := srv.Controls()[0]
	if !control.TLS || control.ServerName != "localhost" || control.Version != tls.VersionTLS13 {
		t.Errorf("control connection %+v", control)
	}
	for _, d := range srv.Transfers() {
		if !d.TLS || !d.Resumed || d.First != 0x16 || !d.Passive {
			t.Errorf("data connection %+v", d)
		}
	}
	if stored := srv.Transfers()[1]; stored.Verb != "STOR" || stored.Received != 3 {
		t.Errorf("data connection %+v", stored)
	}
	c.ForgetSession()
	c.Refused("522", "LIST")
}

func TestTLSVariants(t *testing.T) {
	set := ftptest.Certificates(t)
	for name, version := range map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13} {
		options := secure(t)
		options.TLS.MinVersion, options.TLS.MaxVersion = version, version
		options.Reuse = true
		srv, c := connectTLS(t, options)
		c.Retrieve("LIST")
		if got := srv.Controls()[0].Version; got != version {
			t.Errorf("TLS %s became %x", name, got)
		}
	}

	options := secure(t)
	options.Implicit = true
	c := ftptest.DialTLS(t, ftptest.Script(t, options).Addr(), set.Trust())
	c.Login("kim", "secret")
	c.Retrieve("LIST")
	c.Say("503", "AUTH TLS")

	_, plain := connect(t, script.Options{})
	plain.Say("502", "AUTH TLS")
	if features := plain.Say("211", "FEAT"); strings.Contains(features, "AUTH") {
		t.Errorf("a server without TLS offers it: %s", features)
	}
}

func TestAbort(t *testing.T) {
	srv, c := connect(t, script.Options{})
	big := make([]byte, 16<<20) // more than any socket buffer takes
	srv.Tree.Write("/big", big)
	data := c.Begin("RETR big")
	c.Say("426", "ABOR")
	c.Expect("226")
	_ = data.Close()
	c.Say("257", "PWD")
}

func TestNoDataConnection(t *testing.T) {
	_, c := connect(t, script.Options{Patience: 10 * time.Millisecond})
	c.Say("150", "LIST")
	c.Expect("425")
	c.Say("229", "EPSV")
	c.Say("150", "LIST")
	c.Expect("425")
}
