package listing

import "strings"

// dos reads the lines of IIS and other servers on Windows in their DOS style:
//
//	04-27-00  12:09PM       <DIR>          wwwroot
//	2024-04-14  15:47                9,730 read me.txt
func (p *Parser) dos(line string) (Entry, Verdict) {
	if len(line) < 8 || !isDigit(line[0]) {
		return Entry{}, Unknown
	}
	var f fields
	f.split(line)
	d, ok := p.dayField(f.at(0), &dosDates)
	used := d.clock12(f.at(1), f.at(2))
	if !ok || used == 0 {
		return Entry{}, Unknown
	}
	e := Entry{Size: -1, Time: p.when(d), Name: f.after(1 + used)}
	kind := f.at(1 + used)
	switch {
	case strings.HasPrefix(kind, "<"):
		e.setTag(kind)
		e.Name = behindTag(kind, e.Name)
		e.setJunction()
	case allOf(kind, "0123456789,.") && isDigit(kind[0]):
		e.Size = size(strings.ReplaceAll(strings.ReplaceAll(kind, ",", ""), ".", ""))
	default:
		return Entry{}, Unknown
	}
	return e, Found
}

// behindTag is the name that follows a tag: with its padding the tag takes the fifteen columns that end where
// sizes do, so that blanks behind them belong to the name.
func behindTag(tag, rest string) string {
	if pad := len("<JUNCTION>     ") - len(tag) - 1; pad > 0 && pad <= len(rest) && isBlank(rest[:pad]) {
		return rest[pad:]
	}
	return skipSpace(rest)
}

// setTag sets the type by the tag that stands instead of a size.
func (e *Entry) setTag(tag string) {
	switch strings.ToUpper(tag) {
	case "<DIR>":
		e.Type = Dir
	case "<JUNCTION>", "<SYMLINK>", "<SYMLINKD>":
		e.Type = Link
	default:
		e.Type = Other
	}
}

// setJunction parts the target that stands in brackets behind the name of a link.
func (e *Entry) setJunction() {
	if at := strings.LastIndex(e.Name, " ["); e.Type == Link && at > 0 && strings.HasSuffix(e.Name, "]") {
		e.Name, e.Target = e.Name[:at], e.Name[at+2:len(e.Name)-1]
	}
}

// clock12 reads a time of 12 or 24 hours ("03:47PM", "3:47p", "03:47 PM", "15:47") from a word, and the next
// where that is AM or PM. It returns how many words it took, 0 for none.
func (d *date) clock12(word, next string) int {
	used := 1
	half := byte(0)
	trimmed := strings.TrimRight(word, "AaPpMm")
	switch suffix := strings.ToUpper(word[len(trimmed):]); {
	case suffix == "AM" || suffix == "A" || suffix == "PM" || suffix == "P":
		half = suffix[0]
	case suffix != "":
		return 0
	case strings.EqualFold(next, "AM") || strings.EqualFold(next, "PM"):
		half = next[0] &^ 0x20
		used = 2
	}
	if !d.clock(trimmed) || half != 0 && (d.hour < 1 || d.hour > 12) {
		return 0
	}
	if half != 0 {
		d.hour %= 12
	}
	if half == 'P' {
		d.hour += 12
	}
	return used
}

// os2 reads the lines of IBM's server for OS/2, where a size, attributes and the word DIR precede the date:
//
//	36611      A    04-23-103  10:57  OS2.INI
//	    0 DIR       02-11-99   16:15  LANGUAGE
func (p *Parser) os2(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	e := Entry{Size: size(f.at(0))}
	i := 1
	for ; f.at(i) == "DIR" || allOf(f.at(i), "RHSA"); i++ {
		if f.at(i) == "DIR" {
			e.Type = Dir
		}
	}
	d, ok := p.dayField(f.at(i), &dosDates)
	if e.Size < 0 || !ok || !d.clock(f.at(i+1)) {
		return Entry{}, Unknown
	}
	if e.Type == Dir {
		e.Size = -1
	}
	e.Time, e.Name = p.when(d), f.from(i+2)
	return e, Found
}

// win16 reads the lines of SuperTCP and Chameleon for Windows 3.1, which begin with an 8.3 name:
//
//	INSTALL         <DIR>           11-16-94        17:17
//	DESIGN1.DOC     11264      May 11 1995 14:20   A
func (p *Parser) win16(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	e := unread(f.at(0))
	if f.at(1) == "<DIR>" {
		e.Type = Dir
	} else if e.Size = size(f.at(1)); e.Size < 0 {
		return Entry{}, Unknown
	}
	d, ok := p.dayField(f.at(2), &dosDates)
	i := 3
	if m := month(f.at(2)); m != 0 {
		d, ok = calendarDay(f.at(4), m, f.at(3))
		i = 5
	}
	if !ok || !d.clock(f.at(i)) || len(e.Name) > len("DESIGN12.DOC") {
		return Entry{}, Unknown
	}
	if f.n > i+2 || f.n == i+2 && !allOf(f.at(i+1), "RHSA") {
		return Entry{}, Unknown
	}
	e.Time = p.when(d)
	return e, Found
}
