package ftptest_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ftpsh/internal/ftptest"
)

// Every daemon in every mode takes a login, a listing and a file each way, passive and active.
func TestDaemonsServe(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, remote := d.Dir(t)
		c := d.Connect(t)
		c.Say("250", "CWD "+remote)
		content := bytes.Repeat([]byte("0123456789\n"), 20000)
		for _, arrange := range []string{"EPSV", "PASV", "EPRT", "PORT"} {
			c.Arrange = arrange
			c.Store("STOR "+arrange, content)
			stored, err := os.ReadFile(filepath.Join(local, arrange))
			if err != nil || !bytes.Equal(stored, content) {
				t.Errorf("%s: %d of %d bytes stored, %v", arrange, len(stored), len(content), err)
			}
			if got := c.Retrieve("RETR " + arrange); !bytes.Equal(got, content) {
				t.Errorf("%s: retrieved %d of %d bytes", arrange, len(got), len(content))
			}
			if list := string(c.Retrieve("LIST")); !strings.Contains(list, arrange) {
				t.Errorf("%s: not in the listing %q", arrange, list)
			}
		}
		c.Say("221", "QUIT")
	})
}

// Pure-FTPd takes seconds to refuse a login, so these run side by side.
func TestDaemonsRefuseWrongPassword(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		t.Parallel()
		c := d.Dial(t)
		c.Say("331", "USER "+d.User)
		c.Say("530", "PASS x"+d.Password)
	}, ftptest.Plain)
}

func TestDaemonsRequireTLS(t *testing.T) {
	refusal := map[ftptest.Kind]string{
		ftptest.VSFTPD: "530", ftptest.ProFTPD: "550", ftptest.PureFTPd: "421", ftptest.PyFTPDLib: "550",
	}
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		ftptest.Dial(t, d.Addr).Say(refusal[d.Kind], "USER "+d.User)
	}, ftptest.Explicit)
}

// vsftpd and ProFTPD are there to show that a client resumes its session on data connections: one that
// does not has to fail. The others take either.
func TestDaemonsRequireResumption(t *testing.T) {
	refusal := map[ftptest.Kind]string{ftptest.VSFTPD: "522", ftptest.ProFTPD: "425"}
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		c := d.Connect(t)
		c.ForgetSession()
		if want, strict := refusal[d.Kind]; strict {
			c.Refused(want, "LIST")
		} else {
			c.Retrieve("LIST")
		}
	}, ftptest.Explicit, ftptest.Implicit)
}
