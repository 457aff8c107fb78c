package remote_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"ftpsh/internal/ftptest"
	"ftpsh/internal/script"
	"ftpsh/internal/wire"
	"ftpsh/remote"
)

func TestS20_D29_RepliesAheadOfTLSAreTampering(t *testing.T) {
	t.Parallel()
	for name, rude := range map[string]func(*script.Server){
		"with the greeting": func(srv *script.Server) {
			srv.OnConnect(func(c *script.Conversation) { c.Reply("220 hi", "234 go on") })
		},
		"behind the 234": func(srv *script.Server) {
			srv.On("AUTH", func(c *script.Conversation, _ string) { c.Reply("234 go", "230 in already"); _ = c.StartTLS() })
		},
		"a while behind the 234": func(srv *script.Server) {
			srv.On("AUTH", func(c *script.Conversation, _ string) {
				c.Reply("234 go")
				c.Pause(20 * time.Millisecond)
				c.Reply("230 in already")
				_ = c.StartTLS()
			})
		},
		"half a reply behind the 234": func(srv *script.Server) {
			srv.On("AUTH", func(c *script.Conversation, _ string) { _ = c.Send("234 go\r\n230"); _ = c.StartTLS() })
		},
	} {
		srv := secure(t)
		rude(srv)
		_, err := dial(t, srv, trusting(t))
		var tampered *wire.TLSError
		if !errors.As(err, &tampered) || received(srv, "USER") || received(srv, "PASS") {
			t.Errorf("%s: %v; the server got %q", name, err, srv.Log())
		}
	}
}

func TestS21_D30_D31_RequiredTLSIsNeverSkipped(t *testing.T) {
	t.Parallel()
	require := func(s *remote.Site) { s.TLS = wire.TLSRequire }
	before := func(s *remote.Site) { s.TLSBefore = true }
	for _, answer := range []string{"500 what", "502 no", "504 no", "534 never", "431 not now", "200 ok", "334 go on", "230 in already"} {
		for _, change := range []func(*remote.Site){require, before} {
			srv := ftptest.Script(t, script.Options{})
			srv.Answer("AUTH", answer)
			_, err := dial(t, srv, change)
			var no *wire.TLSError
			if !errors.As(err, &no) || received(srv, "USER") {
				t.Errorf("%q: %v; the server got %q", answer, err, srv.Log())
			}
		}
	}
	for name, rude := range map[string]script.Handler{
		"reset":   func(c *script.Conversation, _ string) { c.Reply("234 go"); c.Reset() },
		"hung up": func(c *script.Conversation, _ string) { c.Reply("234 go"); c.Close() },
		"no TLS": func(c *script.Conversation, _ string) {
			c.Reply("234 go")
			c.Pause(10 * time.Millisecond)
			c.Repeat("HTTP/1.1 400\r\n")
		},
		"stalled":  func(c *script.Conversation, _ string) { c.Reply("234 go"); c.Stall() },
		"no reply": func(c *script.Conversation, _ string) { c.Stall() },
	} {
		srv := ftptest.Script(t, script.Options{})
		srv.On("AUTH", rude)
		if _, err := dial(t, srv, hasty); err == nil || received(srv, "USER") || received(srv, "PASS") {
			t.Errorf("%s: %v; the server got %q", name, err, srv.Log())
		}
	}
}

// A site that has done TLS in this session does not fall back when it comes back.
func TestS21_ASessionUnderTLSStaysThere(t *testing.T) {
	t.Parallel()
	srv := secure(t)
	s := open(t, srv, trusting(t))
	srv.Answer("AUTH", "502 not any more")
	s.hangUp((*script.Conversation).Close)
	var no *wire.TLSError
	if _, err := s.Pwd(t.Context()); !errors.As(err, &no) || count(srv, "USER") != 1 {
		t.Errorf("%v, %d USER", err, count(srv, "USER"))
	}
}

