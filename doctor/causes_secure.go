package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// secureCauses keep a connection from being safe.
var secureCauses = []Cause{
	{
		Slug: "auth-refused", Meaning: "the server refuses TLS (AUTH), and is not to be used without",
		holds: func(x *examination) bool {
			var clear *remote.ClearTextError
			return x.authRefused.Code != 0 && (x.Site.TLS == wire.TLSRequire || errors.As(x.loginErr, &clear))
		},
		sentence: func(x *examination) string { return "the server refuses TLS: " + quoted(x.authRefused) },
		cure:     always("--tls=never sends the password in clear, where that is good enough; else ask the administrator to enable TLS"),
	},
	{
		Slug: "old-tls", Meaning: "the server knows no TLS above 1.1, which is broken",
		holds: func(x *examination) bool { return x.oldest },
		sentence: func(x *examination) string {
			if x.session == nil {
				return "the server and this program have no version of TLS in common"
			}
			return "the server knows nothing better than " + tls.VersionName(x.session.Version)
		},
		cure: always("ask the administrator to enable TLS 1.2 or 1.3; nothing older can be spoken here"),
	},
	{
		Slug: "tls-failed", Meaning: "the TLS handshake on the control connection fails",
		holds: func(x *examination) bool { return x.tlsFailed != nil },
		sentence: func(x *examination) string {
			return "no TLS comes about on the control connection: " + innermost(x.tlsFailed).Error()
		},
		cure: always("set tls-max 1.2 helps with some servers; debug 3 shows the handshake to the administrator"),
	},
	{
		Slug: "certificate-not-yet-valid", Meaning: "the certificate's time has not begun, or the clock of this machine is wrong",
		holds:    func(x *examination) bool { return x.outOfTime() && time.Now().Before(x.leaf().NotBefore) },
		sentence: func(x *examination) string { return "the certificate is not valid before " + day(x.leaf().NotBefore) },
		cure:     always("check the clock of this machine; else ask the administrator for a certificate that is valid now"),
	},
	{
		Slug: "certificate-expired", Meaning: "the certificate's time is over",
		holds:    func(x *examination) bool { return x.outOfTime() },
		sentence: func(x *examination) string { return "the certificate has expired on " + day(x.leaf().NotAfter) },
		cure:     always("ask the administrator to renew it; open asks on a terminal whether you trust it all the same"),
	},
	{
		Slug: "certificate-wrong-name", Meaning: "the certificate is for another name than the one that was typed",
		holds: func(x *examination) bool { return x.distrusted() && isA[x509.HostnameError](x.untrusted) },
		sentence: func(x *examination) string {
			return fmt.Sprintf("the certificate is for %s, not for %s", strings.Join(certificateNames(x.leaf()), ", "), x.Site.Host)
		},
		cure: func(x *examination) string {
			if names := x.leaf().DNSNames; len(names) > 0 {
				return "open " + names[0] + ", if that is the same server; else ask the administrator for a certificate with the right name"
			}
			return "ask the administrator for a certificate with the name that you use"
		},
	},
	{
		Slug: "certificate-self-signed", Meaning: "the certificate is signed by itself: nobody vouches for it",
		holds:    func(x *examination) bool { return x.distrusted() && selfSigned(x.leaf()) },
		sentence: func(x *examination) string { return "the certificate of " + x.Site.Host + " is signed by itself" },
		cure:     always("compare its fingerprint with the administrator's, then accept it (open asks on a terminal), or keep it in a file: --ca FILE"),
	},
	{
		Slug: "certificate-unknown-issuer", Meaning: "the certificate is signed by somebody whom this machine does not know",
		holds: func(x *examination) bool { return x.distrusted() },
		sentence: func(x *examination) string {
			return "nobody whom this machine trusts has signed the certificate: it is from " + x.leaf().Issuer.String()
		},
		cure: always("--ca FILE with the issuer's certificate; or ask the administrator to send the whole chain"),
	},
}

// distrusted says that there is something wrong with the certificate, and that it matters.
func (x *examination) distrusted() bool { return x.untrusted != nil && !x.overlooked }

// outOfTime says that the certificate is not valid now.
func (x *examination) outOfTime() bool {
	var invalid x509.CertificateInvalidError
	return x.distrusted() && errors.As(x.untrusted, &invalid) && invalid.Reason == x509.Expired
}

func (x *examination) leaf() *x509.Certificate { return x.session.PeerCertificates[0] }

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// isA says that an error is one of a type.
func isA[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
