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
		all = append(all, contestant{c, func() (cost, error) { return c.version().run(home) }})
	}
	results.add("version", all, compete(b, all), "", func(int) string { return "" })
}

// roundTrip is the time that a line to the server and back takes on the slow line of BenchmarkLogin.
const roundTrip = 100 * time.Millisecond

// BenchmarkLogin connects, logs in, asks for the working directory and leaves. Doing that on a slow line
// too tells the round trips: the relay delays lines and not the TCP handshake, which is one more.
func BenchmarkLogin(b *testing.B) {
	d := vsftpd(b, ftptest.Plain)
	var near []cost
	b.Run("near", func(b *testing.B) { _, near = logins(b, siteOf(b, d, ftptest.Delay(b, d.Addr, 0))) })
	b.Run("far", func(b *testing.B) {
		all, far := logins(b, siteOf(b, d, ftptest.Delay(b, d.Addr, roundTrip/2)))
		results.add("login, pwd, quit", all, near, "round trips", func(who int) string {
			if len(near) == 0 { // only this half was asked for
				return "-"
			}
			return fmt.Sprintf("%.1f", float64(far[who].wall-near[who].wall)/float64(roundTrip)+1)
		})
	})
}

func logins(b *testing.B, s site) (all []contestant, spent []cost) {
	for _, c := range clients(b) {
		if c.login != nil {
			all = append(all, contestant{c, func() (cost, error) { return c.login(s).run(s.home) }})
		}
	}
	return all, compete(b, all)
}
