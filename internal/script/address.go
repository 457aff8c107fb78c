package script

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

func (c *Conversation) doEpsv(argument string) {
	switch strings.ToUpper(argument) {
	case "ALL":
		c.Reply("200 EPSV it is")
	case "", "1", "2":
		c.Reply(fmt.Sprintf("229 extended passive (|||%d|)", c.Listen()))
	default:
		c.Reply("522 unknown network protocol, use (1,2)")
	}
}

func (c *Conversation) doPasv(string) {
	ip := c.local()
	if !ip.Is4() {
		c.Reply("425 PASV is for IPv4")
		return
	}
	c.Reply(fmt.Sprintf("227 passive (%s)", numbers(netip.AddrPortFrom(ip, uint16(c.Listen())))))
}

func (c *Conversation) local() netip.Addr {
	return netip.MustParseAddrPort(c.tcp.LocalAddr().String()).Addr().Unmap()
}

// numbers is an IPv4 address and port as PASV and PORT write it (RFC 959 section 4.1.2).
func numbers(a netip.AddrPort) string {
	b := a.Addr().As4()
	return fmt.Sprintf("%d,%d,%d,%d,%d,%d", b[0], b[1], b[2], b[3], a.Port()>>8, a.Port()&0xff)
}

func (c *Conversation) doPort(argument string) {
	fields := strings.Split(argument, ",")
	var n []byte
	for _, digits := range fields {
		if value, err := strconv.ParseUint(digits, 10, 8); err == nil {
			n = append(n, byte(value))
		}
	}
	if len(fields) != 6 || len(n) != 6 {
		c.Reply("501 PORT takes six numbers")
		return
	}
	c.arrange(netip.AddrPortFrom(netip.AddrFrom4([4]byte(n[:4])), uint16(n[4])<<8|uint16(n[5])))
}

// doEprt reads |1|127.0.0.1|6446| with any delimiter (RFC 2428 section 2).
func (c *Conversation) doEprt(argument string) {
	fields := strings.Split(argument, argument[:min(1, len(argument))])
	if len(fields) != 5 {
		c.Reply("501 EPRT |family|address|port|")
		return
	}
	ip, err := netip.ParseAddr(fields[2])
	port, bad := strconv.ParseUint(fields[3], 10, 16)
	if err != nil || bad != nil {
		c.Reply("501 EPRT |family|address|port|")
		return
	}
	c.arrange(netip.AddrPortFrom(ip, uint16(port)))
}

// arrange makes the next data connection an active one, but never to a third party (RFC 2577 section 3).
func (c *Conversation) arrange(to netip.AddrPort) {
	if to.Addr().Unmap() != c.record.Remote.Addr().Unmap() || to.Port() < 1024 {
		c.Reply("500 only to yourself, above port 1023")
		return
	}
	c.Dial(to)
	c.Reply("200 ok")
}
