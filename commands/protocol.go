package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
	"ftpsh/trace"
	"ftpsh/transfer"
)

// protocolCommands speak to the server directly, and show what was said.
func protocolCommands() []Command {
	return []Command{
		{
			Name: "quote", Aliases: []string{"literal"}, Group: Protocol, Classic: true, Raw: true, Verbatim: true, Needs: Connected,
			Short: "send a command as it is and print the reply",
			Args:  []Arg{{Name: "words", Many: true, Ask: "(command line to send) "}},
			Flags: []Flag{
				{Letter: 'd', Help: "the command answers on a data connection: print what comes"},
				{Long: "raw", Help: "with -d, every byte as it comes: line ends, and what a terminal would obey"},
				{Letter: 'e', Value: "class", Kind: Number, Help: "fail unless the reply's code begins with this digit"},
			},
			Details: `The line goes out exactly as typed. Commands that need a data connection want -d. What comes there is
text, whose lines end here as they do here, unless it is the RETR of a binary file. A reply of class 4
or 5 makes quote fail.`,
			Examples: []string{"quote NOOP", "quote SITE HELP", "quote -d LIST -la", "quote -e 2 STAT"},
			Run:      runQuote,
		},
		question("site", "send a SITE command", "SITE", true, "site help"),
		question("system", "ask what system the server runs (SYST)", "SYST", false, "system", "syst"),
		featuresCommand(),
		probeCommand,
		question("remopts", "set an option of a feature (OPTS)", "OPTS", true, "remopts UTF8 ON"),
		question("rhelp", "ask the server for help (HELP)", "HELP", true, "rhelp site"),
		question("rstatus", "ask the server for its status (STAT)", "STAT", true, "rstatus"),
		diagnoseCommand,
		{
			Name: "reset", Group: Protocol, Classic: true, Needs: Connected,
			Short:    "make sure that commands and replies are in step",
			Details:  "Sends NOOP. If its reply is not the next one to come, the connection is dropped and opened again.",
			Examples: []string{"reset"},
			Run: func(ctx context.Context, s *Session, _ *Call) error {
				return s.command(ctx, "reset", "NOOP")
			},
		},
		{
			Name: "abort", Group: Protocol, Needs: Connected,
			Short:    "tell the server to give up what it is doing (ABOR)",
			Details:  "A running transfer is ended by Ctrl-C; abort is for a server that still thinks one is running.",
			Examples: []string{"abort"},
			Run: func(ctx context.Context, s *Session, _ *Call) error {
				return s.printReply(s.Conn.Quote(ctx, "ABOR"))
			},
		},
		{
			Name: "debug", Group: Protocol, Classic: true,
			Short: "show the conversation with the server",
			Args:  []Arg{{Name: "level", Kind: Choice, Choices: debugLevels(), Optional: true}},
			Details: `Level 1 shows commands and replies with their times, 2 also raw lines, TLS and data connections, 3 also
our own decisions, 4 also the first bytes of the data. debug alone turns level 1 on and off.
Passwords are never shown.`,
			Examples: []string{"debug", "debug 2", "debug off"},
			Run:      func(_ context.Context, s *Session, c *Call) error { return runDebug(s, c, 1) },
		},
		{
			Name: "trace", Group: Protocol, Classic: true,
			Short:    "show the conversation byte by byte: debug 2",
			Args:     []Arg{{Name: "level", Kind: Choice, Choices: []string{"on", "off"}, Optional: true}},
			Examples: []string{"trace on"},
			Run:      func(_ context.Context, s *Session, c *Call) error { return runDebug(s, c, 2) },
		},
		timingCommand,
		explainCommand,
		{
			Name: "passive", Group: Protocol, Classic: true,
			Short:    "let the server listen for data connections, or not",
			Args:     []Arg{{Name: "state", Kind: Choice, Choices: []string{"on", "off", "auto"}, Optional: true}},
			Details:  "Off is active mode: the server connects to us. It is never tried by itself, so there is no auto.",
			Examples: []string{"passive", "passive off"},
			Run:      runPassive,
		},
		{
			Name: "active", Group: Protocol, Needs: Nothing,
			Short:    "let the server connect to us for data: passive off",
			Examples: []string{"active"},
			Run:      func(_ context.Context, s *Session, _ *Call) error { return s.toggle("passive", false) },
		},
		{
			Name: "epsv", Group: Protocol, Classic: true,
			Short:    "try EPSV and EPRT before PASV and PORT",
			Args:     []Arg{onOffArg},
			Examples: []string{"epsv off"},
			Run: func(_ context.Context, s *Session, c *Call) error {
				return s.toggle("epsv", c.toggled(s.On("epsv")))
			},
		},
	}
}

