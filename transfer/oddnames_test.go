package transfer

import (
	"os"
	"path/filepath"
	"testing"

	"ftpsh/internal/ftptest"
)

// A file that put calls stored has the very name that was asked for, or put says that it has not: Pure-FTPd
// made "trail_" of "trail ", and all was well.
func TestS56_UploadsHaveTheirNamesOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, root := d.Dir(t)
		b := &bench{conn: connectDaemon(t, d), dir: t.TempDir()}
		names := []string{"trail ", " lead", "tab\t", "a\x01b", "~x", "-x", "é", ".h", "a*", `q"t`, "dots..", `b\c`}
		for _, name := range names {
			b.write(t, name, "text")
			_, err := b.put(t, Upload{Local: name, Remote: root + "/" + name})
			if _, missing := os.Lstat(filepath.Join(local, name)); (err == nil) != (missing == nil) {
				t.Errorf("put %q: %v; on the server's disk: %v", name, err, missing)
			}
		}
		plan := mirrored(b.dir, root+"/tree", true)
		summary, told, _ := b.job(t, &Job{}, plan)
		there := files(t, filepath.Join(local, "tree"))
		for _, name := range names {
			if _, stored := there[name]; stored {
				summary.Moved--
			}
		}
		if summary.Moved != 0 || summary.Failed == 0 {
			t.Errorf("the mirror counts %d files more than have their names, of %q\n%q", summary.Moved, there, told)
		}
	}, ftptest.Plain)
}
