package doctor_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"testing"

	"ftpsh/doctor"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
)

func TestUnresolvedName(t *testing.T) {
	t.Parallel()
	r := at(t, "nowhere.invalid:21")
	expect(t, diagnose(t, r), "unresolved-name", "nowhere.invalid", "spelling")
}

func TestPortClosed(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	expect(t, diagnose(t, at(t, l.Addr().String())), "port-closed", l.Addr().String(), "open HOST PORT")
}

func TestPortFiltered(t *testing.T) {
	t.Parallel()
	address := fmt.Sprintf("127.0.0.1:%d", ftptest.FullPort(t))
	expect(t, diagnose(t, at(t, address, hurried(connecting))), "port-filtered", address, "let the control port through")
}

// greets is a server that opens with these words and says no more.
func greets(t *testing.T, words string) *script.Server {
	t.Helper()
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) {
		_ = c.Send(words)
		if words == "" {
			c.Stall()
		}
		c.Close()
	})
	return srv
}

func TestNotFTP(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]struct{ protocol, cure string }{
		"SSH-2.0-OpenSSH_9.2\r\n":                    {"SSH", "sftp"},
		"220 mx.example.com ESMTP Postfix\r\n":       {"SMTP", "open HOST PORT"},
		"HTTP/1.1 400 Bad Request\r\n\r\n":           {"HTTP", "curl"},
		"+OK POP3 ready\r\n":                         {"POP3", "open HOST PORT"},
		"\x00\x01 who knows what this is supposed\n": {"another protocol", "open HOST PORT"},
	} {
		d := diagnose(t, at(t, greets(t, words).Addr()))
		expect(t, d, "not-ftp", want.protocol+" is spoken at 127.0.0.1:", want.cure)
	}
}

// A web server waits for a request before it says anything.
func TestSilentHTTP(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) {
		if _, err := c.ReadLine(); err == nil {
			_ = c.Send("HTTP/1.1 400 Bad Request\r\n\r\n")
		}
		c.Close()
	})
	expect(t, diagnose(t, at(t, srv.Addr(), hurried(replying))), "not-ftp", "HTTP is spoken", "curl")
}

func TestTLSFirst(t *testing.T) {
	t.Parallel()
	certificates := ftptest.Certificates(t)
	srv := stocked(t, script.Options{TLS: certificates.Serve(certificates.Good), Implicit: true})
	expect(t, diagnose(t, at(t, srv.Addr(), hurried(replying))), "tls-first", "implicit", "--tls=implicit")
}

func TestClearFirst(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	d := diagnose(t, at(t, srv.Addr(), byTLS(wire.TLSImplicit)))
	expect(t, d, "clear-first", "greets in clear", "--tls=require")
}

func TestGreetings(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]struct{ cause, sentence, cure string }{
		"421 too many connections from your address\r\n": {"too-many-connections", "421 too many", "wait"},
		"530 not from there\r\n":                         {"not-ready", "530 not from there", "address is allowed"},
	} {
		expect(t, diagnose(t, at(t, greets(t, words).Addr())), want.cause, want.sentence, want.cure)
	}
}

func TestHungUp(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.OnConnect(func(c *script.Conversation) { c.Close() })
	expect(t, diagnose(t, at(t, srv.Addr())), "hung-up", srv.Addr(), "banned")
}

func TestNoGreeting(t *testing.T) {
	t.Parallel()
	expect(t, diagnose(t, at(t, greets(t, "").Addr(), hurried(handshake, replying))), "no-greeting", "says nothing", "--timeout")
}

func TestAuthRefused(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	d := diagnose(t, at(t, srv.Addr(), byTLS(wire.TLSRequire)))
	expect(t, d, "auth-refused", "502 no TLS here", "--tls=never")
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	for _, test := range []struct {
		certificate       tls.Certificate
		cause, says, cure string
	}{
		{set.Expired, "certificate-expired", "has expired on 20", "renew"},
		{set.NotYet, "certificate-not-yet-valid", "not valid before 20", "clock of this machine"},
		{set.WrongName, "certificate-wrong-name", "for ftp.example.net, not for 127.0.0.1", "open ftp.example.net"},
		{set.SelfSigned, "certificate-self-signed", "signed by itself", "--ca FILE"},
		{set.Stranger, "certificate-unknown-issuer", "ftpsh test authority", "--ca FILE"},
	} {
		srv := stocked(t, script.Options{TLS: set.Serve(test.certificate)})
		expect(t, diagnose(t, at(t, srv.Addr())), test.cause, test.says, test.cure)
		for _, c := range srv.Controls() {
			for _, line := range c.Lines {
				if line == "PASS sesame" {
					t.Errorf("%s: the password was sent all the same", test.cause)
				}
			}
		}
		healthy(t, diagnose(t, at(t, srv.Addr(), func(r *doctor.Request) { r.Site.Options.Insecure = true })))
	}
}

func TestOldTLS(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	config := set.Serve(set.Good)
	config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
	srv := stocked(t, script.Options{TLS: config})
	expect(t, diagnose(t, at(t, srv.Addr())), "old-tls", "TLS 1.0", "TLS 1.2 or 1.3")
}
