package wire

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"time"
)

// LineError reports a command line that was refused before a byte of it was sent.
type LineError struct {
	Line string // masked
	Byte byte
}

func (e *LineError) Error() string {
	if e.Line == "" {
		return "refused to send an empty command"
	}
	return fmt.Sprintf("refused to send a command with the control character %#02x", e.Byte)
}

// ProtocolError reports a server that does not speak FTP as the RFCs have it. Text is foreign.
type ProtocolError struct {
	Problem string
	Text    string
}

func (e *ProtocolError) Error() string {
	if e.Text == "" {
		return "the server sent " + e.Problem
	}
	return fmt.Sprintf("the server sent %s: %q", e.Problem, clip(e.Text, 80))
}

func clip(s string, n int) string {
	if len(s) > n {
		return s[:n] + "..."
	}
	return s
}

// TimeoutError reports a wait without progress that reached its limit.
type TimeoutError struct {
	Waiting string // what for: "a reply to LIST"
	After   time.Duration
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("no progress for %v while waiting for %s", e.After, e.Waiting)
}

// Timeout marks the error as net.Error does.
func (e *TimeoutError) Timeout() bool { return true }

// LostError reports that the control connection is gone. Sent says whether the current command
// had left before, so that its outcome is unknown.
type LostError struct {
	Sent  bool
	Why   string // words of ours, or the server's 421
	Reply Reply  // the 421, if there was one
	Err   error  // the network's error, if any
}

func (e *LostError) Error() string {
	switch {
	case e.Reply.Code != 0:
		return fmt.Sprintf("the server closed the connection: %d %s", e.Reply.Code, e.Reply.Text())
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Why, e.Err)
	}
	return e.Why
}

func (e *LostError) Unwrap() error { return e.Err }

// DesyncError reports replies that no command of ours can have caused.
type DesyncError struct{ Reply Reply }

func (e *DesyncError) Error() string {
	return fmt.Sprintf("the server sent a reply that nothing asked for (%d %s); it cannot be told any more which reply answers which command",
		e.Reply.Code, e.Reply.Text())
}

// ReplyError reports a reply that refuses what was asked for.
type ReplyError struct {
	Command string // masked
	Reply   Reply
}

func (e *ReplyError) Error() string { return fmt.Sprintf("%d %s", e.Reply.Code, e.Reply.Text()) }

// GreetingError reports a greeting that is not 220.
type GreetingError struct{ Reply Reply }

func (e *GreetingError) Error() string {
	return fmt.Sprintf("the server greets with %d %s", e.Reply.Code, e.Reply.Text())
}

// ReorderedError reports a server that answers commands sent ahead out of step.
type ReorderedError struct {
	Command string // the verb that the reply seems to answer
	Reply   Reply
}

func (e *ReorderedError) Error() string {
	return fmt.Sprintf("the server answers commands sent ahead out of order (%d to %s)", e.Reply.Code, e.Command)
}

// TLSError reports that TLS was wanted and could not be had.
type TLSError struct {
	Problem string
	Reply   Reply // the server's refusal, if that was it
	Err     error
}

func (e *TLSError) Error() string {
	switch {
	case e.Reply.Code != 0:
		return fmt.Sprintf("%s: %d %s", e.Problem, e.Reply.Code, e.Reply.Text())
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Problem, e.Err)
	}
	return e.Problem
}

func (e *TLSError) Unwrap() error { return e.Err }

// CertificateError reports a certificate that does not prove the host.
type CertificateError struct {
	Host        string
	Chain       []*x509.Certificate // leaf first
	Fingerprint string              // SHA-256 of the leaf, in hex
	Err         error
}

func (e *CertificateError) Error() string {
	return "the certificate is not trusted: " + e.flaw()
}

// flaw is what is wrong with the certificate, in fewer words than crypto/x509 has for it.
func (e *CertificateError) flaw() string {
	var invalid x509.CertificateInvalidError
	var other x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(e.Err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		if c := invalid.Cert; time.Now().Before(c.NotBefore) {
			return "it is not valid before " + c.NotBefore.UTC().Format(time.DateTime) + " UTC"
		}
		return "it expired at " + invalid.Cert.NotAfter.UTC().Format(time.DateTime) + " UTC"
	case errors.As(e.Err, &other) && other.Certificate != nil:
		return fmt.Sprintf("it is for %s, not for %s", cmp.Or(strings.Join(certified(other.Certificate), ", "), "no host at all"), e.Host)
	case errors.As(e.Err, &unknown) && len(e.Chain) > 0:
		if c := e.Chain[0]; bytes.Equal(c.RawIssuer, c.RawSubject) {
			return "it is signed by itself"
		}
		return fmt.Sprintf("its issuer %q is not known here", e.Chain[len(e.Chain)-1].Issuer)
	}
	return strings.TrimPrefix(fmt.Sprint(e.Err), "x509: ")
}

// certified are the hosts that a certificate is for (RFC 6125: alternative names alone).
func certified(c *x509.Certificate) []string {
	hosts := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	return hosts
}

func (e *CertificateError) Unwrap() error { return e.Err }

// DialError reports a TCP connection that could not be made.
type DialError struct {
	Address string // host:port, or the host alone if that is what is wrong
	Proxy   string // host:port of the proxy it was to go through; empty without one
	Err     error
}

// Error names the port; the host is for whoever has asked for it to name.
func (e *DialError) Error() string {
	var dns *net.DNSError
	_, port, noPort := net.SplitHostPort(e.Address)
	switch {
	case e.Proxy != "":
		return fmt.Sprintf("cannot connect through the proxy %s: %s", e.Proxy, plainCause(e.Err))
	case errors.As(e.Err, &dns), noPort != nil:
		return plainCause(e.Err)
	}
	return fmt.Sprintf("cannot connect to port %s: %s", port, plainCause(e.Err))
}

func (e *DialError) Unwrap() error { return e.Err }

// plainCause is an error of the network in words, without the addresses around it.
func plainCause(err error) string {
	var dns *net.DNSError
	var number syscall.Errno
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		return dns.Err
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &op):
		return op.Err.Error()
	}
	return err.Error()
}

// DataError reports a data connection that could not be opened, or that broke.
type DataError struct {
	Mode    string // EPSV, PASV, EPRT, PORT
	Address string
	Err     error
}

func (e *DataError) Error() string {
	reason := e.Err.Error()
	if errors.Is(e.Err, context.Canceled) { // after a refusal, most often
		reason = "not needed any more"
	}
	if e.Address == "" {
		return fmt.Sprintf("no data connection (%s): %s", e.Mode, reason)
	}
	return fmt.Sprintf("data connection (%s, %s): %s", e.Mode, e.Address, reason)
}

func (e *DataError) Unwrap() error { return e.Err }

// TruncatedError reports a TLS data connection that ended without close_notify: the end may have
// been forged, so the bytes so far may not be all of them (RFC 5246 section 7.2.1).
type TruncatedError struct{ Bytes int64 }

func (e *TruncatedError) Error() string {
	return fmt.Sprintf("the data connection was cut after %d bytes (no TLS close)", e.Bytes)
}
