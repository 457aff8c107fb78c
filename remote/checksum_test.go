package remote_test

import (
	"errors"
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
