package commands

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

var tlsCommand = Command{
	Name: "tls", Group: Connection, Needs: Connected,
	Short: "show how the connection is encrypted, and the certificates",
	Details: `For the control connection: version, cipher, how trust was decided, and the chain of certificates with
names, expiry and fingerprints. For the last data connection: what was agreed on, and whether the
session of the control connection was resumed, as some servers demand.`,
	Examples: []string{"tls"},
	Run: func(_ context.Context, s *Session, _ *Call) error {
		state := s.tlsState()
		if state == nil {
			s.printRows([][2]string{{"version", "none: the connection is not encrypted"}, {"data", s.dataProtection()}})
			s.Print.Hint("close; open --tls=require %s  # connects with encryption", lang.Operands(s.Conn.Site().Host))
			return nil
		}
		rows := append(agreedRows(state), [2]string{"trust", s.trust()}, [2]string{"data", s.dataProtection()})
		s.printRows(append(rows, chainRows(state.PeerCertificates)...))
		if last := s.Conn.Control().LastData(); last != nil {
			s.Print.Printf("\n%s\n", s.Print.Paint(term.RoleHeading, "last data connection: "+term.Safe(last.Command)))
			s.printRows(dataRows(last, state))
		}
		return nil
	},
}

// printRows prints names and values.
func (s *Session) printRows(rows [][2]string) {
	for _, row := range rows {
		s.Print.Printf("%-12s %s\n", row[0], term.Safe(row[1]))
	}
}

// agreedRows are what a handshake has agreed on.
func agreedRows(state *tls.ConnectionState) [][2]string {
	session := "new"
	if state.DidResume {
		session = "resumed"
	}
	rows := [][2]string{
		{"version", tls.VersionName(state.Version)},
		{"cipher", tls.CipherSuiteName(state.CipherSuite)},
		{"session", session},
	}
	if state.CurveID != 0 {
		rows = append(rows, [2]string{"key exchange", state.CurveID.String()})
	}
	return rows
}

// dataRows describe the TLS of a data connection under a control connection.
func dataRows(d *wire.DataReport, control *tls.ConnectionState) [][2]string {
	switch {
	case d.Used == "":
		return [][2]string{{"opened", "no: " + fmt.Sprint(d.Err)}}
	case d.TLS == nil:
		return [][2]string{{"version", "none: in clear"}}
	}
	certificate := "not shown: the session was resumed"
	if !d.TLS.DidResume && len(d.TLS.PeerCertificates) > 0 && len(control.PeerCertificates) > 0 {
		certificate = "another than that of the control connection"
		if d.TLS.PeerCertificates[0].Equal(control.PeerCertificates[0]) {
			certificate = "that of the control connection"
		}
	}
	return append(agreedRows(d.TLS), [2]string{"certificate", certificate})
}

// trust says how the certificate of the control connection was judged.
func (s *Session) trust() string {
	host := s.Conn.Site().Host
	switch trust := s.Conn.Control().Trust(); trust {
	case wire.Verified:
		return "verified: an issuer that this machine trusts vouches for it, and it names " + host
	case wire.Pinned:
		return "pinned: accepted for " + host + " for good; no trusted issuer vouches for it"
	case wire.AcceptedOnce:
		return "accepted for this session; no trusted issuer vouches for it"
	default:
		return trust.String() + ": any certificate is taken (--insecure)"
	}
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
			[2]string{"  valid", validity(c)},
			[2]string{"  sha-256", wire.Fingerprint(c)})
	}
	return rows
}

// validity is from when until when a certificate is good, and what that means today.
func validity(c *x509.Certificate) string {
	text := fmt.Sprintf("%s to %s", c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly))
	days := int(time.Until(c.NotAfter).Hours() / 24)
	switch {
	case time.Now().Before(c.NotBefore):
		return text + " (not yet valid)"
	case time.Now().After(c.NotAfter):
		return text + " (expired)"
	}
	return fmt.Sprintf("%s (%d days left)", text, days)
}

func certificateNames(c *x509.Certificate) []string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}
