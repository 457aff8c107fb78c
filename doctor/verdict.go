package doctor

import (
	"errors"
	"net/netip"
	"slices"

	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// aboutData are the codes of replies that tell of a data connection that failed: RFC 959 section 4.2, RFC 2228
// section 3, RFC 4217 section 9.
var aboutData = []int{425, 426, 521, 522}

// Verdict names the cause of a data connection that has just failed on conn, from what is known already:
// nothing is sent. It is false when err is about something else, or the cause does not show.
func Verdict(err error, conn *remote.Conn) (d Diagnosis, found bool) {
	control := conn.Control()
	if control == nil || !isA[*wire.DataError](err) && !slices.Contains(aboutData, refusalIn(err).Code) {
		return Diagnosis{}, false
	}
	x := &examination{Request: Request{Site: conn.Site()}, conn: conn}
	x.session = control.TLS()
	x.learnPeer()
	t := failedTrial(err, control.LastData())
	t.secret = x.session != nil && !x.Site.Options.Data.Clear
	o := &x.Site.Options.Data
	o.Active, o.Classic = t.mode == "EPRT" || t.mode == "PORT" || t.mode == "active", t.mode == "PASV" || t.mode == "PORT"
	*x.wantedSlot() = t
	for _, c := range dataCauses {
		if c.holds(x) {
			return Diagnosis{Cause: c.Slug, Sentence: c.sentence(x), Cure: c.cure(x)}, true
		}
	}
	return Diagnosis{}, false
}

// failedTrial is a transfer of the session as if it had been tried here.
func failedTrial(err error, last *wire.DataReport) trial {
	t := trial{tried: true, err: err, final: refusalIn(err)}
	var data *wire.DataError
	if errors.As(err, &data) {
		t.mode = data.Mode
	}
	if last != nil && (t.mode == "" || t.mode == last.Mode) {
		t.mode, t.report, t.opened = last.Mode, *last, last.Used != ""
		t.announced, _ = netip.ParseAddrPort(last.Announced) // EPSV announces a port alone
	}
	return t
}

// wantedSlot is where the trial of the wanted mode is kept.
func (x *examination) wantedSlot() *trial {
	switch o := x.Site.Options.Data; {
	case o.Active && o.Classic:
		return &x.port
	case o.Active:
		return &x.eprt
	case o.Classic:
		return &x.pasv
	}
	return &x.epsv
}
