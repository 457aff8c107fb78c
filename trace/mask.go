package trace

import (
	_ "embed"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// masks gives each name that is not to be seen a token, the same for the same name.
type masks struct {
	tokens    map[string]string
	addresses map[netip.Addr]netip.Addr
	counts    map[string]int // by kind of token
}

func newMasks() *masks {
	return &masks{tokens: map[string]string{}, addresses: map[netip.Addr]netip.Addr{}, counts: map[string]int{}}
}

// token is the token of a name. Its kind counts only for a name that has none yet.
func (m *masks) token(name, kind string) string {
	if t, ok := m.tokens[name]; ok {
		return t
	}
	if t, ok := m.tokens[strings.ToLower(name)]; ok && !strings.HasPrefix(t, "name") {
		return t // users and hosts are spelt either way
	}
	m.counts[kind]++
	m.tokens[name] = fmt.Sprint(kind, m.counts[kind])
	return m.tokens[name]
}

// known is the token of a name that has one.
func (m *masks) known(name string) (string, bool) {
	if t, ok := m.tokens[name]; ok {
		return t, true
	}
	t, ok := m.tokens[strings.ToLower(name)]
	return t, ok && !strings.HasPrefix(t, "name")
}

// path masks each component of a path.
func (m *masks) path(p string) string {
	parts := strings.FieldsFunc(p, isSeparator)
	var b strings.Builder
	for i := 0; i < len(p); {
		if isSeparator(rune(p[i])) {
			b.WriteByte(p[i])
			i++
			continue
		}
		part := parts[0]
		parts = parts[1:]
		b.WriteString(m.component(part))
		i += len(part)
	}
	return b.String()
}

func isSeparator(r rune) bool { return r == '/' || r == '\\' }

// component masks one name of a path. The part that ftpsh adds to a temporary name stays.
func (m *masks) component(name string) string {
	if name == "." || name == ".." || strings.Trim(name, "*?") == "" {
		return name
	}
	if found := ours.FindStringSubmatch(name); found != nil {
		return "." + m.component(found[1]) + found[2]
	}
	return m.token(name, "name")
}

// ours are names that ftpsh makes of others.
var ours = regexp.MustCompile(`^\.(.+)(\.ftpsh-(?:part|part\.json|[a-z0-9]{8}))$`)

// address masks an IP address. What makes it special stays: one of this machine or of no machine as it is, a
// private one private. The rest come from the ranges for documentation (RFC 5737, RFC 3849).
func (m *masks) address(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	switch {
	case a.IsLoopback() || a.IsUnspecified():
		return a
	case a.Is4() && a.IsPrivate():
		return m.numbered(a, "10.0.0.0")
	case a.Is4() && a.IsLinkLocalUnicast():
		return m.numbered(a, "169.254.0.0")
	case a.Is4():
		return m.numbered(a, "192.0.2.0")
	case a.IsPrivate() || a.IsLinkLocalUnicast():
		return m.numbered(a, "fd00::")
	}
	return m.numbered(a, "2001:db8::")
}

// numbered is the address behind a base that stands for another, or the next free one.
func (m *masks) numbered(a netip.Addr, base string) netip.Addr {
	masked, known := m.addresses[a]
	if !known {
		m.counts[base]++
		masked = netip.MustParseAddr(base)
		for range m.counts[base] {
			masked = masked.Next()
		}
		m.addresses[a] = masked
	}
	return masked
}

// How text is taken apart.
var (
	sixNumbers  = regexp.MustCompile(`\b(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3},\d{1,3})\b`)
	addressLike = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%\w+)?`)
	quoted      = regexp.MustCompile(`"(?:[^"]|"")*"`)
	wordLike    = regexp.MustCompile(`[^\s"'(),;=<>|\[\]{}*]+(?:'[a-z]+)?`)
)

