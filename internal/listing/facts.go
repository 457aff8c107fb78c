package listing

import (
	"cmp"
	"strings"
	"time"
)

// facts reads a line of MLSD.
func (p *Parser) facts(line string) (Entry, Verdict) {
	if isBlank(line) {
		return Entry{}, Heading
	}
	e, ok := factsLine(line)
	if !ok {
		return Entry{}, Unknown
	}
	return e, Found
}

// MLST reads the line of facts in a reply to MLST (RFC 3659, 7.3.1), with or without the blank in front. Name
// is the last element of the path in it, or "/"; Raw is the line. ok is false for a line without a name or
// with something else than facts before it.
func MLST(line string) (e Entry, ok bool) {
	raw := strings.TrimSuffix(line, "\r")
	if e, ok = factsLine(strings.TrimPrefix(raw, " ")); !ok {
		return Entry{}, false
	}
	e.Raw = raw
	if name := strings.TrimRight(e.Name, "/"); name != "" {
		e.Name = name[strings.LastIndexByte(name, '/')+1:]
	} else {
		e.Name = "/"
	}
	return e, true
}

// maxFacts bounds the facts of a line: servers have a dozen.
const maxFacts = 64

// factsLine reads "facts SP pathname" (RFC 3659, 7.2). A fact that cannot be read costs the entry nothing but
// that fact; a line in which no fact has a value is no line of facts.
func factsLine(line string) (Entry, bool) {
	facts, name := cutFacts(line)
	if name == "" || strings.Count(facts, ";") > maxFacts {
		return Entry{}, false
	}
	e := Entry{Name: name, Type: Other, Size: -1, Facts: facts}
	return e, e.readFacts() || facts == ""
}

// cutFacts parts the facts from the name at the first blank. Two servers' habits bend the rule: a tab for the
// blank, and blanks within the target of a link, which the "; " behind the facts then tells.
func cutFacts(line string) (facts, name string) {
	at := strings.IndexAny(line, " \t")
	if at < 0 {
		return line, ""
	}
	if at > 0 && line[at-1] != ';' {
		last := line[strings.LastIndexByte(line[:at], ';')+1 : at]
		if end := strings.Index(line[at:], "; "); end >= 0 && isLinkFact(last) {
			at += end + 1
		}
	}
	return line[:at], line[at+1:]
}

func isLinkFact(fact string) bool {
	key, value, _ := strings.Cut(fact, "=")
	_, _, ok := linkTarget(value)
	return ok && strings.EqualFold(key, "type")
}

// linkTarget reads the types that servers have for symbolic links: "OS.unix=slink:target",
// "OS.unix=symlink", with or without a target.
func linkTarget(value string) (kind, target string, ok bool) {
	kind, target, _ = strings.Cut(value, ":")
	return kind, target, strings.EqualFold(kind, "OS.unix=slink") || strings.EqualFold(kind, "OS.unix=symlink")
}

// Fact is the value of a fact of MLSD or MLST (RFC 3659, 7.5), by its name in any case: of one that came twice
// the last, of one that did not come nothing. Facts are searched and not kept in a map, since the maps of a
// large directory take ten times its memory.
func (e *Entry) Fact(name string) (value string) {
	for fact := range strings.SplitSeq(e.Facts, ";") {
		if len(fact) > len(name) && fact[len(name)] == '=' && strings.EqualFold(fact[:len(name)], name) {
			value = fact[len(name)+1:]
		}
	}
	return value
}

// readFacts sets the fields of the entry from its facts, and says whether it has any.
func (e *Entry) readFacts() (found bool) {
	var owner, group [3]string // the best to show first
	var kind, mode, perm string
	for fact := range strings.SplitSeq(e.Facts, ";") {
		name, value, ok := strings.Cut(fact, "=")
		if !ok || name == "" {
			continue
		}
		found = true
		switch factName(name) {
		case "type":
			kind = value
		case "size":
			e.Size = size(value)
		case "modify":
			e.Time, e.Precise = factTime(value)
		case "unique":
			e.Unique = value
		case "unix.mode":
			mode = value
		case "perm":
			perm = value
		case "unix.ownername":
			owner[0] = value
		case "unix.owner":
			owner[1] = value
		case "unix.uid":
			owner[2] = value
		case "unix.groupname":
			group[0] = value
		case "unix.group":
			group[1] = value
		case "unix.gid":
			group[2] = value
		}
	}
	e.setFactType(kind)
	e.Perm = cmp.Or(octalPerm(mode), perm)
	e.Owner, e.Group = cmp.Or(owner[:]...), cmp.Or(group[:]...)
	return found
}

// factName gives the names of the facts that mean something to us in lower case, as the rest of readFacts has
// them, and "" for others.
func factName(name string) string {
	for _, known := range [...]string{
		"type", "size", "modify", "perm", "unique", "unix.mode", "unix.owner", "unix.group", "unix.uid", "unix.gid",
		"unix.ownername", "unix.groupname",
	} {
		if strings.EqualFold(name, known) {
			return known
		}
	}
	return ""
}

func (e *Entry) setFactType(value string) {
	switch {
	case strings.EqualFold(value, "file"):
		e.Type = File
	case strings.EqualFold(value, "dir"), strings.EqualFold(value, "cdir"), strings.EqualFold(value, "pdir"):
		e.Type = Dir
	default:
		if _, target, ok := linkTarget(value); ok {
			e.Type, e.Target = Link, target
		}
	}
}

// factTime reads the time-val of RFC 3659, 2.3: YYYYMMDDHHMMSS in UTC, perhaps with a fraction, which is kept
// to the nanosecond. The second 60 of a leap second is the first of the next minute.
func factTime(s string) (time.Time, bool) {
	digits, fraction, dotted := strings.Cut(s, ".")
	if len(digits) != 14 || leadingDigits(digits) != 14 || dotted && (fraction == "" || leadingDigits(fraction) != len(fraction)) {
		return time.Time{}, false
	}
	year, m, day := number(digits[:4]), time.Month(number(digits[4:6])), number(digits[6:8])
	hour, minute, sec := number(digits[8:10]), number(digits[10:12]), number(digits[12:])
	if year == 0 || !validDay(m, day) || day > daysIn(m, year) || hour > 23 || minute > 59 || sec > 60 {
		return time.Time{}, false
	}
	nano, _ := decimal((fraction + "000000000")[:9])
	return time.Date(year, m, day, hour, minute, sec, int(nano), time.UTC), true
}
