package commands

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ftpsh/internal/script"
)

// Every flag of transfers is where people look for it.
func TestEveryTransferHasItsFlags(t *testing.T) {
	t.Parallel()
	existing := "f n R u s"
	job := "P verbose fail-fast dry-run json"
	care := "limit-rate verify remove-source"
	for name, flags := range map[string]string{
		"get":    "o O c r a range " + existing + " " + job + " " + care,
		"put":    "o O c r a range direct " + existing + " " + job + " " + care,
		"mget":   "O c r a " + existing + " " + job + " " + care,
		"mput":   "O c r a direct " + existing + " " + job + " " + care,
		"reget":  "o O r " + job + " " + care,
		"reput":  "o O r " + job + " " + care,
		"mreget": "O r " + job + " " + care,
		"newer":  "o O r a " + job + " " + care,
		"fget":   "O c r a " + existing + " " + job + " " + care,
		"append": "o O a " + job + " limit-rate remove-source",
		"pget":   "n o O c f " + care,
		"mirror": "R P x X i I n e " + job + " " + care + " Remove-source-files",
		"cp":     "r limit-rate " + job,
	} {
		command, err := NewTable(All()...).Find(name)
		if err != nil {
			t.Fatal(err)
		}
		for flag := range strings.FieldsSeq(flags) {
			if command.flag(flag) == nil {
				t.Errorf("%s has no %s", name, flag)
			}
		}
	}
}

// The pieces that --range names, and those that it cannot.
func TestRanges(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/digits", []byte("0123456789"))
	c.write(t, "digits", "0123456789")
	for text, want := range map[string]string{
		"0-0": "0", "2-4": "234", "0-9": "0123456789", "7-": "789", "-3": "789", "-100": "0123456789", "5-1k": "56789", "9-9": "9",
	} {
		c.does(t, "get -f digits -o piece --range "+text)
		c.here(t, "piece", want)
		if out := c.does(t, "get digits - --range="+text); !strings.HasPrefix(out, want) {
			t.Errorf("%s prints %q", text, out)
		}
		c.does(t, "put -f digits piece --range "+text)
		c.there(t, "/piece", want)
	}
	for line, want := range map[string]struct {
		status Status
		words  string
	}{
		"get digits x --range 10-12":               {StatusFailed, "it has 10 bytes, and the range begins at 10"},
		"put digits x --range 10-":                 {StatusFailed, "it has 10 bytes, and the range begins at 10"},
		"get digits x --range 3":                   {StatusUsage, `"3" is no range such as`},
		"get digits x --range -":                   {StatusUsage, "is no range"},
		"get digits x --range 1-x":                 {StatusUsage, "is no range"},
		"get digits x --range 4-2":                 {StatusUsage, "nothing is in the range 4-2"},
		"get digits x --range -0":                  {StatusUsage, "nothing is in the range -0"},
		"get digits x --range 1-2 -a":              {StatusUsage, "an ASCII transfer has no ranges"},
		"get digits x --range 1-2 -r":              {StatusUsage, "about one file"},
		"get digits x --range 1-2 -c":              {StatusUsage, "a range goes with neither"},
		"put digits x --range 1-2 -c":              {StatusUsage, "a range is a piece of a file"},
		"get digits x --range 1-2 --remove-source": {StatusUsage, "not fetched as a whole"},
		"put digits x --range 1-2 --remove-source": {StatusUsage, "not sent as a whole"},
	} {
		c.fails(t, line, want.status, want.words)
	}
	c.missing(t, "x")
	c.gone(t, "/x")
	for _, name := range c.local(t) {
		if strings.HasPrefix(name, ".") {
			t.Errorf("%s is left", name)
		}
	}
	if n := len(c.Controls()); n != 1 {
		t.Errorf("%d connections: a range that is cut loses the session", n)
	}
}

