package remote

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ftpsh/internal/wire"
)

// Target is what a person typed to say where to go.
type Target struct {
	Site     Site
	Path     string // below the login directory unless it begins with a slash
	Type     string // of ;type=: "A", "I", "D" or empty
	Explicit bool   // the form itself chose the TLS mode
	Secret   bool   // a password was in it
}

// ParseTarget reads host, user@host[:port], user@host:path, an address with or without brackets,
// ftp://, ftpes:// and ftps:// URLs (RFC 1738 section 3.2: each segment is one step down from
// the login directory, and %2F at the start is the root).
func ParseTarget(text string) (Target, error) {
	scheme, _, isURL := strings.Cut(text, "://")
	var t Target
	var err error
	if isURL {
		t, err = parseURL(strings.ToLower(scheme), text)
	} else {
		t, err = parseHost(text)
	}
	if err == nil {
		err = checkTarget(&t)
	}
	if err != nil {
		return Target{}, fmt.Errorf("%s: %w", hideSecret(text), err)
	}
	return t, nil
}

// hideSecret takes the password out of a target that an error will show.
func hideSecret(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	start := 0
	if i := strings.Index(text, "://"); i >= 0 && i < at {
		start = i + 3
	}
	user, _, found := strings.Cut(text[start:at], ":")
	if !found {
		return text
	}
	return text[:start] + user + ":" + wire.Masked + text[at:]
}

var schemes = map[string]wire.TLSMode{
	"ftp":     wire.TLSAuto,
	"ftpes":   wire.TLSRequire,
	"ftp+tls": wire.TLSRequire,
	"ftps":    wire.TLSImplicit,
}

func parseURL(scheme, text string) (Target, error) {
	mode, known := schemes[scheme]
	if !known {
		return Target{}, errors.New("only ftp, ftpes and ftps URLs are spoken here")
	}
	rest := text[strings.Index(text, "://")+3:]
	authority, path, _ := strings.Cut(rest, "/")
	if strings.Count(authority, "@") > 1 || strings.ContainsAny(authority, "\\; ?#") {
		return Target{}, errAmbiguous
	}
	// The authority goes through net/url alone: a path may hold bytes that it refuses.
	u, err := url.Parse("ftp://" + authority)
	if err != nil {
		return Target{}, urlError(err)
	}
	t := Target{Explicit: mode != wire.TLSAuto}
	t.Site.TLS = mode
	if t.Site.Host = u.Hostname(); t.Site.Host == "" {
		return Target{}, errors.New("the URL has no host")
	}
	if strings.Contains(t.Site.Host, ":") && !strings.Contains(authority, "[") {
		return Target{}, errors.New("an IPv6 address in a URL needs brackets")
	}
	if t.Site.Port, err = parsePort(u.Port()); err != nil {
		return Target{}, err
	}
	if u.User != nil {
		t.Site.User = u.User.Username()
		t.Site.Password, t.Secret = u.User.Password()
	}
	t.Path, t.Type, err = parsePath(path)
	return t, err
}

var errAmbiguous = errors.New("it is not clear which part is the host; in a URL, @ in a user name or password is %40, ; is %3B, ? is %3F, # is %23")

// urlError keeps net/url's reason and drops its copy of the URL, which may hold a password.
func urlError(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}

// parsePath decodes each segment once and takes ;type=X off the end.
func parsePath(path string) (decoded, transferType string, err error) {
	path, parameters, found := strings.Cut(path, ";")
	if found {
		name, value, _ := strings.Cut(parameters, "=")
		transferType = strings.ToUpper(value)
		if !strings.EqualFold(name, "type") || !strings.Contains("A I D", transferType) || len(transferType) != 1 {
			return "", "", fmt.Errorf("%q is no URL parameter of FTP; only ;type=a, i or d is", ";"+parameters)
		}
	}
	decoded, err = url.PathUnescape(path)
	if err != nil {
		return "", "", err
	}
	return decoded, transferType, nil
}

// parseHost reads the forms without a scheme. What follows a slash is a path, whatever is in it.
func parseHost(text string) (Target, error) {
	var t Target
	head, below, slash := strings.Cut(text, "/")
	if at := strings.LastIndexByte(head, '@'); at >= 0 {
		t.Site.User, head = head[:at], head[at+1:]
		if strings.Contains(t.Site.User, "\\") {
			return t, errAmbiguous
		}
		if user, password, found := strings.Cut(t.Site.User, ":"); found {
			if strings.Contains(t.Site.User, "@") { // a user, or a host before it
				return t, errAmbiguous
			}
			t.Site.User, t.Site.Password, t.Secret = user, password, true
		}
	}
	host, rest, err := splitHost(head)
	if err != nil {
		return t, err
	}
	if slash {
		rest += "/" + below
	}
	t.Site.Host = host
	t.Site.Port, t.Path, err = portOrPath(rest)
	isDirectory := strings.HasPrefix(rest, ":") && t.Site.Port == 0 && t.Path != ""
	if err == nil && isDirectory && t.Site.User == "" && t.Path[0] != '/' { // a mistyped port, more likely
		err = fmt.Errorf("%q is not a port (1 to 65535); a directory goes into user@host:directory or ftp://host/directory", t.Path)
	}
	return t, err
}

