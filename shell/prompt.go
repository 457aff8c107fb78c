package shell

import (
	"strings"

	"ftpsh/commands"
	"ftpsh/internal/term"
)

// promptOf is what stands before the line that is typed: the host, marked when nothing protects the
// connection or when it is lost, the directory, and a transfer type that is not the usual one.
func promptOf(s *commands.Session) string {
	if format := s.Values().Text("prompt"); format != "" {
		return expandPrompt(s, format)
	}
	if !s.Conn.Opened() {
		return s.Print.PaintErr(term.RolePrompt, "ftpsh> ")
	}
	var b strings.Builder
	host := term.Safe(s.Conn.Site().Host)
	switch {
	case !s.Conn.Connected():
		b.WriteString(s.Print.PaintErr(term.RoleInsecure, host+" (lost)"))
	case s.Conn.Secure():
		b.WriteString(s.Print.PaintErr(term.RoleSecure, host))
	default:
		b.WriteString(s.Print.PaintErr(term.RoleInsecure, host+" (clear)"))
	}
	b.WriteString(s.Print.PaintErr(term.RolePrompt, ":"+shownDir(s)))
	if transferType := s.Conn.TransferType(); transferType != "I" {
		b.WriteString(" [TYPE " + term.Safe(transferType) + "]")
	}
	b.WriteString(s.Print.PaintErr(term.RolePrompt, "> "))
	return b.String()
}

// shownDir is the directory that the next command will find: also that of a lost connection, which
// will be brought back to it.
func shownDir(s *commands.Session) string {
	if s.Conn.Connected() && !s.Conn.LoggedIn() {
		return ""
	}
	return term.Safe(s.Conn.Dir())
}

// expandPrompt fills in the setting prompt, as tnftp's: %m the host, %n the user, %/ the remote
// directory, %% a percent sign.
func expandPrompt(s *commands.Session, format string) string {
	site := s.Conn.Site()
	return strings.NewReplacer(
		"%m", term.Safe(site.Host),
		"%n", term.Safe(site.User),
		"%/", shownDir(s),
		"%%", "%",
	).Replace(format)
}
