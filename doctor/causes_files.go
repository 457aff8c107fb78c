package doctor

import (
	"fmt"
	"net/netip"
	"path"
	"strings"
	"time"

	"ftpsh/internal/lang"
)

// operationCauses are about one operation: that which was tried here, or that which failed last in the
// session. It is a function because a step looks whether one of them holds.
func operationCauses() []Cause {
	return []Cause{
		{
			Slug: "is-directory", Meaning: "what was to be fetched is a directory (550)",
			holds: func(x *examination) bool { return x.isDir },
			sentence: func(x *examination) string {
				return lang.Operands(x.File) + " is a directory, and only files can be fetched"
			},
			cure: func(x *examination) string {
				return "get -r " + lang.Operands(x.File) + " fetches all that is in it; ls " + lang.Operands(x.File) + " shows that"
			},
		},
		{
			Slug: "missing", Meaning: "what was to be fetched does not exist (550)",
			holds:    func(x *examination) bool { return x.isMissing },
			sentence: func(x *examination) string { return "there is no " + lang.Operands(x.File) + " on the server" },
			cure: func(x *examination) string {
				return strings.TrimSuffix("ls "+lang.Operands(path.Dir(x.File)), " .") + " shows what is there; names may differ in case"
			},
		},
		{
			Slug: "no-permission", Meaning: "a file exists and may not be read (550)",
			holds: func(x *examination) bool { return x.getErr != nil && refusalIn(x.getErr).Class() == 5 },
			sentence: func(x *examination) string {
				return x.sample + " is there, and you may not read it: " + quoted(refusalIn(x.getErr))
			},
			cure: always("ls -l shows the rights; ask the owner or the administrator for that of reading it"),
		},
		{
			Slug: "quota", Meaning: "your quota is used up, or the file is larger than allowed (552)",
			holds:    func(x *examination) bool { return x.storing().Code == 552 },
			sentence: func(x *examination) string { return "the server has no more room for you: " + quoted(x.storing()) },
			cure:     always("rm what you do not need any more, or ask the administrator for a larger quota"),
		},
		{
			Slug: "disk-full", Meaning: "the server's disk is full (452)",
			holds:    func(x *examination) bool { return x.storing().Code == 452 },
			sentence: func(x *examination) string { return "the server's disk is full: " + quoted(x.storing()) },
			cure:     always("rm what is not needed any more, or ask the administrator to make room; then put again"),
		},
		{
			Slug: "upload-refused", Meaning: "the server does not take an upload of that name or in that place (550, 553)",
			holds:    func(x *examination) bool { return x.storing().Class() >= 4 },
			sentence: func(x *examination) string { return "the server takes no upload there: " + quoted(x.storing()) },
			cure:     always("ls -l shows the rights of the directory; try another one or another name, or ask the administrator for the right to write"),
		},
		{
			Slug: "size-in-ascii", Meaning: "SIZE is refused in ASCII, where it would have to be counted line by line (RFC 3659)",
			holds:    (*examination).sizeInASCIIRefused,
			sentence: func(x *examination) string { return "the server tells no SIZE in ASCII: " + quoted(x.failed) },
			cure:     always("binary; or size FILE, which asks in the right type by itself"),
		},
	}
}

