package listing

import (
	"math"
	"strconv"
	"strings"
)

// The formats of IBM's systems: MVS data sets and their members, JES jobs, VM/CMS, OS/400.

// dataSet reads a line of a list of MVS data sets:
//
//	Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname
//	SCPMV5 3380   1999/03/01  1   45  FB      80 23440  PO  CLARK.SOURCE
//	Migrated                                                CLARK.OLD
//
// The name is the last word, quotes and all. There is no size but in tracks, and the date is the one of the
// last use, not of a change: both stay unknown.
func (p *Parser) dataSet(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	if f.n < 2 || f.n == maxFields || f.at(f.n-1) == "Dsname" {
		return Entry{}, Unknown
	}
	e := unread(f.at(f.n - 1))
	switch organization := f.at(f.n - 2); organization {
	case "PO", "PO-E", "POU":
		e.Type = Dir
	case "VSAM", "GDG", "PATH", "AIX":
		e.Type = Other
	default:
		if f.between(0, f.n-1) == "Pseudo Directory" {
			e.Type = Dir
		} else if !isDataSetLine(&f) {
			return Entry{}, Unknown
		}
	}
	return e, Found
}

// isDataSetLine says that the words before the name are the columns of a data set, or the message that stands
// for them: it is migrated, on tape, not mounted.
func isDataSetLine(f *fields) bool {
	for _, message := range [...]string{
		"Migrated", "Tape", "Not Direct Access Device", "Not Mounted", "Error determining attributes",
	} {
		if strings.HasSuffix(f.between(0, f.n-1), message) {
			return true
		}
	}
	return f.n >= 8 && allOf(f.at(f.n-2), "PSDAVHFIUZ")
}

// member reads a line of a list of the members of a partitioned data set; one without statistics is its name
// alone. The size is in records, so it stays unknown.
//
//	 Name     VV.MM   Created       Changed      Size  Init   Mod   Id
//	TBSHELF   01.03 2002/09/12 2002/10/11 09:37    11    11     0 KIL001
func (p *Parser) member(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	e := unread(f.at(0))
	if f.n == 1 {
		return e, Found
	}
	version, modification, ok := strings.Cut(f.at(1), ".")
	if !ok || number(version) < 0 || number(modification) < 0 {
		return Entry{}, Unknown
	}
	d, ok := p.dayField(f.at(3), &unixDates)
	if !ok || !d.clock(f.at(4)) {
		return Entry{}, Unknown
	}
	e.Time, e.Owner = p.when(d), f.at(8)
	return e, Found
}

// loadModule reads a line of a list of load modules, whose size is in hexadecimal and that in memory.
//
//	 Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode
//	EAGRTPRC  005F48   000011 EAGRTALT 00 FO             RN RU            31    ANY
func (p *Parser) loadModule(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	e := unread(f.at(0))
	if f.n == 1 {
		return e, Found
	}
	if !allOf(f.at(1)+f.at(2), "0123456789ABCDEF") || len(f.at(2)) != 6 {
		return Entry{}, Unknown
	}
	bytes, err := strconv.ParseInt(f.at(1), 16, 64)
	if err != nil {
		return Entry{}, Unknown
	}
	e.Size, e.Approx = bytes, true
	return e, Found
}

// The lists of jobs that the z/OS server gives after SITE FILETYPE=JES. The name of a job is its identifier,
// which RETR and DELE take; a spool file is fetched as JOB02094.1.

// job1 reads a job at JESINTERFACELEVEL 1, which has no heading:
//
//	IBMUSER1  JOB01906  OUTPUT    3 Spool Files
func (p *Parser) job1(line string) (Entry, Verdict) { return p.jobLine(line, 2) }

// job2 reads a job at JESINTERFACELEVEL 2:
//
//	JOBNAME  JOBID    OWNER    STATUS CLASS
//	IBMUSER2 JOB01906 IBMUSER  OUTPUT A        RC=0000 3 spool files
func (p *Parser) job2(line string) (Entry, Verdict) { return p.jobLine(line, 3) }

// jobLine reads a job whose status is word at; an owner stands before it or nowhere.
func (p *Parser) jobLine(line string, at int) (Entry, Verdict) {
	var f fields
	f.split(line)
	switch f.at(at) {
	case "INPUT", "ACTIVE", "OUTPUT":
	default:
		return Entry{}, Unknown
	}
	if !isJobID(f.at(1)) {
		return Entry{}, Unknown
	}
	e := unread(f.at(1))
	if at == 3 {
		e.Owner = f.at(2)
	}
	p.job = e.Name
	return e, Found
}

// isJobID knows JOB01906, TSU01830, STC04218 and, with seven digits, J0887691.
func isJobID(s string) bool {
	switch strings.TrimRight(s, "0123456789") {
	case "JOB", "TSU", "STC", "J", "T", "S":
		return len(s) == 8
	}
	return false
}

