package commands

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ftpsh/internal/script"
)

// The rows of the security research that are about what comes to this machine, for every command that
// brings it.

// fetchLines are that fetch /d/a, and where it comes to. Those of a tree, and of a pattern, fetch all of /d.
var fetchLines = []struct {
	line, file string
	tree       bool // directories too
	all        bool // names come from a listing
	resumes    bool
}{
	{line: "get d/a", file: "a"},
	{line: "newer d/a", file: "a"},
	{line: "get -c d/a", file: "a", resumes: true},
	{line: "reget d/a", file: "a", resumes: true},
	{line: "pget -n 3 d/a", file: "a"},
	{line: "pget -c d/a", file: "a", resumes: true},
	{line: "fget list", file: "a"},
	{line: "mget d/a", file: "a"},
	{line: "mget -P 3 d/*", file: "a", all: true},
	{line: "mreget d/*", file: "a", all: true, resumes: true},
	{line: "get -r d", file: "d/a", tree: true, all: true},
	{line: "get -r -c d", file: "d/a", tree: true, all: true, resumes: true},
	{line: "mget -r d*", file: "d/a", tree: true, all: true},
	{line: "mirror d", file: "d/a", tree: true, all: true},
}

// eachFetch runs a test for the lines that a row is about, each with a server and a local directory of its own.
func eachFetch(t *testing.T, about func(tree, all, resumes bool) bool, test func(t *testing.T, c *counter, line, file string)) {
	t.Helper()
	for _, f := range fetchLines {
		if about != nil && !about(f.tree, f.all, f.resumes) {
			continue
		}
		t.Run(f.line, func(t *testing.T) {
			t.Parallel()
			c := newCounter(t)
			c.does(t, "set retries 0")
			c.Tree.Mkdir("/d")
			c.write(t, "list", "d/a\n")
			test(t, c, f.line, f.file)
		})
	}
}

func ofAll(_, all, _ bool) bool       { return all }
func ofTrees(tree, _, _ bool) bool    { return tree }
func ofResumed(_, _, again bool) bool { return again }

