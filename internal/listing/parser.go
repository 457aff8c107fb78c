package listing

import (
	"strings"
	"time"
)

// Parser reads a listing line by line and remembers what it has learnt on the way: the family of the server,
// the order of day and month in numeric dates, the first half of a wrapped entry. Use a new one for each
// listing; it is not safe for concurrent use.
type Parser struct {
	read func(p *Parser, line string) (Entry, Verdict)

	loc   *time.Location // of times without a zone
	limit time.Time      // no date without a year is later than this

	known  family // the family of the lines so far, zero at first
	orders order  // orders of numeric dates that no line has ruled out yet
	fresh  bool   // at the start, or right after a blank line
	job    string // the last job of a JES listing, which the spool files below it belong to
	dir    string // the directory an NLST was asked for

	pending string // the first line of a wrapped entry
	orphan  Entry  // a first line that nothing followed; see Orphan
}

// A family reads one line in one server's format; Unknown means that the line is not in that format.
type family struct {
	name string
	read func(p *Parser, line string) (Entry, Verdict)
	wrap func(p *Parser, first, second string) (Entry, Verdict) // nil where entries are never wrapped
}

// New returns a parser for the text of LIST. Times are taken as local to loc (nil is UTC); a date without a
// year that would be more than a day after now belongs to an earlier year.
func New(now time.Time, loc *time.Location) *Parser {
	if loc == nil {
		loc = time.UTC
	}
	return &Parser{read: (*Parser).list, loc: loc, limit: now.Add(24 * time.Hour).In(loc), orders: anyOrder, fresh: true}
}

// NewFacts returns a parser for the text of MLSD (RFC 3659, 7).
func NewFacts() *Parser { return &Parser{read: (*Parser).facts} }

// NewNames returns a parser for the text of NLST asked of dir ("" is the working directory). A name that
// carries dir as its prefix loses it; any other prefix stays and makes the name one that [SafeName] refuses.
func NewNames(dir string) *Parser { return &Parser{read: (*Parser).names, dir: dir} }

// Line reads the next line of the listing, without its LF; a CR at its end is dropped. The entry is whole when
// the verdict is Found; with any other it has no name, but Raw. After each Line ask Orphan, and after the last
// End. Each does all that for a reader.
func (p *Parser) Line(line string) (Entry, Verdict) {
	line = strings.TrimSuffix(line, "\r")
	p.orphan = Entry{}
	e, verdict := p.read(p, line)
	if verdict != Found {
		e = Entry{Type: Other, Size: -1}
	}
	if e.Raw == "" {
		e.Raw = line
	}
	return e, verdict
}

// Orphan returns the entry for a Pending line that the line after it did not continue: its name is all there
// is of it.
func (p *Parser) Orphan() (Entry, bool) { return p.orphan, p.orphan.Name != "" }

// End tells the parser that the listing is over; then Orphan returns a line that is still Pending.
func (p *Parser) End() {
	p.orphan = Entry{}
	p.abandon()
}

// abandon gives up on a wrapped entry: its first line was a name alone.
func (p *Parser) abandon() {
	if p.pending != "" {
		p.orphan = unread(p.pending)
		p.orphan.Raw = p.pending
		p.pending = ""
	}
}

// list reads a line of LIST: the family of the lines before it comes first, then all of them in their order.
func (p *Parser) list(line string) (Entry, Verdict) {
	if e, verdict := p.resume(line); verdict == Found {
		return e, verdict
	}
	fresh := p.fresh
	p.fresh = isBlank(line)
	if p.fresh {
		return Entry{}, Heading
	}
	if p.known.read != nil {
		if e, verdict := p.try(p.known, line); verdict != Unknown {
			return e, verdict
		}
	}
	if p.heading(line, fresh) {
		return Entry{}, Heading
	}
	for _, family := range families {
		if e, verdict := p.try(family, line); verdict != Unknown {
			p.known = family
			return e, verdict
		}
	}
	return Entry{}, Unknown
}

// try reads the line as one family does; an entry without a name is none.
func (p *Parser) try(f family, line string) (Entry, Verdict) {
	e, verdict := f.read(p, line)
	switch {
	case verdict == Found && e.Name == "":
		return Entry{}, Unknown
	case verdict == Pending:
		p.pending = line
	}
	return e, verdict
}

// resume joins the line to a first half that waits for it, or gives the first half up.
func (p *Parser) resume(line string) (Entry, Verdict) {
	if p.pending == "" {
		return Entry{}, Unknown
	}
	if p.known.wrap != nil {
		if e, verdict := p.known.wrap(p, p.pending, line); verdict == Found && e.Name != "" {
			e.Raw = p.pending + "\n" + line
			p.pending = ""
			return e, Found
		}
	}
	p.abandon()
	return Entry{}, Unknown
}

// families are the formats that are known by their lines alone, the common and strict ones first. Formats
// that only the heading of a table tells apart are in tables.
var families = [...]family{
	{"unix", (*Parser).unix, nil},
	{"dos", (*Parser).dos, nil},
	{"eplf", (*Parser).eplf, nil},
	{"netware", (*Parser).netware, nil},
	{"vms", (*Parser).vms, (*Parser).vmsWrapped},
	{"jes", (*Parser).job1, nil},
	{"cms", (*Parser).cms, nil},
	{"as400", (*Parser).as400, nil},
	{"vxworks", (*Parser).vxworks, nil},
	{"os2", (*Parser).os2, nil},
	{"vshell", (*Parser).vshell, nil},
	{"os9", (*Parser).os9, nil},
	{"win16", (*Parser).win16, nil},
	{"dls", (*Parser).dls, (*Parser).dlsWrapped},
	{"plain", (*Parser).plain, nil},
}

// plain reads a name alone, the least a server can send. It has no blank, or else any message would be a name,
// and no other family has spoken before.
func (p *Parser) plain(line string) (Entry, Verdict) {
	if strings.ContainsAny(line, " \t") || p.known.read != nil && p.known.name != "plain" {
		return Entry{}, Unknown
	}
	return unread(line), Found
}
