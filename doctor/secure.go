package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"ftpsh/internal/wire"
)

// This file is TLS on the control connection, and the certificate.

// secureFacts is what was found there.
type secureFacts struct {
	session     *tls.ConnectionState // nil when there is no TLS
	authRefused wire.Reply           // the answer to AUTH TLS
	tlsFailed   error                // the handshake came to nothing
	oldest      bool                 // nothing above TLS 1.1 was to be had

	untrusted  error // what is wrong with the certificate
	overlooked bool  // and the user has said that it does not matter
}

// anyTLS is a configuration that takes versions that nobody should use any more, to name them.
func anyTLS(own *tls.Config) *tls.Config {
	c := &tls.Config{}
	if own != nil {
		c = own.Clone()
	}
	c.MinVersion, c.MaxVersion = tls.VersionTLS10, 0
	return c
}

// secure has the server change to TLS (RFC 4217), unless it was told not to.
func secure(x *examination, ctx context.Context) finding {
	mode := x.Site.TLS
	if mode == wire.TLSNever {
		x.stage = trusted
		return finding{Skip, "not asked for"}
	}
	if mode == wire.TLSAuto {
		mode = wire.TLSRequire
	}
	control, err := wire.Dial(ctx, x.wireOptions(mode))
	if err != nil {
		return x.withoutTLS(err)
	}
	defer control.Close()
	x.session = control.TLS()
	words := tls.VersionName(x.session.Version) + ", " + tls.CipherSuiteName(x.session.CipherSuite)
	if x.session.Version < tls.VersionTLS12 {
		x.oldest = true
		return finding{Fail, words}
	}
	return finding{Pass, words}
}

// withoutTLS notes why there is none. Where TLS is only tried, a server without it is not at fault.
func (x *examination) withoutTLS(err error) finding {
	var refused *wire.TLSError
	switch {
	case !errors.As(err, &refused) || refused.Reply.Code == 0:
		x.tlsFailed = err
		x.oldest = saysOldVersion(err)
	case x.Site.TLS == wire.TLSAuto:
		x.authRefused, x.stage = refused.Reply, trusted
		return finding{Warn, fmt.Sprintf("not offered: %d %s", refused.Reply.Code, refused.Reply.Text())}
	default:
		x.authRefused = refused.Reply
	}
	return finding{Fail, err.Error()}
}

// saysOldVersion says that the two sides have no version of TLS in common.
func saysOldVersion(err error) bool {
	return strings.Contains(err.Error(), "protocol version")
}

// certify verifies the certificate against the name that was typed.
func certify(x *examination, _ context.Context) finding {
	switch {
	case x.stage >= trusted:
		return finding{Skip, "no TLS"}
	case x.session == nil || x.oldest:
		return finding{Skip, "no TLS that could be used"}
	}
	o := x.Site.Options
	leaf := x.session.PeerCertificates[0]
	words := fmt.Sprintf("for %s, until %s", strings.Join(certificateNames(leaf), ", "), leaf.NotAfter.UTC().Format(time.DateOnly))
	x.untrusted = x.verify()
	switch fingerprint := wire.Fingerprint(leaf); {
	case x.untrusted == nil:
		x.stage = trusted
		return finding{Pass, words}
	case o.Insecure, x.Hooks.Accepted != nil && x.Hooks.Accepted(&x.Site, fingerprint):
		x.stage, x.overlooked = trusted, true
		return finding{Warn, x.untrusted.Error() + " (accepted)"}
	}
	return finding{Fail, x.untrusted.Error()}
}

func (x *examination) verify() error {
	host, err := wire.ASCIIHost(x.Site.Host)
	if err != nil {
		return err
	}
	var roots *x509.CertPool
	if own := x.Site.Options.TLSConfig; own != nil {
		roots = own.RootCAs
	}
	return wire.VerifyChain(x.session.PeerCertificates, roots, host)
}

func certificateNames(c *x509.Certificate) []string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return []string{c.Subject.String()}
	}
	return names
}

// selfSigned says that a certificate has nobody behind it but itself.
func selfSigned(c *x509.Certificate) bool { return string(c.RawIssuer) == string(c.RawSubject) }