// A server that cannot start in the middle would send the wrong piece.
func TestS48_RangesOfAServerThatCannotRestart(t *testing.T) {
	for name, rest := range map[string]script.Handler{
		"refused": func(c *script.Conversation, _ string) { c.Reply("502 no REST") },
		"ignored": func(c *script.Conversation, _ string) { c.Reply("350 at once") },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t)
			c.Tree.Write("/digits", []byte(strings.Repeat("0123456789", 1000)))
			c.On("REST", rest)
			for _, text := range []string{"5-9", "5-", "-5"} {
				if out, err := c.run(t, "get digits x --range "+text); err == nil {
					t.Errorf("%s\n%s", text, out)
				}
				c.missing(t, "x")
			}
			c.does(t, "get digits x --range 0-4")
			c.here(t, "x", "01234")
		})
	}
}

// What was moved and verified goes at its source, and nothing else does.
func TestRemoveSource(t *testing.T) {
	c := newGrove(t)
	c.says(t, "get --remove-source pub/a.txt", "removed at the source")
	c.here(t, "a.txt", "aa")
	c.gone(t, "/pub/a.txt")
	c.says(t, "get -r --dry-run --remove-source pub", "2 removed at the source")
	c.there(t, "/pub/b.o", "b")
	c.write(t, "b.o", "old")
	c.says(t, "mget -s --remove-source pub/*.o", "skipped")
	c.there(t, "/pub/b.o", "b")
	c.says(t, "get -r --remove-source pub -P 2", "2 files, 4 bytes")
	c.gone(t, "/pub/b.o", "/pub/sub/c.txt")
	c.here(t, "pub/sub/c.txt", "ccc")

	c.says(t, "put --remove-source a.txt", "removed at the source")
	c.there(t, "/a.txt", "aa")
	c.missing(t, "a.txt")
	for i := range 5 {
		c.write(t, "many"+string(rune('0'+i)), "x")
	}
	c.says(t, "mput --remove-source many*", "5 removed at the source")
	c.missing(t, "many3")
	c.there(t, "/many3", "x")
	c.says(t, "mirror -R --remove-source pub new --json", `"sources_removed":2`)
	c.missing(t, "pub/sub/c.txt")
	c.there(t, "/new/sub/c.txt", "ccc")
	c.says(t, "mirror --Remove-source-files new back", "2 removed at the source")
	c.gone(t, "/new/sub/c.txt")
	c.write(t, "log", "x")
	c.does(t, "append --remove-source log all.log")
	c.missing(t, "log")
}

// A source that cannot be removed, or must not be, is a failure beside the file that has arrived.
func TestSourcesThatStay(t *testing.T) {
	c := newGrove(t)
	c.On("DELE", func(conn *script.Conversation, _ string) { conn.Reply("550 not yours") })
	c.fails(t, "get --remove-source pub/a.txt", StatusFailed, "it has arrived, but stays on the server, too: 550 not yours")
	c.here(t, "a.txt", "aa")
	c.failsInPart(t, "get -r --remove-source pub", StatusFailed, "3 files, 6 bytes")
	if _, err := c.run(t, "get -r --remove-source --fail-fast -P 1 pub other"); err == nil || !strings.Contains(err.Error(), "not tried") {
		t.Errorf("a source that stays does not stop the job: %v", err)
	}
	c.here(t, "pub/sub/c.txt", "ccc")
	c.there(t, "/pub/a.txt", "aa")
	c.fails(t, "get --remove-source pub/a.txt -o -", StatusUsage, "kept nowhere")

	c.On("SIZE", func(conn *script.Conversation, _ string) { conn.Reply("550 no sizes") })
	c.fails(t, "put --remove-source a.txt new", StatusIncomplete, "it has arrived, but stays here, too: the server does not tell the size")
	c.here(t, "a.txt", "aa")
	c.there(t, "/new", "aa")
}

// A source that changes behind the transfer is not the one that was fetched.
func TestAChangedSourceStays(t *testing.T) {
	c := newGrove(t)
	c.On("RETR", func(conn *script.Conversation, name string) {
		conn.Default("RETR", name)
		c.Tree.Write("/pub/a.txt", []byte("grown"))
	})
	c.fails(t, "get --remove-source pub/a.txt", StatusIncomplete, "it has changed meanwhile: it went from 2 to 5 bytes")
	c.there(t, "/pub/a.txt", "grown")
	c.unsent(t, "DELE")
}

