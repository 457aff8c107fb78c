//go:build linux

package bench

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
)

// line is what a link does to packets. It loses each with the same chance, whatever became of others.
type line struct {
	delay time.Duration // one way
	rate  int64         // bits a second, 0 for no limit
	loss  float64       // the chance that a packet is lost
}

func (l line) String() string {
	text := fmt.Sprintf("round trip %v", 2*l.delay)
	if l.rate > 0 {
		text += fmt.Sprintf(", %d Mbit/s", l.rate/1e6)
	}
	if l.loss > 0 {
		text += fmt.Sprintf(", %g %% lost", l.loss*100)
	}
	return text
}

// link is two hosts, network namespaces of our own, and a wire between them. All that goes from one to the
// other passes through this process.
type link struct{ near, far host }

// The two hosts' addresses, which exist in their namespaces alone.
const (
	nearAddress = "10.77.0.1"
	farAddress  = "10.77.0.2"
	mtu         = 1500
)

// newLink joins two new hosts. It takes root.
func newLink(b *testing.B, l line) link {
	b.Helper()
	near, nearWire := newHost(b, nearAddress)
	far, farWire := newHost(b, farAddress)
	go newDirection(l).carry(farWire, nearWire)
	go newDirection(l).carry(nearWire, farWire)
	return link{near, far}
}

// newHost makes a host with a point-to-point device, and returns the end of the wire that is at this device.
func newHost(b *testing.B, address string) (host, *os.File) {
	b.Helper()
	h := newNamespace()
	b.Cleanup(h.end)
	wire := &netlink.Tuntap{
		LinkAttrs:  netlink.LinkAttrs{Name: "wire"},
		Mode:       netlink.TUNTAP_MODE_TUN,
		Flags:      netlink.TUNTAP_DEFAULTS | netlink.TUNTAP_NO_PI,
		NonPersist: true,
		Queues:     1,
	}
	if err := h.do(func() error { return plugIn(wire, address) }); err != nil {
		b.Fatalf("a host of our own: %v", err)
	}
	b.Cleanup(func() { _ = wire.Fds[0].Close() })
	return h, wire.Fds[0]
}

// plugIn sets up the devices of the namespace that it is called in.
func plugIn(wire *netlink.Tuntap, address string) error {
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return err
	}
	wire.TxQLen = 10_000 // a queue of 500 would lose packets that the line does not
	if err := netlink.LinkAdd(wire); err != nil {
		return fmt.Errorf("/dev/net/tun: %w", err)
	}
	device, err := netlink.LinkByName(wire.Name)
	if err != nil {
		return err
	}
	if err := netlink.LinkSetMTU(device, mtu); err != nil {
		return err
	}
	network := &net.IPNet{IP: net.ParseIP(address), Mask: net.CIDRMask(24, 32)}
	if err := netlink.AddrAdd(device, &netlink.Addr{IPNet: network}); err != nil {
		return err
	}
	return netlink.LinkSetUp(device)
}

// direction is one way of a link: a queue in front of a line.
type direction struct {
	line  line
	queue chan packet
	free  chan []byte // packets' memory, used again
	clear time.Time   // when the line has sent all that was given to it
}

// packet is on the line until it arrives.
type packet struct {
	content []byte
	arrives time.Time
}

// inFlight is how many packets a direction holds: more than any line here has on its way at its full rate.
const inFlight = 1 << 15

func newDirection(l line) *direction {
	return &direction{line: l, queue: make(chan packet, inFlight), free: make(chan []byte, inFlight)}
}

// carry takes packets from one end to the other until an end is closed.
func (d *direction) carry(to, from *os.File) {
	go d.deliver(to)
	defer close(d.queue)
	for {
		content := d.memory()
		n, err := from.Read(content)
		if err != nil {
			return
		}
		if arrives, lost := d.send(n); !lost {
			d.queue <- packet{content[:n], arrives}
		}
	}
}

func (d *direction) memory() []byte {
	select {
	case content := <-d.free:
		return content[:cap(content)]
	default:
		return make([]byte, mtu)
	}
}

// send puts a packet on the line. The line is a queue of one delay's worth of bytes, as routers have; what
// does not fit is lost, as is what the line's own chance takes.
func (d *direction) send(bytes int) (arrives time.Time, lost bool) {
	now := time.Now()
	if d.line.rate > 0 {
		if d.clear.Before(now) {
			d.clear = now
		}
		if d.clear.Sub(now) > max(2*d.line.delay, 10*time.Millisecond) {
			return time.Time{}, true
		}
		d.clear = d.clear.Add(time.Duration(int64(bytes) * 8 * int64(time.Second) / d.line.rate))
		now = d.clear
	}
	return now.Add(d.line.delay), d.line.loss > 0 && rand.Float64() < d.line.loss
}

// deliver hands packets over as they arrive.
func (d *direction) deliver(to *os.File) {
	for p := range d.queue {
		time.Sleep(time.Until(p.arrives))
		_, _ = to.Write(p.content) // a device that is full or closed loses packets, as networks do
		select {
		case d.free <- p.content:
		default:
		}
	}
}
