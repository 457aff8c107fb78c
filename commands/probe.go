package commands

import (
	"context"

	"ftpsh/doctor"
	"ftpsh/internal/term"
)

// probeFlags are those of probe, and of features -v.
var probeFlags = []Flag{
	{Long: "read-only", Help: "leave out what writes to the server"},
	{Long: "json", Help: "one JSON object: abilities with name, claimed, works and notes"},
}

var probeCommand = Command{
	Name: "probe", Group: Protocol, Needs: LoggedIn,
	Short: "try what the server claims to be able to do",
	Flags: probeFlags,
	Details: `Each ability stands with whether FEAT claims it, whether it works, and what was seen. It is tried on a
file in a directory of its own, which is made in the working directory and removed again, also after
Ctrl-C; with --read-only, or where nothing may be written, on the smallest file that is there.`,
	Examples: []string{"probe", "probe --read-only", "probe --json"},
	Run:      runProbe,
}

// featuresCommand asks for FEAT, and with -v tries it out.
func featuresCommand() Command {
	c := question("features", "ask what the server can do beyond RFC 959 (FEAT)", "FEAT", false, "features")
	ask := c.Run
	c.Flags = append([]Flag{{Letter: 'v', Help: "try it out, as probe does"}}, probeFlags...)
	c.Examples = append(c.Examples, "features -v")
	c.Run = func(ctx context.Context, s *Session, call *Call) error {
		if !call.Has("v") {
			return ask(ctx, s, call)
		}
		if err := s.Conn.Ready(ctx); err != nil {
			return err
		}
		return runProbe(ctx, s, call)
	}
	return c
}

func runProbe(ctx context.Context, s *Session, c *Call) error {
	found, err := doctor.Probe(ctx, s.Conn, c.Has("read-only"))
	if c.Has("json") || s.JSON {
		if err == nil {
			writeJSONLine(s.Print.Out(), jsonProbe(found))
		}
		return err
	}
	rows := make([][]string, len(found))
	for i, a := range found {
		rows[i] = []string{a.Name, claim(a), s.Print.Paint(proofRole(a), a.Works.String()), term.Safe(a.Notes)}
	}
	s.Print.Table([]term.Column{{Title: "ability"}, {Title: "claimed"}, {Title: "works"}, {Title: "notes"}}, rows)
	return err
}

func claim(a doctor.Ability) string {
	switch {
	case a.Claimed:
		return "yes"
	case a.Feature == "":
		return "-"
	}
	return "no"
}

// proofRole marks what is claimed and does not work.
func proofRole(a doctor.Ability) term.Role {
	switch {
	case a.Lie():
		return term.RoleError
	case a.Works == doctor.Works:
		return term.RoleSecure
	}
	return term.RoleNote
}

type jsonAbility struct {
	Name    string `json:"name"`
	Claimed *bool  `json:"claimed"` // null for what FEAT has no name for
	Works   *bool  `json:"works"`   // null when it was not tried
	Notes   string `json:"notes"`
}

// jsonProbe is the object of probe --json.
func jsonProbe(found []doctor.Ability) any {
	abilities := make([]jsonAbility, len(found))
	for i, a := range found {
		abilities[i] = jsonAbility{Name: a.Name, Notes: a.Notes}
		if a.Feature != "" {
			abilities[i].Claimed = new(a.Claimed)
		}
		if a.Works != doctor.Untried {
			abilities[i].Works = new(a.Works == doctor.Works)
		}
	}
	return struct {
		Abilities []jsonAbility `json:"abilities"`
	}{abilities}
}
