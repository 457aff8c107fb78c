package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"

	"ftpsh/internal/wire"
)

// This file is the data connections: a listing is fetched in each mode that can be tried.

// trial is one listing over a data connection of one mode.
type trial struct {
	mode      string // asked for: EPSV, PASV, EPRT or PORT
	tried     bool
	how       wire.DataOptions
	offer     string // the reply to EPSV, PASV, EPRT or PORT, as it came
	announced netip.AddrPort
	report    wire.DataReport // as far as there was a connection
	opened    bool            // there was
	secret    bool            // it was to be encrypted
	lines     []string        // of the listing
	final     wire.Reply      // of LIST
	err       error
	took      time.Duration
}

// works says that the listing arrived by the mode that was asked for, and not by a way round it.
func (t *trial) works() bool { return t.tried && t.err == nil && t.asAsked() }

// broken says that it was tried and does not work.
func (t *trial) broken() bool { return t.tried && !t.works() }

func (t *trial) asAsked() bool {
	return !t.opened || t.report.Mode == t.mode
}

// dataFacts is what the trials came to.
type dataFacts struct {
	epsv, pasv, eprt, port trial
	peer                   netip.Addr // where the control connection leads
}

// wanted is the trial of what a session with these settings would use first.
func (x *examination) wanted() *trial {
	o := x.Site.Options.Data
	extended, classic := &x.epsv, &x.pasv
	if o.Active {
		extended, classic = &x.eprt, &x.port
	}
	if o.Classic || !extended.tried || !extended.asAsked() {
		return classic
	}
	return extended
}

// useEPSV tries extended passive mode (RFC 2428).
func useEPSV(x *examination, ctx context.Context) finding {
	return x.tryExtended(ctx, &x.epsv, "EPSV", wire.DataOptions{})
}

// tryExtended tries a mode that a server need not have unless it says so.
func (x *examination) tryExtended(ctx context.Context, t *trial, mode string, how wire.DataOptions) finding {
	*t = x.try(ctx, mode, how)
	switch other := t.err == nil && !t.asAsked(); {
	case other && t.offer == "": // an EPSV that was refused rules EPRT out too
		t.tried = false
		return finding{Skip, "not tried: the server has refused EPSV"}
	case other && !x.conn.Features().Has(mode):
		t.tried = false
		return finding{Skip, "not offered: " + t.offer}
	}
	return x.judgeTrial(t)
}

// usePASV tries passive mode (RFC 959 section 4.1.2).
func usePASV(x *examination, ctx context.Context) finding {
	if x.peer.Is6() {
		return finding{Skip, "PASV is for IPv4"}
	}
	x.pasv = x.try(ctx, "PASV", wire.DataOptions{Classic: true})
	f := x.judgeTrial(&x.pasv)
	if f.result == Pass && x.foreign() {
		f = finding{Warn, fmt.Sprintf("announces %v, and %v is used, where the server is", x.pasv.announced.Addr(), x.peer)}
	}
	return f
}

// useEPRT tries extended active mode (RFC 2428).
func useEPRT(x *examination, ctx context.Context) finding {
	if why := x.noActive(); why != "" {
		return finding{Skip, why}
	}
	return x.tryExtended(ctx, &x.eprt, "EPRT", wire.DataOptions{Active: true})
}

// usePORT tries active mode (RFC 959 section 4.1.2).
func usePORT(x *examination, ctx context.Context) finding {
	switch why := x.noActive(); {
	case why != "":
		return finding{Skip, why}
	case x.peer.Is6():
		return finding{Skip, "PORT is for IPv4"}
	}
	x.port = x.try(ctx, "PORT", wire.DataOptions{Active: true, Classic: true})
	return x.judgeTrial(&x.port)
}

// noActive says why active mode is not tried. It tells the server an address of ours and opens a port, so it
// is left alone unless it is asked for, or may be the way out.
func (x *examination) noActive() string {
	o := x.Site.Options
	switch {
	case o.Proxy != nil:
		return "not through a proxy"
	case !o.Data.Active && (x.epsv.opened || x.pasv.opened):
		return "not asked for, and passive connections can be opened"
	}
	return ""
}

// try lists the directory by one mode.
func (x *examination) try(ctx context.Context, mode string, how wire.DataOptions) trial {
	t := trial{mode: mode, tried: true}
	started := time.Now()
	own := x.Site.Options.Data
	how.Clear, how.LowPorts, how.MustResume = own.Clear, own.LowPorts, own.MustResume
	how.ActivePorts, how.ActiveAddress = own.ActivePorts, own.ActiveAddress
	t.how = how
	x.conn.ChangeData(func(d *wire.DataOptions) { *d = how })
	if t.err = x.conn.Ready(ctx); t.err != nil {
		return t
	}
	x.learnPeer()
	t.secret = x.conn.Secure() && !how.Clear
	x.observed.reset()
	t.err = x.conn.Lines(ctx, "list", "LIST", "", func(line string) error {
		if len(t.lines) < mostLines {
			t.lines = append(t.lines, line)
		}
		return nil
	})
	t.took = time.Since(started)
	t.report = x.observed.data()
	t.opened = t.report.Used != ""
	t.offer = x.observed.answer(mode)
	t.final = refusalIn(t.err)
	if mode == "PASV" && len(t.offer) > 4 {
		t.announced, _ = wire.ParsePASV(t.offer[4:])
	}
	return t
}

