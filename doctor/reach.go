package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"ftpsh/internal/wire"
)

// This file is the way to an FTP server: its name, its port, its greeting.

// reachFacts is what was found on the way.
type reachFacts struct {
	unresolved error        // why the name has no address
	addresses  []netip.Addr // what it has

	refused []string // addresses that refuse a connection
	silent  []string // addresses that do not answer
	noWay   []string // addresses that cannot be reached for another reason, with it

	speaks   string     // the protocol that is spoken here instead of FTP
	greeting wire.Reply // of the FTP server
	notReady bool       // the greeting is a refusal
	mute     bool       // connected, and then not a word
	hungUp   bool       // connected, and then closed without a word
}

// resolve looks the name up: A and AAAA (RFC 1035, RFC 3596). Behind a proxy that is the proxy's to do.
func resolve(x *examination, ctx context.Context) finding {
	host := x.Site.Host
	if x.Site.Options.Proxy != nil {
		x.stage = resolved
		return finding{Skip, "the proxy looks names up"}
	}
	if address, err := netip.ParseAddr(host); err == nil {
		x.addresses, x.stage = []netip.Addr{address}, resolved
		return finding{Pass, host + " is an address"}
	}
	bounded, cancel := context.WithTimeout(ctx, x.Wait)
	defer cancel()
	ascii, err := wire.ASCIIHost(host)
	if err == nil {
		x.addresses, err = net.DefaultResolver.LookupNetIP(bounded, family(x.Site.Options.Network), ascii)
	}
	if err != nil {
		x.unresolved = err
		return finding{Fail, resolverWords(err)}
	}
	x.stage = resolved
	var records []string
	for i, address := range x.addresses {
		x.addresses[i] = address.Unmap()
		records = append(records, recordType(x.addresses[i])+" "+x.addresses[i].String())
	}
	return finding{Pass, strings.Join(records, ", ")}
}

// family is the network of the resolver that fits one of the dialler.
func family(network string) string { return "ip" + strings.TrimPrefix(network, "tcp") }

func recordType(a netip.Addr) string {
	if a.Is4() {
		return "A"
	}
	return "AAAA"
}

// resolverWords is the resolver's complaint without the name that it is about.
func resolverWords(err error) string {
	var problem *net.DNSError
	if errors.As(err, &problem) {
		return problem.Err
	}
	return err.Error()
}

// mostAddresses is how many addresses of a name are tried.
const mostAddresses = 4

// connect tries the control port at each address.
func connect(x *examination, ctx context.Context) finding {
	if x.Site.Options.Proxy != nil {
		x.stage = reached
		return finding{Skip, "connections are made through the proxy"}
	}
	var ok []string
	for _, address := range x.addresses[:min(len(x.addresses), mostAddresses)] {
		at := net.JoinHostPort(address.String(), strconv.Itoa(x.controlPort()))
		if err := x.dial(ctx, at); err != nil {
			x.unreachable(at, err)
			continue
		}
		ok = append(ok, at)
	}
	trouble := x.connectTrouble()
	if len(ok) == 0 {
		return finding{Fail, trouble}
	}
	x.stage = reached
	if trouble != "" {
		return finding{Warn, strings.Join(ok, ", ") + " answers; " + trouble}
	}
	return finding{Pass, strings.Join(ok, ", ")}
}

func (x *examination) dial(ctx context.Context, at string) error {
	d := net.Dialer{Timeout: x.Site.Options.Timeouts.Connect}
	if bind := x.Site.Options.Bind; bind.IsValid() {
		d.LocalAddr = &net.TCPAddr{IP: bind.AsSlice(), Zone: bind.Zone()}
	}
	conn, err := d.DialContext(ctx, "tcp", at)
	if err == nil {
		err = conn.Close()
	}
	return err
}

// unreachable notes why an address cannot be connected to.
func (x *examination) unreachable(at string, err error) {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		x.refused = append(x.refused, at)
	case isTimeout(err):
		x.silent = append(x.silent, at)
	default:
		x.noWay = append(x.noWay, at+": "+innermost(err).Error())
	}
}

