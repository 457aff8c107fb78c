package config

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// maxNetrc bounds the file of logins, in bytes.
const maxNetrc = 128 << 10

// Login is what to answer to USER, PASS and ACCT. Password and Account may be
// empty.
type Login struct{ User, Password, Account string }

// Netrc is a file of logins, as ftp(1) and curl(1) have it. It is read afresh
// at every lookup and never written.
type Netrc struct {
	Path     string
	Required bool // that it does not exist deserves a warning
}

// Netrc returns the file of logins of the user.
func (c *Config) Netrc() Netrc { return Netrc{Path: c.paths.NetrcPath()} }

// Lookup returns the login for a host, which must be written as the user typed
// it, but for case. With a user, only an entry of that login will do; without
// one it is the first entry of the host. The entry default serves anonymous
// logins only, since it would send its password to any host that is mistyped.
// Macros are never run. A file that others may read, or that is malformed, is
// not used: the warnings say so, and their Hint what to do.
func (n Netrc) Lookup(host, user string) (login Login, found bool, warnings []error) {
	entries, err := n.read()
	if err != nil {
		return Login{}, false, []error{err}
	}
	for _, entry := range entries {
		if !entry.isFor(host, user) {
			continue
		}
		if err := entry.problem(); err != nil {
			warnings = append(warnings, &LineError{Path: n.Path, Line: entry.line, Err: err})
			continue
		}
		if entry.init > 0 {
			warnings = append(warnings, &LineError{Path: n.Path, Line: entry.init, Err: errInit})
		}
		return entry.as(user), true, warnings
	}
	return Login{}, false, warnings
}

var errInit = errors.New("macdef init is never run")

// read returns the entries of the file, the default last.
func (n Netrc) read() ([]netrcEntry, error) {
	if n.Path == "" {
		return nil, nil
	}
	text, info, err := readRegular(n.Path, maxNetrc)
	if errors.Is(err, fs.ErrNotExist) && !n.Required {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := secret(n.Path, info); err != nil {
		return nil, err
	}
	entries, line, err := parseNetrc(text)
	if err != nil {
		return nil, &LineError{Path: n.Path, Line: line, Err: fmt.Errorf("%w; the file is not used", err)}
	}
	return entries, nil
}

// isFor reports whether the entry is the one for a login, "" for whichever.
func (e netrcEntry) isFor(host, user string) bool {
	if e.isDefault {
		return user == "" || isAnonymous(user)
	}
	return strings.EqualFold(e.host, host) && (user == "" || user == e.User)
}

// problem returns why an entry that fits must not be used. It does not repeat
// words of the file, which may be parts of a password.
func (e netrcEntry) problem() error {
	switch {
	case e.odd:
		return errors.New("entry has a word that netrc does not know, and is not used")
	case e.isDefault && !isAnonymous(e.User):
		return errors.New("default is used for anonymous logins only")
	case e.User == "":
		return errors.New("entry has no login, and is not used")
	}
	return nil
}

// as returns the login under the name that was asked for.
func (e netrcEntry) as(user string) Login {
	login := e.Login
	if user != "" {
		login.User = user
	}
	return login
}

// isAnonymous reports whether the user is one of the two names of RFC 1635.
func isAnonymous(user string) bool { return user == "anonymous" || user == "ftp" }
