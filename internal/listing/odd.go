package listing

import "strings"

// Formats of few servers, each known by its lines or its heading.

// netware reads NetWare's own lines, with the trustee rights in brackets:
//
//	d [RWCEAFMS] supervisor            512       Jan 16 18:53    login
func (p *Parser) netware(line string) (Entry, Verdict) {
	if line == "" || line[0] != 'd' && line[0] != '-' {
		return Entry{}, Unknown
	}
	rights, rest, ok := strings.Cut(skipSpace(line[1:]), "]")
	if !ok || !strings.HasPrefix(rights, "[") || !allOf(rights[1:], "SRWCEMFA-") {
		return Entry{}, Unknown
	}
	var f fields
	f.split(rest)
	for i := range f.n {
		d, used := p.dateAt(&f, i+1)
		if used == 0 || size(f.at(i)) < 0 {
			continue
		}
		e := Entry{Name: f.from(i + 1 + used), Size: size(f.at(i)), Time: p.when(d), Perm: rights[1:], Owner: f.between(0, i)}
		if line[0] == 'd' {
			e.Type = Dir
		}
		return e, Found
	}
	return Entry{}, Unknown
}

// vshell reads the lines of old VShell servers, which tell directories by a slash:
//
//	206876  Apr 04, 2000 21:06 report.doc
//	0  Dec 12, 2002 02:13 archive/
func (p *Parser) vshell(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	d, used := p.dateAt(&f, 1)
	if size(f.at(0)) < 0 || used != 4 {
		return Entry{}, Unknown
	}
	e := Entry{Name: f.after(4), Size: size(f.at(0)), Time: p.when(d)}
	if strings.HasSuffix(e.Name, "/") {
		e.Type, e.Name = Dir, trimSlash(e.Name)
	}
	return e, Found
}

// vxworks reads the lines of VxWorks, in routers and other devices:
//
//	2048    Feb-28-1998  05:23:30   config            <DIR>
func (p *Parser) vxworks(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	if f.n < 4 || month(firstGroup(f.at(1))) == 0 {
		return Entry{}, Unknown
	}
	d, ok := p.dayField(f.at(1), &unixDates)
	if !ok || size(f.at(0)) < 0 || !d.clock(f.at(2)) {
		return Entry{}, Unknown
	}
	e := Entry{Name: f.from(3), Size: size(f.at(0)), Time: p.when(d)}
	if name, ok := strings.CutSuffix(strings.TrimRight(e.Name, " "), "<DIR>"); ok {
		e.Type, e.Name = Dir, strings.TrimRight(name, " ")
	}
	return e, Found
}

func firstGroup(s string) string {
	group, _, _ := strings.Cut(s, "-")
	return group
}

// os9 reads the lines of Microware OS-9:
//
//	Owner    Last modified    Attributes Sector Bytecount Name
//	 0.0     1988/06/02 2133   d-ewrewr       B       864 CMDS
func (p *Parser) os9(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	attributes, hhmm := f.at(3), f.at(2)
	if len(attributes) != 8 || !allOf(attributes, "dsewr-") || len(hhmm) != 4 || size(f.at(5)) < 0 {
		return Entry{}, Unknown
	}
	d, ok := p.dayField(f.at(1), &as400Dates)
	if !ok || !d.clock(hhmm[:2]+":"+hhmm[2:]) {
		return Entry{}, Unknown
	}
	e := Entry{Name: f.from(6), Size: size(f.at(5)), Time: p.when(d), Perm: attributes, Owner: f.at(0)}
	if attributes[0] == 'd' {
		e.Type = Dir
	}
	return e, Found
}

// nonstop reads the lines of HPE NonStop (Tandem):
//
//	File         Code             EOF  Last Modification    Owner  RWEP
//	ACCOUNTS      101             528  6-Apr-07 14:21:18 255,  0 "oooo"
func (p *Parser) nonstop(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	d, ok := p.dayField(f.at(3), &germanDates)
	if !ok || !d.clock(f.at(4)) || f.n < 7 {
		return Entry{}, Unknown
	}
	e := Entry{Name: f.at(0), Size: size(f.at(2)), Time: p.when(d)}
	e.Group, e.Owner, _ = strings.Cut(f.between(5, f.n-1), ",")
	e.Owner = skipSpace(e.Owner)
	e.Perm = strings.Trim(f.at(f.n-1), `"`)
	return e, Found
}

// dlsSize is the column, counted from 0, in which the sizes of dls end.
const dlsSize = 22

// dls reads the lines of /bin/dls: a name, a size or "-" or "=" for a directory, perhaps a date, perhaps a
// description or the target of a link. Long names stand alone, the rest in the next line.
//
//	README              763  Jul 11 21:05  Information about this server
//	pub/                  =  Public area
//	morgan               14  Apr 18 09:39  -> ../real/morgan
func (p *Parser) dls(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	if f.n == 1 && p.known.name == "dls" && !isSpace(line[0]) {
		return Entry{}, Pending
	}
	if f.n < 2 || isSpace(line[0]) {
		return Entry{}, Unknown
	}
	return p.dlsColumns(f.at(0), &f, 1)
}

// dlsWrapped reads an entry from its name and the line with its other columns.
func (p *Parser) dlsWrapped(name, columns string) (Entry, Verdict) {
	var f fields
	f.split(columns)
	if f.n == 0 || !isSpace(columns[0]) {
		return Entry{}, Unknown
	}
	return p.dlsColumns(name, &f, 0)
}

// dlsColumns reads the columns from word i, the size, on. Where a size ends is what tells this format from a
// line of prose.
func (p *Parser) dlsColumns(name string, f *fields, i int) (Entry, Verdict) {
	column := f.at(i)
	dir := column == "-" || column == "="
	parted := f.n == i+1 || f.start[i+1]-f.end[i] >= 2
	if f.end[i] != dlsSize+1 || !parted || !dir && size(column) < 0 || dir != strings.HasSuffix(name, "/") {
		return Entry{}, Unknown
	}
	e := Entry{Name: trimSlash(name), Size: size(column), Approx: !dir} // the unit is not known
	if dir {
		e.Type = Dir
	}
	i++
	if d, used := p.dateAt(f, i); used > 0 {
		e.Time = p.when(d)
		i += used
	}
	if f.at(i) == "->" {
		e.Type, e.Target = Link, f.from(i+1)
	}
	return e, Found
}
