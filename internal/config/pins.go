package config

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Pin is the SHA-256 of a whole leaf certificate, as openssl x509 -fingerprint
// -sha256 prints it: the user can compare it with what the administrator of
// the server reads out. A renewed certificate has another pin, and is asked
// about again.
type Pin [sha256.Size]byte

// PinOf returns the pin of a certificate.
func PinOf(cert *x509.Certificate) Pin { return sha256.Sum256(cert.Raw) }

// String writes AB:CD:…
func (p Pin) String() string {
	pairs := make([]string, len(p))
	for i, b := range p {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// ParsePin reads 64 hexadecimal digits in either case, with or without colons.
func ParsePin(text string) (Pin, error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if err != nil || len(raw) != sha256.Size {
		return Pin{}, fmt.Errorf("%q is not a SHA-256 fingerprint", text)
	}
	return Pin(raw), nil
}

// Pins is the file of certificates that the user accepted although they could
// not be verified: host:port and pin, one a line. A server may have several.
// Its methods may be called by several goroutines.
type Pins struct{ file lineFile }

// Lookup returns the pins of a server. A line of the file that is no pin is
// an error: somebody meant to trust something, and it is not known what.
func (p *Pins) Lookup(host string, port int) ([]Pin, error) {
	wanted, err := exactSite(host, port)
	if err != nil {
		return nil, err
	}
	lines, err := p.file.lines()
	if err != nil {
		return nil, err
	}
	var pins []Pin
	for i, line := range lines {
		if isComment(line) {
			continue
		}
		site, pin, err := parsePinLine(line)
		if err != nil {
			return nil, &LineError{Path: p.file.path, Line: i + 1, Err: err}
		}
		if site == wanted {
			pins = append(pins, pin)
		}
	}
	return pins, nil
}

// Accepts reports whether a certificate is pinned for a server.
func (p *Pins) Accepts(host string, port int, cert *x509.Certificate) (bool, error) {
	pins, err := p.Lookup(host, port)
	return slices.Contains(pins, PinOf(cert)), err
}

// Add pins a certificate for a server.
func (p *Pins) Add(host string, port int, pin Pin) error {
	site, err := exactSite(host, port)
	if err != nil {
		return err
	}
	same := func(line string) bool {
		s, known, err := parsePinLine(line)
		return err == nil && s == site && known == pin
	}
	_, err = p.file.replace(same, site.String()+" "+pin.String())
	return err
}

// Remove takes back all pins of a server; that there are none is an error.
func (p *Pins) Remove(host string, port int) error {
	site, err := exactSite(host, port)
	if err != nil {
		return err
	}
	found, err := p.file.replace(func(line string) bool {
		s, _, err := parsePinLine(line)
		return err == nil && s == site
	}, "")
	if err == nil && !found {
		return fmt.Errorf("no certificate is pinned for %s", site)
	}
	return err
}

// parsePinLine reads host:port and pin.
func parsePinLine(line string) (sitePattern, Pin, error) {
	fields := strings.Fields(line)
	if len(fields) != 2 {
		return sitePattern{}, Pin{}, fmt.Errorf("%q is not host:port and a fingerprint", line)
	}
	site, err := parseSite(fields[0])
	if err != nil {
		return sitePattern{}, Pin{}, err
	}
	pin, err := ParsePin(fields[1])
	return site, pin, err
}
