package remote_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/remote"
)

// datingServer takes the time of a file in one way only: the first words of the command, or none.
func datingServer(t *testing.T, way string) *script.Server {
	t.Helper()
	srv := plain(t)
	srv.Answer("FEAT", "211-features", " SIZE", " MDTM", " MFMT", "211 end")
	taken := func(c *script.Conversation, stamp, name string) {
		at, err := time.Parse("20060102150405", stamp)
		if err == nil {
			err = srv.Tree.Touch("/"+name, at)
		}
		if err != nil {
			c.Reply("550 " + err.Error())
			return
		}
		c.Reply("213 done")
	}
	srv.On("MFMT", func(c *script.Conversation, _ string) { c.Reply("500 not here") })
	srv.On("MDTM", func(c *script.Conversation, argument string) {
		stamp, name, two := strings.Cut(argument, " ")
		switch {
		case two && way == "MDTM":
			taken(c, stamp, name)
		case two:
			c.Reply("550 no such file")
		default:
			c.Default("MDTM", argument)
		}
	})
	srv.On("SITE", func(c *script.Conversation, argument string) {
		words := strings.Fields(argument)
		switch {
		case way == "SITE UTIME time" && len(words) == 3 && len(words[1]) == 14:
			taken(c, words[1], words[2])
		case way == "SITE UTIME name" && len(words) == 6 && words[5] == "UTC":
			taken(c, words[3], words[1])
		default:
			c.Reply("501 not so")
		}
	})
	return srv
}

// A queue set times only by MFMT, and by MDTM on vsftpd: elsewhere its files had the time at which they came.
func TestTheTimesOfAQueue(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"MDTM", "SITE UTIME time", "SITE UTIME name"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			srv := datingServer(t, way)
			s := open(t, srv, nil)
			got := collected{}
			for i := range 4 {
				got.store(t.Context(), s.Conn, fmt.Sprint("f", i), "x", i < 3)
			}
			for i := range 4 {
				name := fmt.Sprint("f", i)
				if f, _ := srv.Tree.Get("/" + name); got[name] != nil || !f.Time.Equal(aTime) {
					t.Errorf("%s: %v, %v", name, got[name], f.Time)
				}
			}
			if n := count(srv, "MFMT"); n > 2 {
				t.Errorf("what was refused is tried again: %d times", n)
			}
			if n := count(srv, "RNFR"); n > 5 {
				t.Errorf("%d renames of 4 files", n)
			}
			s.works()
		})
	}
}

// A server that sets no times is not asked again and again.
func TestNoTimesInAQueue(t *testing.T) {
	t.Parallel()
	srv := datingServer(t, "")
	s := open(t, srv, nil)
	for i := range 4 {
		s.Store(t.Context(), remote.Store{
			Temporary: fmt.Sprint(".f", i), Name: fmt.Sprint("f", i), Source: strings.NewReader("x"), Time: aTime, More: i < 3,
			Done: func(stored remote.Stored, err error) {
				if err != nil || stored.Dated {
					t.Errorf("f%d: %v, dated %v", i, err, stored.Dated)
				}
			},
		})
	}
	if n := count(srv, "SITE UTIME"); n != 2 {
		t.Errorf("SITE UTIME is sent %d times", n)
	}
	s.works()
}

// Times are kept both ways, one file at a time and in a queue, by what each server has.
func TestDaemonsKeepTimes(t *testing.T) {
	ftptest.EachDaemon(t, func(t *testing.T, d ftptest.Daemon) {
		t.Parallel()
		v := visit(t, d, false)
		var dated []bool
		for i := range 3 {
			v.Store(v.ctx, remote.Store{
				Temporary: fmt.Sprint(".g", i), Name: fmt.Sprint("g", i), Source: strings.NewReader("x"), Time: aTime, More: i < 2,
				Done: func(stored remote.Stored, err error) { v.must(err); dated = append(dated, stored.Dated) },
			})
		}
		for i, is := range dated {
			when, err := v.ModTime(v.ctx, fmt.Sprint("g", i))
			v.must(err)
			if !is || !when.Equal(aTime) {
				t.Errorf("g%d: %v, dated %v", i, when, is)
			}
			fetched, err := v.Fetch(v.ctx, remote.Fetch{Name: fmt.Sprint("g", i), Dated: true, Sink: func() (io.Writer, error) { return io.Discard, nil }})
			v.must(err)
			if !fetched.Time.Equal(aTime) {
				t.Errorf("g%d is fetched with %v", i, fetched.Time)
			}
		}
		v.leave()
	})
}
