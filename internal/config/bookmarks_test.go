package config

import (
	"strings"
	"testing"
)

func TestBookmarks(t *testing.T) {
	c := New(environment(), t.TempDir())
	b := c.Bookmarks()
	path := c.Paths().inConfig("bookmarks")
	write(t, path, "# mine\nold ftp://old.example/\n\nnot a bookmark\n")
	for _, bookmark := range []Bookmark{
		{"work", "ftpes://bob@ftp.example.com:2121/a%20b/", "the daily drop"},
		{"old", "ftp://new.example/", ""},
		{"v6", "ftp://[2001:db8::1]/", ""},
	} {
		if err := b.Add(bookmark); err != nil {
			t.Fatal(err)
		}
	}
	want := "# mine\nold ftp://new.example/\n\nnot a bookmark\n" +
		"work ftpes://bob@ftp.example.com:2121/a%20b/ the daily drop\nv6 ftp://[2001:db8::1]/\n"
	if got := read(t, path); got != want {
		t.Errorf("file:\n%s\nwant\n%s", got, want)
	}
	all, warnings, err := b.List()
	if err != nil || len(all) != 3 || all[1].Note != "the daily drop" {
		t.Errorf("list %v, %v", all, err)
	}
	if len(warnings) != 1 || !strings.HasPrefix(warnings[0].Error(), path+":4: ") {
		t.Errorf("warnings %v", warnings)
	}
	if got, ok, err := b.Find("work"); !ok || err != nil || got.URL != "ftpes://bob@ftp.example.com:2121/a%20b/" {
		t.Errorf("find: %v, %v, %v", got, ok, err)
	}
	if _, ok, err := b.Find("wor"); ok || err != nil {
		t.Error("found what is not there")
	}
	if err := b.Remove("old"); err != nil {
		t.Fatal(err)
	}
	if err := b.Remove("old"); err == nil || err.Error() != `no bookmark "old"` {
		t.Errorf("removed twice: %v", err)
	}
	if got := read(t, path); !strings.HasPrefix(got, "# mine\n\nnot a bookmark\nwork ") {
		t.Errorf("file:\n%s", got)
	}
}

func TestS80_NoPasswordInABookmark(t *testing.T) {
	c := New(environment(), t.TempDir())
	b := c.Bookmarks()
	err := b.Add(Bookmark{Name: "x", URL: "ftp://bob:s3cret@h/"})
	if err == nil || strings.Contains(err.Error()+hint(err), "s3cret") || !strings.Contains(hint(err), "ftp://bob@h/") {
		t.Errorf("error %v, hint %q", err, hint(err))
	}
	path := c.Paths().inConfig("bookmarks")
	if all, _, _ := b.List(); len(all) != 0 {
		t.Errorf("stored %v", all)
	}
	write(t, path, "x ftp://bob:s3cret@h/ note\nbad http://bob:s3cret@h/\n")
	all, warnings, err := b.List()
	if err != nil || len(all) != 1 || all[0].URL != "ftp://bob@h/" {
		t.Errorf("list %v, %v", all, err)
	}
	if len(warnings) != 2 {
		t.Errorf("warnings %v", warnings)
	}
	for _, warning := range warnings {
		if strings.Contains(warning.Error(), "s3cret") {
			t.Errorf("warning %v", warning)
		}
	}
}

func TestBookmarksRefuse(t *testing.T) {
	b := New(environment(), t.TempDir()).Bookmarks()
	for _, bookmark := range []Bookmark{
		{"", "ftp://h/", ""},
		{"a b", "ftp://h/", ""},
		{"-x", "ftp://h/", ""},
		{"#x", "ftp://h/", ""},
		{"a@b", "ftp://h/", ""},
		{"a:1", "ftp://h/", ""},
		{"a/b", "ftp://h/", ""},
		{"a\nb", "ftp://h/", ""},
		{"x", "", ""},
		{"x", "h", ""},
		{"x", "ftp:///p", ""},
		{"x", "http://h/", ""},
		{"x", "ftp://h/a b", ""},
		{"x", "ftp://h/\n", ""},
		{"x", "ftp://h/", "two\nlines"},
	} {
		if err := b.Add(bookmark); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", bookmark, err)
		}
	}
}