// brought are the files below the local directory, by their paths, without the list of fget.
func (c *counter) brought(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(c.dir, func(path string, e fs.DirEntry, err error) error {
		if name, _ := filepath.Rel(c.dir, path); err == nil && !e.IsDir() && name != "list" {
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// sends lets the server send content for each RETR, and end with a reply, or with the connection.
func (c *counter) sends(content, reply string) {
	c.On("RETR", func(k *script.Conversation, _ string) {
		k.Reply("150 here it comes")
		d := k.Data()
		d.Send(content)
		d.Close()
		if reply == "" {
			k.Close()
			return
		}
		k.Reply(reply)
	})
}

// servesAgain takes back what was scripted for a verb.
func (c *counter) servesAgain(verb string) {
	c.On(verb, func(k *script.Conversation, argument string) { k.Default(verb, argument) })
}

// inStep fails unless the next commands work, in the directory of before (R05).
func (c *counter) inStep(t *testing.T) {
	t.Helper()
	c.Tree.Write("/d/in-step", []byte("12345"))
	c.servesAgain("RETR")
	c.servesAgain("SIZE")
	if got := c.does(t, "cat d/in-step"); !strings.HasPrefix(got, "12345") {
		t.Errorf("afterwards the server's file is %q", got)
	}
	if got := c.does(t, "pwd"); !strings.Contains(got, "/") || strings.Contains(got, "/d") {
		t.Errorf("afterwards the directory is %q", got)
	}
}

func partOf(file string) string {
	return filepath.ToSlash(filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".ftpsh-part"))
}

// Half a file never has its name, whatever the server says at the end; what came is kept as a part with its
// record, for its owner alone; the error says so, and what to type; the next command works; and the same line
// brings the rest.
func TestR01_R04_R05_S44_HalfOfAFile(t *testing.T) {
	whole := strings.Repeat("0123456789", 20_000)
	for _, reply := range []string{"226 done", "451 the disk cannot be read", ""} {
		t.Run(reply, func(t *testing.T) {
			eachFetch(t, nil, func(t *testing.T, c *counter, line, file string) {
				c.Tree.Write("/d/a", []byte(whole))
				c.sends(whole[:100_000], reply)
				out, err := c.run(t, line)
				if err == nil || ExitStatus(err) == 0 {
					t.Fatalf("half of it is a success: %s", out)
				}
				c.missing(t, file)
				part := partOf(file)
				if info, statErr := os.Stat(filepath.Join(c.dir, part)); statErr != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("the part: %v, %v", info, statErr)
				}
				if got := c.brought(t); !slices.Equal(got, []string{part, part + ".json"}) {
					t.Errorf("here are %q", got)
				}
				if told := out + err.Error(); !strings.Contains(told, "kept in .a.ftpsh-part") || c.Hint(err) == "" && !strings.Contains(told, "hint: ") {
					t.Errorf("what is here, and what to type, is told as\n%s\n%v", out, err)
				}
				c.inStep(t)
				if err := c.Tree.Remove("/d/in-step"); err != nil {
					t.Fatal(err)
				}
				c.does(t, line)
				c.here(t, file, whole)
			})
		})
	}
}

// More than the server says that the file has fills no disk.
func TestS46_AFileWithoutEnd(t *testing.T) {
	eachFetch(t, nil, func(t *testing.T, c *counter, line, file string) {
		c.Tree.Write("/d/a", make([]byte, 100))
		c.On("RETR", func(k *script.Conversation, _ string) {
			k.Reply("150 here it comes")
			d := k.Data()
			for range 1000 {
				if n, _ := d.Write(make([]byte, 64<<10)); n == 0 {
					break
				}
			}
			d.Close()
			k.Reply("226 done")
		})
		if out, err := c.run(t, line); err == nil {
			t.Errorf("it is a success: %s", out)
		}
		c.missing(t, file)
		for _, name := range c.brought(t) {
			if info, err := os.Stat(filepath.Join(c.dir, name)); err != nil || info.Size() > 8<<20 {
				t.Errorf("%s: %v, %v", name, info.Size(), err)
			}
		}
		c.inStep(t)
	})
}

// Every byte comes as it is, also in a session that was in ASCII before; in ASCII nothing goes on from the middle.
func TestS47_EveryByteComes(t *testing.T) {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i), '\r', '\n')
	}
	eachFetch(t, nil, func(t *testing.T, c *counter, line, file string) {
		c.Tree.Write("/d/a", all)
		c.does(t, "ascii")
		c.does(t, "binary")
		c.does(t, line)
		c.here(t, file, string(all))
	})
	for _, line := range []string{"get -a -c d/a", "mget -a -c d/*", "get -r -a -c d", "fget -a -c list"} {
		c := newCounter(t)
		c.Tree.Write("/d/a", all)
		c.write(t, "list", "d/a\n")
		out, err := c.run(t, line)
		if ExitStatus(err) != int(StatusUsage) || !strings.Contains(out+fmt.Sprint(err), "an ASCII transfer cannot go on from the middle") {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
		if got := c.brought(t); len(got) > 0 {
			t.Errorf("%s: here are %q", line, got)
		}
	}
}

// A server that begins elsewhere than it was asked to makes no mixture of what was here and what comes.
func TestS48_ServersThatStartElsewhere(t *testing.T) {
	whole := strings.Repeat("0123456789abcdef\n", 20_000)
	for name, rude := range map[string]func(k *script.Conversation, argument string){
		"refuses REST": func(k *script.Conversation, _ string) { k.Reply("502 not here") },
		"starts at 0":  func(k *script.Conversation, _ string) { k.Reply("350 so be it") },
		"half of it":   func(k *script.Conversation, _ string) { k.Default("REST", "50001") },
	} {
		t.Run(name, func(t *testing.T) {
			eachFetch(t, ofResumed, func(t *testing.T, c *counter, line, file string) {
				c.Tree.Write("/d/a", []byte(whole))
				c.sends(whole[:100_000], "426 cut")
				if _, err := c.run(t, line); err == nil {
					t.Fatal("half of it is a success")
				}
				c.servesAgain("RETR")
				c.On("REST", rude)
				if _, err := c.run(t, line); err == nil {
					c.here(t, file, whole)
				} else {
					c.missing(t, file)
				}
				c.servesAgain("REST")
				c.does(t, line)
				c.here(t, file, whole)
			})
		})
	}
}

