//go:build linux

package bench

import (
	"fmt"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
)

// BenchmarkVersion is what starting costs.
func BenchmarkVersion(b *testing.B) {
	var all []contestant
	home := b.TempDir()
	for _, c := range clients(b) {
		all = append(all, contestant{c, func() (cost, error) { return c.version().run(host{}, home) }})
	}
	results.add("version", all, costs(all, compete(b, all))...)
}

// roundTrip is the time that a line to the server and back takes on the slow line of BenchmarkLogin.
const roundTrip = 100 * time.Millisecond

// offTheLine is what the relay leaves out: it takes TCP connections at once, so that their round trip is
// missing and the greeting starts half of one early.
const offTheLine = 1.5

// BenchmarkLogin connects, logs in, asks for the working directory and leaves. Doing the same on a slow
// line tells the round trips.
func BenchmarkLogin(b *testing.B) {
	d := vsftpd(b, ftptest.Plain)
	var near, far []cost
	var all []contestant
	b.Run("near", func(b *testing.B) { all, near = logins(b, siteOf(b, d, ftptest.Delay(b, d.Addr, 0))) })
	b.Run("far", func(b *testing.B) { all, far = logins(b, siteOf(b, d, ftptest.Delay(b, d.Addr, roundTrip/2))) })
	if near == nil || far == nil { // only one was asked for
		return
	}
	trips := func(who int) string {
		return fmt.Sprintf("%.1f", offTheLine+float64(far[who].wall-near[who].wall)/float64(roundTrip))
	}
	results.add("login, pwd, quit", all, append(costs(all, near), column{"round trips", trips})...)
}

func logins(b *testing.B, s site) (all []contestant, spent []cost) {
	for _, c := range clients(b) {
		if c.login != nil {
			all = append(all, contestant{c, func() (cost, error) { return c.login(s).run(s.from, s.home) }})
		}
	}
	return all, compete(b, all)
}
