package doctor_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ftpsh/doctor"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// logIn opens a connection to what a request is about.
func logIn(t *testing.T, r doctor.Request) *remote.Conn {
	t.Helper()
	conn := remote.New(r.Hooks)
	if err := conn.Open(t.Context(), r.Site); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = conn.Close(context.Background(), false) })
	return conn
}

func probe(t *testing.T, conn *remote.Conn, readOnly bool) map[string]doctor.Ability {
	t.Helper()
	found, err := doctor.Probe(t.Context(), conn, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]doctor.Ability{}
	for _, a := range found {
		byName[a.Name] = a
	}
	return byName
}

// What the daemons claim and can, as a golden file each: a change of it is news about the daemon, or about us. It
// has the daemons for itself: pyftpdlib does one thing at a time.
func TestProbeDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		t.Parallel()
		local, dir := d.Dir(t)
		r := at(t, d.Addr, byTLS(modes[d.Mode][0]))
		r.Site.User, r.Site.Password = d.User, d.Password
		conn := logIn(t, r)
		if err := conn.Chdir(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		found, err := doctor.Probe(t.Context(), conn, false)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, a := range found {
			fmt.Fprintf(&got, "%-13s %-5t %v\n", a.Name, a.Claimed, a.Works)
			t.Log(a)
		}
		golden := filepath.Join("testdata", "probe", string(d.Kind)+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || string(want) != got.String() {
			t.Errorf("%s: %v\n%s", golden, err, got.String())
		}
		if left, err := os.ReadDir(local); err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		if conn.Dir() != dir {
			t.Errorf("the session is in %s now", conn.Dir())
		}
	})
}

func TestProbeFindsLies(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("EPSV", "502 not implemented")
	srv.Answer("REST", "350 of course")
	srv.Answer("MLSD", "500 what?")
	srv.Answer("MFMT", "213 Modify=20010203040506; done")
	srv.Answer("FEAT", "211-features", " EPSV", " REST STREAM", " MLST type*;size*;", " MFMT", " SIZE", " XMD5", " UTF8", "211 end")
	srv.Answer("XMD5", "250 d41d8cd98f00b204e9800998ecf8427e")
	found := probe(t, logIn(t, at(t, srv.Addr())), false)
	for name, notes := range map[string]string{
		"EPSV": "PASV works", "REST of RETR": "ignored", "REST of STOR": "8 bytes are there", "MLSD": "500 what?",
		"MFMT": "2001-02-03 04:05:06 was set", "XMD5": "d41d8cd98f00b204e9800998ecf8427e",
	} {
		if a := found[name]; !a.Lie() || !strings.Contains(a.Notes, notes) {
			t.Errorf("%s: %+v, not a lie with %q", name, a, notes)
		}
	}
	if a := found["SIZE"]; a.Works != doctor.Works || a.Lie() {
		t.Errorf("SIZE: %+v", a)
	}
}

var writing = []string{"STOR", "APPE", "STOU", "MKD", "RMD", "DELE", "RNFR", "RNTO", "MFMT"}

func TestProbeReadOnly(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	found := probe(t, logIn(t, at(t, srv.Addr())), true)
	for _, verb := range srv.Verbs() {
		if slices.Contains(writing, verb) {
			t.Errorf("%s was sent", verb)
		}
	}
	if a := found["REST of RETR"]; a.Works != doctor.Works {
		t.Errorf("%+v", a)
	}
	if a := found["REST of STOR"]; a.Works != doctor.Untried {
		t.Errorf("%+v", a)
	}
}

// Where nothing may be written, what is there is looked at.
func TestProbeWithoutRights(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("MKD", "550 no")
	found := probe(t, logIn(t, at(t, srv.Addr())), false)
	if a := found["SIZE"]; a.Works != doctor.Works {
		t.Errorf("%+v", a)
	}
	if a := found["MFMT"]; a.Works != doctor.Untried || !strings.Contains(a.Notes, "nothing can be written") {
		t.Errorf("%+v", a)
	}
}

// A Ctrl-C in the middle leaves nothing behind, and the session as it was.
func TestProbeInterrupted(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	conn := logIn(t, at(t, srv.Addr()))
	if err := conn.SetType(t.Context(), "A"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	srv.On("EPRT", func(c *script.Conversation, where string) {
		cancel()
		c.Default("EPRT", where)
	})
	if _, err := doctor.Probe(ctx, conn, false); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if left := srv.Tree.List("/"); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
	if conn.TransferType() != "A" || conn.Site().Options.Data != (wire.DataOptions{}) {
		t.Errorf("the session has type %s and %+v now", conn.TransferType(), conn.Site().Options.Data)
	}
	if _, err := conn.List(t.Context(), "", remote.ListOptions{}); err != nil {
		t.Error(err)
	}
}

func TestProbeIdleTimeout(t *testing.T) {
	t.Parallel()
	for greeting, want := range map[string]string{
		"220 You will be disconnected after 15 minutes of inactivity.": "15 minutes",
		"220 idle timeout is 300 seconds":                              "300 seconds",
	} {
		srv := stocked(t, script.Options{})
		srv.OnConnect(func(c *script.Conversation) { c.Reply(greeting) })
		if a := probe(t, logIn(t, at(t, srv.Addr())), true)["idle timeout"]; a.Notes != want {
			t.Errorf("%s: %+v", greeting, a)
		}
	}
}
