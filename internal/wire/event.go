package wire

import (
	"crypto/tls"
	"slices"
	"time"
)

// EventKind says what happened.
type EventKind int

// What can happen on the wire.
const (
	Sent       EventKind = iota // a command line left
	Received                    // a line of a reply arrived
	Resolved                    // the name of the host was looked up
	Connected                   // the control connection stands
	Secured                     // the TLS handshake of the control connection finished
	Closed                      // the control connection ended
	DataOpened                  // a data connection stands
	DataBegan                   // its first bytes moved
	DataMoved                   // bytes moved, of which Options.Payload says how many are shown
	DataClosed                  // a data connection ended, or never came to stand
	Decision                    // we chose something: a fallback, a refusal, a repair
)

var eventKinds = [...]string{
	"sent", "received", "resolved", "connected", "secured", "closed",
	"data-opened", "data-began", "data-moved", "data-closed", "decision",
}

// String is the kind as logs have it.
func (k EventKind) String() string { return eventKinds[k] }

// EventKindOf is the kind of that name, as String has it.
func EventKindOf(name string) (kind EventKind, ok bool) {
	i := slices.Index(eventKinds[:], name)
	return EventKind(i), i >= 0
}

// HeadBytes is how many of its first bytes DataBegan shows at most.
const HeadBytes = 256

// Event is one thing that happened on the wire. Secrets are masked before an event is made.
type Event struct {
	Time time.Time
	Conn int // on which connection of the session: 0 or 1 is its own, 2 and more are spares
	Kind EventKind

	Text string // Sent, Received: the line without its end; else what happened, in words
	Verb string // Sent: the command; Received: the one that is answered, empty for what nobody asked
	Code int    // Received: the reply's, on each of its lines
	Last bool   // Received: the line completes the reply
	Raw  []byte // Sent, Received: the line as it is on the wire; DataBegan, DataMoved: the bytes

	Since time.Duration // Received: since the command left; for all else, how long it took
	TLS   *tls.ConnectionState
	Trust Trust // Secured: why the certificate is believed
	Data  *DataReport
}

// DataReport describes a data connection.
type DataReport struct {
	Command   string // that it serves, masked
	Mode      string // EPSV, PASV, EPRT or PORT
	Announced string // the address in the reply, or the one we announced
	Used      string // the address really connected to, or accepted from; empty when there was none
	TLS       *tls.ConnectionState
	Upload    bool // bytes went to the server

	Connect   time.Duration // until TCP stood
	Handshake time.Duration // the TLS handshake; 0 in clear
	First     time.Duration // from the command to the first byte; 0 when none moved
	Took      time.Duration // since the connection was begun
	Bytes     int64
	Err       error // how it ended; nil for a clean end
}
