// Package listing turns the text of LIST, MLSD, MLST and NLST into entries.
//
// RFC 959 left the format of LIST to the server, so a [Parser] made by [New] knows the families of servers
// there are: Unix and its variants, DOS and IIS, NetWare, EPLF, VMS, MVS and z/OS, VM/CMS, AS/400, OS/2,
// classic Mac servers and a few odd ones. MLSD and MLST have a grammar (RFC 3659), see [NewFacts] and [MLST];
// NLST is bare names, see [NewNames].
//
// Three rules hold for all of them. Nothing is dropped silently: a line that no family knows comes back as
// [Unknown], to be shown as it is. Nothing is guessed: a size or a time that cannot be read is unknown, and the
// entry stays. Names are bytes exactly as sent, hostile ones too: ask [SafeName] or [LocalName] before a name
// is joined to a path.
package listing

import (
	"strings"
	"time"
)

// Type is what an entry is.
type Type uint8

// The types of an entry.
const (
	File  Type = iota // a regular file, or a name that came without any type
	Dir               // a directory, or what the server lists like one (a partitioned data set)
	Link              // a symbolic link or a junction
	Other             // devices, sockets, fact types we do not know
)

// String returns "file", "dir", "link" or "other".
func (t Type) String() string {
	switch t {
	case File:
		return "file"
	case Dir:
		return "dir"
	case Link:
		return "link"
	}
	return "other"
}

// Entry is one line (or wrapped pair of lines) of a listing.
type Entry struct {
	Name    string    // as the server sent it: bytes, maybe invalid UTF-8, maybe hostile; never empty
	Size    int64     // bytes; -1 unknown
	Time    time.Time // last modification, UTC; zero unknown
	Type    Type      // what it is
	Approx  bool      // Size is rounded (blocks, k, records): fit to show, never to verify a transfer
	Precise bool      // Time is exact to the second and really UTC: facts, EPLF, a LIST line with its zone
	Perm    string    // nine letters like "rwxr-x---", else the server's own letters; "" unknown
	Owner   string    // name or number; "" unknown
	Group   string    // name or number; "" unknown
	Target  string    // of a symbolic link
	Unique  string    // the fact unique (RFC 3659, 7.5.2) or the identifier of EPLF
	Facts   string    // of MLSD and MLST, as sent, without the blank before the name: see Fact; else empty
	Raw     string    // the line as received, without its end; a wrapped pair is joined by "\n"
}

// IsDot says that the entry is the listed directory itself or its parent, by name or by the fact type
// cdir or pdir: recursion has to skip it.
func (e *Entry) IsDot() bool {
	if e.Name == "." || e.Name == ".." {
		return true
	}
	kind := e.Fact("type")
	return strings.EqualFold(kind, "cdir") || strings.EqualFold(kind, "pdir")
}

// unread is an entry of which nothing but the name is known.
func unread(name string) Entry { return Entry{Name: name, Size: -1} }

// Verdict says what a line of a listing was.
type Verdict int

// The verdicts on a line.
const (
	Unknown Verdict = iota // no family knows the line: show Entry.Raw as it is
	Found                  // an entry
	Heading                // known and no entry: blank, a total, the heading of a table
	Pending                // the first line of an entry that goes on in the next one
)
