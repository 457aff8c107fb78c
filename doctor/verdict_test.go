package doctor_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ftpsh/doctor"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/remote"
)

// failedList is what a session in which a listing has failed is told, without a word more to the server.
func failedList(t *testing.T, srv *script.Server, change ...func(*doctor.Request)) (doctor.Diagnosis, bool) {
	t.Helper()
	conn := logIn(t, at(t, srv.Addr(), change...))
	_, err := conn.List(t.Context(), "", remote.ListOptions{})
	if err == nil {
		t.Fatal("the listing did not fail")
	}
	said := len(srv.Log())
	d, found := doctor.Verdict(err, conn)
	if more := srv.Log()[said:]; len(more) > 0 {
		t.Errorf("sent for the verdict: %q", more)
	}
	return d, found
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	refused := stocked(t, script.Options{})
	port := ftptest.ClosedPort(t)
	refused.Answer("EPSV", "502 no")
	refused.Answer("PASV", fmt.Sprintf("227 here (10,0,0,7,%d,%d)", port>>8, port&255))
	refused.On("MLSD", func(c *script.Conversation, _ string) { c.Stall() })
	d, _ := failedList(t, refused)
	expect(t, d, "passive-refused", fmt.Sprintf("127.0.0.1:%d, announced as 10.0.0.7:%d", port, port), "pasv_min_port")

	reuse := stocked(t, script.Options{TLS: set.Serve(set.Good)})
	reuse.Answer("MLSD", "522 SSL connection failed: session reuse required")
	d, _ = failedList(t, reuse)
	expect(t, d, "session-reuse", "522", "tls-max 1.2")

	blocked := stocked(t, script.Options{})
	blocked.Answer("MLSD", "425 cannot connect to you")
	d, _ = failedList(t, blocked, func(r *doctor.Request) { r.Site.Options.Data.Active = true })
	expect(t, d, "active-blocked", "NAT or a firewall", "passive on")
}

// A refusal that is not about data gets no verdict, whatever its words are.
func TestNoVerdict(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("MLSD", "550 /ssl/prot: no such directory")
	if d, found := failedList(t, srv); found {
		t.Errorf("%+v", d)
	}
	conn := logIn(t, at(t, srv.Addr()))
	if d, found := doctor.Verdict(errors.New(strings.Repeat("x", 3)), conn); found {
		t.Errorf("%+v", d)
	}
	if d, found := doctor.Verdict(remote.ErrNotConnected, remote.New(remote.Hooks{})); found {
		t.Errorf("%+v", d)
	}
}
