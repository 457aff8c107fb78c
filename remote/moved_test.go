package remote_test

import (
	"context"
	"net"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/remote"
)

// nameServer makes every name that is in no file lead to an address of its choice (RFC 1035), for the rest of
// the test.
func nameServer(t *testing.T, address func() net.IP) {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	go func() {
		for {
			query := make([]byte, 512)
			n, from, err := socket.ReadFrom(query)
			if err != nil {
				return
			}
			_, _ = socket.WriteTo(nameAnswer(query[:n], address()), from) // a client that has gone asks no more
		}
	}()
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
}

// nameAnswer answers a query of type A with an address, and any other with none.
func nameAnswer(query []byte, address net.IP) []byte {
	question := query[12:]
	end := slices.Index(question, 0) + 5 // of the name, its type and its class
	answer := append(slices.Clone(query[:2]), 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	answer = append(answer, question[:end]...)
	if question[end-3] == 1 {
		answer[7] = 1
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
		answer = append(answer, address.To4()...)
	}
	return answer
}

// The name of a server leads elsewhere when its connection is brought back: that is told, and data follows the
// new address.
func TestF31_AServerThatMoves(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only here all of 127.0.0.0/8 is this machine")
	}
	var second atomic.Bool
	nameServer(t, func() net.IP {
		if second.Load() {
			return net.IPv4(127, 0, 0, 3)
		}
		return net.IPv4(127, 0, 0, 2)
	})
	old := ftptest.Script(t, script.Options{Listen: "127.0.0.2:0"})
	_, port, _ := net.SplitHostPort(old.Addr())
	s, err := dial(t, old, func(site *remote.Site) { site.Host = "ftp.moving.test" })
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	ftptest.Wait(t, "the end of the connection", func() bool { return !s.Connected() })
	moved := ftptest.Script(t, script.Options{Listen: "127.0.0.3:" + port})
	moved.Tree.Write("/a", []byte("content"))
	second.Store(true)
	if text, _, err := s.fetch("a"); err != nil || text != "content" {
		t.Errorf("%q, %v", text, err)
	}
	if !s.told("ftp.moving.test is at 127.0.0.3 now, and was at 127.0.0.2") {
		t.Errorf("notes %q", s.notes)
	}
	if n := len(moved.Transfers()); n != 1 {
		t.Errorf("%d data connections went to the new address", n)
	}
}
