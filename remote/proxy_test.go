package remote_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// proxyServer is a proxy of one kind for the time of a test. It counts its tunnels.
type proxyServer struct {
	URL     *url.URL
	tunnels atomic.Int32
}

func startProxy(t *testing.T, scheme string, serve func(net.Conn) (target string, err error)) *proxyServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &proxyServer{URL: &url.URL{Scheme: scheme, Host: l.Addr().String()}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.tunnel(conn, serve)
		}
	}()
	return p
}

func (p *proxyServer) tunnel(conn net.Conn, serve func(net.Conn) (string, error)) {
	defer conn.Close()
	target, err := serve(conn)
	if err != nil {
		return
	}
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer server.Close()
	p.tunnels.Add(1)
	go func() {
		io.Copy(server, conn)
		server.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(conn, server)
}

// httpProxy speaks CONNECT.
func httpProxy(conn net.Conn) (string, error) {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil || request.Method != http.MethodConnect {
		return "", errors.New("not a CONNECT")
	}
	_, err = io.WriteString(conn, "HTTP/1.1 200 go\r\n\r\n")
	return request.Host, err
}

// socksProxy speaks just enough of SOCKS5 (RFC 1928).
func socksProxy(conn net.Conn) (string, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil {
		return "", err
	}
	io.CopyN(io.Discard, conn, int64(head[1]))
	conn.Write([]byte{5, 0})
	request := make([]byte, 4)
	if _, err := io.ReadFull(conn, request); err != nil {
		return "", err
	}
	length := []byte{4}
	if request[3] == 3 {
		io.ReadFull(conn, length)
	}
	host := make([]byte, int(length[0])+2)
	if _, err := io.ReadFull(conn, host); err != nil {
		return "", err
	}
	n := len(host) - 2
	name := net.IP(host[:n]).String()
	if request[3] == 3 {
		name = string(host[:n])
	}
	conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	return fmt.Sprintf("%s:%d", name, int(host[n])<<8|int(host[n+1])), nil
}

func TestProxiesCarryControlAndData(t *testing.T) {
	for scheme, serve := range map[string]func(net.Conn) (string, error){"http": httpProxy, "socks5": socksProxy} {
		t.Run(scheme, func(t *testing.T) {
			proxy := startProxy(t, scheme, serve)
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/a", []byte("x"))
			s := open(t, srv, func(s *remote.Site) { s.Options.Proxy, s.Options.AllowClear = proxy.URL, true })
			if text, _, err := s.fetch("a"); err != nil || text != "x" {
				t.Errorf("%q, %v", text, err)
			}
			if n := proxy.tunnels.Load(); n != 2 {
				t.Errorf("%d tunnels, want control and data", n)
			}
		})
	}
}

func TestAPasswordGoesOutInClearOnlyAfterAYes(t *testing.T) {
	// Loopback is exempt; behind a proxy the way to the server is not loopback.
	proxy := startProxy(t, "http", httpProxy)
	through := func(change func(*remote.Site)) func(*remote.Site) {
		return func(s *remote.Site) {
			s.Options.Proxy = proxy.URL
			if change != nil {
				change(s)
			}
		}
	}
	answering := func(yes bool) func(*remote.Hooks) {
		return func(h *remote.Hooks) {
			h.ConfirmClear = func(context.Context, *remote.Site) (bool, error) { return yes, nil }
		}
	}
	for name, test := range map[string]struct {
		change func(*remote.Site)
		hooks  []func(*remote.Hooks)
		sent   bool
	}{
		"nobody to ask": {},
		"a no":          {hooks: []func(*remote.Hooks){answering(false)}},
		"a yes":         {hooks: []func(*remote.Hooks){answering(true)}, sent: true},
		"tls never":     {change: func(s *remote.Site) { s.TLS = wire.TLSNever }, sent: true},
		"allow-clear":   {change: func(s *remote.Site) { s.Options.AllowClear = true }, sent: true},
		"anonymous":     {change: func(s *remote.Site) { s.User, s.Password = "anonymous", "" }, sent: true},
	} {
		srv := ftptest.Script(t, script.Options{})
		_, err := dial(t, srv, through(test.change), test.hooks...)
		var clear *remote.ClearTextError
		if errors.As(err, &clear) == test.sent || received(srv, "PASS") != test.sent {
			t.Errorf("%s: %v; PASS sent: %v", name, err, received(srv, "PASS"))
		}
		if test.sent && err != nil || !test.sent && !strings.Contains(clear.Hint(), "--tls=never") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
