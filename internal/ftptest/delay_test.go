package ftptest_test

import (
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// Three commands one after the other take three round trips, the greeting half of one, whatever else
// the machine has to do.
func TestDelay(t *testing.T) {
	const oneWay = 20 * time.Millisecond
	srv := ftptest.Script(t, script.Options{})
	started := time.Now()
	c := ftptest.Dial(t, ftptest.Delay(t, srv.Addr(), oneWay))
	c.Say("331", "USER kim")
	c.Say("230", "PASS secret")
	c.Say("221", "QUIT")
	c.ExpectEnd()
	if took := time.Since(started); took < 7*oneWay {
		t.Errorf("took %v, less than the line allows", took)
	}
}
