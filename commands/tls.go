package commands

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

var tlsCommand = Command{
	Name: "tls", Group: Connection, Needs: Connected,
	Short:    "show how the connection is encrypted, and the certificate",
	Examples: []string{"tls"},
	Run: func(_ context.Context, s *Session, _ *Call) error {
		state := s.tlsState()
		if state == nil {
			return &StateError{Op: "tls", Problem: "the connection is not encrypted", Next: "close, then open --tls=require"}
		}
		s.Print.Printf("version      %s\n", tls.VersionName(state.Version))
		s.Print.Printf("cipher       %s\n", tls.CipherSuiteName(state.CipherSuite))
		s.Print.Printf("data         %s\n", s.dataProtection())
		for _, row := range chainRows(state.PeerCertificates) {
			s.Print.Printf("%-12s %s\n", row[0], term.Safe(row[1]))
		}
		return nil
	},
}

var protCommand = Command{
	Name: "prot", Group: Connection, Needs: LoggedIn,
	Short: "encrypt data connections (p) or leave them in clear (c)",
	Args:  []Arg{{Name: "level", Kind: Choice, Choices: []string{"p", "c"}, Optional: true}},
	Details: `Without an argument it shows the level. Data is always encrypted when the session is, until prot c
says otherwise; the command channel is never made clear again.`,
	Examples: []string{"prot", "prot p"},
	Run: func(ctx context.Context, s *Session, c *Call) error {
		if c.Given("level") {
			return s.Conn.Protect(ctx, c.Arg("level") == "p")
		}
		s.Print.Printf("%s\n", s.dataProtection())
		return nil
	},
}

func (s *Session) tlsState() *tls.ConnectionState {
	control := s.Conn.Control()
	if control == nil {
		return nil
	}
	return control.TLS()
}

func (s *Session) dataProtection() string {
	if s.tlsState() == nil || s.Conn.Site().Options.Data.Clear {
		return "data in clear"
	}
	return "data encrypted"
}

func describeVersion(state *tls.ConnectionState) string { return tls.VersionName(state.Version) }

// showChain prints a chain beside a question about it.
func (s *Session) showChain(chain []*x509.Certificate) {
	for _, row := range chainRows(chain) {
		s.Print.Note("  %-12s %s", row[0], row[1])
	}
}

// chainRows describe the certificates of a server, its own first.
func chainRows(chain []*x509.Certificate) [][2]string {
	var rows [][2]string
	for i, c := range chain {
		name := "certificate"
		if i > 0 {
			name = "issued by"
		}
		rows = append(rows,
			[2]string{name, c.Subject.String()},
			[2]string{"  names", strings.Join(certificateNames(c), ", ")},
			[2]string{"  valid", fmt.Sprintf("%s to %s", c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly))},
			[2]string{"  sha-256", wire.Fingerprint(c)})
	}
	return rows
}

func certificateNames(c *x509.Certificate) []string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}
