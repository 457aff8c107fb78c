package remote_test

import (
	"bytes"
	"crypto/tls"
	"flag"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// TestMain lets more tests run side by side than there are processors: they wait more than they work.
func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "16")
	m.Run()
}

// session is a connection to a scripted server, with what it had to say.
type session struct {
	*remote.Conn
	t      *testing.T
	srv    *script.Server // nil for another server
	mu     sync.Mutex
	notes  []string
	events []wire.Event
}

// patience is for what should not take long, but may on a busy machine; haste for waits that are to fail.
var (
	patience = every(30 * time.Second)
	haste    = every(2 * time.Second)
)

// soon is how long anything may take that does not wait for as long as patience has it.
const soon = 15 * time.Second

func every(limit time.Duration) wire.Timeouts {
	return wire.Timeouts{Connect: limit, TLS: limit, Reply: limit, Data: limit, Final: limit}
}

// unhurried is a change that gives the server as long as anything may take to get in step again: on a busy machine
// the usual moment may pass, and then the connection is given up.
func unhurried(change func(*remote.Site)) func(*remote.Site) {
	return func(s *remote.Site) {
		if change != nil {
			change(s)
		}
		s.Options.Timeouts.Grace, s.Options.Timeouts.Step = patience.Reply, patience.Reply
	}
}

func hasty(s *remote.Site) { s.Options.Timeouts = haste }

// wait sets how long anything may take from now on.
func (s *session) wait(limits wire.Timeouts) {
	s.t.Helper()
	options := s.Site().Options
	options.Timeouts = limits
	if err := s.Reconfigure(options, wire.TLSAuto, false); err != nil {
		s.t.Fatal(err)
	}
}

// dial opens a session, with changes to the site, and returns the error of Open.
func dial(t *testing.T, srv *script.Server, change func(*remote.Site), hooks ...func(*remote.Hooks)) (*session, error) {
	t.Helper()
	s := closed(t, hooks...)
	s.srv = srv
	site := siteOf(t, srv.Addr())
	if change != nil {
		change(&site)
	}
	return s, s.Open(t.Context(), site)
}

// closed makes a session that is not open yet.
func closed(t *testing.T, hooks ...func(*remote.Hooks)) *session {
	s := &session{t: t}
	h := remote.Hooks{
		Note:    func(text string) { s.mu.Lock(); s.notes = append(s.notes, text); s.mu.Unlock() },
		Observe: func(e wire.Event) { s.mu.Lock(); s.events = append(s.events, e); s.mu.Unlock() },
	}
	for _, hook := range hooks {
		hook(&h)
	}
	s.Conn = remote.New(h)
	t.Cleanup(s.Interrupt)
	return s
}

func siteOf(t *testing.T, addr string) remote.Site {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.Atoi(port)
	return remote.Site{Host: host, Port: number, User: "ann", Password: "s3cret-word", Options: remote.Options{Timeouts: patience}}
}

func open(t *testing.T, srv *script.Server, change func(*remote.Site)) *session {
	t.Helper()
	s, err := dial(t, srv, change)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func lockStep(s *remote.Site) { s.Options.LockStep = true }

// eachProtection runs a test in clear and under each version of TLS.
func eachProtection(t *testing.T, test func(t *testing.T, srv *script.Server, change func(*remote.Site)), changes ...func(*script.Options)) {
	for name, version := range map[string]uint16{"clear": 0, "TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if version == 0 {
				test(t, plain(t, changes...), nil)
				return
			}
			test(t, secure(t, append(changes, func(o *script.Options) { o.TLS.MaxVersion = version })...), trusting(t))
		})
	}
}

// plain starts a server without TLS.
func plain(t *testing.T, changes ...func(*script.Options)) *script.Server {
	t.Helper()
	var options script.Options
	for _, change := range changes {
		change(&options)
	}
	return ftptest.Script(t, options)
}

// secure starts a server that does TLS.
func secure(t *testing.T, changes ...func(*script.Options)) *script.Server {
	t.Helper()
	certificates := ftptest.Certificates(t)
	return plain(t, append([]func(*script.Options){func(o *script.Options) { o.TLS = certificates.Serve(certificates.Good) }}, changes...)...)
}

// trusting is for a site with a certificate of the tests' authority.
func trusting(t *testing.T) func(*remote.Site) {
	certificates := ftptest.Certificates(t)
	return func(s *remote.Site) { s.Options.TLSConfig = certificates.Trust() }
}

// fetch gets a file.
func (s *session) fetch(name string) (string, remote.Outcome, error) {
	var b bytes.Buffer
	out, err := s.Get(s.t.Context(), name, 0, func() (io.Writer, error) { return &b, nil })
	return b.String(), out, err
}

// store puts a file.
func (s *session) store(name, content string) (remote.Outcome, error) {
	out, _, err := s.Put(s.t.Context(), name, remote.Replace, 0, strings.NewReader(content))
	return out, err
}

// works fails the test unless the session still is of use, and in step: each of these commands has
// an answer that none of the others could have.
func (s *session) works() {
	s.t.Helper()
	s.wait(patience)
	if _, err := s.Pwd(s.t.Context()); err != nil {
		s.t.Errorf("afterwards pwd fails: %v", err)
	}
	if reply, err := s.Command(s.t.Context(), "system", "SYST"); err != nil || reply.Code != 215 {
		s.t.Errorf("afterwards SYST is answered %d, %v", reply.Code, err)
	}
	if reply, err := s.Command(s.t.Context(), "noop", "NOOP"); err != nil || reply.Code != 200 {
		s.t.Errorf("afterwards NOOP is answered %d, %v", reply.Code, err)
	}
}

// told says whether a note has these words.
func (s *session) told(words string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.notes, func(note string) bool { return strings.Contains(note, words) })
}

// decided counts the decisions that have these words.
func (s *session) decided(words string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Kind == wire.Decision && strings.Contains(e.Text, words) {
			n++
		}
	}
	return n
}

// received says whether the server got a line that begins so.
func received(srv *script.Server, prefix string) bool { return count(srv, prefix) > 0 }

// count is how many lines that begin so the server got.
func count(srv *script.Server, prefix string) (n int) {
	for _, line := range srv.Log() {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

// hangUp ends every control connection, and waits until the session can know.
func (s *session) hangUp(how func(*script.Conversation)) {
	s.t.Helper()
	for _, c := range s.srv.Conversations() {
		how(c)
	}
	ftptest.Wait(s.t, "the end of the connection", func() bool { return !s.Connected() })
}

// once makes a handler play its part on the first call only, and what the server does by itself later.
func once(srv *script.Server, verb string, h script.Handler) {
	var played atomic.Bool
	srv.On(verb, func(c *script.Conversation, argument string) {
		if !played.Swap(true) {
			h(c, argument)
			return
		}
		c.Default(verb, argument)
	})
}