// newVerifying is a counter whose server tells SHA-256.
func newVerifying(t *testing.T) *counter {
	t.Helper()
	c := newGrove(t)
	c.On("FEAT", func(conn *script.Conversation, _ string) {
		conn.Reply("211-features", " SIZE", " MDTM", " REST STREAM", " HASH MD5;SHA-256*", "211 end")
	})
	c.On("HASH", func(conn *script.Conversation, name string) {
		f, ok := c.Tree.Get("/" + strings.TrimPrefix(name, "/"))
		if !ok {
			conn.Reply("550 what?")
			return
		}
		sum := sha256.Sum256(f.Content)
		conn.Reply("213 SHA-256 0-1 " + hex.EncodeToString(sum[:]) + " " + name)
	})
	c.connect(t)
	return c
}

// --verify compares checksums, of single files, of many, and of trees, both ways.
func TestVerify(t *testing.T) {
	c := newVerifying(t)
	for _, line := range []string{
		"get --verify pub/a.txt", "get --verify pub/a.txt -o -", "mget -f --verify pub/*.txt", "get -r --verify pub", "mirror --verify pub there",
		"put --verify a.txt new", "put -u --verify a.txt", "mput -f --verify a.txt", "put -r --verify there", "mirror -R --verify there up", "reget --verify pub/a.txt -o c.txt",
		"pget --verify pub/a.txt -o d.txt", "put --direct --verify a.txt direct",
	} {
		before := len(c.Log())
		c.does(t, line)
		if !strings.Contains(strings.Join(c.Log()[before:], "\n"), "HASH ") {
			t.Errorf("%s asks for no checksum", line)
		}
	}
	c.says(t, "get -f --verify pub/a.txt", "SHA-256 agrees")
	c.says(t, "get -c --verify pub/a.txt", "skipped: it is here already, with the same size and SHA-256")
	c.says(t, "put -c --verify a.txt new", "skipped: it is there already, with the same size and end, and SHA-256")
	c.write(t, "a.txt", "ab")
	c.fails(t, "get -c --verify pub/a.txt", StatusIncomplete, "on the server; a.txt is left as it is")
	c.write(t, "a.txt", "aa")
	c.says(t, "mget -f --verify --json pub/a.txt", `"verified":true,"checksum":"SHA-256"`)
	c.fails(t, "get -a --verify pub/a.txt", StatusUsage, "an ASCII transfer changes what a checksum is of")
	c.fails(t, "put --range 0-0 --verify a.txt", StatusUsage, "neither verified")
}

// A checksum that differs: no final name, both sums told, and what came is never gone on from.
func TestChecksumsThatDiffer(t *testing.T) {
	c := newVerifying(t)
	c.On("RETR", func(conn *script.Conversation, _ string) {
		conn.Reply("150 here")
		d := conn.Data()
		d.Send("xx")
		d.Close()
		conn.Reply("226 done")
	})
	ours, theirs := sha256.Sum256([]byte("xx")), sha256.Sum256([]byte("aa"))
	words := "the checksums differ: SHA-256 is " + hex.EncodeToString(ours[:]) + " here and " + hex.EncodeToString(theirs[:]) + " on the server; what came is in .a.txt.ftpsh-part"
	c.fails(t, "get --verify --remove-source pub/a.txt", StatusIncomplete, words)
	c.missing(t, "a.txt")
	c.there(t, "/pub/a.txt", "aa")
	c.here(t, ".a.txt.ftpsh-part", "xx")
	c.On("RETR", func(conn *script.Conversation, name string) { conn.Default("RETR", name) })
	c.does(t, "get -c --verify pub/a.txt")
	c.here(t, "a.txt", "aa")

	c.On("STOR", func(conn *script.Conversation, name string) {
		conn.Default("STOR", name)
		c.Tree.Write("/"+name, []byte("yy"))
	})
	c.fails(t, "put --verify --remove-source a.txt up", StatusIncomplete, "the checksums differ: SHA-256 is ")
	c.gone(t, "/up")
	c.here(t, "a.txt", "aa")
	c.unsent(t, "RNTO")
	if matches, _ := filepath.Glob(filepath.Join(c.dir, "up*")); len(matches) > 0 {
		t.Error(matches)
	}
}

