package commands

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
	"ftpsh/trace"
)

var explainCommand = Command{
	Name: "explain", Group: Protocol,
	Short: "say what the last failure means and what to do, or what a reply code means",
	Args: []Arg{
		{Name: "code", Kind: Number, Choices: trace.Codes(), Optional: true},
		{Name: "verb", Choices: trace.Verbs(), Optional: true},
	},
	Details: `Alone it explains the last failure, with the names that were typed. A code may be followed by the FTP
command that it answers: 550 after RETR is not 550 after CWD.`,
	Examples: []string{"explain", "explain 425", "explain 550 RETR"},
	Run:      runExplain,
}

func runExplain(_ context.Context, s *Session, c *Call) error {
	if c.Given("code") {
		return s.explainCode(c)
	}
	err := s.Failed.Err()
	if err == nil {
		return &StateError{Op: "explain", Problem: "nothing has failed yet", Next: "explain 550"}
	}
	what, _, _ := strings.Cut(err.Error(), "\n")
	s.Print.Printf("%s\n", term.Safe(what))
	failure, explained := s.failureOf(err)
	if !explained {
		s.Print.Printf("Neither the server nor the network had a part in it.\n")
		if next := s.Hint(err); next != "" {
			s.Print.Printf("next:   %s\n", term.Safe(next))
		}
		return nil
	}
	s.printExplanation(trace.Explain(failure))
	return nil
}

func (s *Session) explainCode(c *Call) error {
	code, err := strconv.Atoi(c.Arg("code"))
	if err != nil || code < 100 || code > 699 {
		return usage(c.Command, "code: %q is not a reply code: they have three digits", c.Arg("code"))
	}
	verb := strings.ToUpper(c.Arg("verb"))
	site := s.Conn.Site()
	heading := fmt.Sprint(code)
	if verb != "" {
		heading += " after " + verb
	}
	s.Print.Printf("%s\n", term.Safe(heading))
	s.printExplanation(trace.Explain(trace.Failure{Code: code, Verb: verb, Host: site.Host, User: site.User}))
	return nil
}

func (s *Session) printExplanation(x trace.Explanation) {
	for _, line := range x.Lines() {
		s.Print.Printf("%s\n", term.Safe(line))
	}
}

// Hint is what to type after an error: what the error itself knows, or the beginning of its
// explanation; empty when there is nothing to say.
func (s *Session) Hint(err error) string {
	var own interface{ Hint() string }
	if errors.As(err, &own) {
		return own.Hint()
	}
	if failure, explained := s.failureOf(err); explained {
		return trace.Explain(failure).Hint()
	}
	return ""
}

// failureOf is what an error is about, if the server or the network had a part in it.
func (s *Session) failureOf(err error) (failure trace.Failure, explained bool) {
	site := s.Conn.Site()
	f := trace.Failure{Host: site.Host, User: site.User, Fault: faultOf(err)}
	if reply, ok := replyIn(err); ok {
		f.Code, f.Verb, f.Text, f.Fault = reply.Code, wire.Verb(reply.Command), reply.Text(), ""
	}
	var refused *remote.Error
	if errors.As(err, &refused) && refused.Path != f.Verb { // quote has no path
		f.Path = refused.Path
	}
	return f, f.Code != 0 || f.Fault != ""
}

// replyIn is the reply that an error is about.
func replyIn(err error) (wire.Reply, bool) {
	var refused *remote.Error
	var login *remote.LoginError
	var greeting *wire.GreetingError
	var lost *wire.LostError
	switch {
	case errors.As(err, &login):
		return login.Reply, true
	case errors.As(err, &greeting):
		return wire.Reply{Code: greeting.Reply.Code, Lines: greeting.Reply.Lines, Command: "CONNECT"}, true
	case errors.As(err, &lost) && lost.Reply.Code != 0:
		return lost.Reply, true
	case errors.As(err, &refused) && refused.Code != 0:
		return wire.Reply{Code: refused.Code, Lines: []string{refused.Text}, Command: refused.Command}, true
	}
	return wire.Reply{}, false
}

// faultRules are tried in order, the outermost cause first.
var faultRules = []struct {
	fault trace.Fault
	fits  func(error) bool
}{
	{trace.NotConnected, is(remote.ErrNotConnected)},
	{trace.NotLoggedIn, is(remote.ErrNotLoggedIn)},
	{trace.LoginNeedsClear, as[*remote.ClearTextError]},
	{trace.OutcomeUnknown, as[*remote.UnknownOutcomeError]},
	{trace.CertificateName, as[x509.HostnameError]},
	{trace.CertificateExpired, expired},
	{trace.CertificateUnknown, as[*wire.CertificateError]},
	{trace.TLSRefused, func(err error) bool {
		var problem *wire.TLSError
		return errors.As(err, &problem) && problem.Reply.Code != 0
	}},
	{trace.NotTLS, as[tls.RecordHeaderError]},
	{trace.TLSFailed, as[*wire.TLSError]},
	{trace.DataActive, func(err error) bool {
		var data *wire.DataError
		return errors.As(err, &data) && (data.Mode == "EPRT" || data.Mode == "PORT" || data.Mode == "active")
	}},
	{trace.DataTimeout, func(err error) bool { return as[*wire.DataError](err) && as[*wire.TimeoutError](err) }},
	{trace.DataFailed, as[*wire.DataError]},
	{trace.ProxyFailed, func(err error) bool {
		var dial *wire.DialError
		return errors.As(err, &dial) && dial.Proxy != ""
	}},
	{trace.NoSuchHost, as[*net.DNSError]},
	{trace.SourceUnusable, is(syscall.EADDRNOTAVAIL)},
	{trace.ConnectRefused, func(err error) bool { return as[*wire.DialError](err) && errors.Is(err, syscall.ECONNREFUSED) }},
	{trace.ConnectFailed, as[*wire.DialError]},
	{trace.SSHServer, speaks("SSH-")},
	{trace.WebServer, speaks("HTTP/")},
	{trace.NotFTP, as[*wire.ProtocolError]},
	{trace.NoAnswer, as[*wire.TimeoutError]},
	{trace.ConnectionLost, as[*wire.LostError]},
	{trace.ConnectionLost, as[*wire.DesyncError]},
}

func faultOf(err error) trace.Fault {
	for _, rule := range faultRules {
		if rule.fits(err) {
			return rule.fault
		}
	}
	return ""
}

// speaks says that what the server sent in place of FTP begins so.
func speaks(begin string) func(error) bool {
	return func(err error) bool {
		var protocol *wire.ProtocolError
		return errors.As(err, &protocol) && strings.HasPrefix(protocol.Text, begin)
	}
}

// expired says that a certificate is not valid at this time.
func expired(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}
