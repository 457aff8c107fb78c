package remote_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/listing"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// likeLs plays a LIST that hands its argument to ls: blanks part it, dashes are options, what is
// missing lists as nothing.
func likeLs(srv *script.Server) {
	srv.On("LIST", func(c *script.Conversation, argument string) {
		if strings.HasPrefix(argument, "-a") {
			argument = strings.TrimPrefix(strings.TrimPrefix(argument, "-a"), " ")
		}
		if _, there := srv.Tree.Get(argument); argument != "" && (strings.ContainsAny(argument, " *") || strings.HasPrefix(argument, "-") || !there) {
			c.Download(nil)
			return
		}
		c.Default("LIST", argument)
	})
}

func TestListFallsBack(t *testing.T) {
	t.Parallel()
	names := func(list listing.Listing) string {
		var all []string
		for _, e := range list.Entries {
			all = append(all, e.Name)
		}
		return strings.Join(all, "|")
	}
	for name, rude := range map[string]struct {
		rude func(*script.Server)
		note string
	}{
		"everything": {func(*script.Server) {}, ""},
		"no MLST": {func(srv *script.Server) {
			srv.Answer("FEAT", "502 no")
			srv.Answer("MLST", "502 no")
			srv.Answer("MLSD", "502 no")
		}, ""},
		"MLST named, MLSD is not": {func(srv *script.Server) { srv.Answer("MLSD", "500 what") }, "refuses MLSD"},
		"LIST like ls": {func(srv *script.Server) {
			srv.Answer("FEAT", "502 no")
			srv.Answer("MLST", "500 no")
			likeLs(srv)
		}, ""},
		"LIST like ls, MLST": {func(srv *script.Server) { srv.Answer("MLSD", "502 no"); likeLs(srv) }, "refuses MLSD"},
		"no LIST -a": {func(srv *script.Server) {
			srv.Answer("FEAT", "502 no")
			srv.On("LIST", func(c *script.Conversation, argument string) {
				if strings.HasPrefix(argument, "-") {
					c.Reply("550 -a: no such file")
					return
				}
				c.Default("LIST", argument)
			})
		}, ""},
	} {
		srv := ftptest.Script(t, script.Options{})
		rude.rude(srv)
		srv.Tree.Mkdir("/empty")
		srv.Tree.Mkdir("/empty too")
		srv.Tree.Write("/full/x", []byte("x"))
		srv.Tree.Write("/full too/y", []byte("y"))
		srv.Tree.Write("/-R/z", []byte("z"))
		srv.Tree.Write("/file", []byte("12345"))
		srv.Tree.Write("/a file", []byte("12345"))
		srv.Tree.Write("/*", []byte("12345"))
		s := open(t, srv, nil)
		for dir, want := range map[string]string{
			"/empty": "", "/empty too": "", "/full": "x", "/full too": "y", "-R": "z",
			"/file": "file", "/a file": "a file", "*": "*",
		} {
			for _, hidden := range []bool{false, true} {
				list, err := s.List(t.Context(), dir, remote.ListOptions{Hidden: hidden})
				if got := strings.TrimPrefix(names(list), "/"); err != nil || got != want || list.Incomplete {
					t.Errorf("%s: %q lists as %q, %v", name, dir, got, err)
				}
				if want != "" && len(list.Entries) == 1 && strings.HasSuffix(dir, want) && list.Entries[0].Size != 5 {
					t.Errorf("%s: %q is listed as %+v", name, dir, list.Entries[0])
				}
			}
		}
		for _, missing := range []string{"/missing", "/missing too", "-missing", "/file/below"} {
			list, err := s.List(t.Context(), missing, remote.ListOptions{})
			var refused *remote.Error
			if !errors.As(err, &refused) || refused.Op != "ls" || refused.Code != 550 || len(list.Entries) > 0 {
				t.Errorf("%s: %q lists as %q, %v", name, missing, names(list), err)
			}
		}
		if s.Dir() != "/" {
			t.Errorf("%s: listing has led to %s", name, s.Dir())
		}
		s.works()
		told := 0
		for _, note := range s.notes {
			if rude.note == "" || !strings.Contains(note, rude.note) {
				t.Errorf("%s: note %q", name, note)
			}
			told++
		}
		if want := min(1, len(rude.note)); told != want {
			t.Errorf("%s: told %d times", name, told)
		}
	}
}