func TestS23_CertificatesAreVerifiedBeforeUSER(t *testing.T) {
	t.Parallel()
	certificates := ftptest.Certificates(t)
	for name, certificate := range map[string]tls.Certificate{
		"expired": certificates.Expired, "wrong name": certificates.WrongName, "self-signed": certificates.SelfSigned,
		"another authority": certificates.Stranger, "name only in CN": certificates.CommonName,
	} {
		for mode, implicit := range map[wire.TLSMode]bool{wire.TLSAuto: false, wire.TLSRequire: false, wire.TLSImplicit: true} {
			srv := ftptest.Script(t, script.Options{TLS: certificates.Serve(certificate), Implicit: implicit})
			trust := func(s *remote.Site) { s.Options.TLSConfig, s.TLS = certificates.Trust(), mode }
			_, err := dial(t, srv, trust)
			var bad *wire.CertificateError
			if !errors.As(err, &bad) || len(srv.Log()) > 1 || bad.Fingerprint != wire.Fingerprint(certificate.Leaf) {
				t.Errorf("%s: %v; the server got %q", name, err, srv.Log())
				continue
			}
			if s, err := dial(t, srv, trust, judging(remote.TrustOnce, nil)); err != nil {
				t.Errorf("%s, accepted once: %v", name, err)
			} else {
				s.works()
			}
			_, err = dial(t, srv, trust, judging(remote.TrustNo, nil))
			if !errors.As(err, &bad) {
				t.Errorf("%s, not accepted: %v", name, err)
			}
			if _, err = dial(t, srv, trust, judging(remote.TrustNo, context.Canceled)); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, a Ctrl-C at the question: %v", name, err)
			}
			_, err = dial(t, srv, trust, func(h *remote.Hooks) {
				h.Accepted = func(_ *remote.Site, fingerprint string) bool { return fingerprint == bad.Fingerprint }
			})
			if err != nil {
				t.Errorf("%s, pinned: %v", name, err)
			}
		}
	}
}

func judging(answer remote.Trust, err error) func(*remote.Hooks) {
	return func(h *remote.Hooks) {
		h.Certificate = func(context.Context, *remote.Site, *wire.CertificateError) (remote.Trust, error) { return answer, err }
	}
}

