package doctor_test

import (
	"crypto/tls"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"ftpsh/doctor"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
)

// announces has PASV name an address, with a port that works at the server's own.
func announces(srv *script.Server, address string) {
	srv.On("PASV", func(c *script.Conversation, _ string) {
		port := c.Listen()
		c.Reply(fmt.Sprintf("227 here (%s,%d,%d)", address, port>>8, port&255))
	})
}

func TestPASVAddresses(t *testing.T) {
	t.Parallel()
	for address, cause := range map[string]string{
		"192,168,1,20": "pasv-private", "10,0,0,7": "pasv-private", "0,0,0,0": "pasv-zero",
		"127,0,0,9": "pasv-loopback", "203,0,113,5": "pasv-foreign",
	} {
		srv := stocked(t, script.Options{})
		announces(srv, address)
		expect(t, diagnose(t, at(t, srv.Addr())), cause, strings.ReplaceAll(address, ",", "."), "announce 127.0.0.1")
	}
}

// points has EPSV and PASV name one port of this machine.
func points(srv *script.Server, port int) {
	srv.Answer("EPSV", fmt.Sprintf("229 here (|||%d|)", port))
	srv.Answer("PASV", fmt.Sprintf("227 here (127,0,0,1,%d,%d)", port>>8, port&255))
}

func TestPassivePortsRefused(t *testing.T) {
	t.Parallel()
	srv, port := stocked(t, script.Options{Patience: hurry}), ftptest.ClosedPort(t)
	points(srv, port)
	srv.Answer("EPRT", "500 no")
	srv.Answer("PORT", "500 no")
	srv.On("LIST", func(c *script.Conversation, _ string) { c.Stall() })
	d := diagnose(t, at(t, srv.Addr(), hurried(connecting, replying)))
	expect(t, d, "passive-refused", fmt.Sprintf("127.0.0.1:%d", port), "pasv_min_port")
}

func TestPassivePortsFiltered(t *testing.T) {
	t.Parallel()
	srv, port := stocked(t, script.Options{}), ftptest.FullPort(t)
	points(srv, port)
	var active atomic.Bool // the examination has several connections
	srv.On("EPRT", func(c *script.Conversation, where string) { active.Store(true); c.Default("EPRT", where) })
	srv.On("LIST", func(c *script.Conversation, p string) {
		if active.Load() {
			c.Default("LIST", p)
		}
	})
	expect(t, diagnose(t, at(t, srv.Addr(), hurried(connecting, replying))), "passive-filtered", fmt.Sprintf("127.0.0.1:%d", port), "passive off")
}

func TestEPSVBroken(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("EPSV", "502 command not implemented")
	expect(t, diagnose(t, at(t, srv.Addr())), "epsv-broken", "502 command not implemented", "epsv off")

	srv = stocked(t, script.Options{Patience: hurry})
	srv.Answer("EPSV", fmt.Sprintf("229 here (|||%d|)", ftptest.ClosedPort(t)))
	expect(t, diagnose(t, at(t, srv.Addr())), "epsv-broken", "connection refused", "epsv off")
}

func TestPASVBroken(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("PASV", "502 command not implemented")
	expect(t, diagnose(t, at(t, srv.Addr())), "pasv-broken", "502 command not implemented", "epsv on")
}

func TestEPRTBroken(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("EPRT", "500 what?")
	d := diagnose(t, at(t, srv.Addr(), func(r *doctor.Request) { r.Site.Options.Data.Active = true }))
	expect(t, d, "eprt-broken", "500 what?", "epsv off")
}

func TestNoPassive(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("EPSV", "502 no")
	srv.Answer("PASV", "502 no")
	expect(t, diagnose(t, at(t, srv.Addr())), "no-passive", "502 no", "passive off")
}

