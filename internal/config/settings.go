package config

import (
	"fmt"
	"slices"
	"strings"
)

// Kind says what the values of a setting look like.
type Kind int

// The kinds of settings.
const (
	Bool     Kind = iota // on or off; yes, no, true, false, 1 and 0 are understood
	Int                  // a decimal number from Min to Max
	Duration             // 8s, 2m, 1m30s, or bare seconds
	Choice               // one of Choices
	Text                 // anything printable that fits Form
	Path                 // a local file; ~/ is the home directory
)

// Setting is one declared setting. Help texts, completion, validation and the
// manual derive from it.
type Setting struct {
	Name     string
	Kind     Kind
	Default  string   // "" where nothing is set
	Choices  []string // of a Choice
	Min, Max int      // of an Int
	PerSite  bool     // may differ from site to site
	Env      []string // variables that give a default; the first that is set wins
	Form     string   // what a Text must be, in words that follow "is not"
	Help     string

	valid   func(text string) bool // nil if any Text will do
	general string                 // the setting that sets this one too
}

// settings is the one declaration, in the order in which they are shown.
var settings = []Setting{
	{Name: "timeout", Kind: Duration, PerSite: true, Help: "longest wait without progress; sets the five below"},
	{Name: "connect-timeout", Kind: Duration, Default: "30s", PerSite: true, general: "timeout", Help: "wait for a TCP connection"},
	{Name: "tls-timeout", Kind: Duration, Default: "30s", PerSite: true, general: "timeout", Help: "wait for a TLS handshake"},
	{Name: "reply-timeout", Kind: Duration, Default: "60s", PerSite: true, general: "timeout", Help: "wait for a reply"},
	{Name: "data-timeout", Kind: Duration, Default: "60s", PerSite: true, general: "timeout", Help: "wait for data during a transfer"},
	{Name: "final-timeout", Kind: Duration, Default: "300s", PerSite: true, general: "timeout", Help: "wait for the server to confirm a whole upload"},
	{Name: "retries", Kind: Int, Default: "3", Max: 100, PerSite: true, Help: "reconnects before giving up"},
	{Name: "max-connections", Kind: Int, Default: "16", Min: 1, Max: 1000, PerSite: true, Help: "most connections to a site at once"},
	{Name: "keepalive", Kind: Duration, Default: off, PerSite: true, Help: "send NOOP after so long without a command"},
	{Name: "bind", Kind: Text, PerSite: true, Form: "an IP address", valid: isAddress, Help: "local address to connect from"},
	{Name: "proxy", Kind: Text, PerSite: true, Form: "socks5://host:port or http://host:port", valid: isProxy, Help: "proxy for control and data connections"},

	{Name: "tls", Kind: Choice, Default: "auto", Choices: []string{"auto", "require", "implicit", "never"}, PerSite: true, Help: "auto tries TLS first; require and implicit never go without; never does not try"},
	{Name: "tls-min", Kind: Choice, Default: "1.2", Choices: []string{"1.2", "1.3"}, PerSite: true, Help: "lowest TLS version"},
	{Name: "tls-max", Kind: Choice, Default: "1.3", Choices: []string{"1.2", "1.3"}, PerSite: true, Help: "highest TLS version; 1.2 helps servers that mishandle 1.3"},
	{Name: "verify", Kind: Bool, Default: on, PerSite: true, Help: "verify the server's certificate"},
	{Name: "ca", Kind: Path, PerSite: true, Help: "file of certificates to trust instead of the system's"},
	{Name: "cert", Kind: Path, PerSite: true, Help: "file with a client certificate"},
	{Name: "key", Kind: Path, PerSite: true, Help: "file with its private key"},
	{Name: "require-resume", Kind: Bool, Default: off, PerSite: true, Help: "refuse a data connection that does not resume the TLS session"},
	{Name: "allow-clear", Kind: Bool, Default: off, PerSite: true, Help: "send the password without TLS if there is none"},

	{Name: "passive", Kind: Bool, Default: on, PerSite: true, Help: "passive mode; off is active mode"},
	{Name: "epsv", Kind: Bool, Default: on, PerSite: true, Help: "try EPSV and EPRT before PASV and PORT"},
	{Name: "active-ports", Kind: Text, PerSite: true, Form: "a range of ports such as 50000-50100", valid: isPorts, Help: "ports to listen on in active mode"},
	{Name: "active-address", Kind: Text, PerSite: true, Form: "an IP address", valid: isAddress, Help: "address announced in active mode"},
	{Name: "low-ports", Kind: Bool, Default: off, PerSite: true, Help: "accept a passive port below 1024"},

	{Name: "charset", Kind: Text, Default: "utf-8", PerSite: true, Form: "the name of a charset", valid: isCharset, Help: "charset of names on the server"},
	{Name: "timezone", Kind: Text, Default: "utc", PerSite: true, Form: "utc, local or a name such as Europe/Berlin", valid: isZone, Help: "zone of the times in LIST"},
	{Name: "telnet-iac", Kind: Bool, Default: on, PerSite: true, Help: "double the byte 255 in commands"},
	{Name: "pipelining", Kind: Bool, Default: on, PerSite: true, Help: "send commands ahead where the server takes it"},
	{Name: "mlsd", Kind: Bool, Default: on, PerSite: true, Help: "list with MLSD where the server offers it"},
	{Name: "list-hidden", Kind: Bool, Default: off, PerSite: true, Help: "list names that start with a dot"},
	{Name: "max-list-entries", Kind: Int, Default: "1000000", Min: 1, Max: 1 << 30, PerSite: true, Help: "longest listing that is read"},

	{Name: "upload-temp", Kind: Bool, Default: on, PerSite: true, Help: "upload under a temporary name, then rename"},
	{Name: "segments", Kind: Text, Default: "auto", PerSite: true, Form: "auto, off or a number from 2 to 32", valid: isSegments, Help: "connections for a file that get fetches alone; auto: several, when one is slow for a large file"},
	{Name: "limit-rate", Kind: Text, Default: off, PerSite: true, Form: "a number of bytes a second such as 500k or 20M, or off", valid: isRate, Help: "most bytes a second that all transfers of a session move together"},
	{Name: "max-size", Kind: Text, PerSite: true, Form: "a number of bytes such as 20m", valid: isSize, Help: "longest file that is fetched"},
	{Name: "preserve", Kind: Bool, Default: on, PerSite: true, Help: "keep the time of a file"},
	{Name: "anonymous-password", Kind: Text, Default: "anonymous@", PerSite: true, Env: []string{"FTPANONPASS"}, Help: "sent with an anonymous login"},

	{Name: "progress", Kind: Bool, Default: on, Help: "show the progress of a transfer"},
	{Name: "bell", Kind: Bool, Default: off, Help: "ring when a transfer ends"},
	{Name: "color", Kind: Choice, Default: "auto", Choices: []string{"auto", "always", "never"}, Help: "use of colour"},
	{Name: "prompt", Kind: Text, Help: "%m host, %n user, %/ remote directory, %% a percent; empty is the built-in one"},
	{Name: "pager", Kind: Text, Env: []string{"PAGER"}, Help: "program of more, less and page"},
	{Name: "log-data-limit", Kind: Int, Default: "1048576", Max: 1 << 40, Help: "bytes of each data connection that log --data records"},
	{Name: "history-size", Kind: Int, Default: "1000", Max: 100_000, Help: "lines kept in the history; 0 keeps no file"},
}

// Settings returns all settings in the order in which they are shown.
func Settings() []Setting { return slices.Clone(settings) }

// Find returns the setting of that name. The error names those that are spelt
// alike, as its hint.
func Find(name string) (Setting, error) {
	if s := declared(name); s != nil {
		return *s, nil
	}
	hint := "set lists all settings"
	if near := nearest(name); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return Setting{}, hinted(hint, "no setting %q", name)
}

// Valid says what the values are, in words that follow "is not".
func (s Setting) Valid() string {
	switch s.Kind {
	case Bool:
		return "on or off"
	case Int:
		return fmt.Sprintf("a number from %d to %d", s.Min, s.Max)
	case Duration:
		if s.Default == off {
			return "a time such as 8s or 2m, or off"
		}
		return "a time such as 8s or 2m"
	case Choice:
		return "one of " + strings.Join(s.Choices, ", ")
	case Path:
		return "the path of a file"
	}
	if s.Form != "" {
		return s.Form
	}
	return "printable text"
}

// declared returns the setting of that name, nil if there is none.
func declared(name string) *Setting {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &settings[i]
}
