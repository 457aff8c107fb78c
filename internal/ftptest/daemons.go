package ftptest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// Kind is a daemon's program.
type Kind string

// The daemons, by the name of their folder in the cache.
const (
	VSFTPD    Kind = "vsftpd"
	ProFTPD   Kind = "proftpd"
	PureFTPd  Kind = "pure-ftpd"
	PyFTPDLib Kind = "pyftpdlib"
)

// Mode is what a daemon wants of TLS.
type Mode string

// The modes. Explicit and Implicit refuse a login in clear; where the daemon can, they also refuse a data
// connection whose TLS session is not that of the control connection (vsftpd, ProFTPD).
const (
	Plain    Mode = "plain"
	Explicit Mode = "explicit"
	Implicit Mode = "implicit"
)

// kinds is what can be started. Pure-FTPd as Debian builds it has no implicit TLS.
var kinds = []struct {
	kind    Kind
	modes   []Mode
	prepare func(*starting) (*program, error)
}{
	{VSFTPD, []Mode{Plain, Explicit, Implicit}, vsftpd},
	{ProFTPD, []Mode{Plain, Explicit, Implicit}, proftpd},
	{PureFTPd, []Mode{Plain, Explicit}, pureFTPd},
	{PyFTPDLib, []Mode{Plain, Explicit, Implicit}, pyftpdlib},
}

// Daemon is a real FTP server that runs as long as the test binary. It is shared by all tests of the
// binary: each takes a directory of its own with Dir.
type Daemon struct {
	Kind     Kind
	Mode     Mode
	Addr     string // of the control port, host:port
	User     string
	Password string
	Home     string // what the user sees as "/", on this machine's disk
	logs     []string
}

// String names the daemon as a subtest is named: vsftpd/explicit.
func (d Daemon) String() string { return string(d.Kind) + "/" + string(d.Mode) }

// Dial opens a bare conversation with the daemon, under TLS unless the mode is Plain.
func (d Daemon) Dial(t testing.TB) *Client {
	t.Helper()
	switch d.Mode {
	case Implicit:
		return DialTLS(t, d.Addr, Certificates(t).Trust())
	case Explicit:
		c := Dial(t, d.Addr)
		c.StartTLS(Certificates(t).Trust())
		return c
	default:
		return Dial(t, d.Addr)
	}
}

// Connect is Dial with a login.
func (d Daemon) Connect(t testing.TB) *Client {
	t.Helper()
	c := d.Dial(t)
	c.Login(d.User, d.Password)
	return c
}

// Dir makes an empty directory that the daemon may write to, and removes it after the test. It returns
// its path on the disk and its path for a client.
func (d Daemon) Dir(t testing.TB) (local, remote string) {
	t.Helper()
	local, err := os.MkdirTemp(d.Home, "test-")
	if err == nil {
		err = errors.Join(os.Chmod(local, 0o755), os.Chown(local, serviceID, serviceID))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(local); err != nil {
			t.Error(err)
		}
	})
	return local, "/" + filepath.Base(local)
}

// fleet is every daemon that could be found, started once for all tests of the binary.
type fleet struct {
	daemons []Daemon
	missing []error // a kind that is not there
	failed  error   // a daemon that is there and does not start
}

var startAll = sync.OnceValue(func() *fleet {
	var f fleet
	var mu sync.Mutex
	var starts sync.WaitGroup
	for _, k := range kinds {
		root, err := find(k.kind)
		if err != nil {
			f.missing = append(f.missing, err)
			continue
		}
		for _, mode := range k.modes {
			starts.Go(func() {
				d, err := start(k.kind, mode, Place{}, root, k.prepare)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					f.failed = errors.Join(f.failed, fmt.Errorf("%s/%s: %w", k.kind, mode, err))
					return
				}
				f.daemons = append(f.daemons, *d)
			})
		}
	}
	starts.Wait()
	slices.SortFunc(f.daemons, func(a, b Daemon) int { return cmp.Compare(a.String(), b.String()) })
	return &f
})

// Daemons returns the real daemons of this machine in every mode they have, started. A kind that is not
// there is left out, but fails the test when FTPSH_REQUIRE_DAEMONS is 1, as it is in CI.
func Daemons(t testing.TB) []Daemon {
	t.Helper()
	f := startAll()
	if f.failed != nil {
		t.Fatal(f.failed)
	}
	for _, err := range f.missing {
		if os.Getenv("FTPSH_REQUIRE_DAEMONS") == "1" {
			t.Fatal(err)
		}
		t.Log(err)
	}
	return f.daemons
}

// StartDaemon starts one more daemon, in clear, at a place of its own, and fails the test if it is not there.
func StartDaemon(t testing.TB, kind Kind, place Place) Daemon {
	t.Helper()
	for _, k := range kinds {
		if k.kind != kind {
			continue
		}
		root, err := find(kind)
		if err != nil {
			t.Fatal(err)
		}
		d, err := start(kind, Plain, place, root, k.prepare)
		if err != nil {
			t.Fatal(err)
		}
		return *d
	}
	t.Fatalf("no daemon %s is known", kind)
	return Daemon{}
}

// EachDaemon runs a subtest on each daemon in the given modes, in all when none is given. The subtest is
// named after the daemon, and shows the end of the daemon's logs when it has failed. Without any daemon on
// this machine the test is skipped; in CI it fails.
func EachDaemon(t *testing.T, test func(t *testing.T, d Daemon), modes ...Mode) {
	t.Helper()
	daemons := Daemons(t)
	if len(daemons) == 0 {
		t.Skip("no daemons here: internal/ftptest/daemons/fetch.sh brings them")
	}
	for _, d := range daemons {
		if len(modes) > 0 && !slices.Contains(modes, d.Mode) {
			continue
		}
		t.Run(d.String(), func(t *testing.T) {
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("the end of the logs of %s:\n%s", d, d.tail())
				}
			})
			test(t, d)
		})
	}
}

// tail returns the last lines of each log file.
func (d Daemon) tail() []byte {
	const lines = 40
	var all []byte
	for _, name := range d.logs {
		text, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			text = []byte(err.Error())
		}
		last := bytes.SplitAfter(text, []byte("\n"))
		all = fmt.Appendf(all, "--- %s\n%s", filepath.Base(name), bytes.Join(last[max(0, len(last)-lines):], nil))
	}
	return all
}
