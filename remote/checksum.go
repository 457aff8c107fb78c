package remote

import (
	"cmp"
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

// checksums are the ways to ask, the strongest first: HASH (draft-bryan-ftpext-hash) has the algorithms that
// FEAT lists, of which OPTS chooses one; the others have one of their own.
var checksums = []way{
	{"HASH", "SHA-512", sha512.New},
	{"XSHA512", "SHA-512", sha512.New},
	{"HASH", "SHA-256", sha256.New},
	{"XSHA256", "SHA-256", sha256.New},
	{"HASH", "SHA-1", sha1.New},
	{"XSHA1", "SHA-1", sha1.New},
	{"XSHA", "SHA-1", sha1.New},
	{"HASH", "MD5", md5.New},
	{"XMD5", "MD5", md5.New},
	{"MD5", "MD5", md5.New},
	{"HASH", "CRC32", newCRC32},
	{"XCRC", "CRC32", newCRC32},
}

func newCRC32() hash.Hash { return crc32.NewIEEE() }

// OffersChecksum says that the server's FEAT names a way that we know.
func (c *Conn) OffersChecksum() bool {
	_, err := checksumWay(c.Features(), "")
	return err == nil
}

// Checksum asks the server for the digest of a file, by the strongest that it offers of HASH, XSHA512,
// XSHA256, XSHA1, XMD5, MD5 and XCRC.
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
	w, err := c.chooseChecksum(ctx)
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
	sum := Checksum{w.algorithm, w.digest(reply.Text(), c.names.decode(path)), w.new}
	if sum.Sum == "" {
		err = failure("checksum", name, &wire.ProtocolError{Problem: fmt.Sprintf("a reply without a %s sum", w.algorithm), Text: reply.Text()})
	}
	return sum, err
}

// chooseChecksum is the best way that the server offers. HASH is told which algorithm to use, once on a
// connection; if the server does not want to be told, it uses the one that it has marked.
func (c *Conn) chooseChecksum(ctx context.Context) (way, error) {
	offered := c.control.Features()
	w, err := checksumWay(offered, c.hashing)
	if err != nil || w.verb != "HASH" || c.hashing != "" {
		return w, err
	}
	c.hashing = w.algorithm
	if strings.EqualFold(markedHash(offered["HASH"]), w.algorithm) {
		return w, nil
	}
	reply, err := c.do(ctx, "OPTS HASH "+w.algorithm)
	if err != nil {
		return w, failure("checksum", "", err)
	}
	if !reply.OK() {
		c.hashing = cmp.Or(markedHash(offered["HASH"]), "none")
	}
	return checksumWay(offered, c.hashing)
}

// checksumWay is the best way that a server offers; with hashing, HASH uses that algorithm.
func checksumWay(offered wire.Features, hashing string) (way, error) {
	for _, w := range checksums {
		options, has := offered[w.verb]
		switch {
		case !has:
		case w.verb != "HASH", hashing == "" && listsHash(options, w.algorithm), strings.EqualFold(hashing, w.algorithm):
			return w, nil
		}
	}
	return way{}, ErrNoChecksum
}

// listsHash says that FEAT lists an algorithm for HASH: SHA-256*;SHA-1;MD5.
func listsHash(options, algorithm string) bool {
	for name := range strings.SplitSeq(options, ";") {
		if strings.EqualFold(strings.TrimSuffix(strings.TrimSpace(name), "*"), algorithm) {
			return true
		}
	}
	return false
}

// markedHash is the algorithm that HASH uses if nobody chooses; empty if FEAT does not tell.
func markedHash(options string) string {
	for name := range strings.SplitSeq(options, ";") {
		if marked, is := strings.CutSuffix(strings.TrimSpace(name), "*"); is {
			return marked
		}
	}
	return ""
}

// digest is the sum in a reply about a file. MD5 (draft-twine-ftpmd5) tells the name in front of it.
func (w way) digest(text, path string) string {
	if w.verb == "MD5" {
		text = strings.TrimPrefix(strings.TrimLeft(text, `"`), path)
	}
	return digest(text, 2*w.new().Size())
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
