//go:build unix

package trace_test

import (
	"context"
	"io"
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
	"ftpsh/trace"
)

// BenchmarkSession is what watching costs a session of small commands. The server runs in the same
// process, so its share of the CPU is in each figure.
func BenchmarkSession(b *testing.B) {
	tracer := trace.New(term.NewPrinter(term.PrinterConfig{Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}))
	timing := trace.NewTiming()
	watch := func(e wire.Event) {
		timing.Event(e)
		tracer.Event(e)
	}
	for _, test := range []struct {
		name    string
		observe func(wire.Event)
		level   int
	}{{"unwatched", nil, 0}, {"off", watch, 0}, {"level=1", watch, 1}} {
		b.Run(test.name, func(b *testing.B) {
			conn := connect(b, remote.Hooks{Observe: test.observe})
			tracer.SetLevel(test.level)
			before := cpu(b)
			for b.Loop() {
				if _, err := conn.Command(b.Context(), "noop", "NOOP"); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

func connect(b *testing.B, hooks remote.Hooks) *remote.Conn {
	b.Helper()
	server := ftptest.Script(b, script.Options{})
	host, port, _ := net.SplitHostPort(server.Addr())
	number, _ := strconv.Atoi(port)
	conn := remote.New(hooks)
	if err := conn.Open(b.Context(), remote.Site{Host: host, Port: number, User: "ann", Password: "x"}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = conn.Close(context.Background(), true) })
	return conn
}

// cpu is what this process has used, user and system.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
