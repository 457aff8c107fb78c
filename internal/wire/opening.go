package wire

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// opening is an agreed way to a data connection that does not stand yet.
type opening struct {
	mode      string // EPSV, PASV, EPRT, PORT
	announced string // as the reply has it, or as we announced it
	address   string // where to connect; empty in active mode
	port      int
	listener  net.Listener // active mode
}

// arrange agrees with the server on a data connection. A refusal is the server's reply, or one
// of ours in its place with the reason kept for DataError.
func (c *Control) arrange() (*opening, *Reply, error) {
	c.dataErr = nil
	if o := c.takeArranged(); o != nil {
		return o, nil, nil
	}
	o, refusal, err := c.arrangeBy()
	if err == nil || refusal != nil {
		return o, refusal, nil
	}
	if lost := c.Err(); lost != nil || c.owed > 0 {
		return nil, nil, err
	}
	c.dataErr = err
	return nil, &Reply{Code: 425, Lines: []string{"refused by the client"}}, nil
}

func (c *Control) arrangeBy() (*opening, *Reply, error) {
	if c.opts.Data.Active {
		return c.listenForServer()
	}
	command := c.passiveCommand()
	o, refusal, err := c.passive(command)
	if refusal == nil && err == nil || command == "PASV" || !c.isIPv4() {
		return o, refusal, err
	}
	if c.Err() != nil {
		return nil, refusal, err
	}
	c.noEPSV.Store(true)
	c.decide("EPSV does not work here: PASV from now on")
	return c.passive("PASV")
}

// passive asks the server for a port: EPSV (RFC 2428) or PASV (RFC 959).
func (c *Control) passive(command string) (*opening, *Reply, error) {
	reply, err := c.exchange(command)
	if err != nil {
		return nil, nil, err
	}
	if !reply.OK() {
		return nil, &reply, nil
	}
	o := &opening{mode: command}
	if command == "EPSV" {
		o.port, err = ParseEPSV(reply.Text())
		o.announced = fmt.Sprintf("port %d", o.port)
	} else {
		var announced netip.AddrPort
		announced, err = ParsePASV(reply.Text())
		o.port, o.announced = int(announced.Port()), announced.String()
		c.noteForeign(announced.Addr())
	}
	if err == nil {
		err = c.checkPort(o.port)
	}
	if err != nil {
		return nil, nil, &DataError{Mode: command, Err: err}
	}
	o.address = net.JoinHostPort(c.peer, strconv.Itoa(o.port))
	return o, nil, nil
}

// noteForeign says once that the announced address is not used: data always goes to the host that
// the control connection reached (CVE-2020-8284 and its kin).
func (c *Control) noteForeign(announced netip.Addr) {
	peer, err := netip.ParseAddr(c.peer)
	if err != nil || peer.Unmap() == announced || c.foreignNoted {
		return
	}
	c.foreignNoted = true
	c.decide(fmt.Sprintf("the server announces %s for data; connecting to %s, the host that you are connected to", announced, c.peer))
}

// checkPort refuses ports where something else than an FTP data channel must be expected.
func (c *Control) checkPort(port int) error {
	switch {
	case port == c.opts.Port:
		return fmt.Errorf("the server points at its own control port %d", port)
	case port < 1024 && !c.opts.Data.LowPorts:
		return fmt.Errorf("the server points at port %d; ports below 1024 belong to other services (set low-ports on allows them)", port)
	}
	return nil
}

// listenForServer is active mode: EPRT (RFC 2428), or PORT where it is refused.
func (c *Control) listenForServer() (*opening, *Reply, error) {
	if c.proxied {
		return nil, nil, &DataError{Mode: "active", Err: errors.New("a server cannot connect to us through a proxy; passive mode can")}
	}
	listener, err := c.listen()
	if err != nil {
		return nil, nil, &DataError{Mode: "active", Err: err}
	}
	addr := c.announcedAddress(listener)
	o := &opening{mode: "EPRT", announced: addr.String(), port: int(addr.Port()), listener: listener}
	if !c.opts.Data.Classic && !c.noEPSV.Load() {
		reply, err := c.exchange(formatEPRT(addr))
		if err == nil && reply.OK() {
			return o, nil, nil
		}
		if err != nil || !c.isIPv4() {
			listener.Close()
			return nil, refusalOrNil(reply, err), err
		}
		c.noEPSV.Store(true)
		c.decide("EPRT does not work here: PORT from now on")
	}
	o.mode = "PORT"
	if !addr.Addr().Is4() {
		listener.Close()
		return nil, nil, &DataError{Mode: "PORT", Err: fmt.Errorf("PORT cannot announce the IPv6 address %s", addr.Addr())}
	}
	reply, err := c.exchange(formatPORT(addr))
	if err != nil || !reply.OK() {
		listener.Close()
		return nil, refusalOrNil(reply, err), err
	}
	return o, nil, nil
}

func refusalOrNil(reply Reply, err error) *Reply {
	if err != nil {
		return nil
	}
	return &reply
}

// exchange is a command of the wire's own between two commands of the library.
func (c *Control) exchange(line string) (Reply, error) {
	if err := c.issue(line, false); err != nil {
		return Reply{}, err
	}
	return c.receiveFinal()
}

// listen opens a port for the server to connect to, on the address that it already knows.
func (c *Control) listen() (net.Listener, error) {
	local, _, err := net.SplitHostPort(c.conn.LocalAddr().String())
	if err != nil {
		return nil, err
	}
	low, high := c.opts.Data.ActivePorts[0], c.opts.Data.ActivePorts[1]
	for port := low; ; port++ {
		listener, err := net.Listen("tcp", net.JoinHostPort(local, strconv.Itoa(port)))
		if err == nil || port >= high {
			return listener, err
		}
	}
}

func (c *Control) announcedAddress(listener net.Listener) netip.AddrPort {
	bound := listener.Addr().(*net.TCPAddr).AddrPort()
	addr := bound.Addr().Unmap().WithZone("")
	if c.opts.Data.ActiveAddress.IsValid() {
		addr = c.opts.Data.ActiveAddress
	}
	return netip.AddrPortFrom(addr, bound.Port())
}

func formatEPRT(a netip.AddrPort) string {
	family := 1
	if a.Addr().Is6() {
		family = 2
	}
	return fmt.Sprintf("EPRT |%d|%s|%d|", family, a.Addr(), a.Port())
}

func formatPORT(a netip.AddrPort) string {
	ip := a.Addr().As4()
	return fmt.Sprintf("PORT %d,%d,%d,%d,%d,%d", ip[0], ip[1], ip[2], ip[3], a.Port()>>8, a.Port()&0xff)
}

// isIPv4 says that PASV and PORT are worth a try. Behind a proxy the address of the server is not
// known unless it was given as one.
func (c *Control) isIPv4() bool {
	addr, err := netip.ParseAddr(c.peer)
	return err != nil || addr.Unmap().Is4()
}

// DataError says why there was no data connection for the latest transfer, if that was not the
// server's doing; else nil.
func (c *Control) DataError() error { return c.dataErr }
