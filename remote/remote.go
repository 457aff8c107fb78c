// Package remote is one server, connected: it opens and reopens the connection, logs in, and says
// in the terms of files and directories what the protocol says in replies.
//
// A [Conn] is the persistent connection of a session. It is never nil and may be closed; an
// operation that finds it dropped brings it back to its directory and transfer type first, but
// never repeats a command whose outcome is unknown.
package remote

import (
	"context"
	"net/netip"
	"net/url"
	"time"

	"crypto/tls"

	"ftpsh/internal/wire"
)

// Site says where to connect, as whom, and how.
type Site struct {
	Host     string
	Port     int // 0 is the default of the mode: 21, or 990 for implicit TLS
	User     string
	Password string
	Account  string // the answer to a 332; empty asks when it comes to that
	NoLogin  bool   // connect only: the user command logs in

	TLS       wire.TLSMode
	TLSBefore bool // this site has been seen with TLS: auto does not fall back to clear

	Options Options
}

// Options are the rules of a connection. They are read when it is opened.
type Options struct {
	Network     string     // "tcp", "tcp4", "tcp6"
	Bind        netip.Addr // source address
	Proxy       *url.URL
	TLSConfig   *tls.Config
	Insecure    bool
	Timeouts    wire.Timeouts
	Data        wire.DataOptions
	RawIAC      bool // send 0xFF undoubled
	Retries     int  // how often a lost connection is dialled again
	Connections int  // the most that the session has at once, spares included; 0 is 16
	Charset     string
	Location    *time.Location // of the times in LIST; nil is UTC
	LockStep    bool           // never send a command before the reply to the one before it
	AllowClear  bool           // a password may go out in clear
	NoMLSD      bool           // list by LIST even where MLSD is offered
	MaxEntries  int            // of one listing; 0 is the default of package listing
	LimitRate   int64          // bytes a second of all connections of the session together; 0 for any
}

// Trust is a person's answer to a certificate that proves nothing.
type Trust int

// The answers.
const (
	TrustNo Trust = iota
	TrustOnce
	TrustAlways
)

// Hooks are how a Conn asks and tells. Any of them may be nil: then nothing is asked, the safe
// answer is taken, and nothing is told. Spares share Observe, Payload, Note, Accepted and Learned, which are
// then called from several goroutines; a spare's notes name its number.
type Hooks struct {
	Observe      func(wire.Event)
	Payload      func() int64                             // as wire.Options.Payload
	Note         func(text string)                        // something worth a line: a reconnect, a repair
	Credentials  func(ctx context.Context, s *Site) error // fills in user and password
	Account      func(ctx context.Context, s *Site) (string, error)
	ConfirmClear func(ctx context.Context, s *Site) (bool, error)
	Certificate  func(ctx context.Context, s *Site, problem *wire.CertificateError) (Trust, error)
	Accepted     func(s *Site, fingerprint string) bool // certificates accepted in earlier sessions
	Learned      func(s *Site, what Lesson)             // something to remember for the next time
}

// Lesson is what a connection has taught about its site.
type Lesson int

// The lessons.
const (
	LearnedTLS      Lesson = iota // the site does TLS
	LearnedLockStep               // the site mixes up commands sent ahead
)

func (s *Site) port() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.TLS == wire.TLSImplicit:
		return 990
	}
	return 21
}

// anonymous says that the password is no secret.
func (s *Site) anonymous() bool { return s.User == "anonymous" || s.User == "ftp" }
