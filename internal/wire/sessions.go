package wire

import (
	"crypto/tls"
	"sync"
)

// pinnedSessions is the TLS session cache of one control connection. Data connections must resume
// the control connection's session (vsftpd and ProFTPD insist), so once data starts nothing is
// stored any more: their own sessions would take its place.
type pinnedSessions struct {
	mu     sync.Mutex
	cache  tls.ClientSessionCache
	pinned bool
}

func (p *pinnedSessions) pin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, have := p.cache.Get(sessionKey)
	p.pinned = have
}

// Every connection under one control connection has the same server name, so one key will do.
const sessionKey = "control"

// Get returns the control connection's session.
func (p *pinnedSessions) Get(string) (*tls.ClientSessionState, bool) { return p.cache.Get(sessionKey) }

// Put keeps a session of the control connection.
func (p *pinnedSessions) Put(_ string, session *tls.ClientSessionState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.pinned {
		p.cache.Put(sessionKey, session)
	}
}