// pyftpdlib refuses MLSD of a directory that is not there as if it did not know the command: one wrong name
// made a whole session do without exact times.
func TestMissingDirectoryIsNoReasonForLIST(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	srv.Tree.Write("/sub/a", nil)
	srv.On("MLSD", func(c *script.Conversation, dir string) {
		if _, there := srv.Tree.Get("/" + dir); !there {
			c.Reply("501 no such directory")
			return
		}
		c.Default("MLSD", dir)
	})
	s := open(t, srv, nil)
	var refused *remote.Error
	if _, err := s.List(t.Context(), "nonesuch", remote.ListOptions{}); !errors.As(err, &refused) || refused.Code != 501 {
		t.Errorf("a missing directory: %v", err)
	}
	list, err := s.List(t.Context(), "sub", remote.ListOptions{})
	if err != nil || len(list.Entries) != 1 || !list.Entries[0].Precise {
		t.Errorf("after that: %+v, %v", list, err)
	}
}

func TestStat(t *testing.T) {
	t.Parallel()
	for name, rude := range map[string]func(*script.Server){
		"MLST":    func(*script.Server) {},
		"no MLST": func(srv *script.Server) { srv.Answer("FEAT", "502 no"); srv.Answer("MLST", "502 no") },
	} {
		srv := ftptest.Script(t, script.Options{})
		rude(srv)
		srv.Tree.Write("/dir/a file", []byte("12345"))
		s := open(t, srv, nil)
		for path, want := range map[string]listing.Type{
			"/dir": listing.Dir, "dir": listing.Dir, "dir/": listing.Dir, "/dir/a file": listing.File, "dir/a file": listing.File,
			"/": listing.Dir, ".": listing.Dir, "dir/..": listing.Dir, "..": listing.Dir,
		} {
			entry, err := s.Stat(t.Context(), path)
			if err != nil || entry.Type != want || want == listing.File && entry.Size != 5 {
				t.Errorf("%s: %q is %+v, %v", name, path, entry, err)
			}
		}
		for _, path := range []string{"missing", "/dir/missing", "missing/x", "/dir/a file/x"} {
			var refused *remote.Error
			if entry, err := s.Stat(t.Context(), path); !errors.As(err, &refused) || refused.Code != 550 {
				t.Errorf("%s: %q is %+v, %v", name, path, entry, err)
			}
		}
		if s.Dir() != "/" {
			t.Errorf("%s: in %s", name, s.Dir())
		}
	}
}

// A server without PWD leaves no way back: nothing is entered to look around.
func TestListWithoutPWD(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	srv.Answer("PWD", "502 no")
	srv.Answer("FEAT", "502 no")
	srv.Answer("MLST", "502 no")
	srv.Tree.Write("/with blank/a", []byte("x"))
	s := open(t, srv, nil)
	list, err := s.List(t.Context(), "with blank", remote.ListOptions{})
	if err != nil || len(list.Entries) != 1 || received(srv, "CWD") {
		t.Errorf("%+v, %v; the server got %q", list, err, srv.Verbs())
	}
	if err := s.Chdir(t.Context(), "/with blank"); err != nil || s.Dir() != "/with blank" {
		t.Errorf("in %q, %v", s.Dir(), err)
	}
	s.hangUp((*script.Conversation).Close)
	if text, _, err := s.fetch("a"); err != nil || text != "x" {
		t.Errorf("back again: %q, %v", text, err)
	}
}

