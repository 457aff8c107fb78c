package remote

import (
	"context"
	"crypto/md5"  // what servers offer is not for us to choose
	"crypto/sha1" // likewise
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"strings"

	"ftpsh/internal/wire"
)

// Checksum is a digest of a file, as the server has reckoned it.
type Checksum struct {
	Algorithm string // "SHA-256"
	Sum       string // hexadecimal, in lower case
	New       func() hash.Hash
}

// ErrNoChecksum is returned by [Conn.Checksum] when the server offers none that we know.
var ErrNoChecksum = errors.New("the server offers no checksums")

// way is one way to ask for a digest.
type way struct {
	verb, algorithm string
	new             func() hash.Hash
}

// checksums are the ways to ask, the best first: HASH (draft-bryan-ftpext-hash) has the algorithm that the
// server marks in FEAT, the others have one of their own.
var checksums = []way{
	{"HASH", "SHA-512", sha512.New},
	{"HASH", "SHA-256", sha256.New},
	{"HASH", "SHA-1", sha1.New},
	{"HASH", "MD5", md5.New},
	{"HASH", "CRC32", newCRC32},
	{"XSHA512", "SHA-512", sha512.New},
	{"XSHA256", "SHA-256", sha256.New},
	{"XSHA1", "SHA-1", sha1.New},
	{"XMD5", "MD5", md5.New},
	{"XCRC", "CRC32", newCRC32},
}

func newCRC32() hash.Hash { return crc32.NewIEEE() }

// Checksum asks the server for the digest of a file, by HASH, XSHA512, XSHA256, XSHA1, XMD5 or XCRC.
func (c *Conn) Checksum(ctx context.Context, name string) (Checksum, error) {
	if err := c.hold(ctx); err != nil {
		return Checksum{}, err
	}
	defer c.release()
	path, err := c.wirePath(name)
	if err != nil {
		return Checksum{}, failure("checksum", name, err)
	}
	if err := c.ready(ctx); err != nil {
		return Checksum{}, err
	}
	w, err := checksumWay(c.control.Features())
	if err != nil {
		return Checksum{}, err
	}
	if err := c.useType(ctx, "I"); err != nil {
		return Checksum{}, err
	}
	reply, err := c.expect(ctx, "checksum", name, w.verb+" "+path)
	if err != nil {
		return Checksum{}, err
	}
	sum := Checksum{w.algorithm, digest(reply.Text(), 2*w.new().Size()), w.new}
	if sum.Sum == "" {
		err = failure("checksum", name, &wire.ProtocolError{Problem: fmt.Sprintf("a reply without a %s sum", w.algorithm), Text: reply.Text()})
	}
	return sum, err
}

// checksumWay is the best way that a server offers.
func checksumWay(offered wire.Features) (way, error) {
	for _, w := range checksums {
		if options, has := offered[w.verb]; has && (w.verb != "HASH" || strings.EqualFold(markedHash(options), w.algorithm)) {
			return w, nil
		}
	}
	return way{}, ErrNoChecksum
}

// markedHash is the algorithm that HASH uses, by what FEAT says of it: SHA-256*;SHA-1;MD5.
func markedHash(options string) string {
	for name := range strings.SplitSeq(options, ";") {
		if marked, is := strings.CutSuffix(strings.TrimSpace(name), "*"); is {
			return marked
		}
	}
	return ""
}

// digest is the word of a reply that is a sum of so many hexadecimal digits; CRC32 may lack zeros in front.
// Names in the reply stand behind it.
func digest(text string, digits int) string {
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		word = strings.Trim(word, `"`)
		if digits == 2*crc32.Size && len(word) < digits && len(word) > 3 {
			word = strings.Repeat("0", digits-len(word)) + word
		}
		if len(word) == digits && strings.Trim(word, "0123456789abcdef") == "" {
			return word
		}
	}
	return ""
}
