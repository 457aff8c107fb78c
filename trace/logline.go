package trace

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ftpsh/internal/wire"
)

// This file is the form of a log: doc/log-format.md in Go. Each line is a JSON object: a header, or an event of
// package wire. What is added later must be optional; anything else is a new version.

// The header's names.
const (
	logFormat  = "ftpsh-log"
	logVersion = 1
)

// Header is the line that every session of a log begins with.
type Header struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Program string    `json:"program"`
	System  string    `json:"system,omitempty"`
	Time    time.Time `json:"time"`
	Redact  bool      `json:"redacted,omitempty"`
}

// String describes the session in a line.
func (h Header) String() string {
	text := fmt.Sprintf("log of %s on %s, %s", h.Program, h.System, h.Time.UTC().Format("2006-01-02 15:04:05 UTC"))
	if h.Redact {
		text += ", names are masked"
	}
	return text
}

// logEvent is an event as a line has it.
type logEvent struct {
	Time  time.Time `json:"time"`
	Event string    `json:"event"`
	Conn  int       `json:"conn,omitempty"`
	Verb  string    `json:"verb,omitempty"`
	Code  int       `json:"code,omitempty"`
	Last  bool      `json:"last,omitempty"`
	Text  octets    `json:"text,omitempty"`
	Raw   octets    `json:"raw,omitempty"` // Sent, Received: only if it is not Text with CR LF
	Since millis    `json:"ms,omitempty"`
	TLS   *logTLS   `json:"tls,omitempty"`
	Trust string    `json:"trust,omitempty"`
	Data  *logData  `json:"data,omitempty"`
}

// logTLS is what a handshake has agreed on.
type logTLS struct {
	Version      string   `json:"version"`
	Cipher       string   `json:"cipher"`
	Curve        string   `json:"curve,omitempty"`
	Resumed      bool     `json:"resumed,omitempty"`
	Certificates [][]byte `json:"certificates,omitempty"` // DER, the server's own first
}

// logData is a wire.DataReport.
type logData struct {
	Command   octets  `json:"command,omitempty"`
	Mode      string  `json:"mode,omitempty"`
	Announced string  `json:"announced,omitempty"`
	Used      string  `json:"used,omitempty"`
	TLS       *logTLS `json:"tls,omitempty"`
	Upload    bool    `json:"upload,omitempty"`
	Bytes     int64   `json:"bytes"`
	Connect   millis  `json:"connect_ms,omitempty"`
	Handshake millis  `json:"handshake_ms,omitempty"`
	First     millis  `json:"first_ms,omitempty"`
	Took      millis  `json:"ms,omitempty"`
	Error     string  `json:"error,omitempty"`
}

// encodeEvent makes a line of an event.
func encodeEvent(e wire.Event) ([]byte, error) {
	l := logEvent{
		Time: e.Time.UTC(), Event: e.Kind.String(), Conn: e.Conn, Verb: e.Verb, Code: e.Code, Last: e.Last,
		Text: octets(e.Text), Since: millis(e.Since), TLS: encodeTLS(e.TLS, true), Data: encodeData(e.Data),
	}
	if !isLine(e.Kind) || string(e.Raw) != e.Text+"\r\n" {
		l.Raw = octets(e.Raw)
	}
	if e.Kind == wire.Secured {
		l.Trust = e.Trust.String()
	}
	return encodeLine(l)
}

// isLine says that the event is a line of the conversation.
func isLine(kind wire.EventKind) bool { return kind == wire.Sent || kind == wire.Received }

func encodeLine(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return b.Bytes(), err
}

// encodeTLS leaves certificates to the control connection: data connections show the same.
func encodeTLS(state *tls.ConnectionState, certificates bool) *logTLS {
	if state == nil {
		return nil
	}
	l := &logTLS{Version: tls.VersionName(state.Version), Cipher: tls.CipherSuiteName(state.CipherSuite), Resumed: state.DidResume}
	if state.CurveID != 0 {
		l.Curve = state.CurveID.String()
	}
	if certificates {
		for _, c := range state.PeerCertificates {
			l.Certificates = append(l.Certificates, c.Raw)
		}
	}
	return l
}

func encodeData(d *wire.DataReport) *logData {
	if d == nil {
		return nil
	}
	l := &logData{
		Command: octets(d.Command), Mode: d.Mode, Announced: d.Announced, Used: d.Used, TLS: encodeTLS(d.TLS, false),
		Upload: d.Upload, Bytes: d.Bytes,
		Connect: millis(d.Connect), Handshake: millis(d.Handshake), First: millis(d.First), Took: millis(d.Took),
	}
	if d.Err != nil {
		l.Error = d.Err.Error()
	}
	return l
}

