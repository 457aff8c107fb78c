package wire

import (
	"net"
	"net/netip"
	"syscall"
)

// This file is what the Linux kernel can do for a copy beyond splice and sendfile themselves.

// wakeFor is how many bytes, or the end, wake a reader that is fast (SO_RCVLOWAT, socket(7)): to be woken
// for each packet costs more than to copy it.
const wakeFor = 256 << 10

// readFast is called when a download becomes fast, and when it is not any more.
func (d *Data) readFast(fast bool) {
	bytes := 1
	if fast {
		bytes = wakeFor
	}
	d.setSocketOption(syscall.SO_RCVLOWAT, bytes)
}

// closeBuffer is how many bytes may be on the way between two programs on one host (SO_SNDBUF). So few
// stay in the processor's cache, from where the receiver copies them; with the megabytes that the kernel
// would keep on the way an upload takes half as long again.
const closeBuffer = 64 << 10

// sendFast is called when an upload becomes fast, and when it is not any more. Where the receiver is on
// another host, the kernel's buffer grows with the line, and must be let.
func (d *Data) sendFast(fast bool) {
	if fast && sameHost(d.tcp) {
		d.setSocketOption(syscall.SO_SNDBUF, closeBuffer)
	}
}

// sameHost says that both ends of a connection have the same address.
func sameHost(conn net.Conn) bool {
	local, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return false
	}
	remote, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	return err == nil && local.Addr() == remote.Addr()
}

// setSocketOption sets an option that only saves time.
func (d *Data) setSocketOption(option, value int) {
	tcp, ok := d.tcp.(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, option, value) })
	}
}