// latentCauses do not keep anything from working here, or not yet.
var latentCauses = []Cause{
	{
		Slug: "download-short", Meaning: "fewer bytes arrive than SIZE tells, with good replies",
		holds: func(x *examination) bool { return x.shortBy != 0 },
		sentence: func(x *examination) string {
			return fmt.Sprintf("%s arrives with %d bytes fewer than SIZE tells", x.sample, x.shortBy)
		},
		cure: always("binary; if that is on, ask the administrator: transfers are cut short and called good"),
	},
	{
		Slug: "rest-ignored", Meaning: "the server agrees to go on from a position (REST) and sends the whole file",
		holds:    func(x *examination) bool { return x.restIgnored },
		sentence: func(x *examination) string { return "the server agrees to REST and then sends the whole file" },
		cure:     always("do not continue downloads from this server (get without -c); ask the administrator to mend REST"),
	},
	pasvCause("pasv-loopback", "PASV announces a loopback address", "a loopback address", netip.Addr.IsLoopback),
	pasvCause("pasv-zero", "PASV announces the address 0.0.0.0", "which is no address", netip.Addr.IsUnspecified),
	pasvCause("pasv-private", "PASV announces a private address, that of the server behind its router", "a private address", netip.Addr.IsPrivate),
	pasvCause("pasv-foreign", "PASV announces the address of another machine", "the address of another machine", netip.Addr.IsValid),
	{
		Slug: "mlsd-broken", Meaning: "the server claims MLSD and does not do it as it should",
		holds: func(x *examination) bool {
			return x.mlsdRefused != "" || x.mlsdErr != nil || len(x.byMLSD.Unparsed) > 0 || len(x.mlsdMissing) > 0
		},
		sentence: func(x *examination) string { return "the server claims MLSD and does not do it: " + x.mlsdComplaint() },
		cure:     always("set mlsd off; to keep it, set -s HOST mlsd off"),
	},
	{
		Slug: "listing-unreadable", Meaning: "LIST is in a format that is not known",
		holds: func(x *examination) bool { return len(x.byLIST.Unparsed) > 0 },
		sentence: func(x *examination) string {
			return fmt.Sprintf("the server lists in an unknown format: %q", x.byLIST.Unparsed[0])
		},
		cure: always("dir shows the lines as they are; please report one of them, so that it can be read"),
	},
	{
		Slug: "charset", Meaning: "names are not in the charset that is expected, which is UTF-8 unless set otherwise",
		holds: func(x *examination) bool { return len(x.badNames) > 0 },
		sentence: func(x *examination) string {
			promise := "names on the server are not UTF-8"
			if x.claimsUTF8 {
				promise = "the server announces UTF8 and has names that are not"
			}
			return fmt.Sprintf("%s: %q", promise, x.badNames[0])
		},
		cure: always("set charset iso-8859-1, or the charset that the names were written in; to keep it, set -s HOST charset iso-8859-1"),
	},
	{
		Slug: "time-zone", Meaning: "the times of LIST are in another zone than the setting timezone says",
		holds: func(x *examination) bool { return x.zoneOff },
		sentence: func(x *examination) string {
			return "the times of LIST are " + signed(x.zone) + " of the files' real times: the server lists in its own zone"
		},
		cure: func(x *examination) string { return zoneCure(x.zone) },
	},
	{
		Slug: "clock", Meaning: "the server's clock is wrong",
		holds:    func(x *examination) bool { return x.clockErr.Abs() > odd || x.ahead > 0 },
		sentence: func(x *examination) string { return "the server's clock is wrong: " + x.clockComplaint() },
		cure:     always("ask the administrator to set the clock (NTP); until then, compare files by size, not by time"),
	},
}

// pasvCause is a PASV that announces an address of one sort. This client connects to the server's own
// address whatever is announced, so only others fail.
func pasvCause(slug, meaning, what string, is func(netip.Addr) bool) Cause {
	return Cause{
		Slug: slug, Meaning: meaning,
		holds: func(x *examination) bool { return x.foreign() && is(x.pasv.announced.Addr()) },
		sentence: func(x *examination) string {
			return fmt.Sprintf("PASV announces %v, %s; the server is at %v, where this client connects anyway and others do not", x.pasv.announced.Addr(), what, x.peer)
		},
		cure: func(x *examination) string {
			return fmt.Sprintf("ask the administrator to announce %v (vsftpd: pasv_address, ProFTPD: MasqueradeAddress, Pure-FTPd: -P)", x.peer)
		},
	}
}

func (x *examination) mlsdComplaint() string {
	switch {
	case x.mlsdRefused != "":
		return x.mlsdRefused
	case x.mlsdErr != nil:
		return x.mlsdErr.Error()
	case len(x.mlsdMissing) > 0:
		return "it lacks " + x.mlsdMissing[0]
	}
	return fmt.Sprintf("a line without facts: %q", x.byMLSD.Unparsed[0])
}

func (x *examination) clockComplaint() string {
	if x.clockErr.Abs() > odd {
		return "it is " + signed(x.clockErr)
	}
	return fmt.Sprintf("a file is from %v in the future", short(x.ahead))
}

// zoneCure is the setting that makes the times of LIST right. A zone named Etc/GMT-2 is two hours ahead of UTC.
func zoneCure(offset time.Duration) string {
	hours := int(offset / time.Hour)
	if offset%time.Hour != 0 || hours < -12 {
		return "set timezone to the server's zone, such as Asia/Kolkata"
	}
	return strings.Replace(fmt.Sprintf("set timezone Etc/GMT%+d, or the server's own zone by name", -hours), "GMT+0", "UTC", 1)
}
