package wire

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// security is what the data connections must have in common with the control connection.
type security struct {
	config   *tls.Config
	sessions *pinnedSessions
	leaf     *x509.Certificate
	state    tls.ConnectionState
	trust    Trust
}

// establish reads the greeting and brings TLS up. What it returns reads replies.
func (c *Control) establish(host string) (*bufio.Reader, error) {
	raw := c.tcp
	stop := context.AfterFunc(c.ctx, func() { raw.SetDeadline(time.Now()) })
	defer stop()
	br, err := c.negotiate(host)
	switch {
	case c.ctx.Err() != nil:
		return nil, context.Cause(c.ctx)
	case err != nil:
		return nil, err
	}
	return br, c.tcp.SetReadDeadline(time.Time{})
}

func (c *Control) negotiate(host string) (*bufio.Reader, error) {
	if c.opts.TLS == TLSImplicit {
		if err := c.secure(host); err != nil {
			return nil, err
		}
	}
	br := bufio.NewReaderSize(c.conn, 4096)
	if err := c.greet(br); err != nil {
		return nil, err
	}
	if c.opts.TLS == TLSImplicit || c.opts.TLS == TLSNever {
		return br, nil
	}
	if accepted, err := c.authTLS(br); err != nil || !accepted {
		return br, err
	}
	if err := c.secure(host); err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(c.conn, 4096), nil
}

// maxWaits is how often a server may say "wait" before its greeting.
const maxWaits = 10

// greet takes the server's first reply: 220, after a 120 "wait" or two (RFC 959 section 5.4).
func (c *Control) greet(br *bufio.Reader) error {
	for range maxWaits {
		reply, err := c.readClear(br, "the server's greeting")
		if err != nil {
			return err
		}
		if reply.Code == 120 {
			continue
		}
		c.greeting, c.last = reply, reply
		if reply.Code != 220 {
			return &GreetingError{Reply: reply}
		}
		c.learnTelnet(reply.Text())
		return nil
	}
	return &ProtocolError{Problem: "nothing but 120 in place of a greeting"}
}

// literalServers take the byte 255 as it comes, against RFC 959: doubled, it would stay doubled in
// the names of files.
var literalServers = []string{"vsFTPd", "Pure-FTPd", "pyftpdlib"}

// learnTelnet finds out by the greeting whether the server is one of those.
func (c *Control) learnTelnet(greeting string) {
	for _, name := range literalServers {
		if strings.Contains(greeting, name) && !c.opts.RawIAC {
			c.opts.RawIAC = true
			c.decide(name + " takes the byte 255 as it comes: it is not doubled")
		}
	}
}

// readClear reads one reply before the reading goroutine runs. No byte may follow it unasked:
// before TLS that is how replies are smuggled in (CVE-2021-22947).
func (c *Control) readClear(br *bufio.Reader, waiting string) (Reply, error) {
	limit := c.opts.Timeouts.Reply
	c.tcp.SetReadDeadline(time.Now().Add(limit))
	if c.ctx.Err() != nil {
		return Reply{}, context.Cause(c.ctx)
	}
	r := &replyReader{br: br, rawIAC: c.opts.RawIAC, line: c.received}
	reply, err := r.read()
	if isTimeout(err) {
		err = &TimeoutError{Waiting: waiting, After: limit}
	}
	if err != nil {
		return reply, lostAs(err, false)
	}
	if br.Buffered() > 0 && c.security == nil && c.opts.TLS != TLSNever && !reply.Preliminary() {
		return reply, &TLSError{Problem: "the server said more than it was asked before TLS began; somebody may be tampering with the connection"}
	}
	return reply, nil
}

// authTLS asks for TLS (RFC 4217). A refusal is an error unless the mode lets it pass.
func (c *Control) authTLS(br *bufio.Reader) (accepted bool, err error) {
	c.command = "AUTH TLS"
	if err := c.write([]string{c.command}); err != nil {
		return false, err
	}
	reply, err := c.readClear(br, "a reply to AUTH TLS")
	if err != nil {
		return false, err
	}
	c.owed, c.pending = 0, nil
	reply.Command = c.command
	c.setLast(reply)
	switch {
	case reply.Code == 234:
		return true, nil
	case reply.Code == 421:
		return false, &LostError{Sent: true, Reply: reply}
	case c.opts.TLS == TLSRequire:
		return false, &TLSError{Problem: "the server refuses TLS", Reply: reply}
	}
	c.decide("the server refuses TLS: the connection stays in clear")
	return false, nil
}

