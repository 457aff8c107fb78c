package commands

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ftpsh/internal/lang"
	"ftpsh/internal/term"
	"ftpsh/trace"
)

var timingCommand = Command{
	Name: "timing", Group: Protocol,
	Short: "show where the time went: the last command and the session",
	Args:  []Arg{{Name: "action", Kind: Choice, Choices: []string{"reset"}, Optional: true}},
	Flags: []Flag{{Long: "json", Help: "one JSON object; times in milliseconds"}},
	Details: `Parts overlap where things happen at once: a data connection connects while its command travels, so
they do not add up to the whole. The round trip is an estimate: the shortest wait for any reply.
timing reset starts counting anew.`,
	Examples: []string{"get big.iso; timing", "timing --json", "timing reset"},
	Run:      runTiming,
}

func runTiming(_ context.Context, s *Session, c *Call) error {
	if c.Given("action") {
		s.Timing.Reset()
		return nil
	}
	report := s.Timing.Report()
	if c.Has("json") {
		writeJSONLine(s.Print.Out(), jsonReport(report))
		return nil
	}
	if report.Last.Name != "" {
		s.printTimes(report.Last)
	}
	s.printTimes(report.Session)
	if report.RoundTrip > 0 {
		s.Print.Printf("round trip: about %s\n", precise(report.RoundTrip))
	}
	if len(report.Slowest) > 0 {
		s.Print.Printf("%s\n", s.Print.Paint(term.RoleHeading, "slowest"))
	}
	for _, x := range report.Slowest {
		s.Print.Printf("  %9s  %s (%d)\n", precise(x.Took), term.Safe(x.Line), x.Code)
	}
	return nil
}

// printTimes is the table of one command, or of the session.
func (s *Session) printTimes(t trace.Times) {
	heading := fmt.Sprintf("%s: %s", t.Name, precise(t.Elapsed))
	if bytes := t.Received + t.Sent; bytes > 0 {
		heading += fmt.Sprintf(", %d bytes of data", bytes)
	}
	s.Print.Printf("%s\n", s.Print.Paint(term.RoleHeading, term.Safe(heading)))
	for _, part := range trace.Parts() {
		s.printTally("  "+part.String(), t.Parts[part])
		if part != trace.Command {
			continue
		}
		for _, verb := range slices.Sorted(maps.Keys(t.Waits)) {
			s.printTally("    "+verb, t.Waits[verb])
		}
	}
}

func (s *Session) printTally(name string, t trace.Tally) {
	switch t.Count {
	case 0:
	case 1:
		s.Print.Printf("%-16s %5s %10s\n", term.Safe(name), "", precise(t.Total))
	default:
		s.Print.Printf("%-16s %4dx %10s, longest %s\n", term.Safe(name), t.Count, precise(t.Total), precise(t.Longest))
	}
}

// precise is a time to the tenth of a millisecond.
func precise(d time.Duration) string {
	if d >= 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f ms", inMilliseconds(d))
}

func inMilliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

type jsonTally struct {
	Count   int     `json:"count"`
	Total   float64 `json:"ms"`
	Longest float64 `json:"longest_ms"`
}

type jsonTimes struct {
	Command string               `json:"command"`
	Elapsed float64              `json:"ms"`
	In      int64                `json:"received"`
	Out     int64                `json:"sent"`
	Parts   map[string]jsonTally `json:"parts"`
	Waits   map[string]jsonTally `json:"commands"`
}

type jsonExchange struct {
	Line string  `json:"line"`
	Code int     `json:"code"`
	Took float64 `json:"ms"`
}

// jsonTiming is what timing --json prints. Last is null when no command has spoken to the server.
type jsonTiming struct {
	Last      *jsonTimes     `json:"last"`
	Session   jsonTimes      `json:"session"`
	RoundTrip float64        `json:"round_trip_ms"`
	Slowest   []jsonExchange `json:"slowest"`
}

func jsonReport(r trace.Report) jsonTiming {
	j := jsonTiming{Session: jsonTimesOf(r.Session), RoundTrip: inMilliseconds(r.RoundTrip), Slowest: []jsonExchange{}}
	if r.Last.Name != "" {
		last := jsonTimesOf(r.Last)
		j.Last = &last
	}
	for _, x := range r.Slowest {
		j.Slowest = append(j.Slowest, jsonExchange{x.Line, x.Code, inMilliseconds(x.Took)})
	}
	return j
}

func jsonTimesOf(t trace.Times) jsonTimes {
	j := jsonTimes{Command: t.Name, Elapsed: inMilliseconds(t.Elapsed), In: t.Received, Out: t.Sent, Parts: map[string]jsonTally{}, Waits: map[string]jsonTally{}}
	for _, part := range trace.Parts() {
		if tally := t.Parts[part]; tally.Count > 0 {
			j.Parts[strings.ReplaceAll(part.String(), " ", "_")] = jsonTallyOf(tally)
		}
	}
	for verb, tally := range t.Waits {
		j.Waits[verb] = jsonTallyOf(tally)
	}
	return j
}

func jsonTallyOf(t trace.Tally) jsonTally {
	return jsonTally{t.Count, inMilliseconds(t.Total), inMilliseconds(t.Longest)}
}

// title is the line of a call as timing names it: the command and its paths, nothing that may hold
// a secret.
func (c *Call) title() string {
	words := []string{c.Command.Name}
	for _, arg := range c.Command.Args {
		if !arg.Kind.isPath() {
			continue
		}
		for _, w := range c.args[arg.Name] {
			words = append(words, lang.Quote(w.Text, 0))
		}
	}
	return term.Cut(strings.Join(words, " "), 60)
}
