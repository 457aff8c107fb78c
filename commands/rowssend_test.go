package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ftpsh/internal/script"
)

// The rows of the security research that are about what is sent and what is changed on the server, for every
// command that does.

// sendLines send the local file d/a (cp: the server's /s/a), and where it comes to on the server.
var sendLines = []struct {
	line, file string
	tree       bool
	replaces   bool // what is there already
	grows      bool // what is there already
}{
	{line: "put d/a -o t/a", file: "/t/a"},
	{line: "put -f d/a -o t/a", file: "/t/a", replaces: true},
	{line: "put -c d/a -o t/a", file: "/t/a", grows: true},
	{line: "reput d/a t/a", file: "/t/a", grows: true},
	{line: "append d/a t/a", file: "/t/a", grows: true},
	{line: "mput -f -O t d/a", file: "/t/a", replaces: true},
	{line: "mput -f -O t -P 3 d/*", file: "/t/a", replaces: true},
	{line: "put -r -f d -O t", file: "/t/d/a", tree: true, replaces: true},
	{line: "mput -r -f -O t d*", file: "/t/d/a", tree: true, replaces: true},
	{line: "mirror -R d t", file: "/t/a", tree: true, replaces: true},
	{line: "cp -f s/a t/a", file: "/t/a", replaces: true},
	{line: "cp -r -f s t", file: "/t/s/a", tree: true, replaces: true},
}

const sent = "new, and longer than what was there"

// eachSend runs a test for the lines that a row is about, each with a server and a local directory of its own.
// With old, the target is there already.
func eachSend(t *testing.T, old string, about func(tree, replaces, grows bool) bool, test func(t *testing.T, c *counter, line, file string)) {
	t.Helper()
	for _, s := range sendLines {
		if about != nil && !about(s.tree, s.replaces, s.grows) {
			continue
		}
		t.Run(s.line, func(t *testing.T) {
			t.Parallel()
			c := newCounter(t)
			c.does(t, "set retries 0")
			if err := os.Mkdir(filepath.Join(c.dir, "d"), 0o777); err != nil {
				t.Fatal(err)
			}
			c.write(t, "d/a", sent)
			c.Tree.Write("/s/a", []byte(sent))
			c.Tree.Mkdir("/t")
			if old != "" {
				c.Tree.Write(s.file, []byte(old))
			}
			test(t, c, s.line, s.file)
		})
	}
}

func thatReplace(_, replaces, _ bool) bool { return replaces }

// has fails unless a file on the server is one of these.
func (c *counter) has(t *testing.T, path string, wanted ...string) {
	t.Helper()
	if f, _ := c.Tree.Get(path); !slices.Contains(wanted, string(f.Content)) {
		t.Errorf("on the server, %s is %q", path, f.Content)
	}
}

// The old file is there, whole, until the new one is; it is never deleted first.
func TestR02_TheOldFileIsThereUntilTheNewOneIs(t *testing.T) {
	for name, rude := range map[string]func(c *counter){
		"no rename":      func(c *counter) { c.Answer("RNFR", "502 not here") },
		"no new name":    func(c *counter) { c.Answer("RNTO", "553 not allowed") },
		"quota":          func(c *counter) { c.refuses552() },
		"name, then 4xx": func(c *counter) { c.Answer("RNTO", "450 busy") },
	} {
		t.Run(name, func(t *testing.T) {
			eachSend(t, "old", thatReplace, func(t *testing.T, c *counter, line, file string) {
				rude(c)
				out, err := c.run(t, line)
				if err == nil {
					t.Errorf("it is a success\n%s", out)
				}
				c.has(t, file, "old")
				for _, command := range c.Log() {
					if strings.HasPrefix(command, "DELE") && strings.HasSuffix(command, file) {
						t.Errorf("sent %s", command)
					}
				}
				c.usable(t)
			})
		})
	}
}

func (c *counter) refuses552() {
	c.On("STOR", func(k *script.Conversation, _ string) {
		k.Reply("150 go on")
		k.Data().Reset()
		k.Reply("552 quota exceeded")
	})
}

// usable fails unless the connection is in step (R05).
func (c *counter) usable(t *testing.T) {
	t.Helper()
	c.Tree.Write("/in-step", []byte("12345"))
	if got := c.does(t, "cat in-step"); !strings.HasPrefix(got, "12345") {
		t.Errorf("afterwards the server's file is %q", got)
	}
}