// mostLines is how much of a listing is kept.
const mostLines = 10_000

func (x *examination) learnPeer() {
	control := x.conn.Control()
	if control == nil || x.Site.Options.Proxy != nil {
		return
	}
	if addr, ok := control.RemoteAddr().(*net.TCPAddr); ok {
		x.peer = addr.AddrPort().Addr().Unmap()
	}
}

func (x *examination) judgeTrial(t *trial) finding {
	switch {
	case t.err != nil:
		return finding{Fail, t.err.Error()}
	case !t.asAsked():
		return finding{Fail, t.offer + "; " + t.report.Mode + " was used instead"}
	}
	x.stage = moving
	if !t.opened {
		return finding{Pass, "nothing to send"}
	}
	return finding{Pass, t.report.Used + protection(t.report.TLS)}
}

// protection says how the data was encrypted.
func protection(state *tls.ConnectionState) string {
	switch {
	case state == nil:
		return ""
	case state.DidResume:
		return ", " + tls.VersionName(state.Version) + ", session resumed"
	}
	return ", " + tls.VersionName(state.Version) + ", session not resumed"
}

// foreign says that PASV announces another address than the server's own.
func (x *examination) foreign() bool {
	return x.pasv.announced.IsValid() && x.peer.IsValid() && x.pasv.announced.Addr().Unmap() != x.peer
}

// Kinds of failure of a data connection.

func (t *trial) refused() bool { return errors.Is(t.err, syscall.ECONNREFUSED) }

// filtered says that nobody answered at the port.
func (t *trial) filtered() bool {
	var data *wire.DataError
	var timeout *wire.TimeoutError
	return !t.opened && errors.As(t.err, &data) && errors.As(data.Err, &timeout)
}

// stalledInTLS says that the connection stood and its handshake never ended.
func (t *trial) stalledInTLS() bool {
	var data *wire.DataError
	var timeout *wire.TimeoutError
	return t.failedInTLS() && errors.As(t.err, &data) && errors.As(data.Err, &timeout)
}

// wantsSession says that the server refuses data whose TLS session is not the control connection's.
func (t *trial) wantsSession() bool {
	return (t.final.Code == 522 || t.final.Code == 425 || t.final.Code == 450) && says(t.final, "session", "reuse", "resum")
}

// wantsProtection says that the server refuses data in clear.
func (t *trial) wantsProtection() bool {
	return slices.Contains([]int{425, 450, 521, 522, 534, 550}, t.final.Code) && !t.wantsSession() && says(t.final, "prot p", "ssl", "tls", "encrypt")
}

// cutOff says that the control connection broke while data was moving.
func (t *trial) cutOff() bool { return t.opened && transferLost(t.err) }

// failedInTLS says that the connection stood and TLS on it did not come about.
func (t *trial) failedInTLS() bool {
	return t.opened && t.secret && t.report.TLS == nil && isA[*wire.DataError](t.err)
}

// closedToServer says that the server could not connect to us.
func (t *trial) closedToServer() bool {
	return t.tried && (isTimeout(t.err) || t.final.Code == 425 || t.final.Code == 426)
}

// where is the address that the data connection was to go to.
func (t *trial) where() string {
	var data *wire.DataError
	switch {
	case errors.As(t.err, &data) && data.Address != "" && t.announced.IsValid() && t.announced.String() != data.Address:
		return data.Address + ", announced as " + t.announced.String()
	case errors.As(t.err, &data) && data.Address != "":
		return data.Address
	case t.opened:
		return t.report.Used
	}
	return t.mode
}

// complaint is what went wrong, for a sentence.
func (t *trial) complaint() string {
	if t.err != nil {
		return t.err.Error()
	}
	return strconv.Quote(t.offer)
}

// noOffer says that the server has refused to listen for data.
func (x *examination) noOffer() bool {
	return x.wanted().final.Class() == 5 && !x.wanted().opened && replyClass(x.wanted().offer) == 5
}

// replyClass is the first digit of a line of a reply.
func replyClass(line string) int {
	if line == "" {
		return 0
	}
	return int(line[0] - '0')
}

// notConfirmed says that data came, and never the reply that ends the transfer.
func (x *examination) notConfirmed() bool {
	for _, t := range x.trials() {
		if t.opened && unconfirmed(t.err) {
			return true
		}
	}
	return unconfirmed(x.getErr) || unconfirmed(x.Failure) && (x.failedOp == "get" || x.failedOp == "put")
}