// splitHost takes the host off the front of `host:21`, `[::1]:21` and `::1`.
func splitHost(text string) (host, rest string, err error) {
	switch inside, bracket := strings.CutPrefix(text, "["); {
	case bracket:
		host, rest, bracket = strings.Cut(inside, "]")
		if _, err := netip.ParseAddr(host); err != nil || !bracket || rest != "" && rest[0] != ':' {
			return "", "", errors.New("what begins with a bracket must be [IPv6 address] and perhaps :port")
		}
		return host, rest, nil
	case strings.Count(text, ":") > 1:
		if _, err := netip.ParseAddr(text); err != nil {
			return "", "", fmt.Errorf("%q is neither host:port nor an IPv6 address", text)
		}
		return text, "", nil
	}
	at := strings.IndexByte(text, ':')
	if at < 0 {
		return text, "", nil
	}
	return text[:at], text[at:], nil
}

// portOrPath reads what follows the host: `:2121`, `:dir`, `:2121/dir`, `/dir`.
func portOrPath(rest string) (port int, path string, err error) {
	after, colon := strings.CutPrefix(rest, ":")
	if !colon {
		return 0, rest, nil
	}
	digits, below, slash := strings.Cut(after, "/")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, after, nil
	}
	port, err = parsePort(digits)
	if slash {
		path = "/" + below
	}
	return port, path, err
}

// parsePort reads a port; an empty one is the default.
func parsePort(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 65535 {
		return 0, fmt.Errorf("%q is not a port (1 to 65535)", text)
	}
	return n, nil
}

// checkTarget refuses bytes that no host, user or path can have on the wire.
func checkTarget(t *Target) error {
	for _, part := range []string{t.Site.Host, t.Site.User, t.Site.Password, t.Path} {
		if strings.ContainsAny(part, "\r\n\x00") {
			return errors.New("a line break or NUL cannot be sent to a server")
		}
	}
	switch {
	case t.Site.Host == "":
		return errors.New("there is no host")
	case !isHost(t.Site.Host):
		return fmt.Errorf("%q is not a host name", t.Site.Host)
	}
	return nil
}

// isHost says that text may be a name, which the resolver will know more of, or is an address.
func isHost(text string) bool {
	if address, err := netip.ParseAddr(text); err == nil {
		return isPlain(address.Zone())
	}
	return isPlain(text) && text[0] != '-'
}

// isPlain says that a name has no ASCII characters but those of names.
func isPlain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._", r)
	})
}

// URL is the site and a directory on it as a target that leads back there, without a password.
func (s Site) URL(dir string) string {
	u := url.URL{Scheme: "ftp", Host: s.Host}
	switch s.TLS {
	case wire.TLSRequire:
		u.Scheme = "ftpes"
	case wire.TLSImplicit:
		u.Scheme = "ftps"
	}
	if s.Port != 0 {
		u.Host = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	} else if strings.Contains(s.Host, ":") {
		u.Host = "[" + s.Host + "]"
	}
	if s.User != "" {
		u.User = url.User(s.User)
	}
	path := url.PathEscape(strings.TrimPrefix(dir, "/"))
	path = strings.ReplaceAll(path, "%2F", "/")
	if strings.HasPrefix(dir, "/") {
		path = "%2F" + path
	}
	// A semicolon, which begins a parameter, is never written as itself.
	return strings.ReplaceAll(u.String(), ";", "%3B") + "/" + strings.ReplaceAll(path, ";", "%3B")
}

// ParseTLSMode reads the value of --tls and of the setting tls.
func ParseTLSMode(text string) (wire.TLSMode, error) {
	switch strings.ToLower(text) {
	case "auto", "":
		return wire.TLSAuto, nil
	case "require", "explicit":
		return wire.TLSRequire, nil
	case "implicit":
		return wire.TLSImplicit, nil
	case "never", "off":
		return wire.TLSNever, nil
	}
	return wire.TLSAuto, fmt.Errorf("%q is no TLS mode; auto, require, implicit and never are", text)
}
