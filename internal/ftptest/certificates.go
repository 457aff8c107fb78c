package ftptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"
)

// CertificateSet is one authority and the certificates that a client meets. Unless said otherwise they
// are for localhost, 127.0.0.1 and ::1, valid now, and signed by the authority.
type CertificateSet struct {
	Authority  []byte          // the authority's certificate in PEM
	Pool       *x509.CertPool  // the authority alone
	Good       tls.Certificate // nothing wrong with it
	Other      tls.Certificate // as good as Good, with another key
	Expired    tls.Certificate // ended yesterday
	NotYet     tls.Certificate // begins tomorrow
	WrongName  tls.Certificate // for ftp.example.net
	SelfSigned tls.Certificate // signed by itself
	Stranger   tls.Certificate // signed by an authority nobody knows
	CommonName tls.Certificate // localhost in the subject only, no alternative names
	Client     tls.Certificate // for a client to show
}

// Certificates returns the set of this test binary.
func Certificates(t testing.TB) *CertificateSet {
	t.Helper()
	set, err := certificates()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Serve returns a configuration for a server that shows one of the certificates.
func (s *CertificateSet) Serve(c tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12}
}

// Trust returns a configuration for a client of localhost that believes the authority, with a session
// cache of its own.
func (s *CertificateSet) Trust() *tls.Config {
	return &tls.Config{
		RootCAs:            s.Pool,
		ServerName:         "localhost",
		ClientSessionCache: tls.NewLRUClientSessionCache(0),
		MinVersion:         tls.VersionTLS12,
	}
}

// PEM returns a certificate and its private key as daemons read them.
func PEM(c tls.Certificate) (certificate, key []byte, err error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		return nil, nil, err
	}
	return block("CERTIFICATE", c.Certificate[0]), block("PRIVATE KEY", der), nil
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// maker issues certificates until the first error.
type maker struct {
	serial int64
	err    error
}

var certificates = sync.OnceValues(func() (*CertificateSet, error) {
	var m maker
	authority := m.issue(nil, asAuthority)
	stranger := m.issue(nil, asAuthority)
	if m.err != nil {
		return nil, m.err
	}
	set := &CertificateSet{
		Authority:  block("CERTIFICATE", authority.Certificate[0]),
		Pool:       x509.NewCertPool(),
		Good:       m.issue(&authority, nil),
		Other:      m.issue(&authority, nil),
		Expired:    m.issue(&authority, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-24 * time.Hour) }),
		NotYet:     m.issue(&authority, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(24 * time.Hour) }),
		WrongName:  m.issue(&authority, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"ftp.example.net"}, nil }),
		SelfSigned: m.issue(nil, nil),
		Stranger:   m.issue(&stranger, nil),
		CommonName: m.issue(&authority, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil }),
		Client:     m.issue(&authority, nil),
	}
	set.Pool.AppendCertsFromPEM(set.Authority)
	return set, m.err
})

func asAuthority(c *x509.Certificate) {
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign
	c.Subject.CommonName = "ftpsh test authority"
	c.DNSNames, c.IPAddresses = nil, nil
}

// issue makes a certificate, changed before it is signed, by an authority or by itself.
func (m *maker) issue(authority *tls.Certificate, change func(*x509.Certificate)) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if m.err = errors.Join(m.err, err); m.err != nil {
		return tls.Certificate{}
	}
	m.serial++
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(m.serial),
		Subject:               pkix.Name{CommonName: "localhost"},
		NotBefore:             time.Now().Add(-48 * time.Hour),
		NotAfter:              time.Now().Add(48 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, any(key)
	if authority != nil {
		parent, signer = authority.Leaf, authority.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if m.err = errors.Join(m.err, err); m.err != nil {
		return tls.Certificate{}
	}
	leaf, err := x509.ParseCertificate(der)
	m.err = errors.Join(m.err, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