// spoolFile reads a spool file of the job above it:
//
//	ID  STEPNAME PROCSTEP C DDNAME   BYTE-COUNT
//	001 JES2        N/A   H JESMSGLG      1582
func (p *Parser) spoolFile(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	id := number(f.at(0))
	if id < 0 || len(f.at(0)) != 3 || f.n < 5 {
		return Entry{}, Unknown
	}
	e := unread(f.at(0))
	if p.job != "" {
		e.Name = p.job + "." + strings.TrimLeft(f.at(0)[:2], "0") + f.at(0)[2:]
	}
	e.Size = size(f.at(f.n - 1))
	e.Approx = e.Size >= 0
	return e, Found
}

// spoolRecords reads a spool file from a table that counts records: its size stays unknown.
func (p *Parser) spoolRecords(line string) (Entry, Verdict) {
	e, verdict := p.spoolFile(line)
	e.Size, e.Approx = -1, false
	return e, verdict
}

// cms reads the lines of VM/CMS, VM/ESA and z/VM: name, type, perhaps the disk, record format and length,
// records, blocks, date and time. A file is fetched as NAME.TYPE. Sizes are known where all records have the
// same length (F), but for the ends of lines that a transfer may add.
//
//	WELCOME  EREADME  F         80         21          1 1999-12-27 16:19:00 -
//	PROFILE  EXEC      A1 V     17     3      1       9/12/91   12:39:07
func (p *Parser) cms(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	at := 1
	for at <= 3 && !isRecordFormat(f.at(at)) {
		at++
	}
	length, records := f.at(at+1), f.at(at+2)
	d, ok := p.dayField(f.at(at+4), &dosDates)
	if at > 3 || !ok || !d.clock(f.at(at+5)) || !isCount(length) || !isCount(records) || !isCount(f.at(at+3)) {
		return Entry{}, Unknown
	}
	e := unread(f.at(0))
	e.Time = p.when(d)
	if hasCMSType(&f, at) {
		e.Name += "." + f.at(1)
	}
	switch f.at(at) {
	case "DIR":
		e.Type = Dir
	case "F":
		e.setRecords(size(length), size(records))
	}
	return e, Found
}

// hasCMSType says that word 1 is the type of a file: the format is in word at, and a disk such as A1 may
// stand before it.
func hasCMSType(f *fields, at int) bool {
	disk := f.at(at - 1)
	return at == 3 || at == 2 && !(f.at(at) == "DIR" && len(disk) == 2 && isAlpha(disk[0]) && isDigit(disk[1]))
}

func isRecordFormat(s string) bool { return s == "F" || s == "V" || s == "DIR" }

func isCount(s string) bool { return s == "-" || strings.Trim(s, "0123456789") == "" && s != "" }

func (e *Entry) setRecords(length, records int64) {
	if length > 0 && records >= 0 && records <= math.MaxInt64/length {
		e.Size, e.Approx = length*records, true
	}
}

// as400 reads the lines of OS/400 and IBM i: owner, size, date, time, object type, name. Members of a file
// have only the last two.
//
//	QSYS            77824 02/23/00 15:09:55 *DIR       home/
//	                                        *MEM       QCLSRC.TEST1
func (p *Parser) as400(line string) (Entry, Verdict) {
	var f fields
	f.split(line)
	at := 4
	if f.at(0) == "*MEM" {
		at = 0
	}
	kind := f.at(at)
	if len(kind) < 3 || kind[0] != '*' || !allOf(kind[1:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") {
		return Entry{}, Unknown
	}
	e := unread(f.from(at + 1))
	if at == 4 {
		d, ok := p.dayField(f.at(2), as400Style(f.at(2)))
		if !ok || !d.clock(f.at(3)) || !isCount(f.at(1)) {
			return Entry{}, Unknown
		}
		e.Owner, e.Size, e.Time = f.at(0), size(f.at(1)), p.when(d)
	}
	e.setObject(kind)
	return e, Found
}

// as400Style tells the formats of dates that a job can have by their separator.
func as400Style(s string) *dateStyle {
	if strings.Contains(s, ".") {
		return &germanDates
	}
	return &as400Dates
}

// setObject sets the type by that of the object. Only stream files have their size in bytes; that of others is
// the space they take.
func (e *Entry) setObject(kind string) {
	switch kind {
	case "*DIR", "*DDIR", "*FLR", "*LIB":
		e.Type = Dir
		e.Name = trimSlash(e.Name)
	case "*SYMLNK":
		e.Type = Link
	case "*STMF", "*DSTMF", "*DOC":
		return
	case "*FILE", "*MEM":
	default:
		e.Type = Other
	}
	e.Approx = e.Size >= 0
}
