package commands

import (
	"cmp"
	"context"
	"slices"
	"time"

	"ftpsh/doctor"
	"ftpsh/internal/term"
	"ftpsh/remote"
)

var diagnoseCommand = Command{
	Name: "diagnose", Later: []string{"doctor"}, Group: Protocol,
	Short: "find out why a server does not work as it should",
	Args:  []Arg{{Name: "target", Kind: BookmarkName, Optional: true}},
	Flags: slices.Concat(openingFlags, []Flag{
		{Long: "file", Value: "file", Kind: RemotePath, Help: "look at this file on the server"},
		{Letter: 'w', Long: "write", Help: "also upload a small file, and remove it again"},
		{Long: "timeout", Value: "time", Kind: Duration, Help: "wait for one thing no longer than this (10s)"},
		{Long: "json", Help: "one JSON object: cause, sentence, cure, steps"},
		{Long: "causes", Help: "list the causes that may be named"},
	}),
	Details: `It looks at the server step by step, over connections of its own: name, port, greeting, TLS, certificate,
login, data connections in each mode, listings, files. At the end stand the cause in one sentence and
what cures it. In a session the server of the session is meant, and what failed last is looked at
too. Nothing on the server is changed without --write. Active mode is tried where the session uses
it, or where passive ports cannot be reached. All ends within six times the longest wait.

The exit status is 0 when there is no fault, 1 when there is one and its cause is named, and 8 when
something failed whose cause is not known.`,
	Examples: []string{"diagnose", "diagnose ftp.example.com", "diagnose --write", "diagnose --json"},
	Run:      runDiagnose,
}

func runDiagnose(ctx context.Context, s *Session, c *Call) error {
	if c.Has("causes") {
		s.printCauses()
		return nil
	}
	request, err := s.request(c)
	if err != nil {
		return err
	}
	d, err := doctor.Diagnose(ctx, request)
	if err != nil {
		return err
	}
	if c.Has("json") || s.JSON {
		writeJSONLine(s.Print.Out(), jsonDiagnosis(d))
	} else {
		s.printDiagnosis(d)
	}
	switch d.Cause {
	case doctor.Healthy:
		return nil
	case doctor.Unknown:
		return &ToldError{Words: d.Sentence, Status: StatusIncomplete}
	}
	return &ToldError{Words: d.Sentence, Status: StatusFailed}
}

// Verdict is why a data connection has failed, in a line; empty for an error about anything else.
func (s *Session) Verdict(err error) string {
	d, found := doctor.Verdict(err, s.Conn)
	if !found {
		return ""
	}
	return d.Cause + ": " + d.Sentence
}

// examined is the number of the connections of an examination, beyond those of the session's spares.
const examined = 1000

// request says what is to be examined: the target, or the server of the session.
func (s *Session) request(c *Call) (doctor.Request, error) {
	r := doctor.Request{Hooks: s.Hooks(), File: c.Value("file"), Write: c.Has("write"), Wait: c.Duration("timeout")}
	if c.Given("target") {
		t, err := s.target(c.Arg("target"), c.opening())
		r.Site = t.Site
		r.Wait = cmp.Or(r.Wait, s.Config.At(t.Site.Host, t.Site.Port).Duration("timeout"))
		if r.File == "" {
			r.File = t.Path
		}
		return r, err
	}
	if !s.Conn.Opened() {
		return r, &StateError{Op: "diagnose", Problem: "there is no session to look at", Next: "diagnose HOST"}
	}
	r.Site, r.Dir, r.Type, r.Conn = s.Conn.Site(), s.Conn.Dir(), s.Conn.TransferType(), examined
	r.Site.NoLogin = !s.Conn.LoggedIn()
	r.Hooks.Credentials = func(ctx context.Context, site *remote.Site) error {
		s.Conn.Lend(site)
		return s.credentials(ctx, site)
	}
	r.Failure, r.Wait = s.Failed.Err(), cmp.Or(r.Wait, s.Values().Duration("timeout"))
	return r, nil
}

func (s *Session) printDiagnosis(d doctor.Diagnosis) {
	rows := make([][]string, len(d.Steps))
	for i, step := range d.Steps {
		rows[i] = []string{
			s.Print.Paint(resultRoles[step.Result], step.Result.String()), step.Name, step.Took.Round(time.Millisecond).String(), term.Safe(step.Detail),
		}
	}
	s.Print.Table([]term.Column{{}, {}, {Right: true}, {}}, rows)
	s.Print.Printf("cause: %s: %s\n", d.Cause, term.Safe(d.Sentence))
	if d.Cure != "" {
		s.Print.Printf("cure: %s\n", term.Safe(d.Cure))
	}
}

var resultRoles = map[doctor.Result]term.Role{
	doctor.Pass: term.RoleSecure, doctor.Warn: term.RoleInsecure, doctor.Fail: term.RoleError, doctor.Skip: term.RoleNote,
}

func (s *Session) printCauses() {
	var rows [][]string
	for _, c := range doctor.Causes() {
		rows = append(rows, []string{c.Slug, c.Meaning})
	}
	s.Print.Table([]term.Column{{}, {}}, rows)
}

// causeEntries are the causes for the manual.
func causeEntries() (entries []ManualEntry) {
	for _, c := range doctor.Causes() {
		entries = append(entries, ManualEntry{c.Slug, sentence(c.Meaning)})
	}
	return entries
}

type jsonStep struct {
	Name   string  `json:"name"`
	Result string  `json:"result"`
	MS     float64 `json:"ms"`
	Detail string  `json:"detail"`
}

// jsonDiagnosis is the object of diagnose --json.
func jsonDiagnosis(d doctor.Diagnosis) any {
	steps := make([]jsonStep, len(d.Steps))
	for i, step := range d.Steps {
		steps[i] = jsonStep{step.Name, step.Result.String(), inMilliseconds(step.Took), step.Detail}
	}
	return struct {
		Cause    string     `json:"cause"`
		Sentence string     `json:"sentence"`
		Cure     string     `json:"cure"`
		Steps    []jsonStep `json:"steps"`
	}{d.Cause, d.Sentence, d.Cure, steps}
}
