package remote

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
)

// charsets are those that FTP servers have been seen with, and the odd ones of each kind.
var charsets = []string{
	"latin1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-8", "iso-8859-15", "windows-1250", "cp1251", "windows-1252", "windows-1256",
	"windows-1258", "koi8-r", "koi8-u", "ibm866", "ibm437", "ibm850", "macintosh", "x-mac-cyrillic", "tis-620", "windows-874",
	"shift_jis", "euc-jp", "euc-kr", "gbk", "gb18030", "gb2312", "big5", "x-user-defined",
}

func TestS56_Charsets(t *testing.T) {
	t.Parallel()
	for charset, names := range map[string]map[string]string{
		"latin1":       {"\xe9t\xe9": "été", "plain": "plain"},
		"windows-1251": {"\xef\xf0\xe8\xe2\xe5\xf2": "привет", "\x98": "\uf798"},
		"shift_jis":    {"\x93\xfa\x96{": "日本", "\x93": "\uf793", "a\x80\x93\xfa": "a\uf780日", "\\": "\\"},
		"gb18030":      {"\x84\x31\xa4\x37": "\uf784" + "1" + "\uf7a4" + "7", "\x30\x81": "0\uf781"},
		"koi8-r":       {"\xd0\xd2": "пр"},
		"utf-8":        {"\xff\xfe": "\xff\xfe", "é": "é"},
	} {
		c, err := newCodec(charset)
		if err != nil {
			t.Fatal(err)
		}
		for raw, want := range names {
			if got := c.decode(raw); got != want {
				t.Errorf("%s: %q is %q, want %q", charset, raw, got, want)
			}
			if back, err := c.encode(want); err != nil || back != raw {
				t.Errorf("%s: %q goes back as %q, %v", charset, want, back, err)
			}
		}
	}
}

func TestS56_CharsetsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"klingon", "utf-16", "utf-16le", "utf-16be", "iso-2022-jp", "hz-gb-2312", "replacement", "ibm037", "ibm1047"} {
		if _, err := newCodec(name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What has no byte of its own is refused, never replaced: it would name another file.
func TestS56_NamesThatACharsetLacks(t *testing.T) {
	t.Parallel()
	for charset, names := range map[string][]string{
		"latin1": {"日", "a\xff", "\uf70a", "\uf700", "\uf77f"}, "gb18030": {"a\xff", "\xc3"}, "shift_jis": {"ä", "\ufffd", "\xe9"},
	} {
		c, err := newCodec(charset)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if raw, err := c.encode(name); err == nil {
				t.Errorf("%s: %q becomes %q", charset, name, raw)
			}
		}
	}
}

func roundTrip(t *testing.T, c codec, raw string) {
	t.Helper()
	text := c.decode(raw)
	if back, err := c.encode(text); err != nil || back != raw || !utf8.ValidString(text) {
		t.Errorf("%s: %q becomes %q and goes back as %q, %v", c.name, raw, text, back, err)
	}
}

func TestS56_CharsetsLoseNothing(t *testing.T) {
	t.Parallel()
	for _, name := range charsets {
		c, err := newCodec(name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		for b := range 256 {
			roundTrip(t, c, string([]byte{byte(b)}))
			roundTrip(t, c, string([]byte{'a', byte(b), 'b'}))
		}
		for range 300 {
			raw := make([]byte, 1+rand.IntN(8))
			for i := range raw {
				raw[i] = byte(rand.Uint32())
			}
			roundTrip(t, c, string(raw))
		}
	}
}

func FuzzS56_CharsetsLoseNothing(f *testing.F) {
	for i := range charsets {
		for _, raw := range []string{"\x81\x8d\xff", "\x93\xfa\x96", "\xef\xf0", "\x84\x31\xa4\x37", "\x83\x36\xd0\x30", "\x88\x62", "\x8f\xa2\xaf", "\xc6\xe7"} {
			f.Add(raw, i)
		}
	}
	f.Fuzz(func(t *testing.T, raw string, which int) {
		c, err := newCodec(charsets[uint(which)%uint(len(charsets))])
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, c, raw)
	})
}

// A whole session in another charset: every name that comes can be sent back, every word is readable.
func TestS56_ASessionInAnotherCharset(t *testing.T) {
	t.Parallel()
	for charset, raw := range map[string]string{"latin1": "caf\xe9 \x81", "cp1251": "\xef\xf0\xe8\x98", "shift_jis": "\x93\xfa\x96{\xff"} {
		for _, facts := range []bool{true, false} {
			srv := ftptest.Script(t, script.Options{})
			srv.Tree.Write("/"+raw+"/"+raw, []byte("content"))
			srv.Answer("SITE", "550 "+raw)
			c, _ := newCodec(charset)
			name := c.decode(raw)
			conn := opened(t, srv.Addr(), Site{User: name, Password: "p", Options: Options{Charset: charset, NoMLSD: !facts}})
			if want := "USER " + strings.ReplaceAll(raw, "\xff", "\xff\xff"); srv.Log()[1] != want {
				t.Errorf("%s: the server got %q, want %q", charset, srv.Log()[1], want)
			}
			check := func(what string, err error) {
				t.Helper()
				if err != nil {
					t.Errorf("%s, facts %v: %s: %v", charset, facts, what, err)
				}
			}
			ctx := t.Context()
			list, err := conn.List(ctx, "", ListOptions{})
			if check("list", err); len(list.Entries) != 1 || list.Entries[0].Name != name {
				t.Errorf("%s: %+v", charset, list.Entries)
			}
			check("cd", conn.Chdir(ctx, name))
			if conn.Dir() != "/"+name {
				t.Errorf("%s: in %q, want %q", charset, conn.Dir(), "/"+name)
			}
			_, err = conn.Size(ctx, name)
			check("size", err)
			_, err = conn.Stat(ctx, name)
			check("stat", err)
			made, err := conn.Mkdir(ctx, "new "+name)
			if check("mkdir", err); made != "/"+name+"/new "+name {
				t.Errorf("%s: made %q", charset, made)
			}
			check("rename", conn.Rename(ctx, name, name+"2"))
			check("rm", conn.Delete(ctx, name+"2"))
			check("rmdir", conn.Rmdir(ctx, "new "+name))
			_, err = conn.Command(ctx, "site", "SITE", "x")
			if refused, ok := err.(*Error); !ok || refused.Text != name {
				t.Errorf("%s: %v", charset, err)
			}
			if reply, _ := conn.Last(); reply.Text() != name {
				t.Errorf("%s: the last reply is %q", charset, reply.Text())
			}
			for _, conversation := range srv.Conversations() {
				conversation.Close()
			}
			ftptest.Wait(t, "the end", func() bool { return !conn.Connected() })
			if dir, err := conn.Pwd(ctx); err != nil || dir != "/"+name {
				t.Errorf("%s: back in %q, %v", charset, dir, err)
			}
		}
	}
}
