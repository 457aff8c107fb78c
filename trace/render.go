package trace

import (
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
)

// slow is when the time of a reply stands out.
const slow = time.Second

// Render words an event for a debug level, level 0 being that of verbose; there are no lines when
// the level does not show it. The text is foreign.
func Render(e wire.Event, level int) (term.Role, []string) {
	role, lines := term.RoleNote, []string(nil)
	switch {
	case e.Kind == wire.Sent:
		role, lines = term.RoleSent, []string{"--> " + spoken(e, level)}
	case e.Kind == wire.Received:
		role, lines = received(e, level)
	default:
		for _, note := range notes(e, level) {
			lines = append(lines, "=== "+note)
		}
	}
	if e.Conn > 1 { // a spare connection of the session
		for i, line := range lines {
			lines[i] = fmt.Sprintf("[%d] %s", e.Conn, line)
		}
	}
	return role, lines
}

// spoken is a line as it reads, or from level 2 on as it is on the wire.
func spoken(e wire.Event, level int) string {
	if level >= 2 {
		return strconv.QuoteToGraphic(string(e.Raw))
	}
	return e.Text
}

// received shows a line of a reply. The time stands on the last one; nobody has waited for a reply
// that answers nothing.
func received(e wire.Event, level int) (term.Role, []string) {
	role := term.RoleReceived
	switch {
	case e.Code >= 400:
		role = term.RoleRefused
	case e.Since >= slow:
		role = term.RoleSlow
	}
	took := ""
	if level >= 1 && e.Last && e.Verb != "" {
		took = " (" + milliseconds(e.Since) + ")"
	}
	return role, []string{"<-- " + spoken(e, level) + took}
}

// notes tell what happened beside the lines of the conversation.
func notes(e wire.Event, level int) []string {
	switch {
	case e.Kind == wire.Closed:
		return []string{e.Text}
	case e.Kind == wire.Connected:
		return []string{fmt.Sprintf("connected to %s (%s)", e.Text, milliseconds(e.Since))}
	case e.Kind == wire.Resolved && level >= 2:
		return []string{fmt.Sprintf("the name leads to %s (%s)", e.Text, milliseconds(e.Since))}
	case e.Kind == wire.Secured && level >= 2:
		return secured(e, level)
	case e.Kind == wire.DataOpened && level >= 2:
		return []string{opened(e.Data)}
	case e.Kind == wire.DataBegan && level >= 4:
		return began(e)
	case e.Kind == wire.DataClosed && level >= 2:
		return []string{closed(e.Data)}
	case e.Kind == wire.Decision && level >= 3:
		return []string{e.Text}
	}
	return nil
}

// secured tells what a handshake has agreed on, and from level 3 on with whom.
func secured(e wire.Event, level int) []string {
	lines := []string{fmt.Sprintf("%s: %s (%s)", e.Text, DescribeTLS(e.TLS), milliseconds(e.Since))}
	if level < 3 {
		return lines
	}
	if e.TLS.CurveID != 0 {
		lines = append(lines, "key exchange "+e.TLS.CurveID.String())
	}
	for _, c := range e.TLS.PeerCertificates {
		lines = append(lines, fmt.Sprintf("certificate of %s, issued by %s, valid from %s to %s",
			c.Subject, c.Issuer, c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly)))
	}
	return append(lines, "certificate "+e.Trust.String())
}

// opened tells how a data connection was made: the mode, the address announced and the one used.
func opened(d *wire.DataReport) string {
	text := fmt.Sprintf("data connection by %s: announced %s, used %s (%s)", d.Mode, d.Announced, d.Used, milliseconds(d.Connect))
	if d.TLS != nil {
		text += fmt.Sprintf(", %s (%s)", DescribeTLS(d.TLS), milliseconds(d.Handshake))
	}
	return text
}

// began shows the first bytes.
func began(e wire.Event) []string {
	direction := "from the server"
	if e.Data.Upload {
		direction = "to the server"
	}
	lines := []string{"data begins, " + direction}
	for line := range strings.Lines(hex.Dump(e.Raw)) { // none where a log has left the bytes out
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return lines
}

// closed tells what a data connection has carried and how it ended.
func closed(d *wire.DataReport) string {
	if d.Used == "" {
		return fmt.Sprintf("no data connection by %s: announced %s, %v (%s)", d.Mode, d.Announced, d.Err, milliseconds(d.Took))
	}
	end := "clean end"
	if d.Err != nil {
		end = d.Err.Error()
	}
	return fmt.Sprintf("data connection closed: %d bytes in %s, %s/s, %s",
		d.Bytes, milliseconds(d.Took), term.HumanSize(perSecond(d.Bytes, d.Took)), end)
}

func perSecond(bytes int64, took time.Duration) int64 {
	return int64(float64(bytes) / max(took.Seconds(), 1e-6))
}

// DescribeTLS names what was agreed on: version, cipher, new session or resumed.
func DescribeTLS(state *tls.ConnectionState) string {
	session := "new session"
	if state.DidResume {
		session = "resumed"
	}
	return fmt.Sprintf("%s, %s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite), session)
}

func milliseconds(d time.Duration) string {
	if d < 10*time.Millisecond {
		return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) + " ms"
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
}