// What was accepted once holds for this session, its data and its return, and for nothing else.
func TestS23_WhatWasAcceptedOnce(t *testing.T) {
	t.Parallel()
	certificates := ftptest.Certificates(t)
	srv := ftptest.Script(t, script.Options{TLS: certificates.Serve(certificates.SelfSigned)})
	srv.Tree.Write("/a", []byte("x"))
	asked := 0
	s, err := dial(t, srv, trusting(t), func(h *remote.Hooks) {
		h.Certificate = func(context.Context, *remote.Site, *wire.CertificateError) (remote.Trust, error) {
			asked++
			return remote.TrustOnce, nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, _, err := s.fetch("a"); err != nil || text != "x" {
		t.Errorf("%q, %v", text, err)
	}
	s.hangUp((*script.Conversation).Close)
	s.works()
	if asked != 1 {
		t.Errorf("asked %d times in a session", asked)
	}
	if err := s.Open(t.Context(), siteOf(t, srv.Addr())); err != nil || asked != 2 {
		t.Errorf("in the next session: %v, asked %d times", err, asked)
	}
}

func TestS23_OldTLSIsRefused(t *testing.T) {
	t.Parallel()
	srv := secure(t, func(o *script.Options) { o.TLS.MinVersion, o.TLS.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 })
	var no *wire.TLSError
	if _, err := dial(t, srv, trusting(t)); !errors.As(err, &no) || received(srv, "USER") {
		t.Errorf("%v", err)
	}
}

func TestS24_RefusedProtectionStops(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"PBSZ", "PROT"} {
		for _, answer := range []string{"500 what", "534 never", "536 not here", "431 not now"} {
			srv := secure(t)
			srv.Answer(verb, answer)
			s, err := dial(t, srv, trusting(t))
			var no *wire.TLSError
			if !errors.As(err, &no) || no.Reply.Code == 0 || s.LoggedIn() {
				t.Errorf("%s answered %q: %v", verb, answer, err)
			}
			if _, _, err := s.fetch("a"); err == nil || received(srv, "RETR") {
				t.Errorf("%s answered %q: data all the same", verb, answer)
			}
		}
	}
}

// clearly plays a transfer without the TLS that was agreed on.
func clearly(c *script.Conversation, _ string) {
	c.Reply("150 in clear")
	d := c.PlainData()
	d.Send("in clear for everybody\r\n")
	d.Receive(-1)
	d.Close()
	c.Reply("226 done")
}

func TestS24_D03_ClearTextWhereTLSIsDue(t *testing.T) {
	t.Parallel()
	srv := secure(t)
	srv.Tree.Write("/a", []byte("x"))
	s := open(t, srv, trusting(t))
	for _, verb := range []string{"RETR", "MLSD", "STOR"} {
		srv.On(verb, clearly)
	}
	if text, _, err := s.fetch("a"); err == nil || text != "" {
		t.Errorf("get: %q, %v", text, err)
	}
	if list, err := s.List(t.Context(), "", remote.ListOptions{}); err == nil || len(list.Entries) > 0 {
		t.Errorf("list: %+v, %v", list, err)
	}
	if _, err := s.store("b", "our secret"); err == nil {
		t.Error("put: a success")
	}
	for _, d := range srv.Transfers() {
		if d.First >= 0 && d.First != 0x16 {
			t.Errorf("%s: the first byte in clear is %#02x", d.Verb, d.First)
		}
	}
	s.works()
}

func TestS49_D03_EveryVerbWithDataIsUnderTLS(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, active := range []bool{false, true} {
			srv := secure(t, func(o *script.Options) { o.TLS.MaxVersion = version })
			srv.Tree.Write("/a", []byte("x"))
			s := open(t, srv, func(s *remote.Site) { trusting(t)(s); s.Options.Data.Active = active })
			list := func(facts bool) error {
				options := s.Site().Options
				options.NoMLSD = !facts
				_ = s.Reconfigure(options, wire.TLSAuto, false)
				_, err := s.List(t.Context(), "", remote.ListOptions{})
				return err
			}
			put := func(mode remote.StoreMode, content string) error {
				_, _, err := s.Put(t.Context(), "b", mode, 0, strings.NewReader(content))
				return err
			}
			quote := func(line string) error { _, err := s.QuoteData(t.Context(), line, io.Discard); return err }
			_, _, get := s.fetch("a")
			err := errors.Join(get, list(true), list(false), put(remote.Replace, "x"), put(remote.Append, "x"), put(remote.Unique, "x"),
				put(remote.Replace, ""), put(remote.Append, ""), quote("RETR a"), quote("MLSD"),
				s.Lines(t.Context(), "nlst", "NLST", "", func(string) error { return nil }))
			if err != nil {
				t.Error(err)
			}
			transfers := srv.Transfers()
			for _, d := range transfers {
				if !d.TLS || d.First != 0x16 || d.Passive == active {
					t.Errorf("%+v", d)
				}
			}
			if len(transfers) != 11 {
				t.Errorf("%d transfers", len(transfers))
			}
		}
	}
}

func TestS25_D32_D33_DataConnectionsResume(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, implicit := range []bool{false, true} {
			srv := secure(t, func(o *script.Options) { o.TLS.MaxVersion, o.Implicit, o.Reuse = version, implicit, true })
			srv.Tree.Write("/a", []byte("x"))
			change := func(s *remote.Site) {
				trusting(t)(s)
				s.Options.Data.MustResume = true
				if implicit {
					s.TLS = wire.TLSImplicit
				}
			}
			one, two := open(t, srv, change), open(t, srv, change)
			for range 5 {
				for _, s := range []*session{one, two} {
					if text, _, err := s.fetch("a"); err != nil || text != "x" {
						t.Errorf("%s: %q, %v", tls.VersionName(version), text, err)
					}
					if _, err := s.store("b", "y"); err != nil {
						t.Errorf("%s: %v", tls.VersionName(version), err)
					}
				}
			}
			for _, c := range srv.Controls() {
				if c.Resumed {
					t.Errorf("%s: a control connection resumes another's session", tls.VersionName(version))
				}
			}
			for _, d := range srv.Transfers() {
				if !d.Resumed {
					t.Errorf("%s: %+v", tls.VersionName(version), d)
				}
			}
		}
	}
}