// A command that changes something and whose reply was lost is not sent again: the state is looked up.
func TestR03_R05_AChangeWithoutAReplyIsNotRepeated(t *testing.T) {
	lines := map[string]string{ // the verb that is cut, by the line
		"rm t/a": "DELE", "mdelete t/a": "DELE", "rm -rf t": "DELE", "rmdir e": "RMD", "rename t/a t/b": "RNTO", "mv t/a t/b": "RNTO",
		"mkdir n": "MKD", "chmod 600 t/a": "SITE", "append d/a t/a": "APPE", "find t -type f -delete --yes": "DELE",
	}
	for _, s := range sendLines {
		if s.replaces {
			lines[s.line] = "RNTO"
		}
	}
	for line, verb := range lines {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			c := newCounter(t)
			c.does(t, "set retries 1")
			if err := os.Mkdir(filepath.Join(c.dir, "d"), 0o777); err != nil {
				t.Fatal(err)
			}
			c.write(t, "d/a", sent)
			for _, name := range []string{"/s/a", "/t/a", "/t/d/a"} {
				c.Tree.Write(name, []byte("old"))
			}
			c.Tree.Mkdir("/e")
			var mu sync.Mutex
			times := map[string]int{}
			c.On(verb, func(k *script.Conversation, argument string) {
				mu.Lock()
				defer mu.Unlock()
				if times[argument]++; verb == "APPE" {
					k.Reply("150 go on")
					k.Data().Receive(-1)
				}
				k.Close()
			})
			out, err := c.run(t, line)
			if err == nil && !strings.Contains(out, "lost") {
				t.Errorf("nobody knows whether it was done, and nothing is said\n%s", out)
			}
			mu.Lock()
			defer mu.Unlock()
			for argument, n := range times {
				if n > 1 && verb != "RNTO" { // each attempt to send a file has a temporary name of its own
					t.Errorf("%s %s was sent %d times", verb, argument, n)
				}
			}
			c.servesAgain(verb)
			c.usable(t)
		})
	}
}

