package ftptest_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"ftpsh/internal/ftptest"
)

// Good and Other are accepted for every name of this machine, the bad ones are bad in their own way only.
func TestCertificates(t *testing.T) {
	set := ftptest.Certificates(t)
	verify := func(c tls.Certificate, name string) error {
		_, err := c.Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: set.Pool})
		return err
	}
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		for _, c := range []tls.Certificate{set.Good, set.Other} {
			if err := verify(c, name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	bad := map[string]tls.Certificate{
		"expired": set.Expired, "wrong name": set.WrongName, "self-signed": set.SelfSigned,
		"stranger": set.Stranger, "common name only": set.CommonName,
	}
	for what, c := range bad {
		if verify(c, "localhost") == nil {
			t.Errorf("%s is accepted", what)
		}
	}
	if err := verify(set.WrongName, "ftp.example.net"); err != nil {
		t.Errorf("wrong name is wrong in more than its name: %v", err)
	}
}
