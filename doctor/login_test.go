package doctor_test

import (
	"context"
	"errors"
	"testing"

	"ftpsh/doctor"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

func TestLoginRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ verb, reply, cause, says, cure string }{
		{"PASS", "530 Login incorrect.", "login-refused", "as ann", "user NAME"},
		{"USER", "530 Non-anonymous sessions must use encryption.", "tls-demanded", "must use encryption", "--tls=require"},
		{"USER", "421 Sorry, cleartext sessions are not accepted on this server.", "tls-demanded", "cleartext", "--tls=require"},
		{"PASS", "421 too many users", "too-many-connections", "421 too many users", "wait"},
		{"PASS", "530 Sorry, the maximum number of clients (3) are already connected.", "too-many-connections", "maximum", "wait"},
	} {
		srv := stocked(t, script.Options{})
		srv.Answer(test.verb, test.reply)
		if test.verb == "USER" {
			srv.Answer("PASS", "503 USER first")
		}
		expect(t, diagnose(t, at(t, srv.Addr(), byTLS(wire.TLSNever))), test.cause, test.says, test.cure)
	}
}

func TestAccountWanted(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{Account: "42"})
	expect(t, diagnose(t, at(t, srv.Addr())), "account-wanted", "332", "~/.netrc")
	srv = stocked(t, script.Options{})
	srv.Answer("USER", "332 account first")
	expect(t, diagnose(t, at(t, srv.Addr())), "account-wanted", "332", "~/.netrc")
}

func TestNoPassword(t *testing.T) {
	t.Parallel()
	r := at(t, stocked(t, script.Options{}).Addr(), func(r *doctor.Request) { r.Site.Password = "" })
	r.Hooks.Credentials = func(context.Context, *remote.Site) error { return errors.New("there is no password") }
	expect(t, diagnose(t, r), "no-password", "there is no password", "~/.netrc")
}

func TestPROTRefused(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	srv := stocked(t, script.Options{TLS: set.Serve(set.Good)})
	srv.Answer("PROT", "536 not here")
	expect(t, diagnose(t, at(t, srv.Addr())), "prot-refused", "536 not here", "PROT P")
}
