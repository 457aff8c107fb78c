package transfer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"
	"unicode/utf8"

	"ftpsh/remote"
)

// record says what a part is a part of. It lies beside the part as JSON.
type record struct {
	Host    string    `json:"host"`              // with the port, when it is not the usual one
	Path    string    `json:"path"`              // absolute, escaped as in a URL: names need not be UTF-8
	Size    int64     `json:"size"`              // of the whole file; -1 unknown
	Time    time.Time `json:"mdtm,omitzero"`     // of its last change, as the server tells
	Bytes   int64     `json:"bytes"`             // that were safely on the disk when the transfer stopped
	Missing []span    `json:"missing,omitempty"` // what is not here of a file that comes in segments; else the part is its beginning
	Differs bool      `json:"differs,omitempty"` // compared with the server's file, and found to be another
}

// newRecord describes a file of the connection's server.
func newRecord(conn *remote.Conn, name string, f facts) record {
	site := conn.Site()
	host := site.Host
	if site.Port != 0 {
		host = net.JoinHostPort(host, strconv.Itoa(site.Port))
	}
	path := url.URL{Path: conn.Abs(name)}
	return record{Host: host, Path: path.EscapedPath(), Size: f.size, Time: f.time}
}

// sameFile says that both are about one file, maybe in two versions.
func (r record) sameFile(other record) bool { return r.Host == other.Host && r.Path == other.Path }

// continues says that a part with this record can go on as one of the other.
func (r record) continues(other record) bool {
	return r.sameFile(other) && r.Size == other.Size && r.Time.Equal(other.Time) && !r.Differs
}

// maxRecord is the longest record that is read, in bytes.
const maxRecord = 1 << 16

func readRecord(root *os.Root, part string) (record, error) {
	var r record
	name := recordName(part)
	info, err := root.Lstat(name)
	switch {
	case err != nil:
		return r, err
	case !info.Mode().IsRegular() || info.Size() > maxRecord:
		return r, fs.ErrNotExist
	}
	text, err := root.ReadFile(name)
	if err != nil {
		return r, err
	}
	if json.Unmarshal(text, &r) != nil {
		return r, fs.ErrNotExist // not one of ours
	}
	return r, nil
}

// writeRecord replaces the record. It is made with the permissions that any new file here gets, which
// the finished download takes over from it: so nobody has to ask for the umask.
func (p *part) writeRecord() error { return p.writeRecordAs(recordName(p.name)) }

// renewRecord is writeRecord for a part that has grown since: at any moment there is the old record or the
// new one.
func (p *part) renewRecord() error {
	if err := p.writeRecordAs(p.name + renewedSuffix); err != nil {
		return err
	}
	return p.root.Rename(p.name+renewedSuffix, recordName(p.name))
}

func (p *part) writeRecordAs(name string) error {
	text, err := json.Marshal(p.record)
	if err != nil {
		return err
	}
	if err := p.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := p.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	p.recorded = true
	_, err = file.Write(append(text, '\n'))
	return cmp.Or(err, file.Close())
}

// usualMode is the permissions of a new file in the part's directory.
func (p *part) usualMode() fs.FileMode {
	info, err := p.root.Lstat(recordName(p.name))
	if err != nil {
		return 0o600
	}
	return info.Mode().Perm()
}

// The names of parts and records. A name that would be longer than a file system takes is cut, and a
// hash tells such names apart.
const (
	partSuffix    = ".ftpsh-part"
	recordSuffix  = ".json"
	renewedSuffix = ".new" // of a record until it takes the place of the former one
	maxName       = 255    // bytes
)

// partName names the n-th part for a target.
func partName(target string, n int) string {
	suffix := partSuffix
	if n > 0 {
		suffix = fmt.Sprintf("~%d%s", n, partSuffix)
	}
	return "." + shorten(target, maxName-len(".")-len(suffix)-len(recordSuffix)) + suffix
}

func recordName(part string) string { return part + recordSuffix }

// shorten cuts a name to a number of bytes, not within a character, and ends it in a hash of the whole.
func shorten(name string, room int) string {
	if len(name) <= room {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	hash := "~" + hex.EncodeToString(sum[:8])
	cut := room - len(hash)
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + hash
}
