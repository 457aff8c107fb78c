package remote

import (
	"fmt"
	"strings"
	"testing"

	"ftpsh/internal/wire"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Target{
		"host":                      {Site: Site{Host: "host"}},
		"ann@host":                  {Site: Site{Host: "host", User: "ann"}},
		"ann@host:2121":             {Site: Site{Host: "host", User: "ann", Port: 2121}},
		"ann@host:dir/x":            {Site: Site{Host: "host", User: "ann"}, Path: "dir/x"},
		"ann@host:/dir/x":           {Site: Site{Host: "host", User: "ann"}, Path: "/dir/x"},
		"host:2121/x":               {Site: Site{Host: "host", Port: 2121}, Path: "/x"},
		"host/pub":                  {Site: Site{Host: "host"}, Path: "/pub"},
		"host/a:b":                  {Site: Site{Host: "host"}, Path: "/a:b"},
		"host/x@other":              {Site: Site{Host: "host"}, Path: "/x@other"},
		"ann@host:21/x@other:3":     {Site: Site{Host: "host", User: "ann", Port: 21}, Path: "/x@other:3"},
		"ann:p@host":                {Site: Site{Host: "host", User: "ann", Password: "p"}, Secret: true},
		"host:":                     {Site: Site{Host: "host"}},
		"ann@example@host":          {Site: Site{Host: "host", User: "ann@example"}},
		"::1":                       {Site: Site{Host: "::1"}},
		"[::1]":                     {Site: Site{Host: "::1"}},
		"[::1]:21":                  {Site: Site{Host: "::1", Port: 21}},
		"[::1]/dir":                 {Site: Site{Host: "::1"}, Path: "/dir"},
		"u@[::1]:dir":               {Site: Site{Host: "::1", User: "u"}, Path: "dir"},
		"[fe80::1%eth0]:2121":       {Site: Site{Host: "fe80::1%eth0", Port: 2121}},
		"fe80::1%eth0":              {Site: Site{Host: "fe80::1%eth0"}},
		"192.0.2.1":                 {Site: Site{Host: "192.0.2.1"}},
		"bücher.example":            {Site: Site{Host: "bücher.example"}},
		"ftp://host":                {Site: Site{Host: "host"}},
		"FTP://host/":               {Site: Site{Host: "host"}},
		"ftp://host/a/b%20c":        {Site: Site{Host: "host"}, Path: "a/b c"},
		"ftp://host/%2Fetc/motd":    {Site: Site{Host: "host"}, Path: "/etc/motd"},
		"ftp://host//etc/motd":      {Site: Site{Host: "host"}, Path: "/etc/motd"},
		"ftp://host/%2500":          {Site: Site{Host: "host"}, Path: "%00"},
		"ftp://host/a?b#c@d:e":      {Site: Site{Host: "host"}, Path: "a?b#c@d:e"},
		"ftp://host/a%3Btype=i":     {Site: Site{Host: "host"}, Path: "a;type=i"},
		"ftp://host/a;type=a":       {Site: Site{Host: "host"}, Path: "a", Type: "A"},
		"ftp://host/;type=D":        {Site: Site{Host: "host"}, Type: "D"},
		"ftp://ann:s%40t@host:21/x": {Site: Site{Host: "host", User: "ann", Password: "s@t", Port: 21}, Path: "x", Secret: true},
		"ftp://ann:p@host:21/":      {Site: Site{Host: "host", User: "ann", Password: "p", Port: 21}, Secret: true},
		"ftp://[fe80::1%25eth0]/":   {Site: Site{Host: "fe80::1%eth0"}},
		"ftp://host/caf%E9/\xe9":    {Site: Site{Host: "host"}, Path: "caf\xe9/\xe9"},
		"ftpes://host":              {Site: Site{Host: "host", TLS: wire.TLSRequire}, Explicit: true},
		"ftps://[::1]:990/x":        {Site: Site{Host: "::1", Port: 990, TLS: wire.TLSImplicit}, Path: "x", Explicit: true},
	} {
		got, err := ParseTarget(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got.Site != want.Site || got.Path != want.Path || got.Type != want.Type || got.Explicit != want.Explicit || got.Secret != want.Secret {
			t.Errorf("%s is %s\nwant %s", text, show(got), show(want))
		}
	}
}

func show(t Target) string {
	return fmt.Sprintf("host %q, port %d, user %q, password %q, path %q, type %q, TLS %d", t.Site.Host, t.Site.Port, t.Site.User, t.Site.Password, t.Path, t.Type, t.Site.TLS)
}

func TestS02_S78_S82_HostileTargets(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "ftp://", "ftp:///x", "host:x", "host:2x", "host:x/y", "[::1]:x", "http://host/", "sftp://host", "file:///etc/passwd", "javascript://h", "://h",
		"ftp://h/%00", "ftp://h/a%0aDELE%20b", "ftp://h/a%0d%0aDELE%20b", "ftp://h/a\nDELE b", "h:a\nb", "ftp://u%0a:p@h/", "ftp://u:p%0d@h/",
		"ftp://h%0a/", "ftp://h%00/", "ftp://h\x00/", "h\x1b[2J", "ftp://h\x1b/",
		"ftp://good;@evil/", "ftp://a@b@evil/", "ftp://good?@evil/", "ftp://good#@evil/", "ftp://good:80?@evil/", "ftp://good\\@evil/",
		"ftp://good%2F@evil@x/", "good\\@evil", "ftp://h?x", "ftp://h#x",
		"ftp://h/;x-proxy=evil", "ftp://h/a;type=q", "ftp://h/a;type=", "ftp://h/a;type=aa", "ftp://h/a;type=a;type=i", "ftp://h/a;b",
		"ftp://h:0/", "ftp://h:70000/", "ftp://h:-1/", "ftp://h:x/", "ftp://h:21:22/", "ftp://h: 21/", "host:99999", "host:0", "[::1]:0",
		"ftp://[::1/", "ftp://[::1]x/", "[::1", "[::1]x", ":0:", "h:21:22", "::g", "[]", "ftp://[]/", "[h]:21x:y", "ftp://::1/", "ann@good:x@evil", "ann@good:21@evil",
		"-oProxy@-x", "ftp://-oX/", "-l", "ftp://ho st/", "a b", "ftp://h/%zz", "ftp://h%zz/", "@", "u@", "ftp://u@/", "ftp://:p@/", ":21", "/dir",
	} {
		if got, err := ParseTarget(text); err == nil {
			t.Errorf("%q is %s; it must be refused", text, show(got))
		}
	}
}