// A link that somebody names is followed; links in a tree are passed over and counted.
func TestS58_LocalLinks(t *testing.T) {
	c := newCounter(t)
	for _, dir := range []string{"real", "outside"} {
		if err := os.Mkdir(filepath.Join(c.dir, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	c.write(t, "real/f", "text")
	c.write(t, "outside/secret", "secret")
	for link, target := range map[string]string{"named": "real", "real/inside": "../outside", "real/self": "."} {
		if err := os.Symlink(target, filepath.Join(c.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	c.says(t, "put -r named -O t", "2 skipped (a symbolic link: 2)")
	c.there(t, "/t/named/f", "text")
	c.says(t, "mirror -R named m", "2 skipped (a symbolic link: 2)")
	c.there(t, "/m/f", "text")
	c.gone(t, "/t/named/inside", "/t/named/self", "/m/inside")
}

// A server that keeps less than was sent, and calls that a success, is found out; the old file stays.
func TestS45_ServersThatKeepLess(t *testing.T) {
	keepsLess := func(c *counter) {
		for _, verb := range []string{"STOR", "APPE"} {
			c.On(verb, func(k *script.Conversation, name string) {
				content, _ := k.Upload("150 go on")
				c.Tree.Write("/"+strings.TrimPrefix(name, "/"), content[:min(10, len(content))])
				k.Reply("226 done")
			})
		}
	}
	for _, old := range []string{"", "old"} {
		eachSend(t, old, nil, func(t *testing.T, c *counter, line, file string) {
			grows := strings.Contains(line, "reput") || strings.Contains(line, "-c") || strings.Contains(line, "append")
			if old != "" && (grows || line == sendLines[0].line) {
				return // S48 and S52 are about that
			}
			keepsLess(c)
			out, err := c.run(t, line)
			if err == nil || ExitStatus(err) != int(StatusIncomplete) {
				t.Errorf("%v\n%s", err, out)
			}
			if old != "" {
				c.has(t, file, old)
			} else if !grows {
				c.has(t, file, "")
			}
			c.usable(t)
		})
	}
}

// Every byte is sent as it is; in ASCII nothing goes on from the middle.
func TestS47_EveryByteIsSent(t *testing.T) {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i), '\r', '\n')
	}
	eachSend(t, "", nil, func(t *testing.T, c *counter, line, file string) {
		c.write(t, "d/a", string(all))
		c.Tree.Write("/s/a", all)
		c.does(t, "ascii")
		c.does(t, "binary")
		c.does(t, line)
		c.has(t, file, string(all))
	})
	for _, line := range []string{"put -a -c f", "mput -a -c f", "put -r -a -c g"} {
		c := newCounter(t)
		c.write(t, "f", "text\n")
		if err := os.Mkdir(filepath.Join(c.dir, "g"), 0o777); err != nil {
			t.Fatal(err)
		}
		c.write(t, "g/f", "text\n")
		out, err := c.run(t, line)
		if ExitStatus(err) != int(StatusUsage) || !strings.Contains(out+fmt.Sprint(err), "an ASCII transfer cannot go on from the middle") {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
}

// What the server has is gone on from only if its end is the end here.
func TestS48_OnlyTheSameFileGrows(t *testing.T) {
	for _, line := range []string{"put -c d/a -o t/a", "reput d/a t/a", "mput -c -O t d/a", "put -r -c d t"} {
		c := newCounter(t)
		if err := os.Mkdir(filepath.Join(c.dir, "d"), 0o777); err != nil {
			t.Fatal(err)
		}
		c.write(t, "d/a", sent)
		for _, theirs := range []string{"other", sent + " and more"} {
			c.Tree.Write("/t/a", []byte(theirs))
			if out, err := c.run(t, line); err == nil {
				t.Errorf("%s over %q is a success\n%s", line, theirs, out)
			}
			c.has(t, "/t/a", theirs)
		}
		c.Tree.Write("/t/a", []byte(sent[:10]))
		c.does(t, line)
		c.has(t, "/t/a", sent)
	}
}

// A file of the server's is not replaced unasked (mirror is there to do that).
func TestS52_FilesOfTheServerStay(t *testing.T) {
	for _, line := range []string{"put d/a -o t/a", "mput -O t d/a", "mput -O t d/*", "put -r d t", "cp s/a t/a", "cp -r s t"} {
		c := newCounter(t)
		if err := os.Mkdir(filepath.Join(c.dir, "d"), 0o777); err != nil {
			t.Fatal(err)
		}
		c.write(t, "d/a", sent)
		c.Tree.Write("/s/a", []byte(sent))
		for _, name := range []string{"/t/a", "/t/s/a"} {
			c.Tree.Write(name, []byte("theirs"))
		}
		if out, err := c.run(t, line); err == nil {
			t.Errorf("%s is a success\n%s", line, out)
		}
		c.has(t, "/t/a", "theirs")
		c.has(t, "/t/s/a", "theirs")
	}
}

// Names from the disk are bytes, and nothing else, on the server too. One that no command can have in it is
// told and counted, and the rest goes on.
func TestS56_S59_LocalNamesAreData(t *testing.T) {
	names := []string{"$(touch pwned)", "-", "-rf", "; rm x", "\xff\xfe", "`touch pwned`", "a\"b", "file:x", "|touch pwned", "~root"}
	for line, dir := range map[string]string{"mput -O t d/*": "/t/", "put -r d t": "/t/", "mput -r -O t d*": "/t/d/", "mirror -R d t": "/t/"} {
		t.Run(line, func(t *testing.T) {
			c := newCounter(t)
			if err := os.Mkdir(filepath.Join(c.dir, "d"), 0o777); err != nil {
				t.Fatal(err)
			}
			c.Tree.Mkdir("/t")
			for _, name := range append(names, "line\r\nDELE precious", "line\nfeed") {
				c.write(t, "d/"+name, name)
			}
			out, err := c.run(t, line)
			if err == nil || !strings.Contains(out, "2 failed") {
				t.Errorf("%v\n%s", err, out)
			}
			for _, name := range names {
				c.has(t, dir+name, name)
			}
			c.unsent(t, "DELE precious", "feed")
			c.usable(t)
		})
	}
}

// Nothing is removed after a listing that may lack something, on whichever side it is.
func TestS60_NothingIsRemovedByWhatIsNotKnown(t *testing.T) {
	cut := func(k *script.Conversation) {
		k.Reply("150 here")
		d := k.Data()
		d.Send("type=file;size=1; x\r\n")
		d.Close()
		k.Reply("426 cut")
	}
	strange := func(k *script.Conversation) {
		k.Download([]byte("type=file;size=1; x\r\nwhat is this\r\n"))
	}
	for name, list := range map[string]func(*script.Conversation){"cut": cut, "strange": strange} {
		lines := []string{"rm -rf t", "rm -rf t/*", "find t -delete --yes", "mirror t d --delete --yes", "mirror -R d t --delete --yes"}
		if name == "cut" { // a pattern takes what is there, whatever else may be
			lines = append(lines, "rm t/z/*", "mdelete t/z/*")
		}
		for _, line := range lines {
			t.Run(line+" "+name, func(t *testing.T) {
				t.Parallel()
				c := newCounter(t)
				c.does(t, "set retries 0")
				c.Tree.Write("/t/a/b", nil)
				c.Tree.Write("/t/z/x", []byte("x"))
				if err := os.MkdirAll(filepath.Join(c.dir, "d", "z"), 0o777); err != nil {
					t.Fatal(err)
				}
				c.write(t, "d/mine", "mine")
				c.write(t, "d/z/mine", "mine")
				c.On("MLSD", func(k *script.Conversation, dir string) {
					if strings.HasSuffix(dir, "/z") {
						list(k)
						return
					}
					k.Default("MLSD", dir)
				})
				if out, err := c.run(t, line); err == nil {
					t.Errorf("it is a success\n%s", out)
				}
				c.unsent(t, "DELE", "RMD")
				c.here(t, "d/mine", "mine")
				c.here(t, "d/z/mine", "mine")
			})
		}
	}
}
