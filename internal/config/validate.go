package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The canonical values of a Bool; off is also a Duration that means never.
const (
	on  = "on"
	off = "off"
)

// boolWords are all the words for the values of a Bool.
var boolWords = map[string]string{
	on: on, "yes": on, "true": on, "1": on,
	off: off, "no": off, "false": off, "0": off,
}

// longestWait bounds a Duration. Whoever wants to wait longer wants no timeout,
// and there is none of that.
const longestWait = 24 * time.Hour

// canonical returns a value in the spelling that is stored, or an error that
// says what is valid.
func (s Setting) canonical(text string) (string, error) {
	if canonical, ok := s.accept(text); ok {
		return canonical, nil
	}
	return "", fmt.Errorf("%s: %q is not %s", s.Name, maskPassword(text), s.Valid())
}

// accept is canonical without the words. What has no default may be empty.
func (s Setting) accept(text string) (canonical string, ok bool) {
	if s.Kind != Text {
		text = strings.TrimSpace(text)
	}
	if text == "" {
		return "", s.Default == ""
	}
	word := strings.ToLower(text)
	switch s.Kind {
	case Bool:
		canonical, ok = boolWords[word]
		return canonical, ok
	case Int:
		n, err := strconv.Atoi(text)
		return strconv.Itoa(n), err == nil && s.Min <= n && n <= s.Max
	case Duration:
		if word == off {
			return off, s.Default == off
		}
		return acceptDuration(word)
	case Choice:
		return word, slices.Contains(s.Choices, word)
	}
	printable := !strings.ContainsFunc(text, unicode.IsControl)
	return text, printable && (s.valid == nil || s.valid(text))
}

// acceptDuration gives bare seconds their unit.
func acceptDuration(text string) (canonical string, ok bool) {
	if strings.Trim(text, "0123456789") == "" {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	return text, err == nil && 0 < d && d <= longestWait
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

func isSize(text string) bool { return sizes.MatchString(text) }

func isRate(text string) bool { return text == off || isSize(text) }

// sizes is a number with an optional unit, as commands take it too.
var sizes = regexp.MustCompile(`^[0-9]{1,15}[kmgtKMGT]?$`)

func isSegments(text string) bool {
	n, err := strconv.Atoi(text)
	return text == "auto" || text == "off" || err == nil && n >= 2 && n <= 32
}

func isProxy(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "socks5" || u.Scheme == "http") && u.Hostname() != "" &&
		strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

func isCharset(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.:+", r)
	})
}

func isZone(text string) bool {
	_, err := parseZone(text)
	return err == nil
}

// parseZone reads utc, local or a name of the time zone database.
func parseZone(text string) (*time.Location, error) {
	switch strings.ToLower(text) {
	case "utc":
		return time.UTC, nil
	case "local":
		return time.Local, nil
	}
	return time.LoadLocation(text)
}

func isPorts(text string) bool {
	_, _, ok := parsePorts(text)
	return ok
}

// parsePorts reads a range A-B, or a single port.
func parsePorts(text string) (low, high uint16, ok bool) {
	first, last, ranged := strings.Cut(text, "-")
	if !ranged {
		last = first
	}
	a, errA := strconv.ParseUint(first, 10, 16)
	b, errB := strconv.ParseUint(last, 10, 16)
	return uint16(a), uint16(b), errA == nil && errB == nil && 0 < a && a <= b
}

// passwordInURL finds the password of a URL inside any text.
var passwordInURL = regexp.MustCompile(`(//[^/\s:@]*:)[^/\s]*@`)

// maskPassword hides the password of a URL.
func maskPassword(text string) string {
	return passwordInURL.ReplaceAllString(text, "${1}****@")
}