func TestS75_ErrorsDoNotRepeatAPassword(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"ftp://ann:hunter2@h:x/", "ann:hunter2@h:99999", "ftp://ann:hunter2@h/%00", "ftp://ann:hunter2@ho st/"} {
		_, err := ParseTarget(text)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestURLLeadsBack(t *testing.T) {
	t.Parallel()
	for _, site := range []Site{
		{Host: "host"}, {Host: "host", Port: 2121, User: "ann"}, {Host: "::1", TLS: wire.TLSImplicit}, {Host: "fe80::1%eth0", Port: 990},
		{Host: "bücher.example", TLS: wire.TLSRequire, User: "ann@x:y/z?#;"}, {Host: "192.0.2.1", User: "é"},
	} {
		for _, dir := range []string{"", "/", "/a b/c", "a", "/a;type=i", "a;b", "/%2F", "%41", "/?#@:", "//x", "/caf\xe9", "*", "./-x", "/日本", `/a\b"`} {
			leadsBack(t, site, dir)
		}
	}
}

func leadsBack(t *testing.T, site Site, dir string) {
	t.Helper()
	url := site.URL(dir)
	back, err := ParseTarget(url)
	if err != nil || back.Path != dir || back.Site.Host != site.Host || back.Site.Port != site.Port || back.Site.User != site.User || back.Site.TLS != site.TLS {
		t.Errorf("%q on %q is %s, which is %s, %v", dir, site.Host, url, show(back), err)
	}
}

func FuzzTargets(f *testing.F) {
	for _, text := range []string{
		"ftp://ann:pw@host:21/a%20b;type=a", "ann@host:dir", "[::1]:21/x", "ftps://[fe80::1%25eth0]/%2Fx", "host/a@b", "ftp://a?@b", "h:2121/x;y",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := ParseTarget(text)
		if err != nil {
			return
		}
		s := target.Site
		if s.Host == "" || s.Port < 0 || s.Port > 65535 || strings.ContainsAny(s.Host+s.User+s.Password+target.Path, "\r\n\x00") {
			t.Errorf("%q is %s", text, show(target))
		}
		if !strings.Contains(strings.ToLower(text), strings.ToLower(s.Host)) && !strings.Contains(text, "%") {
			t.Errorf("%q leads to %q", text, s.Host)
		}
		s.Password = ""
		leadsBack(t, s, target.Path)
	})
}
