package doctor_test

import (
	"context"
	"errors"
	"flag"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"ftpsh/doctor"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// The slow tests wait for what never comes, not for the processor.
func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "16") // the flag is there
	m.Run()
}

// at is a request about a server: the clear one of a script unless changed.
func at(t testing.TB, address string, change ...func(*doctor.Request)) doctor.Request {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	r := doctor.Request{
		Site: remote.Site{Host: host, User: "ann", Password: "sesame"},
	}
	if r.Site.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	r.Site.Options.TLSConfig = ftptest.Certificates(t).Trust()
	for _, c := range change {
		c(&r)
	}
	return r
}

func byTLS(mode wire.TLSMode) func(*doctor.Request) {
	return func(r *doctor.Request) { r.Site.TLS = mode }
}

// hurry is a short wait for what never comes.
const hurry = 2 * time.Second

// hurried makes waits in vain short; all others stay long enough for a busy machine.
func hurried(waits ...func(*wire.Timeouts) *time.Duration) func(*doctor.Request) {
	return func(r *doctor.Request) {
		for _, wait := range waits {
			*wait(&r.Site.Options.Timeouts) = hurry
		}
	}
}

// The waits.
func connecting(t *wire.Timeouts) *time.Duration { return &t.Connect }
func handshake(t *wire.Timeouts) *time.Duration  { return &t.TLS }
func replying(t *wire.Timeouts) *time.Duration   { return &t.Reply }
func moving(t *wire.Timeouts) *time.Duration     { return &t.Data }
func ending(t *wire.Timeouts) *time.Duration     { return &t.Final }

// diagnose examines, and shows all of it when the test has failed.
func diagnose(t testing.TB, r doctor.Request) doctor.Diagnosis {
	t.Helper()
	d, err := doctor.Diagnose(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s: %s; %s", d.Cause, d.Sentence, d.Cure)
			for _, s := range d.Steps {
				t.Logf("%-12s %-4v %8v  %s", s.Name, s.Result, s.Took.Round(time.Millisecond), s.Detail)
			}
		}
	})
	return d
}

// expect is a cause with words that must be in its sentence and in its cure.
func expect(t testing.TB, d doctor.Diagnosis, cause, sentence, cure string) {
	t.Helper()
	if d.Cause != cause || !strings.Contains(d.Sentence, sentence) || !strings.Contains(d.Cure, cure) {
		t.Errorf("got %s: %q; %q\nwant %s with %q and %q", d.Cause, d.Sentence, d.Cure, cause, sentence, cure)
	}
}

func healthy(t testing.TB, d doctor.Diagnosis) {
	t.Helper()
	if d.Cause != doctor.Healthy {
		t.Errorf("got %s: %s", d.Cause, d.Sentence)
	}
	for _, s := range d.Steps {
		if s.Result == doctor.Fail {
			t.Errorf("step %s: %s", s.Name, s.Detail)
		}
	}
}

// stocked is a scripted server with something on it.
func stocked(t testing.TB, o script.Options) *script.Server {
	t.Helper()
	srv := ftptest.Script(t, o)
	srv.Tree.Write("/readme.txt", []byte("twelve bytes"))
	srv.Tree.Write("/pub/a.bin", []byte("x"))
	return srv
}

func TestHealthyScript(t *testing.T) {
	t.Parallel()
	certificates := ftptest.Certificates(t)
	secure := script.Options{TLS: certificates.Serve(certificates.Good)}
	srv := stocked(t, secure)
	for _, mode := range []wire.TLSMode{wire.TLSAuto, wire.TLSRequire, wire.TLSNever} {
		healthy(t, diagnose(t, at(t, srv.Addr(), byTLS(mode), func(r *doctor.Request) { r.Write = true })))
	}
	if len(srv.Tree.List("/")) != 2 {
		t.Errorf("left behind: %v", srv.Tree.List("/"))
	}
	secure.Implicit = true
	healthy(t, diagnose(t, at(t, stocked(t, secure).Addr(), byTLS(wire.TLSImplicit))))
	healthy(t, diagnose(t, at(t, stocked(t, script.Options{}).Addr())))
}

func TestIPv6(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{Listen: "[::1]:0"})
	for _, active := range []bool{false, true} {
		healthy(t, diagnose(t, at(t, srv.Addr(), func(r *doctor.Request) { r.Site.Options.Data.Active = active })))
	}
}

// Ctrl-C ends an examination where it is.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	srv.On("PASV", func(c *script.Conversation, _ string) {
		cancel()
		c.Stall()
	})
	if _, err := doctor.Diagnose(ctx, at(t, srv.Addr())); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A server on which every step would wait for the longest ends in time, and says what was not looked at.
func TestEndsInTime(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	for _, verb := range []string{"EPSV", "PASV", "EPRT", "PORT"} {
		srv.On(verb, func(c *script.Conversation, _ string) { c.Stall() })
	}
	d := diagnose(t, at(t, srv.Addr(), func(r *doctor.Request) { r.Wait = time.Second }))
	if d.Cause == doctor.Healthy {
		t.Error("no fault was found")
	}
}
