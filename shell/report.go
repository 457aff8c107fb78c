package shell

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"ftpsh/commands"
	"ftpsh/internal/term"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// report words an error: what was asked for, what went wrong, what to type next. Several errors
// of one command are worded one by one.
func report(p *term.Printer, err error) {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		for _, one := range several.Unwrap() {
			report(p, one)
		}
		tellSum(p, err)
		return
	}
	defer tellSum(p, err)
	var stopped *commands.StoppedError
	switch {
	case err == nil, errors.Is(err, commands.ErrQuit), told(err):
		return
	case errors.As(err, &stopped):
		p.Error("%s", stopped)
		return
	case errors.Is(err, context.Canceled):
		p.Error("interrupted")
		return
	}
	first, rest, _ := strings.Cut(err.Error(), "\n")
	p.Error("%s", first)
	if rest != "" {
		fmt.Fprint(p.Err(), term.Lines("| ", rest))
	}
	var misused interface{ Usage() string }
	if errors.As(err, &misused) {
		p.Note("usage: %s", misused.Usage())
	}
	if hint := hintFor(err); hint != "" {
		p.Hint("%s", hint)
	}
}

// tellSum ends what one command went wrong with by what it came to.
func tellSum(p *term.Printer, err error) {
	var summed *commands.SummedError
	if errors.As(err, &summed) {
		p.Note("%s", summed.Sum)
	}
}

// told says that the words of an error have been printed as a result.
func told(err error) bool {
	var result *commands.ToldError
	return errors.As(err, &result)
}

// hintFor is the next thing to type: what the error itself knows, or what its kind suggests.
func hintFor(err error) string {
	var own interface{ Hint() string }
	if errors.As(err, &own) {
		return own.Hint()
	}
	for _, rule := range hints {
		if hint := rule(err); hint != "" {
			return hint
		}
	}
	return ""
}

var hints = []func(error) string{
	func(err error) string { return when(errors.Is(err, remote.ErrNotConnected), "open HOST") },
	func(err error) string { return when(errors.Is(err, remote.ErrNotLoggedIn), "user NAME") },
	certificateHint, tlsHint, loginHint, dataHint, connectHint, refusalHint,
}

func when(holds bool, hint string) string {
	if holds {
		return hint
	}
	return ""
}

func certificateHint(err error) string {
	var problem *wire.CertificateError
	var name x509.HostnameError
	switch {
	case !errors.As(err, &problem):
		return ""
	case errors.As(err, &name):
		return "connect by the name in the certificate; --insecure takes any certificate"
	}
	return "on a terminal it can be looked at and accepted; --ca FILE trusts its issuer; --insecure takes any certificate"
}

func tlsHint(err error) string {
	var problem *wire.TLSError
	if !errors.As(err, &problem) {
		return ""
	}
	var clear tls.RecordHeaderError
	switch {
	case problem.Reply.Code != 0:
		return "--tls=auto or --tls=never does without TLS, where that is good enough"
	case errors.As(err, &clear):
		return "this port does not begin with TLS; --tls=require asks for it there, and --tls=implicit is for port 990"
	}
	return "debug 3 shows the handshake; --tls=implicit is for servers that begin with TLS"
}

func loginHint(err error) string {
	var refused *remote.LoginError
	if !errors.As(err, &refused) {
		return ""
	}
	return "user NAME tries again"
}

func dataHint(err error) string {
	var data *wire.DataError
	var timeout *wire.TimeoutError
	switch {
	case !errors.As(err, &data):
		return ""
	case data.Mode == "EPRT", data.Mode == "PORT", data.Mode == "active":
		return "in active mode the server must be able to reach this machine; passive on avoids that"
	case errors.As(err, &timeout):
		return "a firewall may drop the server's data ports; passive off lets the server connect instead"
	}
	return "epsv off tries PASV; passive off lets the server connect instead"
}

func connectHint(err error) string {
	var dial *wire.DialError
	var protocol *wire.ProtocolError
	var greeting *wire.GreetingError
	switch {
	case errors.As(err, &greeting):
		return when(greeting.Reply.Class() == 4, "try again later")
	case errors.As(err, &dial) && dial.Proxy != "":
		return "set proxy shows and changes it"
	case errors.As(err, &dial) && errors.Is(err, syscall.EADDRNOTAVAIL):
		return "--bind takes an address of this machine"
	case errors.As(err, &dial):
		return "check the host name and the port (open HOST PORT)"
	case !errors.As(err, &protocol):
		return ""
	case strings.HasPrefix(protocol.Text, "SSH-"):
		return "that is an SSH server, which sftp can talk to; FTP is on another port"
	case strings.HasPrefix(protocol.Text, "HTTP/"):
		return "that is a web server; FTP is on another port"
	}
	return "debug 2 shows what the server sends"
}

// refusals suggest by what was asked for and by the reply's code; 0 is any code.
var refusals = map[string]map[int]string{
	"get":    {550: "ls shows what is there"},
	"cd":     {550: "ls shows what is there"},
	"put":    {550: "the directory may be read-only; ls -l shows", 553: "the server does not allow that name or place"},
	"rm":     {550: "ls -l shows what is there and who may delete it"},
	"rmdir":  {550: "only an empty directory can be removed; ls -a shows what is in it"},
	"mkdir":  {550: "it may exist already; ls shows"},
	"rename": {550: "ls shows what is there"},
	"size":   {550: "ls shows what is there"},
	"site":   {0: siteHint},
	"chmod":  {0: siteHint},
	"umask":  {0: siteHint},
	"idle":   {0: siteHint},
}

const siteHint = "rhelp SITE shows which SITE commands the server has"

func refusalHint(err error) string {
	var refused *remote.Error
	switch {
	case !errors.As(err, &refused):
		return ""
	case refused.Code == 530:
		return "user NAME logs in"
	case refused.Code == 421:
		return "try again later"
	case refused.Code == 552, refused.Code == 452:
		return "the server's disk or your quota is full"
	}
	byCode := refusals[refused.Op]
	hint := cmp.Or(byCode[refused.Code], byCode[0])
	if hint == "" && (refused.Code == 500 || refused.Code == 502) {
		return "this server does not know the command; features shows what it knows"
	}
	return hint
}
