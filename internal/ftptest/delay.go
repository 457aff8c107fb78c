package ftptest

import (
	"net"
	"sync"
	"testing"
	"time"
)

// Delay puts a slow line before a server: what is sent either way arrives oneWay later, however much it
// is. It returns the address to connect to. Passive data connections go past it, since the server names
// its own ports and they are on the same host.
func Delay(t testing.TB, addr string, oneWay time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", addr)
			if err != nil {
				_ = near.Close() // the client sees that nobody is there
				continue
			}
			go func() {
				var both sync.WaitGroup
				both.Go(func() { carry(far, near, oneWay) })
				both.Go(func() { carry(near, far, oneWay) })
				both.Wait()
				_, _ = near.Close(), far.Close()
			}()
		}
	}()
	return l.Addr().String()
}

// parcel is what was read at once, and when it is to arrive.
type parcel struct {
	content []byte
	due     time.Time
}

// carry copies what it reads to the other side, late, and then the end.
func carry(to, from net.Conn, late time.Duration) {
	line := make(chan parcel, 1024)
	go func() {
		defer close(line)
		for {
			content := make([]byte, 32<<10)
			n, err := from.Read(content)
			line <- parcel{content[:n], time.Now().Add(late)}
			if err != nil {
				return
			}
		}
	}()
	for p := range line {
		time.Sleep(time.Until(p.due))
		_, _ = to.Write(p.content) // a side that has gone is told by the end of the other
	}
	_ = to.(*net.TCPConn).CloseWrite()
}
