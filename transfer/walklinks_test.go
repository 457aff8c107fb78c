package transfer

import (
	"os"
	"path/filepath"
	"testing"

	"ftpsh/internal/ftptest"
)

// A link to a directory that is listed as a directory would lead out of the tree.
func TestS58_WalkKnowsLinksOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, remotePath := d.Dir(t)
		for _, dir := range []string{"tree/sub", "outside"} {
			if err := os.MkdirAll(filepath.Join(local, dir), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(local, "outside", "precious"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("../outside", filepath.Join(local, "tree", "link")); err != nil {
			t.Fatal(err)
		}
		conn := connectDaemon(t, d)
		expectWalk(t, RemoteTree{Conn: conn, Root: remotePath + "/tree", Links: true}, "+", "link", "+sub", "-sub", "-")
	}, ftptest.Plain)
}