func TestS25_RequireResumeRefusesWhoDoesNot(t *testing.T) {
	t.Parallel()
	for _, must := range []bool{false, true} {
		srv := secure(t, func(o *script.Options) { o.TLS.SessionTicketsDisabled = true })
		srv.Tree.Write("/a", []byte("x"))
		s := open(t, srv, func(s *remote.Site) { trusting(t)(s); s.Options.Data.MustResume = must })
		text, _, err := s.fetch("a")
		if (err != nil) != must || (text == "x") == must {
			t.Errorf("must resume %v: %q, %v", must, text, err)
		}
		s.works()
	}
}

func TestS25_D43_AnotherCertificateOnDataIsRefused(t *testing.T) {
	t.Parallel()
	certificates := ftptest.Certificates(t)
	for _, accepting := range []bool{false, true} {
		other := certificates.Serve(certificates.Other)
		other.SessionTicketsDisabled = true
		srv := secure(t, func(o *script.Options) { o.DataTLS = other })
		srv.Tree.Write("/a", []byte("secret"))
		s := open(t, srv, func(s *remote.Site) { trusting(t)(s); s.Options.Insecure = accepting })
		if text, _, err := s.fetch("a"); !errors.As(err, new(*wire.TLSError)) || text != "" || !strings.Contains(err.Error(), "certificate") { // it was an error of passive mode
			t.Errorf("get: %q, %v", text, err)
		}
		if _, err := s.store("b", "our secret"); err == nil {
			t.Error("put: a success")
		}
		if kept, ok := srv.Tree.Get("/b"); ok && len(kept.Content) > 0 {
			t.Errorf("the server has %q", kept.Content)
		}
		s.works()
	}
}

// A missing close_notify is reported, whatever the last reply says.
func TestS26_D04_ACutTLSConnectionIsTold(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		srv := secure(t, func(o *script.Options) { o.TLS.MaxVersion = version })
		half := bytes.Repeat([]byte("x"), 10_000)
		cut := func(c *script.Conversation, _ string) {
			c.Reply("150 here")
			d := c.Data()
			_, _ = d.Write(half)
			d.Cut()
			c.Reply("226 done")
		}
		srv.On("RETR", cut)
		s := open(t, srv, trusting(t))
		text, out, err := s.fetch("a")
		if err != nil || !out.Truncated || len(text) != len(half) || out.Bytes != int64(len(half)) {
			t.Errorf("%s: %d bytes, truncated %v, %v", tls.VersionName(version), len(text), out.Truncated, err)
		}
		half = []byte("type=file; a\r\ntype=file; b")
		srv.On("MLSD", cut)
		list, err := s.List(t.Context(), "", remote.ListOptions{})
		if err != nil || !list.Incomplete || !s.told("may lack entries") {
			t.Errorf("%s: %+v, %v, notes %q", tls.VersionName(version), list, err, s.notes)
		}
		srv.On("MLSD", func(c *script.Conversation, argument string) { c.Default("MLSD", argument) })
		if list, err = s.List(t.Context(), "", remote.ListOptions{}); err != nil || list.Incomplete {
			t.Errorf("%s, with a close_notify: %+v, %v", tls.VersionName(version), list, err)
		}
	}
}
