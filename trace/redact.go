package trace

import (
	"bytes"
	"crypto/tls"
	"errors"
	"regexp"
	"slices"
	"strings"

	"ftpsh/internal/wire"
)

// redactor makes events that may be shown to anybody: host, user, paths and addresses become tokens, the same
// for the same thing, so that what belongs together still does and a replay still works.
type redactor struct {
	masks   *masks
	waiting map[int][]string // by connection: the commands, as sent, whose replies are still to come
}

func newRedactor() *redactor { return &redactor{masks: newMasks(), waiting: map[int][]string{}} }

// know masks a host and a user wherever they appear.
func (r *redactor) know(host, user string) {
	if host != "" && !isAddress(host) { // addresses are known as such
		r.masks.token(strings.ToLower(host), "host")
	}
	r.user(user)
}

// user is the token of a user. The names of anonymous logins are no secret.
func (r *redactor) user(name string) string {
	if name == "" || slices.Contains([]string{"anonymous", "ftp"}, strings.ToLower(name)) {
		return name
	}
	return r.masks.token(strings.ToLower(name), "user")
}

// event masks one event.
func (r *redactor) event(e wire.Event) wire.Event {
	end := lineEnd(e)
	switch e.Kind {
	case wire.Connected:
		r.waiting[e.Conn] = nil
		e.Text = r.masks.names(e.Text)
	case wire.Sent:
		r.waiting[e.Conn] = append(r.waiting[e.Conn], e.Text)
		e.Text = r.command(e.Text)
		e.Verb = r.verb(e.Verb)
	case wire.Received:
		e = r.reply(e)
	default:
		e.Text = r.masks.names(e.Text)
	}
	e.Raw = nil // the contents of files cannot be masked
	if isLine(e.Kind) {
		e.Raw = []byte(e.Text + end)
	}
	e.TLS, e.Data = withoutCertificates(e.TLS), r.report(e.Data)
	return e
}

// lineEnd is how a line ended on the wire.
func lineEnd(e wire.Event) string {
	return string(e.Raw[len(bytes.TrimRight(e.Raw, "\r\n")):])
}

// verb masks what was typed in place of a command.
func (r *redactor) verb(verb string) string { return r.masks.word(verb, isHarmless) }

func withoutCertificates(state *tls.ConnectionState) *tls.ConnectionState {
	if state == nil {
		return nil
	}
	return &tls.ConnectionState{Version: state.Version, CipherSuite: state.CipherSuite, CurveID: state.CurveID, DidResume: state.DidResume}
}

func (r *redactor) report(d *wire.DataReport) *wire.DataReport {
	if d == nil {
		return nil
	}
	masked := *d
	masked.Command = r.command(d.Command)
	masked.Announced, masked.Used = r.masks.names(d.Announced), r.masks.names(d.Used)
	masked.TLS = withoutCertificates(d.TLS)
	if d.Err != nil {
		masked.Err = errors.New(r.masks.names(d.Err.Error()))
	}
	return &masked
}

// plain are the commands whose argument names nobody and nothing.
var plain = []string{
	"TYPE", "MODE", "STRU", "PBSZ", "PROT", "AUTH", "OPTS", "FEAT", "REST", "ALLO", "EPSV", "HELP", "LANG", "CLNT", "PASS", "ACCT",
}

// beforePath is what may stand before the path in an argument: options of LIST, the time of MFMT, a command of
// SITE with its numbers.
var beforePath = regexp.MustCompile(`^(?:(?:-\S*|\d{8,17}) +)*`)

var siteWords = regexp.MustCompile(`^(?:[A-Za-z]+(?: +\d+)*(?: +|$))?`)

// command masks the argument of a command line.
func (r *redactor) command(line string) string {
	verb, argument, found := strings.Cut(line, " ")
	if !found {
		return r.verb(verb)
	}
	upper := strings.ToUpper(verb)
	start := beforePath.FindString(argument)
	switch {
	case slices.Contains(plain, upper):
		return line
	case upper == "USER":
		return verb + " " + r.user(argument)
	case upper == "PORT" || upper == "EPRT":
		return verb + " " + r.masks.allAddresses(argument)
	case upper == "HOST":
		return verb + " " + r.masks.word(argument, func(string) bool { return false })
	case upper == "SITE":
		start = siteWords.FindString(argument)
		return verb + " " + r.masks.words(start) + r.masks.path(argument[len(start):])
	case strings.HasPrefix(argument[len(start):], "-") && (upper == "LIST" || upper == "NLST" || upper == "STAT"):
		return line // options alone
	}
	return r.verb(verb) + " " + start + r.masks.path(argument[len(start):])
}

// reply masks a line of a reply.
func (r *redactor) reply(e wire.Event) wire.Event {
	command := ""
	if waiting := r.waiting[e.Conn]; len(waiting) > 0 && e.Verb != "" {
		command = waiting[0]
		if e.Last && e.Code >= 200 {
			r.waiting[e.Conn] = waiting[1:]
		}
	}
	verb, argument, _ := strings.Cut(command, " ")
	e.Verb = r.verb(e.Verb)
	inside := e.Code == 0 || !e.Last && strings.HasPrefix(e.Text, " ")
	switch upper := strings.ToUpper(verb); {
	case upper == "FEAT" && inside:
	case upper == "STAT" && argument != "" && inside:
		e.Text = " masked"
	case slices.Contains(plain, upper):
		e.Text = r.masks.words(e.Text)
	default:
		e.Text = r.about(e.Text, argument)
	}
	return e
}

// about masks a text that may name the argument of the command that it answers.
func (r *redactor) about(text, argument string) string {
	if isNumber(argument) { // what the reply tells may be the same number; no argument is none
		return r.masks.words(text)
	}
	masked := r.masks.path(argument)
	parts := splitAround(text, argument)
	for i, part := range parts {
		parts[i] = r.masks.words(part)
	}
	return strings.Join(parts, masked)
}

// splitAround cuts a text where the name stands by itself.
func splitAround(text, name string) (parts []string) {
	from := 0
	for {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return append(parts, text)
		}
		i += from
		before, after := text[:i], text[i+len(name):]
		if isPartOfWord(before, after) {
			from = i + len(name)
			continue
		}
		parts = append(parts, before)
		text, from = after, 0
	}
}

var (
	endsInWord   = regexp.MustCompile(`[\pL\pN_]$`)
	startsInWord = regexp.MustCompile(`^[\pL\pN_]`)
)

func isPartOfWord(before, after string) bool {
	return endsInWord.MatchString(before) || startsInWord.MatchString(after)
}