// Asked for and not to be had is said once, before anything moves.
func TestVerifyWithoutChecksums(t *testing.T) {
	c := newGrove(t)
	c.write(t, "a.txt", "aa")
	for _, line := range []string{"get --verify pub/a.txt", "get -r --verify pub", "put --verify a.txt", "mirror --verify pub", "mput --verify a.txt"} {
		c.fails(t, line, StatusIncomplete, "the server offers no checksums")
	}
	c.unsent(t, "RETR", "STOR", "MLSD")

	c = newVerifying(t)
	c.On("HASH", func(conn *script.Conversation, _ string) { conn.Reply("550 not of this one") })
	c.fails(t, "get --verify pub/a.txt", StatusIncomplete, "not verified by its checksum: 550 not of this one; all of it is in .a.txt.ftpsh-part")
	c.missing(t, "a.txt")
	c.does(t, "get -c pub/a.txt")
	c.here(t, "a.txt", "aa")
}

// --fail-fast holds for what a pattern and a list name as well: nothing else begins.
func TestFailFast(t *testing.T) {
	c := newGrove(t)
	c.write(t, "names", "pub/none\npub/a.txt\npub/b.o\n")
	for line, left := range map[string]string{
		"fget --fail-fast -P 1 names":                   "1 failed, and 2 or more were not tried",
		"mget --fail-fast -P 1 none* pub/a.txt pub/b.o": "1 failed, and 2 or more were not tried",
		"mget -s --fail-fast -P 1 pub/none pub/a.txt":   "1 failed, and 1 or more were not tried",
		"mput --fail-fast -P 1 none names":              "1 failed, and 1 or more were not tried",
		"mget -r --fail-fast -P 1 none* pub":            "1 failed, and 1 or more were not tried",
	} {
		if _, err := c.run(t, line); err == nil || !strings.Contains(err.Error(), left) {
			t.Errorf("%s\n%v", line, err)
		}
	}
	c.unsent(t, "STOR")
	if names := c.local(t); len(names) != 1 {
		t.Errorf("%q", names)
	}
}

// The rate of a command holds while it runs, and that of the session for all.
func TestLimitRate(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/f", []byte("four"))
	var during []int64
	c.On("RETR", func(conn *script.Conversation, name string) {
		during = append(during, c.Conn.Rate())
		conn.Default("RETR", name)
	})
	c.does(t, "get --limit-rate 20M f")
	c.Apply = c.Reapply
	c.does(t, "set limit-rate 500k")
	c.does(t, "get -f --limit-rate 1M f")
	c.does(t, "get -f --limit-rate 100k f")
	c.does(t, "set limit-rate off")
	c.does(t, "get -f f")
	if len(during) != 4 || during[0] != 20<<20 || during[1] != 500<<10 || during[2] != 100<<10 || during[3] != 0 || c.Conn.Rate() != 0 {
		t.Errorf("%v, then %d", during, c.Conn.Rate())
	}
	c.fails(t, "set limit-rate fast", StatusUsage, "is not a number of bytes a second such as 500k or 20M, or off")
	c.fails(t, "get -f --limit-rate fast f", StatusUsage, "not a number")
	if _, err := os.Stat(filepath.Join(c.dir, "f")); err != nil {
		t.Error(err)
	}
}

// A directory that is not there was refused without a word on what to do.
func TestGetIntoNoDirectory(t *testing.T) {
	c := newCounter(t)
	c.Tree.Write("/f", []byte("four"))
	_, err := c.run(t, "get -O new f")
	if err == nil || ExitStatus(err) != int(StatusLocal) || !strings.HasPrefix(c.Hint(err), "lmkdir ") {
		t.Errorf("%v; hint %q", err, c.Hint(err))
	}
	c.missing(t, "new")
}
