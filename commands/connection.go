package commands

import (
	"context"
	"fmt"
	"net"
	"strings"

	"ftpsh/internal/config"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// connectionCommands make, leave and describe the connection.
func connectionCommands() []Command {
	return []Command{
		openCommand(),
		{
			Name: "close", Aliases: []string{"disconnect"}, Group: Connection, Alone: true, Classic: true,
			Short:    "end the session with the server",
			Flags:    []Flag{{Letter: 'f', Long: "force", Help: "drop the connection without a QUIT"}},
			Details:  "Sends QUIT and waits for the server's farewell. With -f the connection is simply dropped, which\nalso works when the server no longer answers.",
			Examples: []string{"close", "close -f"},
			Run:      runClose,
		},
		{
			Name: "reopen", Group: Connection, Alone: true,
			Short:    "connect again and go back to the same directory",
			Examples: []string{"reopen"},
			Run:      func(ctx context.Context, s *Session, _ *Call) error { return s.Conn.Reopen(ctx) },
		},
		{
			Name: "user", Group: Connection, Alone: true, Classic: true, Verbatim: true, Needs: Connected,
			Short: "log in, or log in as somebody else",
			Args: []Arg{
				{Name: "name", Ask: "(username) "},
				{Name: "password", Kind: Secret, Optional: true},
				{Name: "account", Kind: Secret, Optional: true},
			},
			Details:  "A password that is left out is looked up in ~/.netrc, then asked for. It is never kept in the history.",
			Examples: []string{"user ann"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				if err := s.Conn.Login(ctx, c.Arg("name"), c.Arg("password"), c.Arg("account")); err != nil {
					return err
				}
				s.announce()
				return nil
			},
		},
		{
			Name: "account", Group: Connection, Alone: true, Classic: true, Verbatim: true, Needs: Connected,
			Short:    "name the account that the server asks for (ACCT)",
			Args:     []Arg{{Name: "account", Kind: Secret, Ask: "(account) "}},
			Examples: []string{"account billing"},
			Run: func(ctx context.Context, s *Session, c *Call) error {
				return s.command(ctx, "account", "ACCT", c.Arg("account"))
			},
		},
		{
			Name: "welcome", Group: Connection, Needs: Connected,
			Short:    "show the server's greeting again",
			Examples: []string{"welcome"},
			Run: func(_ context.Context, s *Session, _ *Call) error {
				fmt.Fprint(s.Print.Out(), term.Lines(s.mark(), s.Conn.Welcome()))
				return nil
			},
		},
		tlsCommand,
		protCommand,
		statusCommand,
		bookmarkCommand,
		{
			Name: "bye", Aliases: []string{"quit", "exit"}, Group: Connection, Alone: true, Classic: true,
			Short:    "end the session and leave",
			Examples: []string{"bye"},
			Run:      runBye,
		},
	}
}

func runBye(ctx context.Context, s *Session, _ *Call) error {
	if err := s.leaveJobs(ctx); err != nil {
		return err
	}
	switch {
	case !s.Conn.Opened():
	case !s.Interactive: // nobody sees the farewell
		s.Conn.Leave()
	default:
		if err := runClose(ctx, s, nil); err != nil {
			return err
		}
	}
	return ErrQuit
}

// runClose ends the session; c is nil when it is part of leaving.
func runClose(ctx context.Context, s *Session, c *Call) error {
	farewell, err := s.Conn.Close(ctx, c != nil && c.Has("force"))
	if err == nil && farewell != "" && s.Interactive {
		fmt.Fprint(s.Print.Err(), term.Lines("| ", farewell))
	}
	return err
}

// command sends one plain order; its reply matters only when it is a refusal.
func (s *Session) command(ctx context.Context, op string, words ...string) error {
	_, err := s.Conn.Command(ctx, op, words...)
	return err
}

// learned keeps for the next run what this connection has taught about its site.
func (s *Session) learned(site *remote.Site, what remote.Lesson) {
	switch {
	case what == remote.LearnedTLS && site.TLS == wire.TLSAuto:
		s.remember(site, "tls", "require")
	case what == remote.LearnedLockStep:
		s.remember(site, "pipelining", "off")
	}
}

// remember keeps a setting for a site. Servers on this machine come and go with their ports.
func (s *Session) remember(site *remote.Site, setting, text string) {
	if ip := net.ParseIP(site.Host); ip != nil && ip.IsLoopback() || strings.EqualFold(site.Host, "localhost") {
		return
	}
	if err := s.Config.Learn(site.Host, site.Port, setting, text); err != nil {
		s.Print.Warn("could not remember that for the next time: %v", err)
	}
}

// accepted says whether a certificate was accepted for good.
func (s *Session) accepted(site *remote.Site, fingerprint string) bool {
	pin, err := config.ParsePin(fingerprint)
	if err != nil {
		return false
	}
	known, err := s.Config.Pins().Lookup(site.Host, pinPort(site))
	if err != nil {
		s.Print.Warn("%v", err)
	}
	for _, p := range known {
		if p == pin {
			return true
		}
	}
	return false
}

func (s *Session) pin(site *remote.Site, problem *wire.CertificateError) error {
	return s.Config.Pins().Add(site.Host, pinPort(site), config.PinOf(problem.Chain[0]))
}

// pinPort is the port that a pin is kept under: the real one, not the 0 of a default.
func pinPort(site *remote.Site) int {
	switch {
	case site.Port != 0:
		return site.Port
	case site.TLS == wire.TLSImplicit:
		return 990
	}
	return 21
}
