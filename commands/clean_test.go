package commands

import (
	"slices"
	"strings"
	"testing"

	"ftpsh/internal/script"
)

func TestClean(t *testing.T) {
	c := newCounter(t)
	c.shows(t, "clean", "nothing was left behind\n")
	c.Tree.Write("/a b", []byte("0123456789"))
	c.On("RETR", func(v *script.Conversation, _ string) {
		v.Reply("150 here")
		d := v.Data()
		d.Send("012")
		d.Close()
		v.Reply("226 done")
	})
	c.fails(t, "get 'a b'", StatusIncomplete, "3 of 10 bytes")
	c.write(t, ".gone.ftpsh-part.json", "{}")
	c.write(t, "mine.ftpsh-part", "not one of ours")
	for _, name := range []string{"/in/.x.ftpsh-abcdef23", "/in/.x.ftpsh-part", "/in/x"} {
		c.Tree.Write(name, []byte("text"))
	}
	c.Answer("MLSD", "500 what") // its times would be precise, and fresh

	c.fails(t, "clean", StatusUsage, "nobody to ask")
	c.answered("n")
	out := c.does(t, "clean -r in")
	if !strings.HasPrefix(out, ".a b.ftpsh-part: 3 of 10 bytes of /a b at 127.0.0.1:") || !strings.Contains(out, "\nin/.x.ftpsh-abcdef23: 4 bytes, ") || len(c.local(t)) != 4 {
		t.Errorf("%s%q", out, c.local(t))
	}
	c.answered("y")
	c.does(t, "clean -r in")
	if names := c.local(t); !slices.Equal(names, []string{"mine.ftpsh-part"}) {
		t.Errorf("there are %q", names)
	}
	if _, there := c.Tree.Get("/in/.x.ftpsh-abcdef23"); there {
		t.Error("the temporary name is still on the server")
	}
	c.there(t, "/in/x", "text")
	c.there(t, "/in/.x.ftpsh-part", "text")
}
