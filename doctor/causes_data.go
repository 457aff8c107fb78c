package doctor

import (
	"fmt"

	"ftpsh/internal/wire"
)

// dataCauses keep data from moving although the login went well.
var dataCauses = []Cause{
	{
		Slug: "session-reuse", Meaning: "the server demands that data connections resume the TLS session, and that does not come about",
		holds: func(x *examination) bool { return x.anyTrial((*trial).wantsSession) },
		sentence: func(x *examination) string {
			return "the server demands that data connections resume the TLS session, and gives none that can be resumed: " + quoted(x.trial((*trial).wantsSession).final)
		},
		cure: always("set tls-max 1.2, which resumes in another way; else ask the administrator to lift the demand (vsftpd: require_ssl_reuse=NO, ProFTPD: TLSOptions NoSessionReuseRequired)"),
	},
	{
		Slug: "prot-demanded", Meaning: "the server refuses data in clear: it demands PROT P",
		holds: func(x *examination) bool { return x.anyTrial((*trial).wantsProtection) },
		sentence: func(x *examination) string {
			return "the server refuses data in clear: " + quoted(x.trial((*trial).wantsProtection).final)
		},
		cure: func(x *examination) string {
			if x.session == nil {
				return "--tls=require, or open ftpes://" + x.address()
			}
			return "prot p"
		},
	},
	{
		Slug: "data-tls-stalls", Meaning: "the TLS handshake on the data connection never ends",
		holds: func(x *examination) bool { return x.wanted().stalledInTLS() },
		sentence: func(x *examination) string {
			return fmt.Sprintf("the TLS handshake on the data connection (%s) gets no answer", x.wanted().where())
		},
		cure: always("set tls-max 1.2 helps with some servers; else something in between does not let TLS through: ask both administrators"),
	},
	{
		Slug: "control-cut", Meaning: "the control connection breaks while a transfer is under way, as routers and firewalls do with what seems idle",
		holds:    (*examination).cutInTransfer,
		sentence: func(x *examination) string { return "the control connection was cut while data was moving" },
		cure:     always("a firewall or router that forgets idle connections is the most likely reason: ask for a longer idle time for the control port; get -c goes on where it stopped"),
	},
	{
		Slug: "no-final-reply", Meaning: "data arrives, and the reply that ends the transfer (226) never does",
		holds: (*examination).notConfirmed,
		sentence: func(x *examination) string {
			return "all data arrived, and the server never said that the transfer is over (226)"
		},
		cure: always("ask the administrator: the server hangs after transfers, or a firewall in between has lost the control connection; set final-timeout sets how long is waited"),
	},
	{
		Slug: "epsv-broken", Meaning: "EPSV does not work and PASV does",
		holds:    func(x *examination) bool { return x.epsv.broken() && x.pasv.works() },
		sentence: func(x *examination) string { return "EPSV does not work and PASV does: " + x.epsv.complaint() },
		cure:     always("epsv off; to keep it, set -s HOST epsv off"),
	},
	{
		Slug: "pasv-broken", Meaning: "PASV does not work and EPSV does",
		holds:    func(x *examination) bool { return x.pasv.broken() && x.epsv.works() },
		sentence: func(x *examination) string { return "PASV does not work and EPSV does: " + x.pasv.complaint() },
		cure:     always("epsv on, which is the default here; for clients that know PASV only, ask the administrator to mend it"),
	},
	{
		Slug: "eprt-broken", Meaning: "in active mode EPRT does not work and PORT does",
		holds:    func(x *examination) bool { return x.eprt.broken() && x.port.works() },
		sentence: func(x *examination) string { return "EPRT does not work and PORT does: " + x.eprt.complaint() },
		cure:     always("epsv off; to keep it, set -s HOST epsv off"),
	},
	{
		Slug: "passive-refused", Meaning: "the server's passive ports refuse connections",
		holds: func(x *examination) bool { return x.passiveWanted() && x.wanted().refused() },
		sentence: func(x *examination) string {
			return fmt.Sprintf("the server names a port for data (%s) that refuses the connection", x.wanted().where())
		},
		cure: func(x *examination) string { return x.otherMode() + passivePorts },
	},
	{
		Slug: "passive-filtered", Meaning: "no answer comes from the server's passive ports: a firewall swallows the connections",
		holds: func(x *examination) bool { return x.passiveWanted() && x.wanted().filtered() },
		sentence: func(x *examination) string {
			return fmt.Sprintf("the server's passive port (%s) does not answer: a firewall swallows the connection", x.wanted().where())
		},
		cure: func(x *examination) string { return x.otherMode() + passivePorts },
	},
	{
		Slug: "active-blocked", Meaning: "in active mode the server cannot connect to this machine: NAT or a firewall is in between",
		holds: func(x *examination) bool { return !x.passiveWanted() && x.wanted().closedToServer() },
		sentence: func(x *examination) string {
			return "the server cannot connect to this machine in active mode: NAT or a firewall is in between"
		},
		cure: func(x *examination) string {
			if x.epsv.works() || x.pasv.works() {
				return "passive on"
			}
			return "passive on; or set active-address and active-ports to what your router lets through"
		},
	},
	{
		Slug: "data-tls-failed", Meaning: "TLS on the data connection fails",
		holds: func(x *examination) bool { return x.session != nil && x.wanted().failedInTLS() },
		sentence: func(x *examination) string {
			return "TLS fails on the data connection: " + innermost(x.wanted().err).Error()
		},
		cure: always("set tls-max 1.2 helps with some servers; debug 3 shows the handshake to the administrator"),
	},
	{
		Slug: "no-passive", Meaning: "the server knows neither EPSV nor PASV",
		holds:    func(x *examination) bool { return x.passiveWanted() && x.noOffer() },
		sentence: func(x *examination) string { return "the server refuses passive mode: " + x.wanted().offer },
		cure:     func(x *examination) string { return x.otherMode() + "ask the administrator to enable passive mode" },
	},
	{
		Slug: "no-data-connection", Meaning: "the server says that no data connection came about (425, 426)",
		holds: func(x *examination) bool { return x.wanted().final.Code == 425 || x.wanted().final.Code == 426 },
		sentence: func(x *examination) string {
			return "the server says that no data connection came about: " + quoted(x.wanted().final)
		},
		cure: func(x *examination) string { return x.otherMode() + passivePorts },
	},
	{
		Slug: "list-refused", Meaning: "the server refuses to list the directory",
		holds: func(x *examination) bool { return x.wanted().tried && x.wanted().final.Class() >= 4 },
		sentence: func(x *examination) string {
			return "the server refuses to list the directory: " + quoted(x.wanted().final)
		},
		cure: always("cd to a directory that you may read; else ask the administrator for the right to list this one"),
	},
	{
		Slug: "data-stalls", Meaning: "a data connection stands, and no data comes",
		holds: func(x *examination) bool {
			return x.wanted().opened && isA[*wire.DataError](x.wanted().err) && isTimeout(x.wanted().err)
		},
		sentence: func(x *examination) string {
			return "the data connection stands and no data comes: " + x.wanted().where()
		},
		cure: always("ask the administrator; a firewall that inspects FTP, or a server out of resources, does that"),
	},
}

// passivePorts is what to ask the administrator when passive ports cannot be reached.
const passivePorts = "ask the administrator to open the passive ports in the firewall (vsftpd: pasv_min_port and pasv_max_port, ProFTPD: PassivePorts, Pure-FTPd: -p)"

func (x *examination) trials() []*trial {
	return []*trial{x.wanted(), &x.epsv, &x.pasv, &x.eprt, &x.port}
}

// trial is the first for which something holds, never nil: one that was not tried when none does.
func (x *examination) trial(holds func(*trial) bool) *trial {
	for _, t := range x.trials() {
		if t.tried && holds(t) {
			return t
		}
	}
	return &trial{}
}

func (x *examination) anyTrial(holds func(*trial) bool) bool { return x.trial(holds).tried }

func (x *examination) passiveWanted() bool { return !x.Site.Options.Data.Active }

// otherMode is active mode, if it works where passive does not; then it goes before what else could be done.
func (x *examination) otherMode() string {
	if x.eprt.works() || x.port.works() {
		return "passive off lets the server connect to you, which works; or "
	}
	return ""
}
