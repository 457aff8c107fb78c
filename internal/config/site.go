package config

import (
	"fmt"
	"net"
	"path"
	"strconv"
	"strings"
	"unicode"
)

// sitePattern is the heading of a section: a host, which may hold * and ?, and
// a port, 0 for any. The zero pattern stands before the first section and
// matches everywhere, even where no site is.
type sitePattern struct {
	host string // lower case
	port int
}

// parseSite reads host, host:port, an IPv6 address, or [address]:port.
func parseSite(text string) (sitePattern, error) {
	host, port := text, 0
	if !isAddress(text) && strings.Contains(text, ":") {
		h, p, err := net.SplitHostPort(text)
		if err != nil {
			return sitePattern{}, fmt.Errorf("site %q is not host or host:port", text)
		}
		if port, err = strconv.Atoi(p); err != nil || port < 1 || port > 65535 {
			return sitePattern{}, fmt.Errorf("site %q: port is not from 1 to 65535", text)
		}
		host = h
	}
	if _, err := path.Match(host, ""); err != nil || host == "" || strings.ContainsAny(host, " \t/") {
		return sitePattern{}, fmt.Errorf("site %q is not host or host:port", text)
	}
	return sitePattern{canonicalHost(host), port}, nil
}

// exactSite is the pattern of one server and no other. A host with characters
// that mean something in a file is an error: no such host was ever reached.
func exactSite(host string, port int) (sitePattern, error) {
	odd := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`[]*?\/#`, r)
	}
	if host == "" || strings.ContainsFunc(host, odd) {
		return sitePattern{}, fmt.Errorf("%q is not a host", host)
	}
	return sitePattern{canonicalHost(host), port}, nil
}

// canonicalHost drops what DNS does: case, and the dot of the root.
func canonicalHost(host string) string {
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// matches reports whether the section speaks of this server.
func (p sitePattern) matches(host string, port int) bool {
	if p == (sitePattern{}) {
		return true
	}
	if host == "" {
		return false
	}
	if p.port != 0 && p.port != port {
		return false
	}
	host = canonicalHost(host)
	ok, err := path.Match(p.host, host)
	return p.host == host || err == nil && ok
}

// String writes the pattern as parseSite reads it.
func (p sitePattern) String() string {
	if p.port == 0 {
		return p.host
	}
	return net.JoinHostPort(p.host, strconv.Itoa(p.port))
}
