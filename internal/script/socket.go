package script

import (
	"io"
	"net"
	"time"
)

// drainTime is how long a socket that was closed with FIN goes on reading. A socket closed over unread
// bytes sends RST, and the last reply would be lost with it.
const drainTime = time.Second

// track remembers a socket or listener for Close; false when it is too late, and then it is closed.
func (s *Server) track(socket io.Closer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		_ = socket.Close() // came while the server was closing
		return false
	default:
		s.sockets[socket] = true
		return true
	}
}

// drop closes a tracked socket or listener.
func (s *Server) drop(socket io.Closer) {
	_ = socket.Close() // a second close is no news
	s.locked(func() { delete(s.sockets, socket) })
}

// finish sends FIN and returns; the socket is closed when the client has closed its side as well.
func (s *Server) finish(tcp *net.TCPConn) {
	_ = tcp.CloseWrite() // fails when the client has gone already
	s.running.Go(func() {
		_ = tcp.SetReadDeadline(time.Now().Add(drainTime))
		_, _ = io.Copy(io.Discard, tcp) // any end is the end
		s.drop(tcp)
	})
}

// reset closes a socket so that the client sees RST.
func (s *Server) reset(tcp *net.TCPConn) {
	_ = tcp.SetLinger(0) // fails only on a closed one
	s.drop(tcp)
}
