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
		expectWalk(t, RemoteTree{Conn: conn, Root: remotePath + "/tree"}, "+", "link", "+sub", "-sub", "-")
	}, ftptest.Plain)
}

// What is fetched, copied and removed with all that is in it ends at links. pyftpdlib lists them as directories,
// and get -r brought what lay outside the tree.
func TestS58_PlansEndAtLinksOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		local, root := d.Dir(t)
		treeWithLink(t, local)
		plant(t, local, map[string]string{"outside/precious": "p", "tree/sub/deep/": "", "tree/sub/f": "f"})
		if err := os.Chmod(filepath.Join(local, "tree/sub/deep"), 0o777); err != nil {
			t.Fatal(err)
		}
		b := &bench{conn: connectDaemon(t, d), dir: t.TempDir()}
		summary, told, err := b.job(t, &Job{}, mirrored(b.dir, root+"/tree", false))
		if err != nil || summary.Moved != 1 || summary.Skipped != 1 {
			t.Errorf("mirror: %+v, %v\n%q", summary, err, told)
		}
		sameTree(t, files(t, b.dir), map[string]string{"sub/": "", "sub/deep/": "", "sub/f": "f"})

		copies := &Copies{Trees: []TreeCopy{{From: root + "/tree", To: root + "/copy"}}}
		if summary, told, err = b.job(t, &Job{}, copies); err != nil || summary.Moved != 1 {
			t.Errorf("cp -r: %+v, %v\n%q", summary, err, told)
		}
		sameTree(t, files(t, filepath.Join(local, "copy")), map[string]string{"sub/": "", "sub/deep/": "", "sub/f": "f"})

		if summary, told, err = b.job(t, &Job{}, &Remove{Names: []string{root + "/copy"}}); err != nil || summary.Removed != 4 {
			t.Errorf("rm -r: %+v, %v\n%q", summary, err, told)
		}
		if err := os.Symlink("../outside", filepath.Join(local, "tree/sub/link")); err != nil {
			t.Fatal(err)
		}
		_, told, _ = b.job(t, &Job{}, &Remove{Names: []string{root + "/tree"}}) // some cannot remove what is not theirs
		if _, err := os.Stat(filepath.Join(local, "outside/precious")); err != nil {
			t.Errorf("rm -r went through a link: %v\n%q", err, told)
		}
	}, ftptest.Plain)
}