// decodeEvent is the event of a line; known is false for a kind that a later ftpsh has added.
func decodeEvent(line []byte) (e wire.Event, known bool, err error) {
	var l logEvent
	if err := json.Unmarshal(line, &l); err != nil {
		return e, false, err
	}
	kind, known := wire.EventKindOf(l.Event)
	if !known {
		return e, false, nil
	}
	e = wire.Event{
		Time: l.Time, Kind: kind, Conn: l.Conn, Verb: l.Verb, Code: l.Code, Last: l.Last,
		Text: string(l.Text), Raw: []byte(l.Raw), Since: time.Duration(l.Since), Data: l.Data.decode(),
	}
	if isLine(kind) && l.Raw == "" {
		e.Raw = []byte(e.Text + "\r\n")
	}
	if e.TLS, err = l.TLS.decode(); err != nil {
		return e, true, err
	}
	if kind == wire.Secured && e.TLS == nil || strings.HasPrefix(l.Event, "data-") && e.Data == nil {
		return e, true, fmt.Errorf("%s without what it is about", l.Event)
	}
	for trust := wire.Distrusted; trust <= wire.Verified; trust++ {
		if trust.String() == l.Trust {
			e.Trust = trust
		}
	}
	return e, true, nil
}

func (l *logTLS) decode() (*tls.ConnectionState, error) {
	if l == nil {
		return nil, nil
	}
	state := &tls.ConnectionState{
		Version: numbered(l.Version, versions, tls.VersionName), DidResume: l.Resumed,
		CipherSuite: numbered(l.Cipher, ciphers(), tls.CipherSuiteName),
		CurveID:     numbered(l.Curve, curves, tls.CurveID.String),
	}
	for _, der := range l.Certificates {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		state.PeerCertificates = append(state.PeerCertificates, certificate)
	}
	return state, nil
}

var (
	versions = []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13}
	curves   = []tls.CurveID{
		tls.CurveP256, tls.CurveP384, tls.CurveP521, tls.X25519, tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024,
	}
)

func ciphers() (ids []uint16) {
	for _, c := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		ids = append(ids, c.ID)
	}
	return ids
}

// numbered is the number of a name, 0 for one that is not known.
func numbered[N ~uint16](name string, numbers []N, nameOf func(N) string) N {
	for _, n := range numbers {
		if nameOf(n) == name {
			return n
		}
	}
	return 0
}

func (l *logData) decode() *wire.DataReport {
	if l == nil {
		return nil
	}
	state, _ := l.TLS.decode() // without certificates nothing can fail
	d := &wire.DataReport{
		Command: string(l.Command), Mode: l.Mode, Announced: l.Announced, Used: l.Used, TLS: state, Upload: l.Upload, Bytes: l.Bytes,
		Connect: time.Duration(l.Connect), Handshake: time.Duration(l.Handshake), First: time.Duration(l.First), Took: time.Duration(l.Took),
	}
	if l.Error != "" {
		d.Err = errors.New(l.Error)
	}
	return d
}

// octets are bytes: a JSON string where they are UTF-8, else {"base64": "..."}.
type octets string

type encodedOctets struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON implements [json.Marshaler].
func (o octets) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(string(o)) {
		return json.Marshal(encodedOctets{[]byte(o)})
	}
	line, err := encodeLine(string(o))
	return bytes.TrimSuffix(line, []byte("\n")), err
}

// UnmarshalJSON implements [json.Unmarshaler].
func (o *octets) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("{")) {
		var encoded encodedOctets
		err := json.Unmarshal(b, &encoded)
		*o = octets(encoded.Base64)
		return err
	}
	return json.Unmarshal(b, (*string)(o))
}

// millis is a time in milliseconds, with as many decimals as it has nanoseconds.
type millis time.Duration

// MarshalJSON implements [json.Marshaler].
func (m millis) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(m)/float64(time.Millisecond), 'f', -1, 64), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (m *millis) UnmarshalJSON(b []byte) error {
	ms, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.Abs(ms) > float64(math.MaxInt64/time.Millisecond) {
		return fmt.Errorf("%s is not a time in milliseconds", strings.TrimSpace(string(b)))
	}
	*m = millis(math.Round(ms * float64(time.Millisecond)))
	return nil
}