// Lines come as they are, each as soon as it is there.
func TestLinesAsTheyAre(t *testing.T) {
	t.Parallel()
	srv := ftptest.Script(t, script.Options{})
	lines := []string{"total 3", "-rw-r--r-- 1 a b 5 Jan  1 2020 x", "nonsense \x1b[2J", "", "last"}
	srv.On("LIST", func(c *script.Conversation, _ string) { c.Download([]byte(strings.Join(lines, "\r\n"))) })
	s := open(t, srv, nil)
	var got []string
	if err := s.Lines(t.Context(), "dir", "LIST", "", func(line string) error { got = append(got, line); return nil }); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "\n") != strings.Join(lines, "\n") {
		t.Errorf("%q", got)
	}
	full := errors.New("the pager has ended")
	err := s.Lines(t.Context(), "dir", "LIST", "", func(string) error { return full })
	var local *wire.LocalError
	if !errors.As(err, &local) || !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	s.works()
}

// What comes entry by entry is what comes as a whole, also where the server has to be asked twice.
func TestListEach(t *testing.T) {
	t.Parallel()
	for name, rude := range map[string]func(*script.Server){
		"MLSD": func(*script.Server) {},
		"LIST": func(srv *script.Server) { srv.Answer("FEAT", "502 no") },
		"LIST without -a": func(srv *script.Server) {
			srv.Answer("FEAT", "502 no")
			srv.On("LIST", func(c *script.Conversation, argument string) {
				if strings.HasPrefix(argument, "-") {
					c.Reply("550 -a: no such file")
					return
				}
				c.Default("LIST", argument)
			})
		},
		"links by LIST": func(srv *script.Server) {
			srv.On("LIST", func(c *script.Conversation, _ string) {
				c.Download([]byte("lrwxrwxrwx 1 u g 3 Jan  1  2020 d -> one\r\n"))
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := plain(t)
			for _, path := range []string{"/d/d/deep", "/d/one", "/d/two", "/single/single", "/one/dir/f"} {
				srv.Tree.Write(path, []byte("x"))
			}
			rude(srv)
			c := open(t, srv, nil)
			for _, dir := range []string{"/d", "/single", "/one", "/d/one", "/nothing", ""} {
				o := remote.ListOptions{Hidden: true, Links: true, Directory: true, More: true}
				whole, wholeErr := c.List(t.Context(), dir, o)
				var each []string
				sum, err := c.ListEach(t.Context(), dir, o, func(e *listing.Entry) error {
					each = append(each, e.Name+" "+e.Type.String()+" "+e.Target)
					return nil
				})
				var want []string
				for _, e := range whole.Entries {
					want = append(want, e.Name+" "+e.Type.String()+" "+e.Target)
				}
				slices.Sort(want)
				slices.Sort(each)
				if !slices.Equal(each, want) || sum.Incomplete != whole.Incomplete || sum.Summary != whole.Summary || (err == nil) != (wholeErr == nil) {
					t.Errorf("%q: %q, %+v, %v; want %q, %+v, %v", dir, each, sum, err, want, whole, wholeErr)
				}
			}
			c.works()
		})
	}
}

// A listing that somebody has had enough of ends, and the connection is in step.
func TestListEachUpToAPoint(t *testing.T) {
	t.Parallel()
	srv := plain(t)
	for i := range 3000 {
		srv.Tree.Write(fmt.Sprintf("/d/%d", i), []byte("x"))
	}
	c := open(t, srv, nil)
	enough := errors.New("enough")
	for range 2 {
		seen := 0
		_, err := c.ListEach(t.Context(), "/d", remote.ListOptions{More: true}, func(*listing.Entry) error {
			if seen++; seen > 10 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) {
			t.Error(err)
		}
		if list, err := c.List(t.Context(), "/d", remote.ListOptions{}); err != nil || len(list.Entries) < 3000 {
			t.Errorf("%d entries, %v", len(list.Entries), err)
		}
	}
	c.works()
}
