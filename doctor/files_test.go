package doctor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ftpsh/doctor"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

func failedOn(op, path string, code int, text string) func(*doctor.Request) {
	return func(r *doctor.Request) { r.Failure = &remote.Error{Op: op, Path: path, Code: code, Text: text} }
}

func TestRefusedDownloads(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.On("RETR", func(c *script.Conversation, name string) {
		if strings.HasSuffix(name, "secret.txt") {
			c.Reply("550 no")
			return
		}
		c.Default("RETR", name)
	})
	srv.Tree.Write("/pub/secret.txt", []byte("secret"))
	for path, want := range map[string]struct{ cause, sentence, cure string }{
		"pub":            {"is-directory", "pub is a directory", "get -r pub"},
		"nope.txt":       {"missing", "no nope.txt", "ls"},
		"pub/secret.txt": {"no-permission", "pub/secret.txt", "ls -l"},
	} {
		expect(t, diagnose(t, at(t, srv.Addr(), failedOn("get", path, 550, "no"))), want.cause, want.sentence, want.cure)
		expect(t, diagnose(t, at(t, srv.Addr(), func(r *doctor.Request) { r.File = path })), want.cause, want.sentence, want.cure)
	}
	healthy(t, diagnose(t, at(t, srv.Addr(), failedOn("get", "readme.txt", 550, "no"))))
}

func TestRefusedUploads(t *testing.T) {
	t.Parallel()
	for reply, want := range map[string]struct{ cause, cure string }{
		"552 quota exceeded":           {"quota", "larger quota"},
		"452 no space left on device":  {"disk-full", "make room"},
		"553 not that name":            {"upload-refused", "another name"},
		"550 read-only for your group": {"upload-refused", "ls -l"},
	} {
		code, text := 100*int(reply[0]-'0')+10*int(reply[1]-'0')+int(reply[2]-'0'), reply[4:]
		srv := stocked(t, script.Options{})
		expect(t, diagnose(t, at(t, srv.Addr(), failedOn("put", "big", code, text))), want.cause, reply, want.cure)

		srv.On("STOR", func(c *script.Conversation, _ string) {
			if _, ok := c.Upload("150 ready"); ok {
				c.Reply(reply)
			}
		})
		healthy(t, diagnose(t, at(t, srv.Addr())))
		expect(t, diagnose(t, at(t, srv.Addr(), func(r *doctor.Request) { r.Write = true })), want.cause, reply, want.cure)
	}
}

func TestSIZEInASCII(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	r := at(t, srv.Addr(), failedOn("size readme.txt", "", 550, "SIZE not allowed in ASCII mode"))
	r.Type = "A"
	expect(t, diagnose(t, r), "size-in-ascii", "SIZE not allowed", "binary")
}

// A control connection cut in a long transfer shows in that transfer only.
func TestControlCutInTheSession(t *testing.T) {
	t.Parallel()
	r := at(t, stocked(t, script.Options{}).Addr())
	r.Failure = &remote.Error{Op: "get", Path: "big.iso", Err: &wire.LostError{Sent: true, Why: "the connection broke", Err: errors.New("reset")}}
	expect(t, diagnose(t, r), "control-cut", "cut while data was moving", "idle time")
}

func TestMLSDBroken(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]script.Handler{
		"refused": func(c *script.Conversation, _ string) { c.Reply("500 what?") },
		"without facts": func(c *script.Conversation, _ string) {
			c.Download([]byte("-rw-r--r-- 1 o g 12 Jan  1 10:00 readme.txt\r\n"))
		},
		"empty": func(c *script.Conversation, _ string) { c.Download(nil) },
	} {
		srv := stocked(t, script.Options{})
		srv.On("MLSD", play)
		t.Log(name)
		expect(t, diagnose(t, at(t, srv.Addr())), "mlsd-broken", "claims MLSD", "set mlsd off")
	}
}

func TestListingUnreadable(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("FEAT", "211-features", " SIZE", "211 end")
	srv.On("LIST", func(c *script.Conversation, _ string) { c.Download([]byte("<<readme.txt>> twelve\r\n")) })
	expect(t, diagnose(t, at(t, srv.Addr())), "listing-unreadable", "<<readme.txt>>", "report")
}

func TestCharset(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Tree.Write("/caf\xe9.txt", []byte("coffee"))
	expect(t, diagnose(t, at(t, srv.Addr())), "charset", `"caf\xe9.txt"`, "set charset iso-8859-1")
	r := at(t, srv.Addr())
	r.Site.Options.Charset = "iso-8859-1"
	healthy(t, diagnose(t, r))
}

func TestRESTIgnored(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.Answer("REST", "350 of course")
	expect(t, diagnose(t, at(t, srv.Addr())), "rest-ignored", "whole file", "without -c")
}

func TestTimeZone(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	at0 := time.Now().UTC().Add(-5 * time.Hour).Truncate(time.Minute)
	if err := srv.Tree.Touch("/readme.txt", at0); err != nil {
		t.Fatal(err)
	}
	srv.On("LIST", func(c *script.Conversation, _ string) {
		c.Download([]byte("-rw-r--r-- 1 o g 12 " + at0.Add(2*time.Hour).Format("Jan _2 15:04") + " readme.txt\r\n"))
	})
	expect(t, diagnose(t, at(t, srv.Addr())), "time-zone", "2h ahead", "set timezone Etc/GMT-2")
	r := at(t, srv.Addr())
	r.Site.Options.Location = time.FixedZone("", 2*60*60)
	healthy(t, diagnose(t, r))
}

func TestClock(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	if err := srv.Tree.Touch("/readme.txt", time.Now().Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	expect(t, diagnose(t, at(t, srv.Addr())), "clock", "in the future", "NTP")

	srv = stocked(t, script.Options{})
	srv.On("MDTM", func(c *script.Conversation, name string) {
		if strings.Contains(name, "ftpsh-diagnose") {
			c.Reply("213 " + time.Now().UTC().Add(-26*time.Hour).Format("20060102150405"))
			return
		}
		c.Default("MDTM", name)
	})
	expect(t, diagnose(t, at(t, srv.Addr(), func(r *doctor.Request) { r.Write = true })), "clock", "26h behind", "NTP")
}

func TestDownloadShort(t *testing.T) {
	t.Parallel()
	srv := stocked(t, script.Options{})
	srv.On("RETR", func(c *script.Conversation, _ string) { c.Download([]byte("twelve")) })
	expect(t, diagnose(t, at(t, srv.Addr())), "download-short", "6 bytes fewer", "cut short")
}