// listsFor lets the server list names that no decent one has, in /d.
func (c *counter) listsFor(dir string, lines ...string) {
	c.Answer("LIST", "502 not here")
	c.On("MLSD", func(k *script.Conversation, asked string) {
		if strings.Trim(asked, "/") != strings.Trim(dir, "/") {
			k.Default("MLSD", asked)
			return
		}
		k.Download([]byte(strings.Join(lines, "\r\n") + "\r\n"))
	})
}

// A name with a way out of the directory is passed over, counted, and the status shows it.
func TestS50_NamesThatLeaveTheDirectory(t *testing.T) {
	eachFetch(t, ofAll, func(t *testing.T, c *counter, line, file string) {
		inner := filepath.Join(c.dir, "in")
		if err := os.Mkdir(inner, 0o777); err != nil {
			t.Fatal(err)
		}
		c.does(t, "lcd in")
		c.Tree.Write("/d/a", []byte("good"))
		c.listsFor("/d", "type=file;size=4; a", "type=file;size=4; ../x", "type=file;size=4; /tmp/ftpsh-x", "type=file;size=4; b/c",
			"type=dir; ..", "type=dir; ../y", "type=file;size=4; ", "type=file;size=4; nul\x00", "type=file;size=4; ../../x")
		c.sends("evil", "226 done")
		if out, err := c.run(t, line); err == nil {
			t.Errorf("names that were passed over are no failure\n%s", out)
		}
		for _, name := range c.brought(t) {
			if name != "in/"+file {
				t.Errorf("%s was made", name)
			}
		}
		if _, err := os.Lstat("/tmp/ftpsh-x"); err == nil {
			t.Error("an absolute name was written")
		}
		c.inStep(t)
	})
}

