package transfer

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
)

// On real servers: a range that is cut leaves the session in step, sources go, and checksums are compared
// where there are any.
func TestDaemonsCareForFiles(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		there, root := d.Dir(t)
		b := &bench{conn: connectDaemon(t, d), dir: t.TempDir()}
		content := random(4 << 20)
		if err := os.WriteFile(filepath.Join(there, "big"), content, 0o666); err != nil {
			t.Fatal(err)
		}
		for _, r := range []Region{{0, 99}, {1 << 20, 2<<20 - 1}, {3 << 20, -1}, {-100, -1}, {100, 1 << 30}} {
			control, began := b.conn.Control(), time.Now()
			piece, _ := r.of(int64(len(content)))
			result, err := b.get(t, Download{Remote: root + "/big", Name: "piece", Region: &r, Policy: Overwrite})
			got, _ := os.ReadFile(filepath.Join(b.dir, "piece"))
			if err != nil || !result.Verified || !bytes.Equal(got, content[piece.From:piece.To]) {
				t.Errorf("%v: %d bytes of %d, %+v, %v", r, len(got), piece.size(), result, err)
			}
			var printed bytes.Buffer
			if _, err := b.get(t, Download{Remote: root + "/big", Region: &r, To: &printed}); err != nil || !bytes.Equal(printed.Bytes(), got) {
				t.Errorf("%v: %d bytes printed, %v", r, printed.Len(), err)
			}
			// ProFTPD hangs up now and then when a TLS data connection is closed on it, and a server that says
			// nothing for two seconds is not waited for: then the session comes back by itself.
			hangsUp := d.Kind == ftptest.ProFTPD && d.Mode != ftptest.Plain
			if b.conn.Control() != control && !hangsUp && time.Since(began) < 2*time.Second {
				t.Errorf("%v has cost the connection", r)
			}
		}
		care := Care{RemoveSource: true, Verify: b.conn.OffersChecksum()}
		result, err := b.get(t, Download{Remote: root + "/big", Care: care})
		got, _ := os.ReadFile(filepath.Join(b.dir, "big"))
		if err != nil || !result.SourceRemoved || care.Verify != (result.Checksum != "") || !bytes.Equal(got, content) {
			t.Errorf("get: %+v, %v", result, err)
		}
		result, err = b.put(t, Upload{Local: "big", Remote: root + "/back", Care: care})
		if err != nil || !result.SourceRemoved || care.Verify != (result.Checksum != "") {
			t.Errorf("put: %+v, %v", result, err)
		}
		if offers := d.Kind == ftptest.ProFTPD; offers != care.Verify {
			t.Errorf("offers checksums: %v", care.Verify)
		}
		if _, err := os.Stat(filepath.Join(b.dir, "big")); !os.IsNotExist(err) {
			t.Errorf("it stays here: %v", err)
		}
		if got, _ := os.ReadFile(filepath.Join(there, "back")); !bytes.Equal(got, content) {
			t.Error("what is there is another file")
		}
	})
}