// connectTrouble puts into words what could not be connected to; empty when everything could.
func (x *examination) connectTrouble() string {
	var trouble []string
	if len(x.refused) > 0 {
		trouble = append(trouble, strings.Join(x.refused, ", ")+": connection refused")
	}
	if len(x.silent) > 0 {
		trouble = append(trouble, fmt.Sprintf("%s: no answer within %v", strings.Join(x.silent, ", "), x.Site.Options.Timeouts.Connect))
	}
	return strings.Join(append(trouble, x.noWay...), "; ")
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}

// innermost is the cause at the bottom, without the addresses that were named on the way up.
func innermost(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// greet has the server say who it is. What is no FTP server is asked for what it is then.
func greet(x *examination, ctx context.Context) finding {
	control, err := wire.Dial(ctx, x.wireOptions(x.greetingMode()))
	if err == nil {
		defer control.Close()
		x.greeting = control.Greeting()
		return x.judgeGreeting()
	}
	var refused *wire.GreetingError
	var alien *wire.ProtocolError
	var lost *wire.LostError
	switch {
	case errors.As(err, &refused):
		x.greeting, x.notReady = refused.Reply, true
	case errors.As(err, &alien):
		x.speaks = protocolOf(alien.Text)
	case x.implicit():
		x.speaks = clearProtocol(err)
	case errors.As(err, &lost):
		x.hungUp = true
	case isTimeout(err):
		x.listenForTLS(ctx)
	}
	return finding{Fail, err.Error()}
}

// greetingMode is how to hear the greeting: in clear, unless TLS comes first.
func (x *examination) greetingMode() wire.TLSMode {
	if x.implicit() {
		return wire.TLSImplicit
	}
	return wire.TLSNever
}

// judgeGreeting tells FTP from what greets in the same way: SMTP does (RFC 5321 section 4.2).
func (x *examination) judgeGreeting() finding {
	text := x.greeting.Text()
	if isMail(text) {
		x.speaks = "SMTP"
		return finding{Fail, "220 " + text}
	}
	x.stage = greeted
	return finding{Pass, fmt.Sprintf("%d %s", x.greeting.Code, lastLine(text))}
}

func lastLine(text string) string { return text[strings.LastIndexByte(text, '\n')+1:] }

func isMail(greeting string) bool {
	upper := strings.ToUpper(greeting)
	return strings.Contains(upper, "SMTP") && !strings.Contains(upper, "FTP SERVER")
}

// openings are how servers of other protocols begin what they say.
var openings = []struct{ begins, protocol string }{
	{"HTTP/", "HTTP"}, {"<", "HTTP"}, {"SSH-", "SSH"}, {"+OK", "POP3"}, {"* OK", "IMAP"}, {"RFB ", "VNC"}, {"\x16\x03", "TLS"},
	{"220", clearFTP}, {"EHLO", "SMTP"},
}

// clearFTP is FTP without TLS where TLS was to come first.
const clearFTP = "FTP in clear"

// protocolOf guesses a protocol by its first bytes.
func protocolOf(text string) string {
	for _, o := range openings {
		if strings.HasPrefix(text, o.begins) || len(text) < len(o.begins) && text != "" && strings.HasPrefix(o.begins, text) {
			return o.protocol
		}
	}
	return "another protocol"
}

// listenForTLS finds out what a server that does not greet waits for: a TLS handshake, or the request of
// another protocol.
func (x *examination) listenForTLS(ctx context.Context) {
	control, err := wire.Dial(ctx, x.wireOptions(wire.TLSImplicit))
	if err == nil {
		control.Close()
		x.speaks = "TLS"
		return
	}
	if x.speaks = clearProtocol(err); x.speaks == "" {
		x.mute = true
	}
}

// clearProtocol tells what was spoken in clear in answer to a TLS handshake; empty when nothing was.
func clearProtocol(err error) string {
	var clear tls.RecordHeaderError
	if errors.As(err, &clear) {
		return protocolOf(string(clear.RecordHeader[:]))
	}
	return ""
}