// secure shakes hands on the control connection.
func (c *Control) secure(host string) error {
	limit := c.opts.Timeouts.TLS
	bounded, cancel := context.WithTimeout(c.ctx, limit)
	defer cancel()
	s := c.newSecurity(host)
	client := tls.Client(c.tcp, s.config)
	started := time.Now()
	c.tcp.SetDeadline(time.Time{})
	if err := client.HandshakeContext(bounded); err != nil {
		return handshakeError(err, limit)
	}
	s.state = client.ConnectionState()
	s.leaf = s.state.PeerCertificates[0]
	c.conn, c.security = client, s
	c.observe(Event{Kind: Secured, Text: "TLS on the control connection", TLS: &s.state, Trust: s.trust, Since: time.Since(started)})
	return nil
}

func handshakeError(err error, limit time.Duration) error {
	var certificate *CertificateError
	switch {
	case errors.As(err, &certificate):
		return certificate
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return &TimeoutError{Waiting: "the TLS handshake", After: limit}
	}
	return &TLSError{Problem: "the TLS handshake failed", Err: err}
}

// newSecurity makes the rules of one control connection: its own session cache, one fixed server
// name (the key of that cache), and our verification in place of the library's, so that a
// certificate that fails can be shown.
func (c *Control) newSecurity(host string) *security {
	config := &tls.Config{}
	if c.opts.TLSConfig != nil {
		config = c.opts.TLSConfig.Clone()
	}
	if config.MinVersion == 0 {
		config.MinVersion = tls.VersionTLS12
	}
	s := &security{config: config, sessions: &pinnedSessions{cache: tls.NewLRUClientSessionCache(8)}}
	config.ServerName = host
	config.ClientSessionCache = s.sessions
	config.InsecureSkipVerify = true
	config.DynamicRecordSizingDisabled = true
	config.VerifyConnection = func(state tls.ConnectionState) (err error) {
		s.trust, err = c.verify(state, config.RootCAs, host)
		return err
	}
	return s
}

// verify checks the chain and the name, then what the user has accepted.
func (c *Control) verify(state tls.ConnectionState, roots *x509.CertPool, host string) (Trust, error) {
	if c.opts.Insecure {
		return Unverified, nil
	}
	chain := state.PeerCertificates
	if len(chain) == 0 {
		return Distrusted, &TLSError{Problem: "the server shows no certificate"}
	}
	err := VerifyChain(chain, roots, host)
	if err == nil {
		return Verified, nil
	}
	fingerprint := Fingerprint(chain[0])
	if c.opts.Accepted != nil {
		if trust := c.opts.Accepted(fingerprint); trust != Distrusted {
			return trust, nil
		}
	}
	return Distrusted, &CertificateError{Host: c.opts.Host, Chain: chain, Fingerprint: fingerprint, Err: err}
}

// VerifyChain checks that a chain, its leaf first, leads to one of the roots, the system's when there are
// none, and that the leaf is for the host.
func VerifyChain(chain []*x509.Certificate, roots *x509.CertPool, host string) error {
	intermediates := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		intermediates.AddCert(certificate)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, DNSName: withoutZone(host)})
	return err
}

func withoutZone(host string) string {
	address, _, _ := strings.Cut(host, "%")
	return address
}

// Fingerprint is the SHA-256 of a certificate in hex.
func Fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
}

// dataConfig is for data connections: they resume the control connection's session, and whoever
// does not must show the same certificate, or it may be somebody else who has connected there.
func (s *security) dataConfig(mustResume bool) *tls.Config {
	s.sessions.pin()
	config := s.config.Clone()
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if state.DidResume {
			return nil
		}
		if mustResume {
			return &TLSError{Problem: "the data connection does not resume the TLS session (set require-resume off allows that)"}
		}
		if len(state.PeerCertificates) == 0 || !state.PeerCertificates[0].Equal(s.leaf) {
			return &TLSError{Problem: "the data connection shows another certificate than the control connection"}
		}
		return nil
	}
	return config
}