func TestActiveBlocked(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	var blocked atomic.Bool
	for _, verb := range []string{"EPRT", "PORT"} {
		srv.On(verb, func(c *script.Conversation, _ string) { blocked.Store(true); c.Reply("200 ok") })
	}
	srv.On("LIST", func(c *script.Conversation, p string) {
		if blocked.Swap(false) {
			c.Reply("425 cannot connect to you")
			return
		}
		c.Default("LIST", p)
	})
	d := diagnose(t, at(t, srv.Addr(), func(r *doctor.Request) { r.Site.Options.Data.Active = true }))
	expect(t, d, "active-blocked", "NAT or a firewall", "passive on")
}

func TestSessionReuse(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	config := set.Serve(set.Good)
	config.SessionTicketsDisabled = true
	srv := stocked(t, script.Options{TLS: config, Reuse: true})
	expect(t, diagnose(t, at(t, srv.Addr())), "session-reuse", "522", "tls-max 1.2")
	for _, reply := range []string{"425 Unable to build data connection: TLS session reuse required", "450 TLS session of data connection not resumed."} {
		srv := stocked(t, script.Options{TLS: set.Serve(set.Good)})
		srv.Answer("LIST", reply)
		expect(t, diagnose(t, at(t, srv.Addr())), "session-reuse", reply[:3], "require_ssl_reuse=NO")
	}
}

func TestPROTDemanded(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	srv := stocked(t, script.Options{TLS: set.Serve(set.Good)})
	srv.Answer("LIST", "521 PROT P required")
	r := at(t, srv.Addr(), func(r *doctor.Request) { r.Site.Options.Data.Clear = true })
	expect(t, diagnose(t, r), "prot-demanded", "521 PROT P required", "prot p")
}

func TestDataTLSStalls(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	srv := stocked(t, script.Options{TLS: set.Serve(set.Good)})
	srv.On("LIST", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		c.PlainData().Stall()
	})
	expect(t, diagnose(t, at(t, srv.Addr(), hurried(handshake, replying))), "data-tls-stalls", "handshake", "tls-max 1.2")
}

func TestDataTLSFails(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	other := set.Serve(set.Other)
	other.SessionTicketsDisabled = true
	srv := stocked(t, script.Options{TLS: set.Serve(set.Good), DataTLS: other})
	expect(t, diagnose(t, at(t, srv.Addr())), "data-tls-failed", "another certificate", "tls-max 1.2")
}

func TestNoFinalReply(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.On("LIST", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send("-rw-r--r-- 1 o g 12 Jan  1 10:00 readme.txt\r\n")
		d.Close()
		c.Stall()
	})
	expect(t, diagnose(t, at(t, srv.Addr(), hurried(ending, replying))), "no-final-reply", "226", "final-timeout")
}

func TestControlCut(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.On("RETR", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		d := c.Data()
		d.Send("twelve bytes")
		c.Reset()
		d.Close()
	})
	expect(t, diagnose(t, at(t, srv.Addr())), "control-cut", "cut while data was moving", "get -c")
}

func TestNoDataConnection(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("LIST", "425 cannot build a data connection")
	expect(t, diagnose(t, at(t, srv.Addr())), "no-data-connection", "425 cannot build", "passive ports")
}

func TestListRefused(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("LIST", "550 permission denied")
	expect(t, diagnose(t, at(t, srv.Addr())), "list-refused", "550 permission denied", "cd")
}

func TestDataStalls(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.On("LIST", func(c *script.Conversation, _ string) {
		c.Reply("150 here it comes")
		c.Data().Stall()
	})
	expect(t, diagnose(t, at(t, srv.Addr(), hurried(moving, replying))), "data-stalls", "no data comes", "administrator")
}

// TLS 1.2 resumes by a session ticket as well; neither version may raise an alarm.
func TestHealthyWithTLS12(t *testing.T) {
	t.Parallel()
	set := ftptest.Certificates(t)
	config := set.Serve(set.Good)
	config.MaxVersion = tls.VersionTLS12
	srv := stocked(t, script.Options{TLS: config, Reuse: true})
	healthy(t, diagnose(t, at(t, srv.Addr(), byTLS(wire.TLSRequire))))
}
