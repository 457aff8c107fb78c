package remote_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// proxyServer is a proxy of one kind for the time of a test. It counts its tunnels, and how many
// of them the client has reset.
type proxyServer struct {
	URL             *url.URL
	tunnels, resets atomic.Int32
	mu              sync.Mutex
	targets         []string
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
	p.mu.Lock()
	p.targets = append(p.targets, target)
	p.mu.Unlock()
	go func() {
		if _, err := io.Copy(server, conn); errors.Is(err, syscall.ECONNRESET) {
			p.resets.Add(1)
			_ = server.(*net.TCPConn).SetLinger(0)
			_ = server.Close()
		}
		_ = server.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(conn, server)
	_ = conn.(*net.TCPConn).CloseWrite()
	_, _ = io.Copy(io.Discard, conn) // until the client has closed as well
}

// httpProxy speaks CONNECT.
func httpProxy(conn net.Conn) (target string, err error) {
	target, err = heard(conn)
	return target, cmp.Or(err, answered(conn))
}

// heard reads where a client wants a tunnel to.
func heard(conn net.Conn) (string, error) {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil || request.Method != http.MethodConnect {
		return "", errors.New("not a CONNECT")
	}
	return request.Host, nil
}

// answered lets the client go on.
func answered(conn net.Conn) error {
	_, err := io.WriteString(conn, "HTTP/1.1 200 go\r\n\r\n")
	return err
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

// D11: behind a proxy the peer may be no TCP address, on which the library panics.
func TestAPasswordGoesOutInClearOnlyAfterAYes(t *testing.T) {
	t.Parallel()
	// Loopback is exempt; behind a proxy the way to the server is not loopback.
	proxy := startProxy(t, "http", httpProxy)
	change := func(change func(*remote.Site)) func(*remote.Site) {
		return func(s *remote.Site) {
			s.Options.Proxy = proxy.URL
			if change != nil {
				change(s)
			}
		}
	}
	saying := func(yes bool) func(*remote.Hooks) {
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
		"a no":          {hooks: []func(*remote.Hooks){saying(false)}},
		"a yes":         {hooks: []func(*remote.Hooks){saying(true)}, sent: true},
		"tls never":     {change: func(s *remote.Site) { s.TLS = wire.TLSNever }, sent: true},
		"allow-clear":   {change: func(s *remote.Site) { s.Options.AllowClear = true }, sent: true},
		"anonymous":     {change: func(s *remote.Site) { s.User, s.Password = "anonymous", "" }, sent: true},
	} {
		srv := ftptest.Script(t, script.Options{})
		_, err := dial(t, srv, change(test.change), test.hooks...)
		var clear *remote.ClearTextError
		if errors.As(err, &clear) == test.sent || received(srv, "PASS") != test.sent {
			t.Errorf("%s: %v; PASS sent: %v", name, err, received(srv, "PASS"))
		}
		if test.sent && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// through is a site that is reached by a proxy.
func through(proxy *proxyServer, change func(*remote.Site)) func(*remote.Site) {
	return func(s *remote.Site) {
		if change != nil {
			change(s)
		}
		s.Options.Proxy, s.Options.AllowClear = proxy.URL, true
	}
}

// eachProxy runs a test through each kind of proxy, in clear and under TLS.
func eachProxy(t *testing.T, test func(t *testing.T, proxy *proxyServer, srv *script.Server, change func(*remote.Site))) {
	for scheme, serve := range map[string]func(net.Conn) (string, error){"http": httpProxy, "socks5": socksProxy, "socks5h": socksProxy} {
		t.Run(scheme, func(t *testing.T) {
			eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
				proxy := startProxy(t, scheme, serve)
				test(t, proxy, srv, through(proxy, change))
			})
		})
	}
}

// Behind a proxy the peer may be no TCP address, on which the library panics. And an upload needs to
// close its half: through SOCKS that was hidden, and each one waited for a timeout.
func TestD11_ProxiesCarryControlAndData(t *testing.T) {
	t.Parallel()
	eachProxy(t, func(t *testing.T, proxy *proxyServer, srv *script.Server, change func(*remote.Site)) {
		content := numbered(1 << 20)
		srv.Tree.Write("/a", content)
		s := open(t, srv, change)
		started := time.Now()
		if text, _, err := s.fetch("a"); err != nil || text != string(content) {
			t.Errorf("%d bytes, %v", len(text), err)
		}
		if _, err := s.store("b", string(content)); err != nil {
			t.Error(err)
		}
		if kept, _ := srv.Tree.Get("/b"); !bytes.Equal(kept.Content, content) {
			t.Errorf("%d of %d bytes", len(kept.Content), len(content))
		}
		if _, err := s.List(t.Context(), "", remote.ListOptions{}); err != nil {
			t.Error(err)
		}
		if n := proxy.tunnels.Load(); n != 4 {
			t.Errorf("%d tunnels, want control and data", n)
		}
		if took := time.Since(started); took > soon {
			t.Errorf("it took %v", took)
		}
		s.works()
	})
}

// The proxy sees a reset, not an end, and may pass it on.
func TestD35_UploadsThatBreakOffAreResetThroughAProxy(t *testing.T) {
	t.Parallel()
	eachProxy(t, func(t *testing.T, proxy *proxyServer, srv *script.Server, change func(*remote.Site)) {
		s := open(t, srv, change)
		_, _, err := s.Put(t.Context(), "a", remote.Replace, 0, io.MultiReader(bytes.NewReader(numbered(100_000)), failing{errors.New("disk")}))
		var local *wire.LocalError
		if !errors.As(err, &local) {
			t.Errorf("%v", err)
		}
		ftptest.Wait(t, "the reset", func() bool { return proxy.resets.Load() == 1 })
		s.works()
	})
}

func TestProxiesAndAddresses(t *testing.T) {
	t.Parallel()
	eachProxy(t, func(t *testing.T, proxy *proxyServer, srv *script.Server, change func(*remote.Site)) {
		srv.Tree.Write("/a", []byte("x"))
		announce(srv, "10,0,0,1") // data goes to the host of the control connection all the same
		s := open(t, srv, func(s *remote.Site) { change(s); s.Host = "localhost" })
		if text, _, err := s.fetch("a"); err != nil || text != "x" {
			t.Errorf("%q, %v", text, err)
		}
		proxy.mu.Lock()
		for _, target := range proxy.targets {
			if !strings.HasPrefix(target, "localhost:") {
				t.Errorf("the proxy was asked for %s", target)
			}
		}
		proxy.mu.Unlock()
		s.ChangeData(func(o *wire.DataOptions) { o.Active = true })
		var data *wire.DataError
		if _, _, err := s.fetch("a"); !errors.As(err, &data) || received(srv, "PORT") || received(srv, "EPRT") {
			t.Errorf("active mode through a proxy: %v", err)
		}
		s.works()
	})
}

func TestProxiesThatDoNotHelp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scheme string
		serve  func(net.Conn) (string, error)
		says   string
	}{
		"HTTP 407":         {"http", answering("HTTP/1.1 407 who are you\r\n\r\n"), "407"},
		"HTTP 502":         {"http", answering("HTTP/1.1 502 no\r\nContent-Length: 4\r\n\r\nnope"), "502"},
		"no HTTP":          {"http", answering("220 ready\r\n"), "proxy"},
		"HTTP, no end":     {"http", answering(""), "no progress"},
		"HTTP, hung up":    {"http", func(net.Conn) (string, error) { return "", errors.New("no") }, "proxy"},
		"SOCKS refuses":    {"socks5", answering("\x05\xff"), "proxy"},
		"SOCKS, no end":    {"socks5", answering("\x05"), "no progress"},
		"no SOCKS":         {"socks5", answering("HTTP/1.1 400 what\r\n\r\n"), "proxy"},
		"unknown scheme":   {"gopher", answering(""), "gopher"},
		"SOCKS, hung up":   {"socks5", func(net.Conn) (string, error) { return "", errors.New("no") }, "proxy"},
		"HTTP with a tail": {"http", answering("HTTP/1.1 200 go\r\n\r\n530 not you\r\n"), "530"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := startProxy(t, test.scheme, test.serve)
			srv := ftptest.Script(t, script.Options{})
			started := time.Now()
			_, err := dial(t, srv, func(s *remote.Site) { hasty(s); s.Options.Proxy = proxy.URL })
			if err == nil || !strings.Contains(err.Error(), test.says) || time.Since(started) > soon {
				t.Errorf("%v after %v", err, time.Since(started))
			}
		})
	}
}

// answering says one thing, whatever it is asked, and then nothing.
func answering(text string) func(net.Conn) (string, error) {
	return func(conn net.Conn) (string, error) {
		_, _ = conn.Read(make([]byte, 1000))
		_, _ = io.WriteString(conn, text)
		_, err := io.Copy(io.Discard, conn)
		return "", cmp.Or(err, errors.New("no tunnel"))
	}
}

func TestProxyCredentials(t *testing.T) {
	t.Parallel()
	var seen atomic.Value
	proxy := startProxy(t, "http", func(conn net.Conn) (string, error) {
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return "", err
		}
		seen.Store(request.Header.Get("Proxy-Authorization") + request.Header.Get("Authorization"))
		_, err = io.WriteString(conn, "HTTP/1.1 200 go\r\n\r\n")
		return request.Host, err
	})
	proxy.URL.User = url.UserPassword("ann", "pr0xy")
	s := open(t, ftptest.Script(t, script.Options{}), through(proxy, nil))
	if got := seen.Load(); got != "Basic "+base64.StdEncoding.EncodeToString([]byte("ann:pr0xy")) {
		t.Errorf("the proxy got %q", got)
	}
	s.works()
}