// allAddresses masks the IP addresses in a text, as they are written or in the form of PASV and PORT.
func (m *masks) allAddresses(text string) string {
	text = sixNumbers.ReplaceAllStringFunc(text, func(found string) string {
		n := sixNumbers.FindStringSubmatch(found)
		a, err := netip.ParseAddr(strings.Join(n[1:5], "."))
		if err != nil {
			return found
		}
		return strings.ReplaceAll(m.address(a).String(), ".", ",") + "," + n[5]
	})
	return addressLike.ReplaceAllStringFunc(text, func(found string) string {
		bare := strings.TrimRight(found, ":.")
		a, err := netip.ParseAddr(bare)
		if err != nil {
			return found
		}
		return m.address(a).String() + found[len(bare):]
	})
}

// words masks what is not known to be harmless in a text of the server: names, paths, and every word that is
// not in the vocabulary of FTP servers. Numbers stay, and so do facts that tell no name.
func (m *masks) words(text string) string {
	var b strings.Builder
	at := 0
	for _, fact := range facts.FindAllStringIndex(text, -1) {
		b.WriteString(m.each(text[at:fact[0]], isHarmless))
		b.WriteString(text[fact[0]:fact[1]])
		at = fact[1]
	}
	b.WriteString(m.each(text[at:], isHarmless))
	return b.String()
}

// facts are those of MLST that name nobody and nothing (RFC 3659 section 7.5).
var facts = regexp.MustCompile(`(?i)\b(?:type|size|modify|create|perm|unique|unix\.mode)=[^;\s]*;`)

// names masks the names in a text of ours, whose other words are harmless.
func (m *masks) names(text string) string {
	return m.each(text, func(word string) bool { return !strings.ContainsAny(word, `/\.@`) || isHarmless(word) })
}

func (m *masks) each(text string, harmless func(string) bool) string {
	text = quoted.ReplaceAllStringFunc(text, func(found string) string {
		inside := found[1 : len(found)-1]
		if strings.ContainsFunc(inside, isSeparator) {
			return `"` + m.path(inside) + `"`
		}
		return found
	})
	return wordLike.ReplaceAllStringFunc(m.allAddresses(text), func(word string) string {
		bare := strings.TrimRight(word, ".:!?")
		return m.word(bare, harmless) + word[len(bare):]
	})
}

// word masks one word, unless it is a token already.
func (m *masks) word(word string, harmless func(string) bool) string {
	token, known := m.known(word)
	switch {
	case isToken.MatchString(word), isNumber(word):
		return word
	case known && !(harmless(word) && strings.HasPrefix(token, "name")): // a file may be called "file"
		return token
	case strings.IndexFunc(word, isSeparator) == 0, strings.ContainsFunc(word, isSeparator) && !harmless(word):
		return m.path(word)
	case harmless(word):
		return word
	case strings.ContainsAny(word, ".@"):
		return m.token(word, "host")
	}
	return m.token(word, "word")
}

var isToken = regexp.MustCompile(`^(?:[/\\.]*(?:name|word|host|user)\d+)+$`)

// isNumber says that a word is a number, a time or an address, which has been masked.
func isNumber(word string) bool {
	return strings.Trim(word, "0123456789.,:+-%") == "" || strings.Contains(word, ":") && isAddress(word)
}

func isAddress(word string) bool {
	_, err := netip.ParseAddr(word)
	_, portErr := netip.ParseAddrPort(word)
	return err == nil || portErr == nil
}

// vocabularyText is the words of FTP servers, in lower case: those of the RFCs' sample replies, of the common
// servers, and the commands.
//
//go:embed vocabulary.txt
var vocabularyText string

var vocabulary = func() map[string]bool {
	words := map[string]bool{}
	for _, word := range strings.Fields(vocabularyText) {
		words[word] = true
	}
	return words
}()

// isHarmless says that all parts of a word are in the vocabulary or no letters.
func isHarmless(word string) bool {
	if !utf8.ValidString(word) || strings.Contains(word, "@") {
		return false
	}
	parts := strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	for _, part := range parts {
		if !vocabulary[strings.ToLower(part)] {
			return false
		}
	}
	return true
}