// A link of the server's is not made here, a link here is not gone through, and of a name that is listed twice
// nothing is fetched.
func TestS51_LinksInTheWay(t *testing.T) {
	eachFetch(t, ofTrees, func(t *testing.T, c *counter, line, _ string) {
		outside := t.TempDir()
		for _, name := range []string{"/d/planted/f", "/d/way/f", "/d/ok/f"} {
			c.Tree.Write(name, []byte("evil"))
		}
		if err := os.Mkdir(filepath.Join(c.dir, "d"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(outside, filepath.Join(c.dir, "d", "planted")); err != nil {
			t.Fatal(err)
		}
		c.listsFor("/d", "type=OS.unix=slink:"+outside+"; way", "type=dir; way", "type=dir; planted", "type=dir; ok", "type=OS.unix=slink:/etc; other")
		if out, err := c.run(t, line); err == nil {
			t.Errorf("nothing was refused\n%s", out)
		}
		if got := c.brought(t); !slices.Equal(got, []string{"d/ok/f", "d/planted"}) {
			t.Errorf("here are %q", got)
		}
		if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
			t.Errorf("outside: %v, %v", entries, err)
		}
	})
}

// A file that is here is not replaced unasked (mirror is there to do that), and none gets the mode or the owner
// that the server tells.
func TestS52_S57_FilesHereStayAndHaveOurModes(t *testing.T) {
	eachFetch(t, nil, func(t *testing.T, c *counter, line, file string) {
		c.Tree.Write("/d/a", []byte("new and longer"))
		c.On("MLSD", func(k *script.Conversation, _ string) {
			k.Download([]byte("type=file;size=14;modify=20200101000000;UNIX.mode=04777;UNIX.owner=0; a\r\n"))
		})
		if strings.HasPrefix(line, "get -r") || strings.HasPrefix(line, "mirror") || strings.Contains(line, "-r") {
			c.servesAgain("MLSD")
		}
		c.does(t, line)
		c.here(t, file, "new and longer")
		info, err := os.Stat(filepath.Join(c.dir, file))
		if err != nil || info.Mode()&(0o111|fs.ModeSetuid|fs.ModeSetgid) != 0 {
			t.Errorf("the mode is %v, %v", info, err)
		}
		if strings.HasPrefix(line, "mirror") || strings.HasPrefix(line, "newer") {
			return
		}
		c.write(t, file, "mine, and not the server's")
		if out, err := c.run(t, line); err == nil {
			t.Errorf("it was replaced, or left without a word\n%s", out)
		}
		c.here(t, file, "mine, and not the server's")
	})
}

// What a name means to a shell, to other ftp programs, or as a URL, it does not mean here.
func TestS53_S59_NamesAreData(t *testing.T) {
	names := []string{"$(touch pwned)", "& touch pwned", "-", "-rf", "; rm x", "`touch pwned`", "a\"b", "file:x", "http:x", "|touch pwned", "~root"}
	eachFetch(t, ofAll, func(t *testing.T, c *counter, line, file string) {
		for _, name := range names {
			c.Tree.Write("/d/"+name, []byte(name))
		}
		c.does(t, line)
		for _, name := range names {
			c.here(t, filepath.Join(filepath.Dir(file), name), name)
		}
		if got := c.brought(t); len(got) != len(names) {
			t.Errorf("here are %q", got)
		}
	})
}

// A second name that is the same file here is refused and counted: the first keeps what came.
func TestS55_NamesThatAreOneFileHere(t *testing.T) {
	for _, f := range fetchLines {
		if !f.all || strings.Contains(f.line, "-c") || strings.HasPrefix(f.line, "mreget") {
			continue
		}
		t.Run(f.line, func(t *testing.T) {
			c := newCounter(t)
			dir := filepath.Join(c.dir, filepath.Dir(f.file))
			for _, name := range []string{"README", "between", "readme"} {
				c.Tree.Write("/d/"+name, []byte(name))
			}
			c.On("RETR", func(k *script.Conversation, name string) {
				if strings.HasSuffix(name, "between") { // as a disk has it that does not tell the two names apart
					if err := os.Link(filepath.Join(dir, "README"), filepath.Join(dir, "readme")); err != nil {
						t.Error(err)
					}
				}
				k.Default("RETR", name)
			})
			out, err := c.run(t, strings.Replace(f.line, "-P 3 ", "", 1)+" -P 1")
			if err == nil || !strings.Contains(out+fmt.Sprint(err), "the same file here") && !strings.Contains(out+fmt.Sprint(err), "exists here") {
				t.Errorf("%v\n%s", err, out)
			}
			c.here(t, filepath.Join(filepath.Dir(f.file), "README"), "README")
		})
	}
}

// The bytes of a name are those that the server sent, on the wire and on the disk; of one that may mislead a
// terminal every command warns, once.
func TestS56_NamesAreBytes(t *testing.T) {
	const bytes, turning, control = "\xff\xfe", "a\u202eb", "a\u009bc"
	eachFetch(t, ofAll, func(t *testing.T, c *counter, line, file string) {
		for _, name := range []string{bytes, turning, control} {
			c.Tree.Write("/d/"+name, []byte("text"))
		}
		out := c.does(t, line)
		for _, name := range []string{bytes, turning, control} {
			c.here(t, filepath.Join(filepath.Dir(file), name), "text")
		}
		if strings.Count(out, "warning: ") != 1 || strings.ContainsAny(out, "\u202e\u009b") {
			t.Errorf("printed %q", out)
		}
		if !slices.ContainsFunc(c.Log(), func(sent string) bool { return strings.HasPrefix(sent, "RETR ") && strings.HasSuffix(sent, bytes) }) {
			t.Error("other bytes were sent")
		}
	})
}

// A tree without end ends, and no link to a directory is entered.
func TestS58_TreesWithoutEnd(t *testing.T) {
	endless := func(c *counter) {
		c.Tree.Write("/d/again/f", []byte("x"))
		c.On("MLSD", func(k *script.Conversation, _ string) {
			k.Download([]byte("type=cdir; .\r\ntype=pdir; ..\r\ntype=dir; again\r\n"))
		})
		c.On("LIST", func(k *script.Conversation, _ string) {
			k.Download([]byte("drwxr-xr-x 2 u g 3 Jan  1  2020 again\r\n"))
		})
	}
	for _, line := range []string{"get -r d", "mget -r d*", "mirror d", "find d", "du d", "tree d", "rm -rf d", "cp -r d e", "find d -delete --yes", "diff -r d ."} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			c := newCounter(t)
			endless(c)
			if out, err := c.run(t, line); err == nil {
				t.Errorf("it is a success\n%s", out)
			}
			c.unsent(t, "DELE", "RMD")
			if lists := strings.Count(strings.Join(c.Log(), "\n"), "MLSD"); lists > 250 {
				t.Errorf("%d listings", lists)
			}
		})
	}
}
