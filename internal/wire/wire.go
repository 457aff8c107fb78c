// Package wire is the network under the FTP library: one control connection, and the data
// connections that it opens.
//
// The library believes that it talks to a socket. It talks to a [Control], which
//
//   - shakes hands and verifies certificates before a single command is sent,
//   - lets exactly one clean line out per write and one complete, bounded reply in per reply owed,
//   - chooses how data connections are opened (EPSV, PASV, EPRT, PORT) and where they may go,
//   - gives every wait a deadline and every wait a way to be interrupted,
//   - and tells an observer all of it as [Event] values, with secrets masked.
//
// Commands that the library does not know go through [Control.Do].
package wire

import (
	"crypto/tls"
	"net/netip"
	"net/url"
	"time"
)

// TLSMode says when the control connection changes to TLS.
type TLSMode int

// The modes, as --tls names them.
const (
	TLSAuto     TLSMode = iota // AUTH TLS is tried; a server that refuses it is spoken to in clear
	TLSRequire                 // AUTH TLS or nothing (RFC 4217)
	TLSImplicit                // TLS from the first byte, as on port 990
	TLSNever                   // clear text, AUTH is not even tried
)

// Timeouts are the longest waits without progress. Zero means the default.
type Timeouts struct {
	Connect time.Duration // a TCP connection, control or data
	TLS     time.Duration // one TLS handshake
	Reply   time.Duration // one whole reply
	Data    time.Duration // data without a byte moving
	Final   time.Duration // the reply that ends a transfer
	Grace   time.Duration // the same once the transfer was broken off or its data connection failed; never above Reply
	Step    time.Duration // finding out where a connection stands, after something on it went wrong
}

// DefaultTimeouts are generous enough for a slow server and short enough for a person.
var DefaultTimeouts = Timeouts{
	Connect: 30 * time.Second,
	TLS:     30 * time.Second,
	Reply:   60 * time.Second,
	Data:    60 * time.Second,
	Final:   300 * time.Second,
	Grace:   4 * time.Second,
	Step:    2 * time.Second,
}

// WithDefaults has the default where nothing else is said.
func (t Timeouts) WithDefaults() Timeouts {
	or := func(d *time.Duration, fallback time.Duration) {
		if *d <= 0 {
			*d = fallback
		}
	}
	or(&t.Connect, DefaultTimeouts.Connect)
	or(&t.TLS, DefaultTimeouts.TLS)
	or(&t.Reply, DefaultTimeouts.Reply)
	or(&t.Data, DefaultTimeouts.Data)
	or(&t.Final, DefaultTimeouts.Final)
	or(&t.Grace, DefaultTimeouts.Grace)
	or(&t.Step, DefaultTimeouts.Step)
	return t
}

// Options say where to connect and under which rules.
type Options struct {
	Host    string // as typed: a name (IDN allowed) or an address; certificates are verified against it
	Port    int
	Address string // where Host was found before, as [Control.Address] has it; empty asks the resolver
	Conn    int    // the number of the connection among those of its session, for events

	Network string     // "tcp", "tcp4" or "tcp6"; empty is "tcp"
	Bind    netip.Addr // source address of every connection; the zero value lets the system choose
	Proxy   *url.URL   // socks5, socks5h or http (CONNECT), for control and data; nil for none

	TLS       TLSMode
	TLSConfig *tls.Config                    // roots, client certificate, minimum version; never changed
	Insecure  bool                           // take any certificate
	Accepted  func(fingerprint string) Trust // for a certificate that proves nothing; may be nil

	Timeouts Timeouts
	Data     DataOptions
	RawIAC   bool // do not double 0xFF as Telnet asks (RFC 959 section 5.3)

	// Payload says how many bytes of the next data connection DataMoved is to show; nil shows none.
	Payload func() int64

	// Limit is the rate at which contents move, looked at before each piece; nil is none.
	Limit func() *Limit

	Observe func(Event) // called for each event, from several goroutines; may be nil
}

// DataOptions say how data connections are opened. They may change while connected.
type DataOptions struct {
	Active        bool       // listen and let the server connect (EPRT, PORT)
	Classic       bool       // PASV and PORT only, never EPSV and EPRT
	ActivePorts   [2]int     // lowest and highest port to listen on; zero is any
	ActiveAddress netip.Addr // address to announce, when a router translates ours
	MustResume    bool       // refuse a data connection that does not resume the TLS session
	LowPorts      bool       // allow passive ports below 1024
	Clear         bool       // data in clear although the control connection is TLS (PROT C)
}
