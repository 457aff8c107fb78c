package doctor_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ftpsh/doctor"
	"ftpsh/internal/ftptest"
	"ftpsh/internal/wire"
)

var modes = map[ftptest.Mode][]wire.TLSMode{
	ftptest.Plain:    {wire.TLSAuto, wire.TLSNever},
	ftptest.Explicit: {wire.TLSAuto, wire.TLSRequire},
	ftptest.Implicit: {wire.TLSImplicit},
}

// No false alarm: a healthy server has no fault, in any mode.
func TestHealthyDaemons(t *testing.T) {
	t.Parallel()
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		t.Parallel()
		local, dir := d.Dir(t)
		if err := os.WriteFile(filepath.Join(local, "some.txt"), []byte("a line\nand another\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, mode := range modes[d.Mode] {
			for _, active := range []bool{false, true} {
				r := at(t, d.Addr, byTLS(mode))
				r.Site.User, r.Site.Password = d.User, d.Password
				r.Site.Options.Data.Active = active
				r.Dir, r.Write = dir, true
				diagnosis := diagnose(t, r)
				healthy(t, diagnosis)
				looked := []string{"name", "connect", "greeting", "login", "epsv", "pasv", "list", "names", "times", "download", "upload"}
				if active {
					looked = append(looked, "eprt", "port")
				}
				for _, s := range diagnosis.Steps {
					if s.Result != doctor.Pass && slices.Contains(looked, s.Name) {
						t.Errorf("%v: step %s: %v: %s", mode, s.Name, s.Result, s.Detail)
					}
				}
			}
		}
	})
}
