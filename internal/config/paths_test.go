package config

import (
	"path/filepath"
	"testing"
)

func TestPaths(t *testing.T) {
	home := t.TempDir()
	base := t.TempDir()
	tests := []struct {
		env                           []string
		home                          string
		config, state, history, netrc string
	}{
		{nil, home, home + "/.config/ftpsh", home + "/.local/state/ftpsh", home + "/.local/state/ftpsh/history", home + "/.netrc"},
		{[]string{"XDG_CONFIG_HOME=" + base, "XDG_STATE_HOME=" + base, "NETRC=" + base + "/n"}, home, base + "/ftpsh", base + "/ftpsh", base + "/ftpsh/history", base + "/n"},
		{[]string{"XDG_CONFIG_HOME=.", "XDG_STATE_HOME=here"}, home, home + "/.config/ftpsh", home + "/.local/state/ftpsh", home + "/.local/state/ftpsh/history", home + "/.netrc"},
		{nil, "", "", "", "", ""},
		{nil, ".", "", "", "", ""},
	}
	for _, test := range tests {
		p := NewPaths(environment(test.env...), test.home)
		for got, want := range map[string]string{
			p.ConfigDir(): test.config, p.StateDir(): test.state, p.HistoryPath(): test.history, p.NetrcPath(): test.netrc,
		} {
			if filepath.ToSlash(got) != filepath.ToSlash(want) {
				t.Errorf("%v, home %q: %q, want %q", test.env, test.home, got, want)
			}
		}
	}
}

func TestWithoutAHomeNothingIsWritten(t *testing.T) {
	t.Chdir(t.TempDir())
	c := New(environment(), "")
	if c.Bookmarks().Add(Bookmark{Name: "a", URL: "ftp://h/"}) == nil || c.Learn("h", 21, "epsv", "off") == nil ||
		c.Pins().Add("h", 21, Pin{}) == nil {
		t.Error("written, but where?")
	}
	if names, _ := filepath.Glob("*"); names != nil {
		t.Errorf("the current directory has %v", names)
	}
	if c.At("h", 21).Bool("epsv") {
		t.Error("what was learned must hold for this session all the same")
	}
}
