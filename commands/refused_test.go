package commands

import (
	"strings"
	"testing"
)

func TestRefusedCommandsSayWhatToUse(t *testing.T) {
	d := newDesk(t, NewTable(All()...))
	for _, name := range []string{"ccc", "macdef", "$", "proxy", "fxcp", "gate", "sendport", "tick"} {
		_, err := d.run(t, "'"+name+"' -x y")
		if err == nil || hintOf(err) == "" || ExitStatus(err) != int(StatusUsage) {
			t.Errorf("%s: %v, hint %q", name, err, hintOf(err))
		}
	}
	out, _ := d.run(t, "help -l")
	for _, r := range refusals {
		if strings.Contains(out, "  "+r.name+" ") {
			t.Errorf("help shows %s", r.name)
		}
	}
}
