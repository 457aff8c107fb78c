package remote_test

import (
	"errors"
	"strings"
	"testing"

	"ftpsh/internal/script"
	"ftpsh/remote"
)

// What servers say to the ways to ask for a digest; nothing but a sum of the right length is one.
func TestChecksum(t *testing.T) {
	t.Parallel()
	const sha1 = "A9993E364706816ABA3E25717850C26C9CD0D89D"
	for name, test := range map[string]struct {
		feature, verb, reply string
		algorithm, sum       string
		fails                bool
	}{
		"marked":   {"HASH SHA-256;SHA-1*;MD5", "HASH", "213 SHA-1 0-3 " + sha1 + " a", "SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d", false},
		"XCRC":     {"XCRC filename", "XCRC", "250 352441C2", "CRC32", "352441c2", false},
		"short":    {"XCRC", "XCRC", "250 XCRC 52441C2", "CRC32", "052441c2", false},
		"quoted":   {"XMD5", "XMD5", `250 "900150983cd24fb0d6963f7d28e17f72"`, "MD5", "900150983cd24fb0d6963f7d28e17f72", false},
		"no sum":   {"XMD5", "XMD5", "250 done", "", "", true},
		"refused":  {"XMD5", "XMD5", "550 not yours", "", "", true},
		"unmarked": {"HASH SHA-256;SHA-1", "HASH", "213 no", "", "", true},
		"MD5":      {"MD5", "MD5", "251 a 900150983CD24FB0D6963F7D28E17F72", "MD5", "900150983cd24fb0d6963f7d28e17f72", false},
		"none":     {"SIZE", "HASH", "213 no", "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := plain(t)
			srv.Answer("FEAT", "211-features", " "+test.feature, "211 end")
			srv.On(test.verb, func(c *script.Conversation, _ string) { c.Reply(test.reply) })
			s := open(t, srv, nil)
			sum, err := s.Checksum(t.Context(), "a")
			if (err != nil) != test.fails || err == nil && (sum.Sum != test.sum || sum.Algorithm != test.algorithm) {
				t.Errorf("%s %s, %v", sum.Algorithm, sum.Sum, err)
			}
			if name == "none" && !errors.Is(err, remote.ErrNoChecksum) {
				t.Error(err)
			}
			s.works()
		})
	}
}

// The strongest algorithm is chosen, once on a connection; a server that lets nobody choose is taken at its
// word, and an old verb is used where HASH says nothing of itself.
func TestTheStrongestChecksum(t *testing.T) {
	t.Parallel()
	sums := map[string]string{"SHA-256": strings.Repeat("a", 64), "SHA-1": strings.Repeat("b", 40), "MD5": strings.Repeat("c", 32)}
	for name, test := range map[string]struct {
		feature, opts, algorithm string
		asked                    int
	}{
		"chosen":       {"HASH SHA-1*;SHA-256;MD5", "200 SHA-256", "SHA-256", 1},
		"marked":       {"HASH SHA-1;SHA-256*;MD5", "501 no", "SHA-256", 0},
		"not to be":    {"HASH SHA-1;SHA-256;MD5*", "501 no", "MD5", 1},
		"an old verb":  {"HASH SHA-1;SHA-256;MD5\n XSHA1", "501 no", "SHA-1", 1},
		"the best one": {"XCRC\n XMD5\n XSHA1\n HASH MD5*", "501 no", "SHA-1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := plain(t)
			srv.On("FEAT", func(c *script.Conversation, _ string) {
				c.Reply(append(append([]string{"211-features"}, strings.Split(" "+test.feature, "\n")...), "211 end")...)
			})
			srv.On("OPTS", func(c *script.Conversation, argument string) {
				if strings.HasPrefix(argument, "HASH") {
					c.Reply(test.opts)
					return
				}
				c.Default("OPTS", argument)
			})
			srv.On("HASH", func(c *script.Conversation, _ string) { c.Reply("213 X 0-1 " + sums[test.algorithm] + " a") })
			srv.On("XSHA1", func(c *script.Conversation, _ string) { c.Reply("250 " + sums["SHA-1"]) })
			s := open(t, srv, nil)
			for range 2 {
				sum, err := s.Checksum(t.Context(), "a")
				if err != nil || sum.Algorithm != test.algorithm || sum.Sum != sums[test.algorithm] || !s.OffersChecksum() {
					t.Errorf("%s %s, %v", sum.Algorithm, sum.Sum, err)
				}
			}
			if n := count(srv, "OPTS HASH"); n != test.asked {
				t.Errorf("OPTS is sent %d times", n)
			}
			s.works()
		})
	}
}
