package remote_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

// One rate holds for the session, its spares and its twins, and changes for all of them; that of a command
// holds for its connection and for the spares that it borrows.
func TestTheRateOfASession(t *testing.T) {
	t.Parallel()
	s := open(t, plain(t), func(site *remote.Site) { site.Options.LimitRate = 1000 })
	twin, err := s.Twin(t.Context(), remote.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	defer twin.Interrupt()
	restore := s.LimitRate(100)
	spare, err := s.Spare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rates := func(why string, own, spares, twins int64) {
		t.Helper()
		if s.Rate() != own || spare.Rate() != spares || twin.Rate() != twins {
			t.Errorf("%s: %d, %d and %d", why, s.Rate(), spare.Rate(), twin.Rate())
		}
	}
	rates("a command's", 100, 100, 1000)
	options := s.Site().Options
	options.LimitRate = 10
	if err := s.Reconfigure(options, wire.TLSNever, false); err != nil {
		t.Fatal(err)
	}
	rates("the session's is lower", 10, 10, 10)
	restore()
	options.LimitRate = 0
	if err := s.Reconfigure(options, wire.TLSNever, false); err != nil {
		t.Fatal(err)
	}
	rates("none", 0, 100, 0)
	spare.Release()
	rates("given back", 0, 0, 0)
}

// Contents keep to it both ways, and the session goes on.
func TestTheRateOfContents(t *testing.T) {
	t.Parallel()
	eachProtection(t, func(t *testing.T, srv *script.Server, change func(*remote.Site)) {
		const size, rate = 60_000, 200_000
		content := bytes.Repeat([]byte("x"), size)
		srv.Tree.Write("/a", content)
		s := open(t, srv, change)
		defer s.LimitRate(rate)()
		began := time.Now()
		out, err := s.Get(t.Context(), "a", 0, func() (io.Writer, error) { return io.Discard, nil })
		if err != nil || out.Bytes != size {
			t.Errorf("%d bytes, %v", out.Bytes, err)
		}
		if _, _, err := s.Put(t.Context(), "b", remote.Replace, 0, bytes.NewReader(content)); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 2*size*time.Second/rate/2 {
			t.Errorf("%d bytes a second are too many: %v", rate, took)
		}
		s.works()
	})
}
