package wire

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"
	"golang.org/x/net/proxy"
)

// Dial connects to a server: TCP, the greeting, and TLS as the mode asks. The result is not
// logged in. Errors: *DialError, *TimeoutError, *GreetingError, *ProtocolError, *TLSError,
// *CertificateError.
func Dial(ctx context.Context, opts Options) (*Control, error) {
	opts.Timeouts = opts.Timeouts.WithDefaults()
	host, err := ASCIIHost(opts.Host)
	if err != nil {
		return nil, &DialError{Address: opts.Host, Err: err}
	}
	address := net.JoinHostPort(cmp.Or(opts.Address, host), strconv.Itoa(opts.Port))
	c := &Control{opts: opts, ctx: ctx, wake: make(chan struct{}, 1)}
	if err := c.connect(ctx, address); err != nil {
		return nil, err
	}
	c.peer, c.proxied = host, opts.Proxy != nil
	if addr, ok := c.tcp.RemoteAddr().(*net.TCPAddr); ok && !c.proxied {
		c.peer = addr.AddrPort().Addr().Unmap().String()
	}
	br, err := c.establish(host)
	if err != nil {
		c.tcp.Close()
		return nil, err
	}
	c.start(br)
	return c, nil
}

// ASCIIHost is the host as DNS and certificates have it (IDNA, RFC 5891).
func ASCIIHost(host string) (string, error) {
	if strings.ContainsAny(host, ":%") || net.ParseIP(host) != nil {
		return host, nil
	}
	for _, c := range host {
		if c >= 0x80 {
			return idna.Lookup.ToASCII(host)
		}
	}
	if strings.ContainsAny(host, " \t/@\\") || host == "" {
		return "", fmt.Errorf("%q is not a host name", host)
	}
	return host, nil
}

func (c *Control) connect(ctx context.Context, address string) error {
	timeout := c.opts.Timeouts.Connect
	watch := &dialWatch{control: c, started: time.Now()}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, err := c.opts.dial(watch.under(bounded), address)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return &TimeoutError{Waiting: "a connection to " + address, After: timeout}
	case err != nil:
		return &DialError{Address: address, Proxy: c.opts.proxyAddress(), Err: err}
	}
	c.tcp, c.conn = conn, conn
	watch.connected(conn)
	return nil
}

// dialWatch reports how a connection came about: what its name led to, and which addresses failed.
type dialWatch struct {
	control *Control

	mu      sync.Mutex
	started time.Time // of the present step
}

// under makes a context whose dials are watched.
func (w *dialWatch) under(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{DNSDone: w.resolved, ConnectDone: w.tried})
}

// step ends a step and says how long it took.
func (w *dialWatch) step() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	took := time.Since(w.started)
	w.started = w.started.Add(took)
	return took
}

func (w *dialWatch) resolved(found httptrace.DNSDoneInfo) {
	var addresses []string
	for _, a := range found.Addrs {
		addresses = append(addresses, a.String())
	}
	e := Event{Kind: Resolved, Text: cmp.Or(strings.Join(addresses, ", "), "no address"), Since: w.step()}
	w.control.observe(e)
}

func (w *dialWatch) tried(_, address string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		w.control.decide(fmt.Sprintf("%s: %v", address, err))
	}
}

func (w *dialWatch) connected(conn net.Conn) {
	w.control.observe(Event{Kind: Connected, Text: conn.RemoteAddr().String(), Since: w.step()})
}

func isTimeout(err error) bool {
	var netErr net.Error
	return errors.As(err, &netErr) && netErr.Timeout()
}

// dial makes one TCP connection, through the proxy if there is one.
func (o *Options) dial(ctx context.Context, address string) (net.Conn, error) {
	return o.dialWith(ctx, net.Dialer{}, address)
}

// dialData is dial for a data connection: what moves over it shows that it is alive.
func (o *Options) dialData(ctx context.Context, address string) (net.Conn, error) {
	return o.dialWith(ctx, net.Dialer{KeepAlive: -1}, address)
}

func (o *Options) dialWith(ctx context.Context, d net.Dialer, address string) (net.Conn, error) {
	network := o.Network
	if network == "" {
		network = "tcp"
	}
	if o.Bind.IsValid() {
		d.LocalAddr = &net.TCPAddr{IP: o.Bind.AsSlice(), Zone: o.Bind.Zone()}
	}
	if o.Proxy == nil {
		return d.DialContext(ctx, network, address)
	}
	switch o.Proxy.Scheme {
	case "socks5", "socks5h":
		return dialSOCKS(ctx, &d, o.Proxy, address)
	case "http":
		return o.dialHTTP(ctx, &d, address)
	}
	return nil, fmt.Errorf("proxy scheme %q is not known (socks5, http)", o.Proxy.Scheme)
}

// proxyAddress is where the proxy listens; empty without one.
func (o *Options) proxyAddress() string {
	usual := map[string]string{"http": "8080", "socks5": "1080", "socks5h": "1080"}
	switch {
	case o.Proxy == nil:
		return ""
	case o.Proxy.Port() == "":
		return net.JoinHostPort(o.Proxy.Hostname(), usual[o.Proxy.Scheme])
	}
	return o.Proxy.Host
}

// dialSOCKS asks a SOCKS proxy for a tunnel (RFC 1928).
func dialSOCKS(ctx context.Context, d *net.Dialer, via *url.URL, address string) (net.Conn, error) {
	underneath := &keptDialer{Dialer: d}
	through, err := proxy.FromURL(via, underneath)
	if err != nil {
		return nil, err
	}
	if _, err := through.(proxy.ContextDialer).DialContext(ctx, "tcp", address); err != nil {
		return nil, err
	}
	return underneath.conn, nil
}

// keptDialer keeps the connection that it makes: what the proxy package makes of it can neither be
// closed half, nor be reset, nor copied from by the kernel.
type keptDialer struct {
	*net.Dialer
	conn net.Conn
}

// DialContext is called once, to reach the proxy.
func (k *keptDialer) DialContext(ctx context.Context, network, address string) (conn net.Conn, err error) {
	k.conn, err = k.Dialer.DialContext(ctx, network, address)
	return k.conn, err
}

// dialHTTP asks an HTTP proxy for a tunnel (CONNECT, RFC 9110 section 9.3.6).
func (o *Options) dialHTTP(ctx context.Context, d *net.Dialer, address string) (net.Conn, error) {
	conn, err := d.DialContext(ctx, "tcp", o.proxyAddress())
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Now()) })
	defer stop()
	switch err := requestTunnel(conn, o.Proxy, address); {
	case ctx.Err() != nil:
		conn.Close()
		return nil, context.Cause(ctx)
	case err != nil:
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func requestTunnel(conn net.Conn, via *url.URL, address string) error {
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if via.User != nil {
		password, _ := via.User.Password()
		request.SetBasicAuth(via.User.Username(), password)
		request.Header.Set("Proxy-Authorization", request.Header.Get("Authorization"))
		request.Header.Del("Authorization")
	}
	if err := request.Write(conn); err != nil {
		return err
	}
	// The server may speak first through the tunnel: its bytes must not stay in a buffer of ours.
	response, err := http.ReadResponse(bufio.NewReaderSize(oneByte{conn}, 16), request)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it refuses: %s", response.Status)
	}
	return nil
}

// oneByte reads no further than it is asked to.
type oneByte struct{ net.Conn }

func (o oneByte) Read(p []byte) (int, error) {
	if len(p) > 1 {
		p = p[:1]
	}
	return o.Conn.Read(p)
}