// question is a command that asks the server one thing and prints its answer. With words, what
// follows the name goes along.
func question(name, short, verb string, words bool, example string, aliases ...string) Command {
	c := Command{
		Name: name, Later: aliases, Group: Protocol, Classic: true, Needs: Connected,
		Short: short, Examples: []string{example},
	}
	if words {
		c.Raw, c.Verbatim = true, true
		c.Args = []Arg{{Name: "words", Many: true, Optional: true}}
	}
	c.Run = func(ctx context.Context, s *Session, call *Call) error {
		line := verb
		if words && call.Given("words") {
			line += " " + call.Rest("words")
		}
		return s.printReply(s.Conn.Quote(ctx, line))
	}
	return c
}

func runQuote(ctx context.Context, s *Session, c *Call) error {
	line := c.Rest("words")
	if c.Has("d") {
		out := s.quoted(line, c.Has("raw"))
		_, err := s.Conn.QuoteData(ctx, line, out)
		return errors.Join(err, out.Close())
	}
	reply, err := s.Conn.Quote(ctx, line)
	if class := int(c.Number("e")); err == nil && (reply.Class() >= 4 || class != 0 && reply.Class() != class) {
		refused := s.refusal(reply)
		refused.Path = strings.ToUpper(refused.Op) // not the line: there may be a password in it
		return refused
	}
	return s.printReply(reply, err)
}

// quoted is where the data of a line goes: text with our line ends, but a file in binary as it is.
func (s *Session) quoted(line string, raw bool) io.WriteCloser {
	verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	binary := strings.EqualFold(verb, "RETR") && s.Conn.TransferType() != "A"
	switch {
	case raw:
		return nopCloser{s.Print.Out()}
	case s.Print.OutIsTerminal() || binary:
		return s.contents()
	}
	return transfer.LocalLines(s.Print.Out())
}

// refusal is the reply to the last command as an error.
func (s *Session) refusal(reply wire.Reply) *remote.Error {
	_, line := s.Conn.Last()
	verb, _, _ := strings.Cut(line, " ")
	return &remote.Error{Op: strings.ToLower(verb), Code: reply.Code, Text: reply.Text(), Command: line}
}

// printReply prints a reply as the server gave it, marked on a terminal. A refusal is an error instead.
func (s *Session) printReply(reply wire.Reply, err error) error {
	switch {
	case err != nil:
		return err
	case reply.Class() >= 4:
		return s.refusal(reply)
	}
	last := len(reply.Lines) - 1
	for i, line := range reply.Lines {
		separator := "-"
		if i == last {
			separator = " "
		}
		if i == 0 || i == last {
			line = fmt.Sprintf("%d%s%s", reply.Code, separator, line)
		}
		s.Print.Printf("%s%s\n", s.mark(), term.Safe(line))
	}
	return nil
}

// debugLevels are what debug takes.
func debugLevels() []string {
	levels := []string{"on", "off"}
	for level := range trace.MaxLevel + 1 {
		levels = append(levels, strconv.Itoa(level))
	}
	return levels
}

func runDebug(s *Session, c *Call, on int) error {
	level := on
	switch c.Arg("level") {
	case "":
		if s.Tracer.Level() >= on {
			level = 0
		}
	case "on":
	case "off":
		level = 0
	default:
		level, _ = strconv.Atoi(c.Arg("level"))
	}
	s.Tracer.SetLevel(level)
	s.Print.Note("debug %d", level)
	return nil
}

func runPassive(_ context.Context, s *Session, c *Call) error {
	if c.Arg("state") == "auto" {
		return &StateError{Op: "passive", Problem: "active mode tells the server our address and opens a port, so it is never tried by itself", Next: "passive off"}
	}
	return s.toggle("passive", c.toggled(s.On("passive")))
}

// toggle switches and says so.
func (s *Session) toggle(name string, on bool) error {
	if err := s.Switch(name, on); err != nil {
		return err
	}
	s.tellToggle(name)
	return nil
}
