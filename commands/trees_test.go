package commands

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/lang"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// awkward are names that servers and shells like to misread.
var awkward = []string{"-dash", " blank", "*", "a b", "[x]", "quo\"te", "it's", "\\back", "~tilde", "{a,b}", "ü", "\xff\xfe"}

// awkwardFor leaves out what a daemon cannot have: pure-ftpd stores no backslash, and pyftpdlib no name that is not
// UTF-8.
func awkwardFor(d ftptest.Daemon) []string {
	cannot := map[ftptest.Kind]string{ftptest.PureFTPd: "\\back", ftptest.PyFTPDLib: "\xff\xfe"}[d.Kind]
	return slices.DeleteFunc(slices.Clone(awkward), func(name string) bool { return name == cannot })
}

// plantAwkward makes a tree on the disk of a daemon, with a link that leads out of it.
func plantAwkward(t *testing.T, local string, names []string) {
	t.Helper()
	for _, dir := range []string{"tree/sub/deeper", "outside"} {
		if err := os.MkdirAll(filepath.Join(local, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	files := []string{"outside/precious", "tree/sub/deeper/file"}
	for _, name := range names {
		files = append(files, "tree/"+name, "tree/sub/"+name)
	}
	for _, name := range files {
		if err := os.WriteFile(filepath.Join(local, name), []byte("12345"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../outside", filepath.Join(local, "tree", "link")); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", "tree", "tree/sub", "tree/sub/deeper", "outside"} {
		if err := os.Chmod(filepath.Join(local, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
}

func connectDesk(t *testing.T, d ftptest.Daemon) *desk {
	t.Helper()
	desk := newDesk(t, NewTable(All()...))
	host, port, _ := net.SplitHostPort(d.Addr)
	number, _ := strconv.Atoi(port)
	if err := desk.Conn.Open(t.Context(), remote.Site{Host: host, Port: number, User: d.User, Password: d.Password, TLS: wire.TLSNever}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(desk.Conn.Interrupt)
	return desk
}

// Whole trees on real servers: looked through, compared, copied and removed, whatever is in the names, and
// never out of them by a link.
func TestTreesOnDaemons(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, daemon ftptest.Daemon) {
		local, there := daemon.Dir(t)
		names := awkwardFor(daemon)
		plantAwkward(t, local, names)
		d := connectDesk(t, daemon)
		does := func(line string) string {
			t.Helper()
			out, err := d.run(t, line)
			if err != nil {
				t.Fatalf("%s\n%v\n%s", line, err, out)
			}
			return out
		}
		does("cd " + lang.Quote(there, 0))
		found := strings.Split(strings.TrimSuffix(does("find tree -type f -print0"), "\x00"), "\x00")
		for _, name := range names {
			for _, path := range []string{"tree/" + name, "tree/sub/" + name} {
				if !strings.Contains(strings.Join(found, "\x00")+"\x00", path+"\x00") {
					t.Errorf("find lacks %q", path)
				}
			}
		}
		does("tree")
		does("du -a tree")
		does("cp -r tree copy")
		d.Local = NewWorkingDir(filepath.Join(local, "tree"), "")
		if out, err := d.run(t, "diff -r --size-only . copy"); d.out.String() != "< link\n" {
			t.Errorf("the copy differs: %q, %v", out, err)
		}
		does("find copy -name *dash -delete --yes")
		if _, err := os.Stat(filepath.Join(local, "copy", "sub", "-dash")); err == nil {
			t.Error("find -delete leaves copy/sub/-dash")
		}
		does("rm -rf tree copy")
		for _, gone := range []string{"tree", "copy"} {
			if _, err := os.Lstat(filepath.Join(local, gone)); err == nil {
				t.Errorf("%s is left", gone)
			}
		}
		if _, err := os.Stat(filepath.Join(local, "outside", "precious")); err != nil {
			t.Error(err)
		}
	}, ftptest.Plain)
}
