package wire

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// This file reads the replies that carry a value. Each has a strict grammar: what does not fit it
// is an error, never a guess.

// ParseEPSV reads the port of a 229: (<d><d><d>port<d>), d any one printable character
// (RFC 2428 section 3).
func ParseEPSV(text string) (port int, err error) {
	bad := &ProtocolError{Problem: "an EPSV reply without a port", Text: text}
	start := strings.IndexByte(text, '(')
	if start < 0 {
		return 0, bad
	}
	body, _, closed := strings.Cut(text[start+1:], ")")
	if !closed || len(body) < 5 {
		return 0, bad
	}
	d := body[0]
	if d < 33 || d > 126 || (d >= '0' && d <= '9') || body[1] != d || body[2] != d || body[len(body)-1] != d {
		return 0, bad
	}
	n, ok := decimal(body[3:len(body)-1], 65535)
	if !ok || n == 0 {
		return 0, bad
	}
	return int(n), nil
}

// ParsePASV reads the address of a 227: six numbers up to 255 (RFC 959 section 4.2). The
// brackets are optional, as servers leave them out.
func ParsePASV(text string) (netip.AddrPort, error) {
	bad := &ProtocolError{Problem: "a PASV reply without an address", Text: text}
	body := text
	if start := strings.IndexByte(text, '('); start >= 0 {
		var closed bool
		if body, _, closed = strings.Cut(text[start+1:], ")"); !closed {
			return netip.AddrPort{}, bad
		}
	} else if start := strings.IndexAny(text, "0123456789"); start >= 0 {
		body = strings.TrimRight(text[start:], ". ")
	}
	fields := strings.Split(body, ",")
	if len(fields) != 6 {
		return netip.AddrPort{}, bad
	}
	var b [6]byte
	for i, field := range fields {
		n, ok := decimal(strings.TrimSpace(field), 255)
		if !ok {
			return netip.AddrPort{}, bad
		}
		b[i] = byte(n)
	}
	port := uint16(b[4])<<8 | uint16(b[5])
	if port == 0 {
		return netip.AddrPort{}, bad
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), port), nil
}

// ParsePath reads the path of a 257: in double quotes, a quote inside doubled (RFC 959
// appendix II), then a blank and a comment. A path with control characters is refused: it will be sent back.
func ParsePath(text string) (string, error) {
	bad := &ProtocolError{Problem: "a directory reply without a path", Text: text}
	start := strings.IndexByte(text, '"')
	if start < 0 {
		return "", bad
	}
	var path strings.Builder
	for rest := text[start+1:]; ; {
		part, after, closed := strings.Cut(rest, `"`)
		path.WriteString(part)
		if !closed {
			return "", bad
		}
		if after == "" || after[0] == ' ' {
			break
		}
		if after[0] != '"' {
			return "", bad
		}
		path.WriteByte('"')
		rest = after[1:]
	}
	for _, c := range []byte(path.String()) {
		if c < 0x20 || c == 0x7f {
			return "", &ProtocolError{Problem: "a directory name with control characters", Text: text}
		}
	}
	if path.Len() == 0 {
		return "", bad
	}
	return path.String(), nil
}

// ParseSize reads the 213 of SIZE: digits only, up to 2^63-1 (RFC 3659 section 4).
func ParseSize(text string) (int64, error) {
	n, ok := decimal(strings.TrimSpace(text), 1<<63-1)
	if !ok {
		return 0, &ProtocolError{Problem: "a size that is not a number", Text: text}
	}
	return n, nil
}

// ParseTime reads the 213 of MDTM: YYYYMMDDHHMMSS with an optional fraction, in UTC (RFC 3659
// section 2.3).
func ParseTime(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	whole, fraction, _ := strings.Cut(text, ".")
	t, err := time.ParseInLocation("20060102150405", whole, time.UTC)
	if err != nil || len(whole) != 14 {
		return time.Time{}, &ProtocolError{Problem: "a time that is none", Text: text}
	}
	if fraction != "" {
		nanos, ok := decimal((fraction + "000000000")[:9], 999_999_999)
		if !ok {
			return time.Time{}, &ProtocolError{Problem: "a time that is none", Text: text}
		}
		t = t.Add(time.Duration(nanos))
	}
	return t, nil
}

// decimal reads digits and nothing else: no sign, no blank, no leading zero of another base.
func decimal(s string, most uint64) (int64, bool) {
	if s == "" || len(s) > 19 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return int64(n), err == nil && n <= most
}

// Features is what a server's FEAT reply names (RFC 2389): names in upper case, with their
// parameters as they came.
type Features map[string]string

const maxFeatures = 200

// parseFeatures is lenient where servers are: any indent, any case, names after `211-`.
func parseFeatures(reply Reply) Features {
	features := Features{}
	if !reply.OK() || len(reply.Lines) < 3 {
		return features
	}
	for _, line := range reply.Lines[1 : len(reply.Lines)-1] {
		if len(features) >= maxFeatures {
			break
		}
		name, parameters, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != "" {
			features[strings.ToUpper(name)] = strings.TrimSpace(parameters)
		}
	}
	return features
}

// Has says whether the server names the feature.
func (f Features) Has(name string) bool {
	_, ok := f[name]
	return ok
}

// String lists the features, for messages.
func (f Features) String() string { return fmt.Sprintf("%d features", len(f)) }
