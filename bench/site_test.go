//go:build linux

package bench

import (
	"crypto/rand"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"ftpsh/internal/ftptest"
)

// site is a server and what a client must know to be let in.
type site struct {
	from           host // where the clients run
	host, port     string
	user, password string
	home           string // a directory with a .netrc
	authority      string // file with the certificate to trust; empty for a server without TLS
}

// vsftpd is the server of all benchmarks. Without it there is nothing to measure.
func vsftpd(b *testing.B, mode ftptest.Mode) ftptest.Daemon {
	b.Helper()
	for _, d := range ftptest.Daemons(b) {
		if d.Kind == ftptest.VSFTPD && d.Mode == mode {
			return d
		}
	}
	b.Fatal("no vsftpd: internal/ftptest/daemons/fetch.sh brings it")
	return ftptest.Daemon{}
}

// across starts a vsftpd at the far end of a line, for clients at the near one.
func across(b *testing.B, l line) (ftptest.Daemon, site) {
	b.Helper()
	wire := newLink(b, l)
	d := ftptest.StartDaemon(b, ftptest.VSFTPD, ftptest.Place{Host: farAddress, Do: wire.far.do})
	s := siteOf(b, d, d.Addr)
	s.from = wire.near
	return d, s
}

// siteOf describes a daemon that is reached at addr.
func siteOf(b *testing.B, d ftptest.Daemon, addr string) site {
	b.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		b.Fatal(err)
	}
	s := site{host: host, port: port, user: d.User, password: d.Password, home: b.TempDir()}
	write(b, filepath.Join(s.home, ".netrc"), "machine "+host+" login "+s.user+" password "+s.password+"\n")
	if d.Mode != ftptest.Plain {
		s.authority = filepath.Join(s.home, "authority.pem")
		write(b, s.authority, string(ftptest.Certificates(b).Authority))
	}
	return s
}

func (s site) url(path string) string {
	return "ftp://" + s.user + "@" + net.JoinHostPort(s.host, s.port) + path
}

// urlWithPassword is for tnftp, which looks into no .netrc once a URL names the user.
func (s site) urlWithPassword(path string) string {
	return "ftp://" + s.user + ":" + s.password + "@" + net.JoinHostPort(s.host, s.port) + path
}

func write(b *testing.B, name, content string) {
	b.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		b.Fatal(err)
	}
}

// writeNoise makes a file of random bytes that everybody may read.
func writeNoise(b *testing.B, name string, size int64) {
	b.Helper()
	file, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := io.CopyN(file, rand.Reader, size); err != nil {
		b.Fatal(err)
	}
}
