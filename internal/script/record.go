package script

import (
	"crypto/tls"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Control is what is known of one control connection.
type Control struct {
	Remote     netip.AddrPort // the client
	Lines      []string       // as Server.Log
	TLS        bool           // a handshake was completed
	Resumed    bool           // that handshake resumed an earlier session
	ServerName string         // the name the client asked for (SNI)
	Version    uint16         // tls.VersionTLS12 and so on
	ClientCert bool           // the client showed a certificate
}

// Transfer is what is known of one data connection.
type Transfer struct {
	Verb     string         // the command that it was opened for
	Remote   netip.AddrPort // the client
	Passive  bool           // the client connected
	TLS      bool           // a handshake was completed
	Resumed  bool           // that handshake resumed an earlier session
	Sent     int64          // bytes of content written, before encryption
	Received int64          // bytes of content read, after decryption
	First    int            // the first byte the client sent on the wire, 0x16 for TLS; -1 when none was read
}

// Log returns every line received on any control connection, in order of arrival, exactly as it
// came, but without the CR LF at its end. A line that ended otherwise keeps its ending.
func (s *Server) Log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Verbs returns the first word of each line of Log, in upper case.
func (s *Server) Verbs() []string {
	var verbs []string
	for _, line := range s.Log() {
		verb, _ := split(line)
		verbs = append(verbs, verb)
	}
	return verbs
}

// Controls returns a record of each control connection there has been, in order.
func (s *Server) Controls() []Control {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Control, len(s.controls))
	for i, c := range s.controls {
		all[i] = *c
		all[i].Lines = slices.Clone(c.Lines)
	}
	return all
}

// Transfers returns a record of each data connection there has been, in order.
func (s *Server) Transfers() []Transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Transfer, len(s.data))
	for i, d := range s.data {
		all[i] = *d
	}
	return all
}

func (s *Server) received(c *Control, line string) {
	line = strings.TrimSuffix(line, "\r\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, line)
	c.Lines = append(c.Lines, line)
}

func (s *Server) secured(c *Control, state tls.ConnectionState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.TLS, c.Resumed = true, state.DidResume
	c.ServerName, c.Version, c.ClientCert = state.ServerName, state.Version, len(state.PeerCertificates) > 0
}

func remote(c net.Conn) netip.AddrPort {
	return c.RemoteAddr().(*net.TCPAddr).AddrPort()
}
