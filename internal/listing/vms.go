package listing

import "strings"

// vmsBlock is the unit of VMS sizes, in bytes.
const vmsBlock = 512

// vms reads the lines of VMS servers (MultiNet, UCX, TCPware, CMU): a name with a version, then size, date,
// owner and protection in an order of the server's own. Long names stand alone, the rest in the next line.
//
//	CII-MANUAL.TEX;1  213/216  29-JAN-1996 03:33:12  [ANONYMOU,ANONYMOUS]   (RWED,RWED,,)
func (p *Parser) vms(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	name := f.at(0)
	if f.n == 0 || isSpace(line[0]) || !isVMSName(name) {
		return Entry{}, Unknown
	}
	if f.n == 1 && (hasVersion(name) || p.known.name == "vms") {
		return Entry{}, Pending
	}
	if !hasVersion(name) {
		return Entry{}, Unknown
	}
	return p.vmsEntry(name, f.after(0))
}

// vmsWrapped reads an entry whose columns stand in the line after its name; they begin with no other name.
func (p *Parser) vmsWrapped(name, line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	if hasVersion(f.at(0)) {
		return Entry{}, Unknown
	}
	return p.vmsEntry(name, line)
}

func (p *Parser) vmsEntry(name, columns string) (Entry, Verdict) {
	e := Entry{Name: name, Size: -1}
	if !p.vmsColumns(&e, columns) {
		return Entry{}, Unknown
	}
	if at := strings.LastIndexByte(name, ']'); at >= 0 { // CMU puts the directory in front
		e.Name = name[at+1:]
	}
	// A directory is entered and removed by its name without the type.
	if base, version, ok := strings.Cut(e.Name, ";"); ok && version != "" && strings.HasSuffix(strings.ToUpper(base), ".DIR") {
		e.Type = Dir
		e.Name = base[:len(base)-len(".DIR")]
	}
	return e, Found
}

// isVMSName says that s has nothing but the characters of a file specification.
func isVMSName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && !isAlpha(c) && c < 0x80 && strings.IndexByte("$-_.;[]^~!#%&'+=@{}", c) < 0 {
			return false
		}
	}
	return s != ""
}

func hasVersion(name string) bool {
	_, version, ok := strings.Cut(name, ";")
	return ok && number(version) >= 0
}

// vmsColumns reads the columns behind a name, whichever order they come in. There has to be a date, or the
// message that tells why there is none.
func (p *Parser) vmsColumns(e *Entry, s string) bool {
	var d date
	dated, owned := false, false
	for s = skipSpace(s); s != ""; s = skipSpace(s) {
		switch {
		case s[0] == '[' && !owned:
			s = e.setVMSOwner(s)
			owned = true
			continue
		case s[0] == '(':
			s = e.setVMSProtection(s)
			continue
		case s[0] == '%': // %RMS-E-PRV, insufficient privilege
			return true
		}
		word := firstWord(s)
		s = s[len(word):]
		if day, ok := p.vmsDay(word); ok && !dated {
			d.year, d.month, d.day, dated = day.year, day.month, day.day, true
		} else if !d.clock(word) && !e.setVMSSize(word) && !e.setOwnerOnce(word) {
			return false
		}
	}
	e.Time = p.when(d)
	return dated
}

func firstWord(s string) string {
	if at := strings.IndexAny(s, " \t"); at >= 0 {
		return s[:at]
	}
	return s
}

// vmsDay reads a day; a month in a language that we do not know leaves it unknown.
func (p *Parser) vmsDay(word string) (date, bool) {
	if d, ok := p.dayField(word, &unixDates); ok {
		return d, true
	}
	day, name, year, ok := groups(word)
	return date{}, ok && number(day) > 0 && isWord(name) && len(year) == 4 && number(year) > 0
}

// setVMSSize reads blocks used, "9" or "9/12", or a size with a unit, "2KB".
func (e *Entry) setVMSSize(word string) bool {
	used, _, _ := strings.Cut(word, "/")
	unit := int64(vmsBlock)
	if n := leadingDigits(used); n > 0 {
		switch strings.ToUpper(used[n:]) {
		case "KB":
			used, unit = used[:n], 1<<10
		case "MB":
			used, unit = used[:n], 1<<20
		}
	}
	n, ok := decimal(used)
	if !ok || e.Size >= 0 {
		return false
	}
	if n < 1<<40 {
		e.Size, e.Approx = n*unit, true
	}
	return true
}

// setVMSOwner reads "[GROUP,OWNER]" or "[OWNER]" and returns what follows. Some servers cut the column off
// before its bracket.
func (e *Entry) setVMSOwner(s string) string {
	owner, rest, ok := strings.Cut(s[1:], "]")
	if !ok {
		owner, rest, _ = strings.Cut(s[1:], " ")
	}
	if group, member, ok := strings.Cut(owner, ","); ok {
		e.Group, e.Owner = group, strings.TrimSpace(member)
	} else {
		e.Owner = owner
	}
	return rest
}

// setVMSProtection reads "(system,owner,group,world)" and returns what follows. The nine letters leave out the
// system's rights and that to delete.
func (e *Entry) setVMSProtection(s string) string {
	protection, rest, _ := strings.Cut(s[1:], ")")
	perm := []byte("---------")
	for class, rights := range strings.Split(protection, ",") {
		for i, right := range "RWE" {
			if class >= 1 && class <= 3 && strings.ContainsRune(rights, right) {
				perm[3*(class-1)+i] = "rwx"[i]
			}
		}
	}
	e.Perm = string(perm)
	return rest
}

func (e *Entry) setOwnerOnce(word string) bool {
	if e.Owner != "" || !isAlpha(word[0]) {
		return false
	}
	e.Owner = word
	return true
}
