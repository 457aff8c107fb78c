package remote

import (
	"strings"
	"testing"

	"ftpsh/internal/wire"
)

func TestTargets(t *testing.T) {
	for text, want := range map[string]Target{
		"host":                      {Site: Site{Host: "host"}},
		"ann@host":                  {Site: Site{Host: "host", User: "ann"}},
		"ann@host:2121":             {Site: Site{Host: "host", User: "ann", Port: 2121}},
		"ann@host:dir/x":            {Site: Site{Host: "host", User: "ann"}, Path: "dir/x"},
		"host:2121/x":               {Site: Site{Host: "host", Port: 2121}, Path: "/x"},
		"ann@example@host":          {Site: Site{Host: "host", User: "ann@example"}},
		"::1":                       {Site: Site{Host: "::1"}},
		"[::1]:21":                  {Site: Site{Host: "::1", Port: 21}},
		"[fe80::1%eth0]:2121":       {Site: Site{Host: "fe80::1%eth0", Port: 2121}},
		"192.0.2.1":                 {Site: Site{Host: "192.0.2.1"}},
		"bücher.example":            {Site: Site{Host: "bücher.example"}},
		"ftp://host":                {Site: Site{Host: "host"}},
		"FTP://host/":               {Site: Site{Host: "host"}},
		"ftp://host/a/b%20c":        {Site: Site{Host: "host"}, Path: "a/b c"},
		"ftp://host/%2Fetc/motd":    {Site: Site{Host: "host"}, Path: "/etc/motd"},
		"ftp://host/%2500":          {Site: Site{Host: "host"}, Path: "%00"},
		"ftp://host/a;type=a":       {Site: Site{Host: "host"}, Path: "a", Type: "A"},
		"ftp://ann:s%40t@host:21/x": {Site: Site{Host: "host", User: "ann", Password: "s@t", Port: 21}, Path: "x", Secret: true},
		"ftpes://host":              {Site: Site{Host: "host", TLS: wire.TLSRequire}, Explicit: true},
		"ftps://[::1]:990/x":        {Site: Site{Host: "::1", Port: 990, TLS: wire.TLSImplicit}, Path: "x", Explicit: true},
	} {
		got, err := ParseTarget(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		g, w := got, want
		if g.Site.Host != w.Site.Host || g.Site.User != w.Site.User || g.Site.Password != w.Site.Password || g.Site.Port != w.Site.Port ||
			g.Site.TLS != w.Site.TLS || g.Path != w.Path || g.Type != w.Type || g.Explicit != w.Explicit || g.Secret != w.Secret {
			t.Errorf("%s is %+v\nwant %+v", text, got, want)
		}
	}
}

func TestS02_S78_S82_HostileTargets(t *testing.T) {
	for _, text := range []string{
		"", "ftp://", "ftp:///x", "http://host/", "sftp://host", "ftp://h/%00", "ftp://h/a%0aDELE%20b", "ftp://h/a%0d%0aDELE%20b",
		"ftp://good;@evil/", "ftp://a@b@evil/", "ftp://h/;x-proxy=evil", "ftp://h/a;type=q", "ftp://h/a;type=", "ftp://h:0/", "ftp://h:70000/",
		"ftp://h:x/", "ftp://[::1/", "[::1", "-oProxy@-x", "ftp://ho st/", "host:99999", "a b", "ftp://h/%zz", "ftp://u%0a:p@h/",
		"ftp://h\\evil/",
	} {
		if got, err := ParseTarget(text); err == nil {
			t.Errorf("%q is %+v; it must be refused", text, got)
		}
	}
}

func TestS75_ErrorsDoNotRepeatAPassword(t *testing.T) {
	for _, text := range []string{"ftp://ann:hunter2@h:x/", "ann:hunter2@h:99999", "ftp://ann:hunter2@h/%00", "ftp://ann:hunter2@ho st/"} {
		_, err := ParseTarget(text)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestURLLeadsBack(t *testing.T) {
	for _, text := range []string{"ftp://ann@host:2121/%2Fa%20b/c", "ftpes://host/%2F", "ftps://ann%40x@[::1]:990/%2Fx"} {
		target, err := ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseTarget(target.Site.URL(target.Path))
		if err != nil || again.Path != target.Path || again.Site.Host != target.Site.Host || again.Site.User != target.Site.User || again.Site.TLS != target.Site.TLS {
			t.Errorf("%s becomes %s: %+v, %v", text, target.Site.URL(target.Path), again, err)
		}
	}
}

func FuzzTargets(f *testing.F) {
	f.Add("ftp://ann:pw@host:21/a%20b;type=a")
	f.Add("ann@host:dir")
	f.Fuzz(func(t *testing.T, text string) {
		target, err := ParseTarget(text)
		if err != nil {
			return
		}
		s := target.Site
		if s.Host == "" || s.Port < 0 || s.Port > 65535 || strings.ContainsAny(s.Host+s.User+s.Password+target.Path, "\r\n\x00") {
			t.Errorf("%q is %+v", text, target)
		}
	})
}
